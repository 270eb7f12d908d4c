"""The question of a clause that forbids: whether a caller is known to do what must not be."""

from dataclasses import dataclass

from analyzer.checkers.conditions import Answer, Conditions, Tri
from analyzer.checkers.question import Asked, on_the_way
from analyzer.dataflow import State


@dataclass(frozen=True, slots=True)
class Feared(Asked):
    """A condition that must not hold, with its holes as bound. Only a caller that is known to make
    it hold fails; where nobody is, nothing is said.
    """

    def answer(self, conditions: Conditions, state: State) -> tuple[Answer, "Feared"]:
        """Whether the condition is known to hold in the state, if the state is on the way."""
        probe = on_the_way(state, self.when)
        if probe is None:
            return Answer(Tri.TRUE), self
        answer = conditions.evaluate(self.condition, probe, self.binding)
        match answer.tri:
            case Tri.TRUE:
                return Answer(Tri.FALSE, answer.proofs), self
            case Tri.FALSE:
                return Answer(Tri.TRUE, answer.proofs), self
            case _:
                return Answer(Tri.ABSENT), self

    def doubt(self) -> str:
        """Always: nobody who calls from outside is known to do it."""
        return "no caller near is known to do it"
