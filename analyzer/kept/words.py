"""The words that bring a file into a run, kept so that most files of a build need no run."""

import json
import re
from collections.abc import Mapping
from fnmatch import fnmatchcase
from typing import Final, NamedTuple

from analyzer.kept.places import kept_file, unchanged

WORDS_FILE: Final = "words"

_WORD = re.compile(rb"[A-Za-z_][A-Za-z0-9_]*")


class Words(NamedTuple):
    """What a file must hold to be read: one of the words, which may be of two as `lock.owner`, or
    one that has the form of a glob. In the `places`, globs of paths, every file is read.
    """

    plain: frozenset[str]
    globs: tuple[str, ...]
    places: tuple[str, ...]

    def concern(self, path: str, text: bytes) -> bool:
        """Whether a run may read a file. `path` may begin above the tree."""
        if any(fnmatchcase(f"/{path}", f"*/{glob}") for glob in self.places):
            return True
        held = {word.decode("ascii") for word in set(_WORD.findall(text))}
        if not self.plain.isdisjoint(held):
            return True
        joined = (word.encode() for word in self.plain if not word.isidentifier())
        if any(word in text for word in joined):
            return True
        return any(fnmatchcase(word, glob) for glob in self.globs for word in held)

    def also(self, names: frozenset[str]) -> "Words":
        """These words and some more."""
        return self._replace(plain=self.plain | names)


def to_json(words: Words) -> dict[str, list[str]]:
    """The words as JSON has them."""
    return {"plain": sorted(words.plain), "globs": [*words.globs], "places": [*words.places]}


def from_json(given: Mapping[str, list[str]]) -> Words:
    """The words that `to_json` wrote."""
    return Words(frozenset(given["plain"]), tuple(given["globs"]), tuple(given["places"]))


def dump_words(words: Words, rules: Mapping[str, str]) -> bytes:
    """The words of the rules that come with zaplint, with the stamps of the files of the rules."""
    return json.dumps({"rules": dict(rules), **to_json(words)}).encode()


def kept_words() -> Words | None:
    """The kept words, None if there are none or the rules have changed since."""
    try:
        with open(kept_file(WORDS_FILE), "rb") as file:
            given = json.load(file)
        return from_json(given) if unchanged(given["rules"]) else None
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return None
