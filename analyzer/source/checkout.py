"""What of a git checkout is other than it was when it was read."""

from collections.abc import Iterable, Mapping
from contextlib import suppress
from typing import TypeAlias

from analyzer.kept.places import stamp
from analyzer.source.git import Repository

Moment: TypeAlias = str | None
"""A state of a checkout: None for the work tree, '' for the index, else a revision."""


class Checkout:
    """A checkout as it was read at one moment. To tell what is other takes no look at files that
    git knows to be the same.
    """

    def __init__(self, repository: Repository, moment: Moment) -> None:
        self._repository = repository
        self._since = repository.head
        self._ids = repository.ids(moment or "", self._since)
        unsure = repository.unstaged if moment is None else frozenset[str]()
        self._unsure = {path: self._stamp(path) for path in unsure}
        self._seen: set[str] = set()

    def texts(self, moment: Moment) -> Mapping[str, bytes | None]:
        """What files hold at a moment that may be other than when the checkout was read, or that
        were told of before; None for those that are not there. Raises UserError where git cannot
        tell.
        """
        now, before = self._repository.ids(moment or "", self._since), self._ids
        self._seen.update(
            path for path in now.keys() | before.keys() if now.get(path) != before.get(path)
        )
        if moment is not None:
            self._seen.update(self._unsure)
            return self._repository.texts(moment, sorted(self._seen))
        unsure = self._unsure.keys() | self._repository.unstaged
        self._seen.update(path for path in unsure if self._stamp(path) != self._unsure.get(path))
        return self._on_disk(sorted(self._seen))

    def _stamp(self, path: str) -> str:
        return stamp(f"{self._repository.root}/{path}")

    def _on_disk(self, paths: Iterable[str]) -> dict[str, bytes | None]:
        found: dict[str, bytes | None] = dict.fromkeys(paths)
        for path in found:
            with suppress(OSError):  # It is gone.
                found[path] = (self._repository.root / path).read_bytes()
        return found
