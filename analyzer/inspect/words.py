"""Values and conditions in the words of the source."""

from collections.abc import Callable

from analyzer.dataflow import State, Value
from analyzer.dataflow.effects import Guards
from analyzer.dataflow.values import ANY, NEGATIVE, NONZERO, POSITIVE, ZERO
from analyzer.ir import Call, Result, Variable, Write
from analyzer.program import FunctionRef, Program

_MAX_TEXT = 80
_ADDRESSES = ("local", "global", "sub", "elem")
_SIGNS = {NEGATIVE: "< 0", NEGATIVE | ZERO: "<= 0", ZERO | POSITIVE: ">= 0"}
_NEGATED = {"==": "!=", "<": ">=", "<=": ">"}


def condition(text: str, mask: int) -> str:
    """A fact on what is spelled `text`, as C would test it."""
    bare = text[1:-1] if text.startswith("(") and text.endswith(")") else text
    if mask in (NONZERO, POSITIVE):
        return bare
    if mask == ZERO:
        return _negated(bare) or f"!{text}"
    form = _SIGNS.get(mask)
    return f"{text} {form}" if form else ""


def _negated(text: str) -> str:
    """The opposite of a plain comparison, '' for anything else."""
    for operator, opposite in _NEGATED.items():
        left, found, right = text.partition(f" {operator} ")
        if found and not set("&|()<>=!") & set(left + right):
            return f"{left} {opposite} {right}"
    return ""


def guard_of(guards: tuple[Guards, ...], certain: bool, name: Callable[[Value], str] = repr) -> str:
    """The cases of a contract in words, empty for always."""
    cases = []
    for case in guards:
        parts = [condition(name(value), mask) for value, mask in case]
        cases.append(" && ".join(part for part in parts if part))
    text = " || ".join(dict.fromkeys(case for case in cases if case)) if all(cases) else ""
    if certain:
        return text
    return f"{text} and something that it alone knows" if text else "something that it alone knows"


class Names:
    """Names values of one function as its source does."""

    def __init__(self, program: Program, ref: FunctionRef) -> None:
        self._program = program
        self._ref = ref
        self._events = [event for block in program.function(ref).blocks for event in block.events]
        self._calls = {event.id: event for event in self._events if isinstance(event, Call)}
        self._results: dict[int, str] = {}
        for event in self._events:
            match event:
                case Write(Variable(name), Result(number)) if not name.startswith("%"):
                    self._results.setdefault(number, name)

    def name(self, state: State, value: Value) -> str:
        """What the source calls a value in a state: the variable that holds it, or the expression
        that gives it.
        """
        if value.kind == "opaque" and value.args[0] == "*":
            return ""
        return self._name(state, value)

    def _name(self, state: State, value: Value) -> str:
        args = value.args
        match value.kind:
            case "param" | "global" | "const" | "symbol" | "function" | "local":
                return repr(value).removeprefix("&")
            case "load" if isinstance(args[0], Value):
                return self._holder(state, value) or self._place(state, args[0])
            case "sub" | "elem":
                return self._holder(state, value) or f"&{self._place(state, value)}"
        held = self._holder(state, value)
        if held:
            return held
        match value.kind:
            case "app":
                return f"{args[0]}({self._list(state, args[1:])})"
            case "op":
                left, right = (self._part(state, arg) for arg in args[1:3])
                return f"({left} {args[0]} {right})"
            case "not":
                return f"!{self._part(state, args[0])}"
            case "phi" | "undef" if isinstance(args[-1], Value):
                return self._place(state, args[-1])
            case "prev":
                inner = self._made(tuple(args[1:]))
                return f"{inner} of an earlier round" if inner else "a value of an earlier round"
            case "result" | "fresh":
                return self._made(args) or repr(value)
            case _:
                return repr(value)

    def _part(self, state: State, arg: object) -> str:
        return self._name(state, arg) if isinstance(arg, Value) else str(arg)

    def _list(self, state: State, args: tuple[object, ...]) -> str:
        return ", ".join(self._part(state, arg) for arg in args)

    def _holder(self, state: State, value: Value) -> str:
        """The local variable that holds a value, or another place that does."""
        places = []
        for address, held in state.env.items():
            if held is not value:
                continue
            if address.kind == "local":
                name = str(address.args[0])
                if not name.startswith("%"):
                    return name
            elif address.kind in ("sub", "elem"):
                places.append(address)
        if value.kind in ("load", "sub", "elem", "app") or not places:
            return ""
        return self._place(state, places[0])

    def _made(self, args: tuple[object, ...]) -> str:
        """What a call gave: the variable that its result went to first, or the text of the call."""
        number = next((arg for arg in args if isinstance(arg, int)), None)
        call = None if number is None else self._calls.get(number)
        if call is None:
            return ""
        return self._results.get(call.id) or self.text(call.start, call.end)

    def _place(self, state: State, address: Value) -> str:
        args = address.args
        if address.kind == "sub" and isinstance(args[0], Value):
            if args[0].kind in _ADDRESSES:
                return f"{self._place(state, args[0])}.{args[1]}"
            return f"{self._name(state, args[0])}->{args[1]}"
        if address.kind == "elem" and isinstance(args[0], Value):
            inside = args[0].kind in _ADDRESSES
            base = self._place(state, args[0]) if inside else self._name(state, args[0])
            return f"{base}[{self._part(state, args[1])}]"
        if address.kind in ("local", "global"):
            return str(args[0])
        return f"*{self._name(state, address)}"

    def text(self, start: int, end: int) -> str:
        """The source between two offsets, cut to a line."""
        text = self._program.text(self._ref.path, start, end)
        return text if len(text) <= _MAX_TEXT else text[: _MAX_TEXT - 4] + " ..."


def telling(names: Names, having: list[State], lacking: list[State]) -> str:
    """A condition that holds in all states of `having` and in none of `lacking`; '' if none does.

    Variables come first, then what was tested, each in the order in which it was met.
    """
    one = having[0]
    for address in one.env:
        if address.kind != "local" or str(address.args[0]).startswith("%"):
            continue
        mask = _split([_held_mask(state, address) for state in having], lacking, address)
        if mask:
            return condition(str(address.args[0]), mask)
    for value in one.facts:
        mine = 0
        for state in having:
            mine |= state.mask(value)
        if mine != ANY and not any(state.mask(value) & mine for state in lacking):
            text = condition(names.name(one, value), mine)
            if text and "#" not in text:
                return text
    return ""


def _held_mask(state: State, address: Value) -> int:
    value = state.env.get(address)
    return ANY if value is None else state.mask(value)


def _split(masks: list[int], lacking: list[State], address: Value) -> int:
    """The signs that only `masks` have, 0 if some are shared."""
    mine = 0
    for mask in masks:
        mine |= mask
    if mine in (ANY, 0) or any(_held_mask(state, address) & mine for state in lacking):
        return 0
    return mine if mine in (NEGATIVE, ZERO, POSITIVE, NONZERO) else 0
