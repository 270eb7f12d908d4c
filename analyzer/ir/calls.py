"""The calls of a function, and what they name."""

from analyzer.ir.expressions import Variable, VariableKind
from analyzer.ir.flow import Call, Function, Return


def calls(function: Function) -> tuple[Call, ...]:
    """The calls of a function, in the order of its blocks."""
    return tuple(
        event for block in function.blocks for event in block.events if isinstance(event, Call)
    )


def callee_name(call: Call) -> str:
    """The function that a call names, '' if it goes through a pointer."""
    callee = call.callee
    if isinstance(callee, Variable) and callee.kind is VariableKind.GLOBAL:
        return callee.name
    return ""


def returns_value(function: Function) -> bool:
    """Whether a function returns a value somewhere."""
    ends = (block.terminator for block in function.blocks)
    return any(isinstance(end, Return) and end.value is not None for end in ends)
