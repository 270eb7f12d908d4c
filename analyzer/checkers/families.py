"""Pairs of locks: the clauses that name families of them."""

from dataclasses import dataclass

from analyzer.checkers.property import Pair


@dataclass(frozen=True, slots=True)
class Balance(Pair):
    """A pair whose object is a lock that may be handed over: by a result, a stored value or a
    condition that the caller knows. Clauses with `families` are of this kind.

    `near` says that whoever gives back such a lock for a function is not far above it: what is left
    held in a way that nobody can tell is lost if no caller near gives anything back.
    """

    near: bool
