"""Which locks are held at a line: fixtures/lockset against the engine, exactly.

A probe hands the objects that its comment names to the call, so that the engine itself says what
they are in each state that comes there.
"""

import re
from dataclasses import dataclass
from functools import cache

import pytest

from analyzer.dataflow import Analysis, Lock, Simulation, State, Value
from analyzer.dataflow.occurrences import Called, Occurrence
from tests.probes.gaps import LOCKSET
from tests.probes.world import FIXTURES, analyse, definitions

FOLDER = FIXTURES / "lockset"
FILES = sorted(path.name for path in FOLDER.glob("*.c"))
_PROBE = re.compile(r"probe\(\);(\s*// held: (.*))")
_LOCK = re.compile(r"(\??)(\w+)\(([^()]*)\)(?: (read|write))?")
UNREACHABLE = frozenset({"unreachable"})


@dataclass(frozen=True, slots=True)
class Expected:
    """One lock of a comment: its class, object and mode in words; `maybe` for one behind a question
    mark.
    """

    maybe: bool
    name: str
    term: str
    mode: str

    @property
    def words(self) -> str:
        """The lock as the comment says it, without its question mark."""
        return f"{self.name}({self.term}){' ' + self.mode if self.mode else ''}"


def comment(text: str) -> tuple[Expected, ...]:
    """The locks of a comment."""
    return tuple(
        Expected(maybe == "?", name, term, mode) for maybe, name, term, mode in _LOCK.findall(text)
    )


def with_objects(text: str) -> str:
    """The fixture with `probe(a, b);` for `probe(); // held: x(a), y(b)`, line by line."""

    def call(match: re.Match[str]) -> str:
        terms = ", ".join(lock.term for lock in comment(match[2]))
        return f"probe({terms});{match[1]}"

    return _PROBE.sub(call, text)


class Probe:
    """Remembers the locks of every state that comes to a probe, in the words of its comment where
    it has some.
    """

    wants_uses = False

    def __init__(self, lines: tuple[str, ...], analysis: Analysis) -> None:
        self.seen: dict[int, list[frozenset[str]]] = {}
        self._lines = lines
        self._program = analysis.program

    def observe(self, state: State, occurrence: Occurrence) -> None:
        if not isinstance(occurrence, Called) or occurrence.name != "probe":
            return
        if occurrence.result is not None:
            return
        line = self._program.location("mm/fixture.c", occurrence.start, occurrence.end).line
        match = _PROBE.search(self._lines[line - 1].replace("\t", " "))
        named = comment(match[2]) if match else ()
        locks = frozenset(words(lock, named, occurrence.args) for lock in state.taken.values())
        self.seen.setdefault(line, []).append(locks)


def words(lock: Lock, named: tuple[Expected, ...], objects: tuple[Value, ...]) -> str:
    """A held lock, as the comment calls it if it is in there."""
    for each, value in zip(named, objects, strict=True):
        if each.name == lock.name and value is lock.object and each.mode in ("", lock.mode):
            return each.words
    return f"{lock.name}({lock.object}) {lock.mode}"


@cache
def analysed(name: str) -> tuple[Analysis, tuple[str, ...]]:
    """A fixture's analysis and its lines."""
    text = (FOLDER / name).read_text()
    return analyse(with_objects(text)), tuple(text.splitlines())


def functions() -> list[tuple[str, str]]:
    """Every function of the fixtures with a probe in it."""
    found = []
    for name in FILES:
        analysis, _ = analysed(name)
        for function, ref in definitions(analysis).items():
            if "probe" in analysis.program.head(ref).calls:
                found.append((name, function))
    return found


def answers(name: str, function: str) -> list[tuple[int, frozenset[str], frozenset[str]]]:
    """For each probe of a function its line, what the comment says and what the engine says."""
    analysis, lines = analysed(name)
    ref = definitions(analysis)[function]
    probe = Probe(lines, analysis)

    def attach(_run: Simulation) -> Probe:
        return probe

    analysis.simulate(ref, attach)
    head = analysis.program.head(ref)
    first = analysis.program.location(ref.path, head.start, head.end)
    found = []
    for number in range(first.line, first.end_line + 1):
        match = _PROBE.search(lines[number - 1])
        if match:
            expected = frozenset(f"{'?' * lock.maybe}{lock.words}" for lock in comment(match[2]))
            if match[2] == "unreachable":
                expected = UNREACHABLE
            found.append((number, expected, summary(probe.seen.get(number, []))))
    return found


def summary(seen: list[frozenset[str]]) -> frozenset[str]:
    """What all states hold, and behind a question mark what some do."""
    if not seen:
        return UNREACHABLE
    must = frozenset.intersection(*seen)
    may = frozenset.union(*seen) - must
    return must | frozenset(f"?{each}" for each in may)


@pytest.mark.parametrize(("name", "function"), functions())
def test_locks_are_held_where_the_comments_say(name: str, function: str) -> None:
    wrong = {
        number: f"line {line}: says {sorted(actual)}, should say {sorted(expected)}"
        for number, (line, expected, actual) in enumerate(answers(name, function), 1)
        if actual != expected
    }
    known = next((gap for gap in LOCKSET if (gap.file, gap.function) == (name, function)), None)
    assert tuple(wrong) == (known.probes if known else ()), "\n".join(wrong.values())


def test_every_known_gap_is_of_a_function_that_exists() -> None:
    assert {(gap.file, gap.function) for gap in LOCKSET} <= set(functions())
