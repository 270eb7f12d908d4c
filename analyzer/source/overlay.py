"""Texts that stand in place of those on disk: of a commit, the index, a patch, an editor."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Final

_WORD = re.compile(rb"[A-Za-z_][A-Za-z0-9_]*")


@dataclass(frozen=True, slots=True)
class Overlay:
    """Files of a tree that are other than on disk: their texts, and those that are not there."""

    texts: Mapping[str, bytes] = field(default_factory=dict)
    gone: frozenset[str] = frozenset()

    def __contains__(self, path: str) -> bool:
        return path in self.texts or path in self.gone

    def __bool__(self) -> bool:
        return bool(self.texts or self.gone)

    def under(self, texts: Mapping[str, bytes | None]) -> "Overlay":
        """This with further texts above it; None for a file that is gone."""
        there = {path: text for path, text in texts.items() if text is not None}
        kept = {path: text for path, text in self.texts.items() if path not in texts}
        gone = (self.gone - there.keys()) | {path for path in texts if texts[path] is None}
        return Overlay({**kept, **there}, frozenset(gone))

    def mentioning(self, paths: Iterable[str], words: frozenset[str]) -> frozenset[str]:
        """Those of `paths` whose text holds one of `words`; a word may be a glob with stars."""
        plain = frozenset(word.encode() for word in words if "*" not in word)
        stars = sorted(word for word in words if "*" in word)
        globs = ["[A-Za-z0-9_]*".join(map(re.escape, word.split("*"))) for word in stars]
        expression = re.compile("|".join(globs).encode()) if globs else None
        found = set()
        for path in paths:
            text = self.texts.get(path)
            mine = frozenset(_WORD.findall(text)) if text is not None else frozenset()
            if not mine.isdisjoint(plain) or (expression and any(map(expression.fullmatch, mine))):
                found.add(path)
        return frozenset(found)

    def words_of(self, path: str, words: frozenset[str]) -> frozenset[str]:
        """Those of `words` that a text holds."""
        mine = frozenset(word.decode() for word in _WORD.findall(self.texts.get(path, b"")))
        return mine & words


NOTHING_OVER: Final = Overlay()
"""Everything is as on disk."""
