"""Reads patterns: C expressions with holes."""

from analyzer.checkers.patterns import (
    AddressOf,
    Anything,
    CallOf,
    FieldOf,
    HasFlag,
    Hole,
    Name,
    NotOf,
    Number,
    Pattern,
    PointeeOf,
)
from analyzer.rulebook.language.tokens import Cursor, LanguageError, Token, close

_CONSTANTS = {"true": 1, "false": 0, "NULL": 0}


def read_pattern(cursor: Cursor) -> Pattern:
    """Reads `$x`, `&$d.field`, `*$p`, `f($x, _)`, a name, a number or `_`."""
    if cursor.take("&"):
        return AddressOf(read_pattern(cursor))
    if cursor.take("*"):
        return PointeeOf(read_pattern(cursor))
    return _fields(cursor, _primary(cursor))


def read_value(cursor: Cursor) -> Pattern:
    """Reads an argument or a stored value: a pattern, `!pattern` or `has FLAG`."""
    if cursor.take("!"):
        return NotOf(read_value(cursor))
    if cursor.at("has") and cursor.ahead().kind == "name":
        cursor.next()
        return HasFlag(plain_name(cursor, "the flag"))
    return read_pattern(cursor)


def read_arguments(cursor: Cursor) -> tuple[tuple[Pattern, ...], bool]:
    """Reads the arguments behind a parenthesis: the patterns, and whether `...` ends them."""
    args: list[Pattern] = []
    if cursor.take(")"):
        return (), False
    while True:
        if cursor.take("..."):
            if not cursor.take(")"):
                raise cursor.error(
                    "'...' stands before another argument",
                    "'...' ends a list; write _ for each argument before the one that matters",
                )
            return tuple(args), True
        if cursor.at(",", ")"):
            raise empty_argument(cursor, len(args) + 1)
        args.append(read_value(cursor))
        if cursor.take(")"):
            return tuple(args), False
        if not cursor.take(","):
            raise cursor.error(f"',' or ')' is missing after argument {len(args)}, {cursor.here()}")


def empty_argument(cursor: Cursor, number: int) -> LanguageError:
    """The error for an argument that has no text."""
    return cursor.error(f"argument {number} is empty", "write _ for any argument")


def plain_name(cursor: Cursor, what: str) -> str:
    """Takes a name that is no glob. Raises LanguageError."""
    token = cursor.token
    name = cursor.name(what)
    refuse_glob(cursor, token)
    return name


def refuse_glob(cursor: Cursor, token: Token) -> None:
    """Raises LanguageError if a name is a glob: only the callee of an event may be one."""
    if "*" in token.text:
        raise cursor.error(
            f"'{token.text}' is a glob", "only the function of a call event may be a glob", token
        )


def _fields(cursor: Cursor, pattern: Pattern) -> Pattern:
    while cursor.at(".", "->"):
        cursor.next()
        pattern = FieldOf(pattern, plain_name(cursor, "the field"))
    return pattern


def _primary(cursor: Cursor) -> Pattern:
    token = cursor.next()
    match token.kind:
        case "hole":
            return Hole(token.text[1:])
        case "number":
            return Number(int(token.text, 0))
        case "name":
            return _named(cursor, token)
        case "role":
            raise cursor.error(
                f"'{token.text}' stands where a value is due",
                "a role is an event, a predicate a condition",
                token,
            )
        case "mark" if token.text == "(":
            pattern = read_pattern(cursor)
            cursor.expect(")", "the value in parentheses")
            return pattern
        case "end":
            raise cursor.error("it stops where a value is due", token=token)
        case _:
            raise cursor.error(f"'{token.text}' stands where a value is due", token=token)


def _named(cursor: Cursor, token: Token) -> Pattern:
    if token.text == "_":
        return Anything()
    if token.text in _CONSTANTS:
        return Number(_CONSTANTS[token.text])
    if token.text == "struct":
        return _typed(cursor)
    if cursor.take("("):
        if token is not cursor.event:
            refuse_glob(cursor, token)
        args, rest = read_arguments(cursor)
        _refuse_locks(cursor, token, args)
        return CallOf(token.text, args, rest)
    refuse_glob(cursor, token)
    return Name(token.text)


def _refuse_locks(cursor: Cursor, callee: Token, args: tuple[Pattern, ...]) -> None:
    """Raises LanguageError if a function is given a lock, which is a word of the language."""
    for arg in args:
        if isinstance(arg, Name) and arg.name in cursor.words.locks:
            like = close(callee.text, ("held", "acquire", "release"))
            hint = f"did you mean {like}({arg.name}, ..)?" if like else ""
            listed = "locks stand in held(), acquire(), release() and behind 'under'"
            raise cursor.error(
                f"'{callee.text}' is given the lock '{arg.name}'", hint or listed, callee
            )


def _typed(cursor: Cursor) -> Pattern:
    """Reads `struct TAG $x` or `struct TAG *$x` behind `struct`; the star asks for a pointer."""
    tag = cursor.name("the tag of the struct")
    pointer = tag.endswith("*") or cursor.take("*")
    token = cursor.next()
    if token.kind != "hole":
        raise cursor.error(f"no hole after 'struct {tag}'", f"write struct {tag} $x", token)
    cursor.records[token.text[1:]] = tag.rstrip("*")
    hole = Hole(token.text[1:])
    return PointeeOf(hole) if pointer else hole
