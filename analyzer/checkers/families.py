"""Pairs of locks: the clauses that name families of them."""

from dataclasses import dataclass

from analyzer.checkers.property import Pair


@dataclass(frozen=True, slots=True)
class Balance(Pair):
    """A pair whose object is a lock that may be handed over: by a result, a stored value or a
    condition that the caller knows. Clauses with `families` are of this kind.
    """
