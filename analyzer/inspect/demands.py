"""Contracts of functions in words, each with the place that states it."""

import re
from collections.abc import Callable

from analyzer.core import Demanded, Location, Source
from analyzer.dataflow import Analysis, Contract, State, Value
from analyzer.inspect.words import Names, guard_of
from analyzer.pipeline import Book, World
from analyzer.program import FunctionRef

_MAX_ABOVE = 6000
"""A comment that is longer than this is searched in its end only."""


class Demands:
    """Tells the contracts of an analysis in plain words."""

    def __init__(self, analysis: Analysis, book: Book, world: World) -> None:
        self._analysis = analysis
        self._texts = world.reading.texts
        self._places = {id(function): place for function, _, place in book.models.bodies}
        self._models = {function.name: function for function in analysis.models.functions}

    def of(self, ref: FunctionRef) -> tuple[Demanded, ...]:
        """The contracts of a definition, in the order in which they are stated."""
        return tuple(demanded for _, demanded in self.pairs(ref))

    def pairs(self, ref: FunctionRef) -> tuple[tuple[Contract, Demanded], ...]:
        """The contracts of a definition, each as the analysis has it and in words."""
        head = self._analysis.program.head(ref)
        if head.name in self._models:
            return self.declared(head.name)
        return tuple(
            (
                each,
                self._said(ref, each) if each.offset == head.start else self._asserted(ref, each),
            )
            for each in self._analysis.demanded(head.name, ref.path)
        )

    def declared(self, name: str) -> tuple[tuple[Contract, Demanded], ...]:
        """The contracts that a model states."""
        path, _, line = self._places[id(self._models[name])].rpartition(":")
        place = Location(path, int(line), 1, int(line), 2)
        return tuple(
            (each, _told(each, name, (Source.DECLARED, f"model of {name}()"), place))
            for each in self._analysis.demanded(name, "")
        )

    @property
    def modelled(self) -> tuple[str, ...]:
        """The functions that have a model, sorted."""
        return tuple(sorted(self._models))

    def _asserted(self, ref: FunctionRef, contract: Contract) -> Demanded:
        program = self._analysis.program
        end = next(
            (
                event.end
                for block in program.function(ref).blocks
                for event in block.events
                if event.start == contract.offset
            ),
            contract.offset + 1,
        )
        text = program.text(ref.path, contract.offset, end)
        names = Names(program, ref)
        place = program.location(ref.path, contract.offset, end)
        name = program.head(ref).name
        source = (Source.ASSERTION, text)
        return _told(contract, name, source, place, lambda value: names.name(State(), value))

    def _said(self, ref: FunctionRef, contract: Contract) -> Demanded:
        name = self._analysis.program.head(ref).name
        if not contract.source.startswith("'"):
            place = self._find(ref, contract.source, contract.source.partition("(")[0])
            return _told(contract, name, (Source.ANNOTATION, contract.source), place)
        place = self._find(ref, contract.source.strip("'"), "")
        return _told(contract, name, (Source.COMMENT, contract.source), place)

    def _find(self, ref: FunctionRef, words: str, otherwise: str) -> Location:
        """Where the head of a function, or the comment above it, says something."""
        program = self._analysis.program
        head = program.head(ref)
        first = max(0, head.start - _MAX_ABOVE)
        text = self._texts[ref.path]
        above = text[first : head.start]
        for found in reversed(list(_spaced(words).finditer(above))):
            return program.location(ref.path, first + found.start(), first + found.end())
        place = text.find(otherwise.encode(), head.start, head.end) if otherwise else -1
        start = head.name_start if place < 0 else place
        return program.location(ref.path, start, start + len(otherwise or head.name))


def _spaced(words: str) -> re.Pattern[bytes]:
    """Matches words in a comment, whose lines begin with a star."""
    gap = rb"(?:\s|\*)+"
    return re.compile(gap.join(re.escape(word.encode()) for word in words.split()))


def _told(
    contract: Contract,
    name: str,
    source: tuple[Source, str],
    place: Location,
    names: Callable[[Value], str] = repr,
) -> Demanded:
    others = []
    for lock, _, target in contract.others:
        words = _object(target, names)
        others.append(f"{lock} of {words}" if words else lock)
    return Demanded(
        function=name,
        location=place,
        source=source[0],
        lock=contract.lock,
        mode=contract.mode,
        object=_object(contract.object, names),
        others=tuple(others),
        guard=guard_of(contract.guards, contract.certain, names),
        text=source[1],
    )


def _object(value: Value | None, names: Callable[[Value], str]) -> str:
    """The object of a contract over the parameters, empty where nobody tells it."""
    return "" if value is None or value.kind == "opaque" else names(value)
