"""Functions as control-flow graphs.

A block is a list of events in the order of evaluation and a terminator. Conditions of branches are
atomic: '&&', '||', '!', '?:' and comparisons of a call are already edges, so that what a branch
tests is one comparison or one truth value.
"""

from typing import NamedTuple, TypeAlias

from analyzer.ir.expressions import Expr


class Call(NamedTuple):
    """A call of a function or of a macro used like one.

    `id` is unique in the function; `start`, `end` are byte offsets in the file. `callee` is a
    GLOBAL variable for a direct call, any other expression for a call through a pointer. `iterator`
    marks the head of a loop macro such as list_for_each_entry: one evaluation per iteration, result
    non-zero while the loop goes on. `origin` names the macro that was expanded here, empty when the
    source says the call itself.
    """

    id: int
    callee: Expr
    args: tuple[Expr, ...]
    start: int
    end: int
    iterator: bool = False
    origin: str = ""


class Write(NamedTuple):
    """`place = value`; compound assignments and ++ are written out.

    `initial` marks the initialiser of a declaration.
    """

    place: Expr
    value: Expr
    start: int
    end: int
    initial: bool = False


class Declare(NamedTuple):
    """A local comes into scope without a value.

    Inside a loop its value of the last round is gone.
    """

    name: str
    start: int
    end: int


Event: TypeAlias = Call | Write | Declare


class Jump(NamedTuple):
    """Goes on at block `target`."""

    target: int


class Branch(NamedTuple):
    """Goes to `true` if `condition` is non-zero, otherwise to `false`."""

    condition: Expr
    true: int
    false: int
    start: int
    end: int


class Range(NamedTuple):
    """The values `low ... high` of a case label."""

    low: Expr
    high: Expr


class SwitchCase(NamedTuple):
    """One target of a switch with the values that lead there."""

    values: tuple[Expr | Range, ...]
    target: int


class Switch(NamedTuple):
    """Goes to the case that holds `value`, otherwise to `default`."""

    value: Expr
    cases: tuple[SwitchCase, ...]
    default: int
    start: int
    end: int


class Return(NamedTuple):
    """Leaves the function, with a value or without.

    The end of the body is a Return of nothing at its brace.
    """

    value: Expr | None
    start: int
    end: int


class Stop(NamedTuple):
    """Control does not go on: the end of a statement expression that never ends, or unreachable
    code.
    """


Terminator: TypeAlias = Jump | Branch | Switch | Return | Stop


class Block(NamedTuple):
    """A basic block. `loop` marks the head of a loop (a block that a back edge enters)."""

    events: tuple[Event, ...]
    terminator: Terminator
    loop: bool = False


class Parameter(NamedTuple):
    """A parameter: name (empty if the declaration gives none) and type as written, white space
    folded.
    """

    name: str
    type: str


class Function(NamedTuple):
    """A lowered function.

    `blocks[0]` is the entry; a block's number is its index; unreachable blocks are left out.

    `types` gives the declared type of every local by its unique name, white space folded.
    `condition` is the presence condition of this variant of the function, empty when it is the text
    that every configuration sees. `gaps` are constructs in the body that were not understood, as
    (byte offset, spelling).
    """

    name: str
    path: str
    start: int
    end: int
    parameters: tuple[Parameter, ...]
    result: str
    blocks: tuple[Block, ...]
    types: tuple[tuple[str, str], ...]
    condition: str
    gaps: tuple[tuple[int, str], ...]
