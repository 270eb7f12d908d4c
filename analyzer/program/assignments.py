"""Which fields are assigned anywhere, and of what: by the text alone."""

import re
from collections import defaultdict
from collections.abc import Mapping
from typing import TypeAlias

_ASSIGNED = re.compile(
    rb"[>.]\s*(\w+)\s*(?:\[[^\]\n]*\])?\s*(?:(?:[-+*/%|&^]|<<|>>)?=(?!=)|\+\+|--)"
)
"""An assignment to a field, from the last character of the operator on."""

_OWNER = re.compile(rb"(\w+)\s*(?:\[[^\]\n]*\])?\s*\Z")
"""The name whose field it is."""

_NEAR = 80
_LETTERS = frozenset(b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_")

Owners: TypeAlias = dict[bytes, frozenset[bytes]]
"""For each field that is assigned the names it is assigned of; b'' for anything but a name."""


class Assignments:
    """The assignments to fields in some texts. Those of texts that are `known` are not looked for
    again.
    """

    def __init__(self, texts: Mapping[str, bytes], known: "Assignments | None" = None) -> None:
        self._texts = texts
        self._known = known
        self._of: dict[str, Owners] | None = None
        self._owners: dict[bytes, frozenset[bytes]] = {}

    def of(self, field: bytes) -> frozenset[bytes]:
        """The names of which a field is assigned."""
        found = self._owners.get(field)
        if found is None:
            nothing: frozenset[bytes] = frozenset()
            found = nothing.union(*(each.get(field, nothing) for each in self._all().values()))
            self._owners[field] = found
        return found

    def _all(self) -> dict[str, Owners]:
        if self._of is None:
            before = self._known
            found = {}
            for path, text in self._texts.items():
                same = before is not None and before._texts.get(path) is text
                found[path] = before._all()[path] if before and same else assignments(text)
            self._of, self._known = found, None
        return self._of


def assignments(text: bytes) -> Owners:
    """The assignments to fields in one text."""
    found: dict[bytes, set[bytes]] = defaultdict(set)
    for match in _ASSIGNED.finditer(text):
        start = match.start()
        if text[start] == ord(">"):
            start -= 1
            if text[start] != ord("-"):
                continue
        found[match[1]].add(_owner(text, start))
    return {field: frozenset(owners) for field, owners in found.items()}


def _owner(text: bytes, end: int) -> bytes:
    """The name that stands before `end`; b'' for anything else."""
    first = max(0, end - _NEAR)
    start = end
    while start > first and text[start - 1] in _LETTERS:
        start -= 1
    if start < end:
        return text[start:end]
    owner = _OWNER.search(text, first, end)
    return owner[1] if owner else b""
