"""Where the engine falls short of what the probes state today. A gap that closes fails its test until it is taken out."""

from typing import Final, NamedTuple


class Gap(NamedTuple):
    """Probes of one function that are answered wrong: their numbers in the function, from 1, and why."""

    file: str
    function: str
    probes: tuple[int, ...]
    reason: str


LOCKSET: Final[tuple[Gap, ...]] = ()

EFFECTS: Final[tuple[Gap, ...]] = ()
