"""Reads conditions: what must hold, what is given, what excuses."""

from analyzer.checkers.patterns import CallOf, FieldOf, Name, Pattern, PointeeOf
from analyzer.checkers.property import (
    Always,
    Both,
    Compare,
    Condition,
    Done,
    Either,
    EventPattern,
    Has,
    Held,
    InClass,
    InFunctions,
    Known,
    Not,
    Predicate,
    Tested,
    Truth,
    Under,
)
from analyzer.rulebook.language.events import (
    COMPARISONS,
    read_event,
    read_lock,
    read_lock_argument,
    unknown_word,
)
from analyzer.rulebook.language.patterns import plain_name, read_arguments, read_pattern
from analyzer.rulebook.language.tokens import Cursor, Token

_WORDS = (
    "held(..), done(..), in(@role), known(..), @predicate(..), COND under LOCK, $v has FLAG, "
    "class($v) in {..}, class($v) disjoint {..}, tested(..) under LOCK, "
    "comparisons, true, false"
)
_ALONE = ("held", "done", "known", "tested", "return", "when", "escape", "use")
_LATER = ("state", "derived", "has", "acquire", "release", "use", "escape")


def read_condition(cursor: Cursor) -> Condition:
    """Reads a whole condition; `&&` binds tighter than `||`, `!` and `under` tighter than both."""
    parts = [_both(cursor)]
    while cursor.take("||"):
        parts.append(_both(cursor))
    return parts[0] if len(parts) == 1 else Either(tuple(parts))


def read_any_event(cursor: Cursor) -> EventPattern:
    """Reads an event in which `when` may ask any condition."""
    return read_event(cursor, read_condition)


def _both(cursor: Cursor) -> Condition:
    parts = [_under(cursor)]
    while cursor.take("&&"):
        parts.append(_under(cursor))
    return parts[0] if len(parts) == 1 else Both(tuple(parts))


def _under(cursor: Cursor) -> Condition:
    condition = _not(cursor)
    if cursor.take("under"):
        token = cursor.token
        lock, mode, place = read_lock(cursor)
        if mode:
            raise cursor.error(
                "'under' names a lock without its mode", f"write under {lock}", token
            )
        return Under(condition, lock, place)
    return condition


def _not(cursor: Cursor) -> Condition:
    return Not(_not(cursor)) if cursor.take("!") else _atom(cursor)


def _atom(cursor: Cursor) -> Condition:
    token = cursor.token
    if token.kind == "role":
        return _predicate(cursor)
    if cursor.take("("):
        condition = read_condition(cursor)
        cursor.expect(")", "the condition in parentheses")
        return condition
    if token.kind == "name":
        if token.text in ("true", "false") and cursor.ahead().text not in COMPARISONS:
            cursor.next()
            return Always(token.text == "true")
        if cursor.ahead().text == "(":
            worded = _worded(cursor)
            if worded is not None:
                return worded
    return _value(cursor)


def _worded(cursor: Cursor) -> Condition | None:
    """Reads a condition that is one of the language's own words, or gives None."""
    word = cursor.token.text
    match word:
        case "held":
            cursor.next()
            return Held(*read_lock_argument(cursor))
        case "done":
            return _done(cursor)
        case "known":
            cursor.next()
            cursor.next()
            condition = read_condition(cursor)
            cursor.expect(")", "the condition of 'known'")
            return Known(condition)
        case "in":
            return _in(cursor)
        case "class":
            return _class(cursor)
        case "tested":
            return _tested(cursor)
        case _ if word in _LATER:
            raise cursor.error(f"unknown word '{word}'", f"conditions are: {_WORDS}")
    return None


def _done(cursor: Cursor) -> Done:
    cursor.next()
    cursor.next()
    event = read_any_event(cursor)
    then = read_any_event(cursor) if cursor.take("before") else None
    cursor.expect(")", "the event of 'done'")
    return Done(event, then)


def _in(cursor: Cursor) -> InFunctions:
    cursor.next()
    cursor.next()
    token = cursor.next()
    if token.kind == "name":
        found = InFunctions("", (token.text,))
    elif token.kind == "role":
        head = cursor.words.roles.get(token.text[1:])
        if head is None:
            raise unknown_word("role", token, tuple(cursor.words.roles))
        if not head.functions:
            raise cursor.error(
                f"role '{token.text}' lists events, not functions",
                f"write done({token.text})",
                token,
            )
        found = InFunctions(token.text[1:])
    else:
        raise cursor.error("in() names no function", "write in(@role) or in(name)", token)
    cursor.expect(")", "the functions of 'in'")
    return found


def _tested(cursor: Cursor) -> Tested:
    token = cursor.next()
    cursor.next()
    value = read_pattern(cursor)
    cursor.expect(")", "the value of 'tested'")
    if not isinstance(value, FieldOf | PointeeOf):
        hint = "write tested(*$p) or tested($x->field)"
        raise cursor.error("'tested' asks of something that is read", hint, token)
    if not cursor.at("under"):
        raise cursor.error("'tested' names no lock", "write tested(..) under LOCK", token)
    return Tested(value)


def _class(cursor: Cursor) -> InClass:
    cursor.next()
    cursor.next()
    value = read_pattern(cursor)
    cursor.expect(")", "the value of 'class'")
    disjoint = cursor.take("disjoint")
    if not disjoint:
        cursor.expect("in", "'class(..)', or 'disjoint'")
    cursor.expect("{", "the set of classes")
    found = [_class_name(cursor)]
    while cursor.take(","):
        found.append(_class_name(cursor))
    cursor.expect("}", "the set of classes")
    return InClass(value, tuple(found), disjoint)


def _class_name(cursor: Cursor) -> str:
    token = cursor.next()
    if token.text not in cursor.words.classes:
        hint = "the classes are: " + ", ".join(sorted(cursor.words.classes))
        raise cursor.error(f"class '{token.text}' is not in the vocabulary", hint, token)
    return token.text


def _predicate(cursor: Cursor) -> Predicate:
    token = cursor.next()
    name = token.text[1:]
    holes = cursor.words.predicates.get(name)
    if holes is None:
        if name in cursor.words.roles:
            raise cursor.error(
                f"'{token.text}' is a role, not a predicate", f"write done({token.text})", token
            )
        raise unknown_word("predicate", token, tuple(cursor.words.predicates))
    args, _ = read_arguments(cursor) if cursor.take("(") else ((), True)
    if len(args) > len(holes):
        listed = "its holes are: " + ", ".join(holes) if holes else "it has no holes"
        raise cursor.error(f"predicate '{token.text}' takes no argument {len(args)}", listed, token)
    return Predicate(name, args)


def _value(cursor: Cursor) -> Condition:
    token = cursor.token
    value = read_pattern(cursor)
    if cursor.at(*COMPARISONS):
        operator = cursor.next().text
        return Compare(operator, value, read_pattern(cursor))
    if cursor.take("has"):
        name = plain_name(cursor, "the flag")
        return InClass(value, (name,), False) if name in cursor.words.classes else Has(value, name)
    if cursor.take("in"):
        return _one_of(cursor, value)
    _refuse_words(cursor, token, value)
    return Truth(value)


def _refuse_words(cursor: Cursor, token: Token, value: Pattern) -> None:
    """Raises LanguageError for a lock, or a word of the language, that stands alone: as a value it
    would be true always or never.
    """
    match value:
        case Name(name) | CallOf(name) if name in cursor.words.locks:
            place = "" if isinstance(value, Name) else ", .."
            raise cursor.error(
                f"'{name}' is a lock, not a condition", f"write held({name}{place})", token
            )
        case Name(name) if name in _ALONE:
            raise cursor.error(
                f"'{name}' is no condition by itself", f"conditions are: {_WORDS}", token
            )


def _one_of(cursor: Cursor, value: Pattern) -> Condition:
    """Reads the set of `$v in {A, B}`, which means `$v == A || $v == B`."""
    cursor.expect("{", "'in'")
    parts: list[Condition] = [Compare("==", value, read_pattern(cursor))]
    while cursor.take(","):
        parts.append(Compare("==", value, read_pattern(cursor)))
    cursor.expect("}", "the set of values")
    return parts[0] if len(parts) == 1 else Either(tuple(parts))
