"""What a call of a function demands and does to locks, in words."""

import re

from analyzer.core import CallTold, Demanded, Returning
from analyzer.dataflow import Analysis, State, Value
from analyzer.dataflow.effects import Outcome
from analyzer.inspect.demands import Demands
from analyzer.inspect.words import Names, condition
from analyzer.ir import FunctionHead
from analyzer.program import FunctionRef

_RESULT = "its result"
_INNER = re.compile(r"#|\w:\w")
"""What no source is spelled with: a name of the analysis."""
_UNTOLD = "something that it alone knows"


def call_told(analysis: Analysis, demands: Demands, name: str, path: str) -> CallTold | None:
    """What is known of a call of `name` in file `path`; None for what is no function."""
    program = analysis.program
    ref = program.resolve(name, path)
    modelled = analysis.modelled(name)
    if ref is None and not modelled:
        return None
    head = None if ref is None else program.head(ref)
    effect = analysis.effect(name, path)
    place = None
    if ref is not None and head is not None:
        start = head.name_start
        place = program.location(ref.path, start, start + len(head.name))
    limit = ""
    if effect is None:
        limit = "It comes to no lock within a few calls; its body was not looked into."
    elif not effect.precise:
        limit = "It has too many states to follow them all."
    elif not effect.outcomes:
        limit = "It does not return."
    words = _Words(analysis, ref)
    return CallTold(
        function=name,
        place=place,
        modelled=modelled,
        condition=_condition(head),
        contracts=_demanded(demands, name, ref),
        ways=() if effect is None else tuple(map(words.way, effect.outcomes)),
        limit=limit,
    )


def _condition(head: FunctionHead | None) -> str:
    return "" if head is None else head.condition


def _demanded(demands: Demands, name: str, ref: FunctionRef | None) -> tuple[Demanded, ...]:
    if ref is not None:
        return demands.of(ref)
    return tuple(demanded for _, demanded in demands.declared(name))


class _Words:
    """Names what the caller of a function can name."""

    def __init__(self, analysis: Analysis, ref: FunctionRef | None) -> None:
        self._names = None if ref is None else Names(analysis.program, ref)

    def way(self, outcome: Outcome) -> Returning:
        """One outcome."""
        parts = [condition(self._value(value), mask) for value, mask in outcome.guards]
        if outcome.result is not None and outcome.result.kind in ("const", "symbol", "param"):
            known = self._value(outcome.result)
            parts.append(f"{_RESULT} == {'0' if known == 'NULL' else known}")
        else:
            parts.append(condition(_RESULT, outcome.mask))
        told = dict.fromkeys(_UNTOLD if _INNER.search(part) else part for part in parts if part)
        return Returning(
            " && ".join(told),
            tuple(sorted(self._lock(lock.name, lock.object) for lock in outcome.taken)),
            tuple(sorted(self._lock(name, object) for name, object in outcome.given)),
            tuple(sorted(self._lock(lock.name, lock.object) for lock in outcome.again)),
        )

    def _lock(self, name: str, object: Value) -> str:
        words = self._value(object)
        return f"{name} of {words}" if words and not _INNER.search(words) else name

    def _value(self, value: Value) -> str:
        return repr(value) if self._names is None else self._names.name(State(), value)
