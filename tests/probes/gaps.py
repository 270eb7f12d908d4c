"""Where the engine falls short of what the probes state today. A gap that closes fails its test
until it is taken out.
"""

from typing import Final, NamedTuple


class Gap(NamedTuple):
    """What is answered wrong in one function, and why.

    `probes` are the numbers, from 1, of the probes or of the effect lines of the function.
    `uncovered` says that an effect has more than its lines allow: an outcome that is none of them,
    or another contract.
    """

    file: str
    function: str
    probes: tuple[int, ...]
    reason: str
    uncovered: bool = False


_SIGN = "the sign of a named constant is not known: -ENOMEM may be 0, a flag may be 0"
_NOT_NULL = "a lock that is taken does not make its object a pointer that is not NULL and no error"
_GUARD = "the constructor and destructor of a guard are called, and nobody knows their bodies"

LOCKSET: Final = (
    Gap("branches.c", "number", (1,), "mode == 7 is not weighed against what is known of 2 < mode"),
    Gap("branches.c", "pointer", (2,), _NOT_NULL),
    Gap("callees.c", "refilled", (1, 3), _SIGN),
    Gap("callees.c", "stack_grows", (3,), "what a callee stores in a new object is not exported"),
    Gap("callees.c", "grabbed", (1, 2), f"{_SIGN}; {_NOT_NULL}"),
    Gap("callees.c", "finished", (1,), _SIGN),
    Gap("cleanup.c", "whole_function", (2, 3), _GUARD),
    Gap("cleanup.c", "block", (1, 2), _GUARD),
    Gap("cleanup.c", "rounds", (1, 2), _GUARD),
    Gap("cleanup.c", "scoped", (1, 2), _GUARD),
    Gap("objects.c", "field", (2,), "a downgrade of the caller's lock is no part of an effect"),
    Gap("objects.c", "cursor", (1,), "a pointer that moved through its table has another value"),
)

EFFECTS: Final = (
    Gap("results.c", "lock_table", (), _NOT_NULL, uncovered=True),
    Gap("results.c", "grab", (1, 2), f"{_SIGN}; {_NOT_NULL}", uncovered=True),
    Gap("results.c", "relock", (1,), _SIGN, uncovered=True),
    Gap("told.c", "reply", (2,), "the flags that both sides of a join contain are forgotten there"),
)
