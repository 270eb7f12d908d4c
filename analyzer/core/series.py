"""Changes of a tree, and what becomes of the findings by them."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from analyzer.core.obligation import Obligation


@dataclass(frozen=True, slots=True)
class TreeChange:
    """One change: its name (a commit's id, empty for a patch), who made it, what it is about, and
    the files that it leaves otherwise than they were, None for one that it removes. `text` is the
    mail that it came in, empty for a commit.
    """

    name: str
    author: str
    subject: str
    texts: Mapping[str, bytes | None]
    text: bytes = b""


@dataclass(frozen=True, slots=True)
class JudgedChange:
    """What becomes of the findings by one change: new ones, where they are behind it; old ones that
    are gone, where they were before it; `left` were there and stay, where they are behind it.
    `before` and `after` read a file as it is then; they raise OSError.
    """

    change: TreeChange
    introduced: tuple[Obligation, ...]
    fixed: tuple[Obligation, ...]
    left: tuple[Obligation, ...]
    before: Callable[[str], bytes]
    after: Callable[[str], bytes]
