"""What is told of locks and contracts without any rule: the locks at a line, on the way into its
function, and how contracts stand.
"""

from dataclasses import dataclass
from enum import Enum

from analyzer.core.location import Location, Step
from analyzer.core.obligation import Obligation


class Source(Enum):
    """What states a contract: code, the head of the function, prose above it, or a model."""

    ASSERTION = "assertion"
    ANNOTATION = "annotation"
    COMMENT = "comment"
    DECLARED = "declared"


@dataclass(frozen=True, slots=True)
class Demanded:
    """A lock that `function` demands of its callers.

    `object` is spelled over the parameters, empty where the source does not tell whose lock it is;
    `others` are locks that would do as well, as 'class of object'. `guard` is the case in which it
    is demanded, empty for always; `text` is the source that says so.
    """

    function: str
    location: Location
    source: Source
    lock: str
    mode: str
    object: str
    others: tuple[str, ...]
    guard: str
    text: str


@dataclass(frozen=True, slots=True)
class HeldLock:
    """A lock at a line. `kind` is the primitive it is made of, `object` spelled as in the source,
    `n_states` in how many of the `of_states` states it is held; `when` tells these from the
    others, if anything does. `since` is where it was taken or asserted; `borrowed` says that a
    caller holds it.
    """

    lock: str
    kind: str
    mode: str
    object: str
    n_states: int
    of_states: int
    when: str
    since: tuple[Step, ...]
    borrowed: bool


@dataclass(frozen=True, slots=True)
class EntryLock:
    """A lock that is held when a function is entered: on every path to `n_calls` of its calls, and
    not on every path to `n_lacking` of them; of the others it is not known.

    `every` says that each call is seen to be made with it and none without it, `sure` that nothing
    was left out in finding that. `chains` lead from where it is taken down to a call, one for each
    of some calls.
    """

    lock: str
    kind: str
    mode: str
    object: str
    n_calls: int
    n_lacking: int
    every: bool
    sure: bool
    chains: tuple[tuple[Step, ...], ...]


@dataclass(frozen=True, slots=True)
class WayIn:
    """What is known on entry of a function: `n_calls` are the calls of it that were seen, `roots`
    the ways from outside, `unknown` why some callers could not be asked.
    """

    n_calls: int
    locks: tuple[EntryLock, ...]
    roots: tuple[Step, ...]
    unknown: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class LineLocks:
    """The locks at a line of a function.

    `line` is the line asked for and `told` the one whose locks these are, for a line may do
    nothing; `n_states` are the ways to get there that differ in their locks, none if it is not
    reached. `unsure` are lock classes which have too many states to tell. `changes` are what the
    line itself takes and gives back, `returned` the locks of the caller that were given back
    before.
    """

    path: str
    line: int
    told: int
    text: str
    function: str
    condition: str
    n_states: int
    held: tuple[HeldLock, ...]
    unsure: tuple[str, ...]
    returned: tuple[HeldLock, ...]
    changes: tuple[Step, ...]
    contracts: tuple[Demanded, ...]
    way_in: WayIn


@dataclass(frozen=True, slots=True)
class Standing:
    """A contract, and the verdicts of the calls that must keep it. `judged` says that a rule asks
    for its lock; `obligations` are the calls, in canonical order.
    """

    demanded: Demanded
    judged: bool
    obligations: tuple[Obligation, ...]


@dataclass(frozen=True, slots=True)
class Returning:
    """One way in which a call ends. `when` tells it from the others, over the parameters and the
    result, as far as anything does; the locks that it takes, gives back, or drops and takes again
    are each written as 'class of object'.
    """

    when: str
    takes: tuple[str, ...]
    gives: tuple[str, ...]
    again: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class CallTold:
    """What a call of a function demands and does to locks.

    `place` is the name in its definition, None where it was not read; `modelled` says that a model
    stands for its body. `ways` are the ways in which it ends; `limit` says why some or all of them
    are missing.
    """

    function: str
    place: Location | None
    modelled: bool
    condition: str
    contracts: tuple[Demanded, ...]
    ways: tuple[Returning, ...]
    limit: str
