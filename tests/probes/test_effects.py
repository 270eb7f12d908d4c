"""What functions leave behind: fixtures/effects against the engine, exactly.

Every outcome that the engine gives must fall under a line of the comment, and the outcomes under
one line must all do what it says. An outcome that falls under two lines is one that the engine does
not tell apart.
"""

import re
from dataclasses import dataclass
from functools import cache

import pytest

from analyzer.dataflow import Analysis, Effect, Outcome, Simulation, State, Value
from analyzer.dataflow.evaluate import flag_set
from analyzer.dataflow.values import ANY, NEGATIVE, NONZERO, POSITIVE, ZERO
from analyzer.ir import Function
from tests.probes.gaps import EFFECTS
from tests.probes.terms import read_term
from tests.probes.world import FIXTURES, analyse, definitions

FOLDER = FIXTURES / "effects"
FILES = sorted(path.name for path in FOLDER.glob("*.c"))
_LINE = re.compile(r"// effect: on (\S+(?: [A-Z_]+)?)((?: and .*?)?): (.*)")
_CHANGE = re.compile(r"([+-])(\w+)\(([^()]*)\)(?: (read|write))?")
_ASSERTS = re.compile(r"// asserts: (\w+)\(([^()]*)\)(?: (read|write))?")
_CLASSES = {
    "NULL": ZERO,
    "pointer": POSITIVE,
    "error": NEGATIVE,
    "zero": ZERO,
    "negative": NEGATIVE,
    "positive": POSITIVE,
    "nonzero": NONZERO,
}


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a comment: the class of the result, guards in words, changes in words."""

    result: str
    guards: tuple[str, ...]
    changes: frozenset[str]

    @property
    def mask(self) -> int:
        """The signs of the results that the line speaks of."""
        return _CLASSES.get(self.result, ANY)


def lines_above(text: str, name: str) -> tuple[tuple[Line, ...], frozenset[str]]:
    """The effect lines and the contracts in the comment above a function."""
    rows = text.splitlines()
    head = next(n for n, row in enumerate(rows) if re.match(rf"\w.*\b{name}\([^;]*$", row))
    lines, contracts = [], set()
    for row in reversed(rows[:head]):
        if not row.startswith("//"):
            break
        if match := _LINE.fullmatch(row):
            guards = tuple(filter(None, match[2].split(" and ")))
            changes = frozenset(found[0] for found in _CHANGE.finditer(match[3]))
            lines.append(Line(match[1], guards, changes))
        if match := _ASSERTS.fullmatch(row):
            contracts.add(row.removeprefix("// asserts: "))
    return tuple(lines), frozenset(contracts)


class Reader:
    """Reads an effect in the words of a comment: terms are evaluated at the entry or at the exit of
    the function.
    """

    def __init__(self, run: Simulation, effect: Effect) -> None:
        self.run = run
        self.effect = effect
        self._entry = State()
        make = run.universe.make
        for index, parameter in enumerate(run.function.parameters):
            self._entry.env[make("local", parameter.name)] = make("param", index, parameter.name)

    @property
    def function(self) -> Function:
        """The function that has the effect."""
        return self.run.function

    def at_exit(self, outcome: Outcome, term: str) -> Value | None:
        """What a term stands for where this outcome returns; None for a value that has no name."""
        if term == "result":
            return outcome.result
        state = self._entry.copy()
        for address, stored, _ in outcome.stores:
            state.env[address] = stored or self.run.universe.make("fresh", -2, address.number)
        return self.run.evaluator.value(state, read_term(term, self.function))

    def at_entry(self, term: str) -> Value:
        """What a term stands for at the entry."""
        return self.run.evaluator.value(self._entry, read_term(term, self.function))

    def changes(self, outcome: Outcome, line: Line) -> frozenset[str]:
        """The changes of an outcome, as the line calls them if it does."""
        said = [(found, found[0]) for found in map(_CHANGE.fullmatch, line.changes) if found]
        found = set()
        for lock in outcome.taken:
            word = f"+{lock.name}({lock.object}) {lock.mode}"
            for match, text in said:
                if (match[1], match[2]) == ("+", lock.name) and match[4] in (None, lock.mode):
                    word = text if self.at_exit(outcome, match[3]) is lock.object else word
            found.add(word)
        for name, target in outcome.given:
            word = f"-{name}({target})"
            for match, text in said:
                if (match[1], match[2]) == ("-", name) and self.at_entry(match[3]) is target:
                    word = text
            found.add(word)
        return frozenset(found)

    def under(self, outcome: Outcome, line: Line) -> bool:
        """Whether the outcome can be one that the line speaks of."""
        if not outcome.mask & line.mask:
            return False
        if line.result.startswith("has ") and outcome.result is not None:
            flags, more = flag_set(outcome.result)
            flag = self.run.universe.make("symbol", line.result.removeprefix("has "))
            tested = self.run.evaluator.binary("&", outcome.result, flag)
            if flag not in flags and not (more and self._signs(outcome, tested) & NONZERO):
                return False
        return all(self._may(outcome, guard) for guard in line.guards)

    def _may(self, outcome: Outcome, guard: str) -> bool:
        term, operator, word = guard.split()
        value = self.at_exit(outcome, term) if term.startswith("*") else self.at_entry(term)
        if operator in ("has", "lacks"):
            assert value is not None
            flag = self.run.universe.make("symbol", word)
            value = self.run.evaluator.binary("&", value, flag)
        mask = NONZERO if operator in ("!=", "has") else ZERO
        return bool(self._signs(outcome, value) & mask)

    def _signs(self, outcome: Outcome, value: Value | None) -> int:
        known = [mask for each, mask in outcome.guards if each is value]
        known += [
            mask
            for address, stored, mask in outcome.stores
            if stored is value
            or (stored is None and value is self.run.universe.make("fresh", -2, address.number))
        ]
        mask = ANY if value is None else State().mask(value)
        for each in known:
            mask &= each
        return mask

    def contracts(self) -> frozenset[str]:
        """The contracts, over the names of the parameters."""
        return frozenset(
            f"{contract.lock}({contract.object}){' ' + contract.mode if contract.mode else ''}"
            for contract in self.effect.contracts
        )


@cache
def analysed(name: str) -> tuple[Analysis, str]:
    """A fixture's analysis and its text."""
    text = (FOLDER / name).read_text()
    return analyse(text), text


def reader(name: str, function: str) -> Reader:
    """The effect of a function of a fixture."""
    analysis, _ = analysed(name)
    ref = definitions(analysis)[function]
    run = Simulation(analysis.program.function(ref), analysis, None, analysis.stated(ref)).run()
    return Reader(run, run.effect())


def functions() -> list[tuple[str, str]]:
    """Every function of the fixtures with an effect line above it."""
    return [
        (name, function)
        for name in FILES
        for function in definitions(analysed(name)[0])
        if lines_above(analysed(name)[1], function)[0]
    ]


def differences(name: str, function: str) -> tuple[dict[int, str], list[str]]:
    """The lines (numbered from 1, in the order of the comment) that are not met, and what no line
    covers.
    """
    lines, contracts = lines_above(analysed(name)[1], function)
    read = reader(name, function)
    wrong = {}
    for number, line in enumerate(reversed(lines), 1):
        here = [each for each in read.effect.outcomes if read.under(each, line)]
        actual = {read.changes(each, line) for each in here}
        if actual != {line.changes}:
            said = " or ".join(str(sorted(each)) for each in sorted(actual, key=sorted))
            wrong[number] = f"on {line.result}: {said or 'no outcome'}, not {sorted(line.changes)}"
    covered = 0
    for line in lines:
        covered |= line.mask
    missed = [
        f"an outcome with a result {each.mask & ~covered:03b} has no line"
        for each in read.effect.outcomes
        if each.mask & ~covered
    ]
    if not read.effect.precise:
        missed.append("not precise")
    if read.contracts() != contracts:
        missed.append(f"asserts {sorted(read.contracts())}, not {sorted(contracts)}")
    return wrong, missed


@pytest.mark.parametrize(("name", "function"), functions())
def test_effects_are_what_the_comments_say(name: str, function: str) -> None:
    wrong, missed = differences(name, function)
    known = next((gap for gap in EFFECTS if (gap.file, gap.function) == (name, function)), None)
    actual = (tuple(wrong), bool(missed))
    expected = (known.probes, known.uncovered) if known else ((), False)
    assert actual == expected, "\n".join([*wrong.values(), *missed])


def test_every_known_gap_is_of_a_function_that_exists() -> None:
    assert {(gap.file, gap.function) for gap in EFFECTS} <= set(functions())
