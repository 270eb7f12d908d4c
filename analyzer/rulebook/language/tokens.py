"""The tokens of the rule language, and the cursor that its readers share."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches

_TOKEN = re.compile(
    r"""\s*(?:
    (?P<hole>\$[A-Za-z_]\w*)
  | (?P<role>@[A-Za-z]\w*(?:-\w+)*)
  | (?P<number>-?(?:0[xX][0-9a-fA-F]+|\d+)(?![\w]))
  | (?P<name>[A-Za-z_]\w*(?:\*\w*)*)
  | (?P<mark>\.\.\.|<-|->|&&|\|\||==|!=|<=|>=|[<>!&*(),.={}])
  )""",
    re.VERBOSE,
)


class LanguageError(Exception):
    """A text of a rule that cannot be read.

    `offset` is the 0-based position in the text. `alone` says that the problem is a sentence of
    its own and need not quote the text: a name that is not in the vocabulary, say.
    """

    def __init__(self, problem: str, offset: int, hint: str = "", *, alone: bool = False) -> None:
        super().__init__(problem)
        self.problem = problem
        self.offset = offset
        self.hint = hint
        self.alone = alone


@dataclass(frozen=True, slots=True)
class RoleHead:
    """What a reader must know of a role: its holes in order, and what it lists."""

    holes: tuple[str, ...]
    events: bool
    functions: bool


@dataclass(frozen=True, slots=True)
class Words:
    """The names that rules may use: roles, the holes of each predicate, locks, and classes."""

    roles: Mapping[str, RoleHead]
    predicates: Mapping[str, tuple[str, ...]]
    locks: frozenset[str]
    classes: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Token:
    """A word of a text.

    `kind` is hole, role, number, name, mark or end; `offset` is its 0-based position.
    """

    kind: str
    text: str
    offset: int


def tokens(text: str) -> tuple[Token, ...]:
    """The tokens of a text, an end token last. Raises LanguageError for a strange character."""
    found = []
    position = 0
    end = len(text.rstrip())
    while position < end:
        match = _TOKEN.match(text, position)
        if not match:
            offset = position + len(text[position:]) - len(text[position:].lstrip())
            raise LanguageError(f"'{text[offset]}' is not understood", offset)
        kind = str(match.lastgroup)
        found.append(Token(kind, match[kind], match.start(kind)))
        position = match.end()
    return (*found, Token("end", "", end))


@dataclass(slots=True)
class Cursor:
    """A place in the tokens of one text.

    `records` collects the struct tags that the text gives to holes, as {'d': 'zap_details'};
    `event` is the token that a call event begins with: its function may be a glob.
    """

    tokens: tuple[Token, ...]
    words: Words
    position: int = 0
    records: dict[str, str] = field(default_factory=dict)
    event: Token | None = None

    @property
    def token(self) -> Token:
        """The token that is read next."""
        return self.tokens[self.position]

    def ahead(self, n: int = 1) -> Token:
        """The token `n` places further on, or the end."""
        return self.tokens[min(self.position + n, len(self.tokens) - 1)]

    def next(self) -> Token:
        """Takes the next token."""
        token = self.token
        if token.kind != "end":
            self.position += 1
        return token

    def at(self, *texts: str) -> bool:
        """True if the next token is one of these marks or names."""
        return self.token.kind in ("mark", "name") and self.token.text in texts

    def take(self, *texts: str) -> bool:
        """Takes the next token if it is one of these marks or names."""
        if self.at(*texts):
            self.position += 1
            return True
        return False

    def expect(self, text: str, after: str) -> None:
        """Takes the mark or name `text`. Raises LanguageError if something else stands there."""
        if not self.take(text):
            raise self.error(f"'{text}' is missing after {after}, {self.here()}")

    def name(self, what: str) -> str:
        """Takes a name. Raises LanguageError, saying `what` is missing."""
        if self.token.kind != "name":
            raise self.error(f"{what} is missing, {self.here()}")
        return self.next().text

    def here(self) -> str:
        """Where the cursor stands, in words."""
        return "at the end" if self.token.kind == "end" else f"before '{self.token.text}'"

    def error(self, problem: str, hint: str = "", token: Token | None = None) -> LanguageError:
        """A LanguageError at a token, by default at the next one."""
        return LanguageError(problem, (token or self.token).offset, hint)

    def finish(self, what: str) -> None:
        """Raises LanguageError if the text goes on behind `what`."""
        if self.token.kind != "end":
            raise self.error(f"'{self.token.text}' is not understood after {what}")


def close(name: str, known: Mapping[str, object] | frozenset[str] | tuple[str, ...]) -> str:
    """The known name that is most like `name`, or the empty string."""
    return next(iter(get_close_matches(name, sorted(known), 1, 0.65)), "")
