"""Which definitions have to do with a name. The index of a program that differs from a known one in
a few definitions is made of the known one's.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import zip_longest
from typing import NamedTuple, TypeAlias

from analyzer.ir import FunctionHead


class FunctionRef(NamedTuple):
    """A definition: the file and the index in its head."""

    path: str
    number: int


Heads: TypeAlias = Mapping[str, tuple[FunctionHead, ...]]
"""The heads of the functions of files, by path."""

_Index: TypeAlias = dict[str, tuple[FunctionRef, ...]]


class Difference(NamedTuple):
    """A definition that is another one than it was; None where there is none."""

    ref: FunctionRef
    before: FunctionHead | None
    after: FunctionHead | None


def differences(before: Heads, after: Heads) -> Iterator[Difference]:
    """The definitions that are others, or have come, or are gone."""
    for path in dict.fromkeys((*before, *after)):
        old, new = before.get(path, ()), after.get(path, ())
        if old is new:
            continue
        for number, (was, now) in enumerate(zip_longest(old, new)):
            if was is not now:
                yield Difference(FunctionRef(path, number), was, now)


class Symbols:
    """Who defines a name, who mentions it, and who has a parameter of a type with it."""

    def __init__(self, heads: Heads, known: "Symbols | None" = None) -> None:
        self.heads = heads
        self._defined: _Index = {}
        self._mentions: _Index = {}
        self._typed: _Index | None = None
        found = tuple(differences(known.heads if known else {}, heads))
        if known is not None:
            self._defined = dict(known._defined)
            self._mentions = dict(known._mentions)
            self._typed = None if known._typed is None else dict(known._typed)
        self.redefined = frozenset(
            head.name for each in found for head in (each.before, each.after) if head is not None
        )
        """The names that may mean another definition than they did before."""
        _patch(self._defined, found, _name)
        _patch(self._mentions, found, _names)
        if self._typed is not None:
            _patch(self._typed, found, _types)

    def named(self, name: str) -> tuple[FunctionRef, ...]:
        """Every definition of `name`, in the order of paths."""
        return self._defined.get(name, ())

    def mentions(self, name: str) -> tuple[FunctionRef, ...]:
        """The functions in whose body the identifier `name` occurs."""
        return self._mentions.get(name, ())

    def typed(self, word: str) -> tuple[FunctionRef, ...]:
        """The functions with a parameter in whose type the word occurs."""
        if self._typed is None:
            self._typed = {}
            _patch(self._typed, tuple(differences({}, self.heads)), _types)
        return self._typed.get(word, ())

    @property
    def words(self) -> frozenset[str]:
        """All names that are defined or mentioned."""
        return frozenset((*self._defined, *self._mentions))


def _name(head: FunctionHead) -> Iterable[str]:
    return (head.name,)


def _names(head: FunctionHead) -> Iterable[str]:
    return head.names


def _types(head: FunctionHead) -> Iterable[str]:
    return {word for each in head.parameters for word in each.type.replace("*", " ").split()}


def _patch(
    index: _Index,
    found: tuple[Difference, ...],
    names: Callable[[FunctionHead], Iterable[str]],
) -> None:
    """Takes the names of what was out of an index, and puts those of what is into it."""
    lost: dict[str, set[FunctionRef]] = defaultdict(set)
    come: dict[str, list[FunctionRef]] = defaultdict(list)
    for ref, before, after in found:
        if before is not None:
            for name in names(before):
                lost[name].add(ref)
        if after is not None:
            for name in names(after):
                come[name].append(ref)
    for name in lost.keys() | come.keys():
        kept = [ref for ref in index.get(name, ()) if ref not in lost.get(name, ())]
        refs = tuple(sorted((*kept, *come.get(name, ()))) if kept else come.get(name, ()))
        if refs:
            index[name] = refs
        else:
            index.pop(name, None)
