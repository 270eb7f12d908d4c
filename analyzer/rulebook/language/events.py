"""Reads events: what happens at a site, before it or after it."""

from collections.abc import Callable
from dataclasses import replace
from typing import TypeAlias

from analyzer.checkers.patterns import AddressOf, CallOf, Hole, Number, Pattern
from analyzer.checkers.property import (
    AnyOf,
    CallEvent,
    Compare,
    Condition,
    Either,
    EndEvent,
    EscapeEvent,
    EventPattern,
    InitialiseEvent,
    LockEvent,
    Not,
    Predicate,
    RoleEvent,
    StoreEvent,
    Truth,
    UseEvent,
    WhenEvent,
)
from analyzer.rulebook.language.patterns import (
    empty_argument,
    plain_name,
    read_arguments,
    read_pattern,
    read_value,
)
from analyzer.rulebook.language.tokens import Cursor, LanguageError, Token, close

RESULT = "="
"""The binding of a RoleEvent for the value that its call returns; an operator is its outcome."""

COMPARISONS = ("==", "!=", "<", ">", "<=", ">=")

ConditionReader: TypeAlias = Callable[[Cursor], Condition]

_EVENTS = (
    "f(...), $r = f(...) == 0, call struct.field(...), @role(...), $d.field <- value, escape(&$d), "
    "use($p), initialise $d, when COND, acquire(LOCK, $x), release(LOCK, $x), return, "
    "return negative, end of iteration, end of scope"
)
_LATER = {"enter": "", "unlock": "release(LOCK, $x)", "parameter": "struct tag *$p"}
_CONDITIONS = ("held", "done", "known", "tested")
_MODES = ("read", "write")


def read_event(cursor: Cursor, condition: ConditionReader) -> EventPattern:
    """Reads one event, or several joined by `||`. `condition` reads what follows `when`."""
    events = [_one(cursor, condition)]
    while cursor.take("||"):
        events.append(_one(cursor, condition))
    return events[0] if len(events) == 1 else AnyOf(tuple(events))


def read_lock(cursor: Cursor) -> tuple[str, str, Pattern | None]:
    """Reads `LOCK`, `LOCK write`, `LOCK($x)` or `LOCK, $x`: the lock, its mode and its object.

    Raises LanguageError for a lock that the models do not have.
    """
    token = cursor.token
    lock = plain_name(cursor, "the lock")
    if lock not in cursor.words.locks:
        like = close(lock, cursor.words.locks) or close(f"{lock}_lock", cursor.words.locks)
        hint = f"did you mean '{like}'? " if like else ""
        raise LanguageError(
            f"lock '{lock}' is not in the models",
            token.offset,
            f"{hint}a new lock is a C model, not a rule",
            alone=True,
        )
    mode = cursor.next().text if cursor.at(*_MODES) else ""
    place: Pattern | None = None
    if cursor.take("("):
        place = read_pattern(cursor)
        cursor.expect(")", "the object of the lock")
    return lock, mode, place


def read_lock_argument(cursor: Cursor) -> tuple[str, str, Pattern | None]:
    """Reads a lock in parentheses, whose object may also follow a comma."""
    cursor.expect("(", "the word for a lock")
    lock, mode, place = read_lock(cursor)
    if cursor.take(","):
        if place is not None:
            raise cursor.error("the lock has two objects")
        place = read_pattern(cursor)
    cursor.expect(")", "the lock")
    return lock, mode, place


def read_role(cursor: Cursor) -> RoleEvent:
    """Reads `@role`, `@role($x)` or `@role(hole=$x)`. Raises LanguageError for an unknown name."""
    token = cursor.next()
    name = token.text[1:]
    head = cursor.words.roles.get(name)
    if head is None:
        raise unknown_word("role", token, tuple(cursor.words.roles))
    if not head.events:
        raise cursor.error(
            f"role '@{name}' lists functions, not events", f"write in(@{name})", token
        )
    return RoleEvent(name, _bindings(cursor, name, head.holes) if cursor.take("(") else ())


def unknown_word(what: str, token: Token, known: tuple[str, ...]) -> LanguageError:
    """The error for a role or predicate that the vocabulary does not have."""
    like = close(token.text[1:], known)
    hint = f"did you mean '@{like}'? " if like else ""
    return LanguageError(
        f"{what} '{token.text}' is not in the vocabulary",
        token.offset,
        f"{hint}see rules/models/vocabulary.toml",
        alone=True,
    )


def _bindings(cursor: Cursor, role: str, holes: tuple[str, ...]) -> tuple[tuple[str, Pattern], ...]:
    found: dict[str, Pattern] = {}
    listed = "its holes are: " + ", ".join(holes) if holes else "it has no holes"
    if cursor.take(")"):
        return ()
    n = 0
    while True:
        n += 1
        if cursor.at(",", ")"):
            raise empty_argument(cursor, n)
        token = cursor.token
        if token.kind == "name" and cursor.ahead().text == "=":
            hole = cursor.next().text
            cursor.next()
            if hole not in holes:
                raise cursor.error(f"role '@{role}' has no hole '{hole}'", listed, token)
        elif n > len(holes):
            raise cursor.error(f"role '@{role}' takes no argument {n}", listed, token)
        else:
            hole = holes[n - 1]
        if hole in found:
            raise cursor.error(f"hole '{hole}' of role '@{role}' is given twice", "", token)
        found[hole] = read_value(cursor)
        if cursor.take(")"):
            return tuple(found.items())
        cursor.expect(",", f"argument {n}")


def _one(cursor: Cursor, condition: ConditionReader) -> EventPattern:
    token = cursor.token
    if token.kind == "end":
        raise cursor.error("it stops where an event is due", f"events are: {_EVENTS}")
    if token.kind == "role":
        return _outcome(cursor, read_role(cursor))
    if token.kind == "mark" and token.text == "(":
        return _parenthesis(cursor, condition)
    if token.kind == "name":
        if token.text in _LATER and cursor.ahead().text != "<-":
            instead = _LATER[token.text]
            raise cursor.error(
                f"unknown word '{token.text}'",
                f"write {instead}" if instead else f"events are: {_EVENTS}",
            )
        worded = _worded(cursor, condition)
        if worded is not None:
            return worded
    return _stored_or_called(cursor)


def _parenthesis(cursor: Cursor, condition: ConditionReader) -> EventPattern:
    start = cursor.position
    try:
        cursor.next()
        event = read_event(cursor, condition)
        cursor.expect(")", "the event in parentheses")
        return event
    except LanguageError as of_event:
        # `(*$p).field <- _` opens with a parenthesis too, but of a place.
        cursor.position = start
        cursor.records.clear()
        try:
            return _stored_or_called(cursor)
        except LanguageError as of_place:
            # The reading that came further is the one that was meant.
            raise max(of_event, of_place, key=lambda error: error.offset) from None


def _worded(cursor: Cursor, condition: ConditionReader) -> EventPattern | None:
    """Reads an event that starts with a word of its own, or gives None."""
    word, following = cursor.token.text, cursor.ahead()
    if word == "when":
        cursor.next()
        return _when(cursor, condition)
    if word == "initialise" and following.kind == "hole":
        cursor.next()
        return InitialiseEvent(_untyped(cursor, read_pattern(cursor)))
    if word == "return":
        cursor.next()
        return EndEvent("return negative" if cursor.take("negative") else "return")
    if word == "end" and following.text == "of":
        return _end(cursor)
    if word == "call" and following.text != "(":
        cursor.next()
        return _outcome(cursor, _callee(cursor))
    if following.text != "(":
        return None
    if word in ("acquire", "release"):
        cursor.next()
        lock, mode, place = read_lock_argument(cursor)
        return LockEvent(word == "acquire", lock, mode, place)
    if word == "use":
        cursor.next()
        return UseEvent(_untyped(cursor, _only_argument(cursor, "use")))
    if word == "escape":
        return _escape(cursor)
    return None


def _when(cursor: Cursor, condition: ConditionReader) -> WhenEvent:
    """Reads the condition of `when`: each of its parts must be able to stand on an edge alone."""
    token = cursor.token
    tested = condition(cursor)
    parts: list[Condition] = [tested]
    while parts:
        match parts.pop():
            case Either(more):
                parts.extend(more)
            case Not(part):
                parts.append(part)
            case Truth() | Predicate() | Compare("==" | "!="):
                pass
            case _:
                raise cursor.error(
                    "'when' asks for more than one test",
                    "join tests of values, predicates, == and != by ||; put the rest into 'given'",
                    token,
                )
    records = tuple(sorted(cursor.records.items()))
    cursor.records.clear()
    return WhenEvent(tested, records)


def _end(cursor: Cursor) -> EndEvent:
    cursor.next()
    cursor.next()
    if not cursor.at("iteration", "scope"):
        raise cursor.error(
            f"it ends of nothing, {cursor.here()}", "write 'end of iteration' or 'end of scope'"
        )
    return EndEvent(f"end of {cursor.next().text}")


def _callee(cursor: Cursor) -> CallEvent:
    """Reads what follows `call`: `record.field` or a function, with any arguments if none."""
    token = cursor.next()
    if token.kind != "name":
        raise cursor.error("no function after 'call'", "write call record.field($x)", token)
    callee = token.text
    if cursor.take("."):
        callee += f".{plain_name(cursor, 'the field')}"
    if cursor.at("."):
        raise cursor.error(f"'{callee}' has a field of its own", "write call record.field($x)")
    args, rest = read_arguments(cursor) if cursor.take("(") else ((), True)
    return CallEvent(callee, args, rest)


def _escape(cursor: Cursor) -> EscapeEvent:
    token = cursor.next()
    value = _only_argument(cursor, "escape")
    if not isinstance(value, AddressOf):
        raise cursor.error("escape() takes the address of an object", "write escape(&$d)", token)
    return EscapeEvent(value.object, _record(cursor, value.object))


def _only_argument(cursor: Cursor, word: str) -> Pattern:
    cursor.expect("(", f"'{word}'")
    if cursor.at(")", ","):
        raise empty_argument(cursor, 1)
    pattern = read_pattern(cursor)
    cursor.expect(")", f"the argument of '{word}'")
    return pattern


def _stored_or_called(cursor: Cursor) -> EventPattern:
    token = cursor.event = cursor.token
    if token.text in _CONDITIONS and cursor.ahead().text == "(":
        raise cursor.error(
            f"'{token.text}' begins a condition, not an event", f"events are: {_EVENTS}", token
        )
    pattern = read_pattern(cursor)
    if cursor.take("<-"):
        event = StoreEvent(pattern, read_value(cursor))
        return replace(event, record=_record(cursor, pattern))
    if cursor.take("="):
        return _result(cursor, pattern)
    if isinstance(pattern, CallOf):
        return _outcome(
            cursor, CallEvent(pattern.callee, _untyped_all(cursor, pattern.args), pattern.rest)
        )
    raise cursor.error(
        f"'{token.text}' is no event, {cursor.here()}", f"events are: {_EVENTS}", token
    )


def _result(cursor: Cursor, result: Pattern) -> EventPattern:
    _untyped(cursor, result)
    if cursor.token.kind == "role":
        role = read_role(cursor)
        return _outcome(cursor, RoleEvent(role.role, (*role.bindings, (RESULT, result))))
    if cursor.at("call"):
        cursor.next()
        called = _callee(cursor)
    else:
        token = cursor.event = cursor.token
        pattern = read_pattern(cursor)
        if not isinstance(pattern, CallOf):
            raise cursor.error("no call after '='", "a store is written $d.field <- value", token)
        called = CallEvent(pattern.callee, _untyped_all(cursor, pattern.args), pattern.rest)
    return _outcome(cursor, replace(called, result=result))


def _outcome(cursor: Cursor, event: CallEvent | RoleEvent) -> CallEvent | RoleEvent:
    """Reads `== 0` and the like behind a call."""
    if not cursor.at(*COMPARISONS):
        return event
    operator = cursor.next().text
    token = cursor.token
    value = read_pattern(cursor)
    if not isinstance(value, Number):
        raise cursor.error(
            "the outcome of a call is compared with a number",
            "for example == 0, != NULL, < 0",
            token,
        )
    if isinstance(event, RoleEvent):
        return RoleEvent(event.role, (*event.bindings, (operator, value)))
    return replace(event, outcome=(operator, value.value))


def _record(cursor: Cursor, pattern: Pattern) -> str:
    """The struct tag that the text gives to the hole at the root of a place, or nothing."""
    root = pattern
    while not isinstance(root, Hole):
        inner = getattr(root, "object", None) or getattr(root, "pointer", None)
        if inner is None:
            return ""
        root = inner
    return cursor.records.pop(root.name, "")


def _untyped(cursor: Cursor, pattern: Pattern) -> Pattern:
    """Passes a pattern on. Raises LanguageError if the text gave a type where none is asked."""
    if cursor.records:
        hole, tag = cursor.records.popitem()
        raise cursor.error(
            f"'struct {tag} ${hole}' stands where no type is asked",
            "types stand in escape(), stores and tests of `when`",
        )
    return pattern


def _untyped_all(cursor: Cursor, patterns: tuple[Pattern, ...]) -> tuple[Pattern, ...]:
    for pattern in patterns:
        _untyped(cursor, pattern)
    return patterns
