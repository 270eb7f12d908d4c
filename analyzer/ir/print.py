"""The printed form of the intermediate representation, for people and for goldens."""

from analyzer.ir.expressions import (
    Address,
    Binary,
    Constant,
    Deref,
    Expr,
    Field,
    Index,
    Initializer,
    Opaque,
    Result,
    Text,
    Unary,
    Variable,
)
from analyzer.ir.flow import (
    Block,
    Branch,
    Call,
    Declare,
    Event,
    Function,
    Jump,
    Range,
    Return,
    Switch,
    Terminator,
    Write,
)


def print_function(function: Function) -> str:
    """The function as text: its head, then every block with its events and where it goes on.

    Offsets are left out, so that the text says what is computed and not where it stands.
    """
    parameters = ", ".join(
        f"{parameter.name}: {parameter.type}" for parameter in function.parameters
    )
    lines = [f"function {function.name}({parameters}) -> {function.result}"]
    if function.condition:
        lines.append(f"  if {function.condition}")
    lines += [f"  local {name}: {kind}" for name, kind in function.types]
    lines += [f"  gap {spelling}" for _, spelling in function.gaps]
    for number, block in enumerate(function.blocks):
        lines += _block(number, block)
    return "\n".join(lines) + "\n"


def print_expression(expr: Expr) -> str:
    """An expression in C, with calls as #1, #2."""
    return _expression(expr, False)


def _block(number: int, block: Block) -> list[str]:
    lines = [f" b{number}: loop" if block.loop else f" b{number}:"]
    lines += [f"  {_event(event)}" for event in block.events]
    lines += [f"  {line}" for line in _terminator(block.terminator)]
    return lines


def _event(event: Event) -> str:
    if isinstance(event, Call):
        args = ", ".join(print_expression(arg) for arg in event.args)
        kind = "iterate" if event.iterator else "call"
        origin = f" from {event.origin}" if event.origin else ""
        return f"#{event.id} = {kind} {_expression(event.callee, True)}({args}){origin}"
    if isinstance(event, Declare):
        return f"declare {event.name}"
    mark = ":=" if isinstance(event, Write) and event.initial else "="
    return f"{print_expression(event.place)} {mark} {print_expression(event.value)}"


def _terminator(end: Terminator) -> list[str]:
    if isinstance(end, Jump):
        return [f"goto b{end.target}"]
    if isinstance(end, Branch):
        return [f"if {print_expression(end.condition)} goto b{end.true} else b{end.false}"]
    if isinstance(end, Switch):
        lines = [f"switch {print_expression(end.value)} default b{end.default}"]
        for case in end.cases:
            values = ", ".join(_case(value) for value in case.values)
            lines.append(f"  {values}: b{case.target}")
        return lines
    if isinstance(end, Return):
        return ["return" if end.value is None else f"return {print_expression(end.value)}"]
    return ["stop"]


def _case(value: Expr | Range) -> str:
    if isinstance(value, Range):
        return f"{print_expression(value.low)} ... {print_expression(value.high)}"
    return print_expression(value)


def _expression(expr: Expr, tight: bool) -> str:
    """`tight` asks for brackets around what an operator could split."""
    match expr:
        case Constant(value):
            return str(value)
        case Text(text):
            return f'"{text}"'
        case Variable(name, _):
            return name
        case Result(call):
            return f"#{call}"
        case Opaque(spelling):
            return f"<{spelling}>"
        case Field(Deref(pointer), name):
            return f"{_expression(pointer, True)}->{name}"
        case Field(object_, name):
            return f"{_expression(object_, True)}.{name}"
        case Index(array, position):
            return f"{_expression(array, True)}[{_expression(position, False)}]"
        case Initializer(entries):
            return "{" + ", ".join(_entry(path, value) for path, value in entries) + "}"
        case _:
            text = _operation(expr)
            return f"({text})" if tight else text


def _operation(expr: Expr) -> str:
    match expr:
        case Deref(pointer):
            return f"*{_expression(pointer, True)}"
        case Address(place):
            return f"&{_expression(place, True)}"
        case Unary(operator, operand):
            return f"{operator}{_expression(operand, True)}"
        case Binary(operator, left, right):
            return f"{_expression(left, True)} {operator} {_expression(right, True)}"
        case _:
            return repr(expr)


def _entry(path: tuple[str, ...], value: Expr) -> str:
    text = _expression(value, False)
    return f".{'.'.join(path)} = {text}" if path else text
