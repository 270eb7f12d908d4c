"""Locks and effects in words, for probes and fixtures."""

from analyzer.dataflow.analysis import Analysis
from analyzer.dataflow.effects import Contract, Effect, Outcome
from analyzer.dataflow.occurrences import Called, Occurrence
from analyzer.dataflow.state import State
from analyzer.dataflow.values import ANY, NEGATIVE, NONZERO, POSITIVE, ZERO
from analyzer.program import FunctionRef

_SIGNS = {
    NEGATIVE: "negative",
    ZERO: "zero",
    POSITIVE: "positive",
    NONZERO: "nonzero",
    NEGATIVE | ZERO: "negative or zero",
    ZERO | POSITIVE: "zero or positive",
    ANY: "any",
}


class _LockProbe:
    """Remembers which locks are held before each call, on every path or on some."""

    wants_uses = False

    def __init__(self) -> None:
        self.held: dict[int, list[frozenset[str]]] = {}

    def observe(self, state: State, occurrence: Occurrence) -> None:
        if isinstance(occurrence, Called) and occurrence.result is None:
            names = frozenset(f"{lock.name}({lock.object})" for lock in state.taken.values())
            self.held.setdefault(occurrence.start, []).append(names)

    def lines(self, analysis: Analysis, ref: FunctionRef) -> list[str]:
        """One line for each line of source with a call."""
        rows: dict[int, list[frozenset[str]]] = {}
        for start, sets in self.held.items():
            line = analysis.program.location(ref.path, start, start + 1).line
            rows.setdefault(line, []).extend(sets)
        lines = []
        for line in sorted(rows):
            must = frozenset.intersection(*rows[line])
            may = frozenset.union(*rows[line]) - must
            words = ", ".join([*sorted(must), *(f"maybe {name}" for name in sorted(may))])
            lines.append(f"  {line}: {words or '-'}\n")
        return lines


def print_locks(analysis: Analysis, ref: FunctionRef) -> str:
    """The locks held before the calls of each line: on every path, or `maybe`."""
    probe = analysis.watched(ref, lambda _run: _LockProbe())
    return f"{analysis.program.head(ref).name}:\n{''.join(probe.lines(analysis, ref))}"


def print_effect(name: str, effect: Effect | None, stated: tuple[Contract, ...]) -> str:
    """The outcomes of a function and its contracts, a line each."""
    lines = [f"{name}:\n"]
    if effect is None:
        return f"{name}:\n  not looked into: it reaches no lock\n"
    for contract in (*stated, *effect.contracts):
        target = "" if contract.object is None else repr(contract.object)
        mode = f" {contract.mode}" if contract.mode else ""
        lines.append(f"  demands {contract.lock}{mode}({target}): {contract.source}\n")
    if not effect.precise:
        lines.append("  not precise: too many states\n")
    for outcome in effect.outcomes:
        lines.append(f"  on {_class(outcome)}: {_deltas(outcome)}\n")
    if not effect.outcomes and effect.precise:
        lines.append("  does not return\n")
    return "".join(lines)


def _class(outcome: Outcome) -> str:
    words = f"result {_SIGNS.get(outcome.mask, 'not positive')}"
    if outcome.result is not None and outcome.result.kind in ("const", "symbol", "param"):
        words = f"result == {outcome.result}"
    guards = [f"{value} {_SIGNS.get(mask, '')}" for value, mask in outcome.guards]
    return " && ".join([words, *guards])


def _deltas(outcome: Outcome) -> str:
    taken = [f"+{lock.name}({lock.object})" for lock in outcome.taken]
    given = [f"-{name}({target})" for name, target in outcome.given]
    again = [f"~{lock.name}({lock.object})" for lock in outcome.again]
    return ", ".join([*sorted(taken), *sorted(given), *sorted(again)]) or "nothing"
