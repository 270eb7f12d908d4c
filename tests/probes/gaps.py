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


LOCKSET: Final = (
    Gap("branches.c", "number", (1,), "mode == 7 is not weighed against what is known of 2 < mode"),
)

EFFECTS: Final[tuple[Gap, ...]] = ()
