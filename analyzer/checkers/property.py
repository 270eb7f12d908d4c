"""The words of a rule: patterns, events, conditions and clauses, as the rule files say them.

A clause is data. The parser in `rulebook` makes it from text; the checkers interpret it over the
states that the dataflow layer gives; nothing here knows either.
"""

from dataclasses import dataclass
from typing import TypeAlias

from analyzer.checkers.patterns import Pattern
from analyzer.checkers.scope import Exemption, Scope
from analyzer.core import Level
from analyzer.dataflow.classtable import NO_CLASSES, Classes


@dataclass(frozen=True, slots=True)
class CallEvent:
    """`$r = f($x, _, ...) == 0`: a call of `callee`, which may be a glob or `struct.field` for a
    call through a pointer.

    `rest` is the trailing `...`. `result` binds the returned value; `outcome` limits the event to
    (operator, number).
    """

    callee: str
    args: tuple[Pattern, ...]
    rest: bool
    result: Pattern | None = None
    outcome: tuple[str, int] | None = None


@dataclass(frozen=True, slots=True)
class StoreEvent:
    """`$d.field <- value`: an assignment, compound assignment or designated initialiser; `_ <- has
    F` any store or argument.

    `record` limits the root of `place` to a struct tag; `(*$p).field`, FieldOf(PointeeOf($p)), is a
    store through a pointer only.
    """

    place: Pattern
    value: Pattern
    record: str = ""


@dataclass(frozen=True, slots=True)
class InitialiseEvent:
    """`initialise $d`: an initialiser or a store to the whole object."""

    object: Pattern


@dataclass(frozen=True, slots=True)
class EscapeEvent:
    """`escape(&$d)`: its address is passed, stored or returned; `record` limits its struct."""

    object: Pattern
    record: str = ""


@dataclass(frozen=True, slots=True)
class UseEvent:
    """`use($p)`: dereference, passing on, arithmetic; not a comparison with NULL."""

    value: Pattern


@dataclass(frozen=True, slots=True)
class WhenEvent:
    """`when COND`: an edge on which the condition becomes known; `records` limit holes to pointers
    to a struct.
    """

    condition: "Condition"
    records: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class LockEvent:
    """`acquire(LOCK, $x)` or `release(LOCK, $x)`; `mode` is '', 'read' or 'write'."""

    acquire: bool
    lock: str
    mode: str
    object: Pattern | None


@dataclass(frozen=True, slots=True)
class EndEvent:
    """`return`, `return negative`, `end of iteration`, `end of scope`."""

    what: str


@dataclass(frozen=True, slots=True)
class RoleEvent:
    """`@role(...)`: any event of a role; `bindings` are (hole of the role, pattern here)."""

    role: str
    bindings: tuple[tuple[str, Pattern], ...]


@dataclass(frozen=True, slots=True)
class AnyOf:
    """`E1 || E2`."""

    events: tuple["EventPattern", ...]


EventPattern: TypeAlias = (
    CallEvent
    | StoreEvent
    | InitialiseEvent
    | EscapeEvent
    | UseEvent
    | WhenEvent
    | LockEvent
    | EndEvent
    | RoleEvent
    | AnyOf
)


@dataclass(frozen=True, slots=True)
class Both:
    """`A && B && ...`."""

    parts: tuple["Condition", ...]


@dataclass(frozen=True, slots=True)
class Either:
    """`A || B || ...`."""

    parts: tuple["Condition", ...]


@dataclass(frozen=True, slots=True)
class Not:
    """`!A`."""

    part: "Condition"


@dataclass(frozen=True, slots=True)
class Truth:
    """A value that must be non-zero: `userfaultfd_wp($vma)`, `$locks`."""

    value: Pattern


@dataclass(frozen=True, slots=True)
class Compare:
    """`A == B`, `A != B`, `A < B` ..."""

    operator: str
    left: Pattern
    right: Pattern


@dataclass(frozen=True, slots=True)
class Has:
    """`$v has FLAG`."""

    value: Pattern
    flag: str


@dataclass(frozen=True, slots=True)
class Predicate:
    """`@name($v)`: any of the spellings that the vocabulary gives for a predicate."""

    name: str
    args: tuple[Pattern, ...]


@dataclass(frozen=True, slots=True)
class Held:
    """`held(LOCK, $x)`, `held(LOCK write, $x)`, `held(LOCK)`."""

    lock: str
    mode: str
    object: Pattern | None


@dataclass(frozen=True, slots=True)
class Done:
    """`done(E)` or `done(E1 before E2)`: it happened on every path to here."""

    event: EventPattern
    then: EventPattern | None = None


@dataclass(frozen=True, slots=True)
class InFunctions:
    """`in(@role)`: the function is one of the role's functions, or every caller chain comes from
    one of them.

    `functions` are the names for the tree at hand; the rulebook fills them in.
    """

    role: str
    functions: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Known:
    """`known(COND)`: strict where a condition would be lax."""

    part: "Condition"


@dataclass(frozen=True, slots=True)
class Under:
    """`COND under LOCK($x)`: it became known while the lock that is held now was held."""

    part: "Condition"
    lock: str
    object: Pattern | None


@dataclass(frozen=True, slots=True)
class Tested:
    """`tested(*$p)`, `tested($x->field)`: something is known of what is read there."""

    value: Pattern


@dataclass(frozen=True, slots=True)
class InClass:
    """`class($v) in {A, B}`, or with `disjoint` none of them; `table` is the tree's."""

    value: Pattern
    classes: tuple[str, ...]
    disjoint: bool
    table: Classes = NO_CLASSES


@dataclass(frozen=True, slots=True)
class Always:
    """`true` or `false` as a whole condition."""

    value: bool


Condition: TypeAlias = (
    Both
    | Either
    | Not
    | Truth
    | Compare
    | Has
    | Predicate
    | Held
    | Done
    | InFunctions
    | Known
    | Under
    | Tested
    | InClass
    | Always
)


@dataclass(frozen=True, slots=True)
class Common:
    """What every clause has. `line` is the 1-based line of the clause's table in `file`. A clause
    in `preview` is checked only if its rule is asked for by its own name.
    """

    says: str
    level: Level
    scope: Scope
    given: Condition | None
    unless: Condition | None
    exemptions: tuple[Exemption, ...]
    line: int
    preview: bool = False


@dataclass(frozen=True, slots=True)
class Require:
    """At `at`, `needs` holds; with `start`, at the first `at` on each path from it."""

    common: Common
    at: EventPattern
    needs: Condition
    start: EventPattern | None
    callers: bool


@dataclass(frozen=True, slots=True)
class Forbid:
    """At `at`, `never` is never known to hold, here or, with `callers`, in a caller."""

    common: Common
    at: EventPattern
    never: Condition
    callers: bool = False


@dataclass(frozen=True, slots=True)
class Follow:
    """After `after`, `then` comes before any of `before`, under the lock `held`."""

    common: Common
    after: EventPattern
    then: EventPattern
    before: tuple[EventPattern, ...]
    held: str


@dataclass(frozen=True, slots=True)
class Pair:
    """What `open` opens, `close` closes once; `hand_over` are pairs of callback fields."""

    common: Common
    open: EventPattern
    close: EventPattern
    hand_over: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Contracts:
    """Every call of a function that demands a lock is made with it held.

    `locks` are the classes that are looked at; `exclusive` are globs of functions in which nobody
    else can reach the objects; `foreign` are functions whose assertion is about a lock that another
    task holds.
    """

    common: Common
    locks: tuple[str, ...]
    exclusive: tuple[str, ...]
    foreign: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Switch:
    """Where another order holds: under `when`, with one of `locks` held or wanted, in `files`."""

    when: Condition
    locks: tuple[str, ...]
    files: tuple[str, ...]
    levels: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class Order:
    """Locks nest as `levels` say, the outermost first; classes of one level are not compared.

    Under a lock of `leaves` nothing is looked for; functions in `closed` are not looked into. Of
    each pair (inner, container) in `release_first` the inner lock is given back first where the
    container's was taken first.
    """

    common: Common
    levels: tuple[tuple[str, ...], ...]
    switch: Switch | None
    leaves: tuple[str, ...]
    closed: tuple[str, ...]
    release_first: tuple[tuple[str, str], ...]


Clause: TypeAlias = Require | Forbid | Follow | Pair | Contracts | Order
