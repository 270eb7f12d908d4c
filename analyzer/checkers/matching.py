"""Patterns against values: which holes a pattern binds, and which value a pattern stands for."""

from typing import Final, TypeAlias

from analyzer.checkers.patterns import (
    AddressOf,
    Anything,
    CallOf,
    FieldOf,
    HasFlag,
    Hole,
    Name,
    NotOf,
    Number,
    Pattern,
    PointeeOf,
)
from analyzer.checkers.property import CallEvent
from analyzer.dataflow import Simulation, State, Value
from analyzer.dataflow.evaluate import flag_set
from analyzer.dataflow.values import NONZERO, ZERO

Binding: TypeAlias = tuple[tuple[str, Value], ...]
"""What the holes of a clause stand for, sorted by name."""

EMPTY: Final[Binding] = ()


def bound(binding: Binding, name: str) -> Value | None:
    """The value of a hole."""
    for each, value in binding:
        if each == name:
            return value
    return None


def bind(binding: Binding, name: str, value: Value) -> Binding | None:
    """`binding` with one hole more; None if the hole already stands for something else."""
    old = bound(binding, name)
    if old is not None:
        return binding if old is value else None
    return tuple(sorted((*binding, (name, value)), key=lambda pair: pair[0]))


class Matcher:
    """Matches patterns in the states of one simulation. `flags` gives other names of a flag. A bare
    name is a constant, a function, or a parameter of that name.
    """

    def __init__(self, run: Simulation, flags: dict[str, tuple[str, ...]]) -> None:
        self.run = run
        self._flags = flags
        self._parameters = {
            each.name: run.universe.make("param", index, each.name)
            for index, each in enumerate(run.function.parameters)
        }

    def outcome(self, event: CallEvent, result: Value, state: State) -> bool | None:
        """Whether a call had the outcome that the event asks for, None while it was not tested."""
        if event.outcome is None:
            return True
        operator, number = event.outcome
        value = self.run.evaluator.binary(operator, result, self.run.universe.const(number))
        if number == 1 and operator in ("==", "!="):
            truth = state.truth(result)
            return None if truth is None else truth is (operator == "==")
        return state.truth(value)

    def match(
        self, pattern: Pattern, value: Value, state: State, binding: Binding
    ) -> Binding | None:
        """The binding that makes `pattern` stand for `value`, None if none does."""
        match pattern:
            case Anything():
                return binding
            case Hole(name):
                return bind(binding, name, value)
            case Number(number):
                return binding if self._is_number(state, value, number) else None
            case Name(name):
                known = state.equal.get(value, value)
                if known.kind in ("symbol", "function") and known.args[0] in self.names(name):
                    return binding
                return binding if value is self._parameters.get(name) else None
            case HasFlag(flag):
                return binding if self.has(state, value, flag) else None
            case NotOf(inner):
                return self._match_negation(inner, value, state, binding)
            case CallOf(callee, args, rest):
                if value.kind != "app" or value.args[0] != callee:
                    return None
                return self.match_all((args, rest), value.args[1:], state, binding)
            case FieldOf() | PointeeOf():
                address = value.args[0] if value.kind == "load" else None
                if isinstance(address, Value):
                    found = self.match_place(pattern, address, state, binding)
                    if found is not None:
                        return found
                built = self.build(pattern, state, binding)
                if built is None and isinstance(pattern, FieldOf):
                    return self._match_stored(pattern, value, state, binding)
                return binding if built is value else None
            case AddressOf(inner):
                return self.match_place(inner, value, state, binding)

    def _match_stored(
        self, pattern: FieldOf, value: Value, state: State, binding: Binding
    ) -> Binding | None:
        """`$w->field` for a value that stands in that field of an object now."""
        for address, stored in state.env.items():
            if stored is value and address.kind == "sub":
                found = self.match_place(pattern, address, state, binding)
                if found is not None:
                    return found
        return None

    def _match_negation(
        self, inner: Pattern, value: Value, state: State, binding: Binding
    ) -> Binding | None:
        if value.kind == "not" and isinstance(value.args[0], Value):
            return self.match(inner, value.args[0], state, binding)
        if value.kind == "op" and value.args[0] == "==" and isinstance(value.args[1], Value):
            right = value.args[2]
            if isinstance(right, Value) and right.kind == "const" and right.args[0] == 0:
                return self.match(inner, value.args[1], state, binding)
        return None

    def match_all(
        self,
        patterns: tuple[tuple[Pattern, ...], bool],
        values: tuple[object, ...],
        state: State,
        binding: Binding,
    ) -> Binding | None:
        """Matches arguments one by one; `patterns` is the list and whether more may follow."""
        wanted, rest = patterns
        if len(values) < len(wanted) or (len(values) > len(wanted) and not rest):
            return None
        found: Binding | None = binding
        for pattern, value in zip(wanted, values, strict=False):
            if found is None or not isinstance(value, Value):
                return None
            found = self.match(pattern, value, state, found)
        return found

    def match_place(
        self, pattern: Pattern, address: Value, state: State, binding: Binding
    ) -> Binding | None:
        """Matches a pattern of a place with the address of one. A hole stands for an object by its
        address.
        """
        match pattern:
            case Anything():
                return binding
            case Hole(name):
                return bind(binding, name, address)
            case FieldOf(inner, field):
                base = address.args[0] if address.kind == "sub" else None
                if not isinstance(base, Value) or field not in ("_", address.args[1]):
                    return None
                return self._match_base(inner, base, state, binding)
            case PointeeOf(pointer):
                return self.match(pointer, address, state, binding)
            case Name(name):
                same = address.kind == "global" and address.args[0] in self.names(name)
                return binding if same else None
            case _:
                return None

    def _match_base(
        self, pattern: Pattern, base: Value, state: State, binding: Binding
    ) -> Binding | None:
        """The object whose field it is: `$d` by its address, `(*$p)` through a pointer only, `$a.b`
        by its value.
        """
        if isinstance(pattern, PointeeOf):
            if base.kind in ("local", "sub", "elem", "global"):
                return None
            return self.match(pattern.pointer, base, state, binding)
        if isinstance(pattern, FieldOf) and base.kind == "sub":
            return self.match_place(pattern, base, state, binding)
        return self.match(pattern, base, state, binding)

    def build(self, pattern: Pattern, state: State, binding: Binding) -> Value | None:
        """The value that a pattern stands for here, None if a hole of it is not bound or `_` stands
        in it.
        """
        make = self.run.universe.make
        match pattern:
            case Hole(name):
                return bound(binding, name)
            case Number(number):
                return make("const", number)
            case Name(name):
                return self._parameters.get(name) or self.run.evaluator.name(name)
            case FieldOf(inner, field):
                base = self.build(inner, state, binding)
                if base is None:
                    return None
                address = self.run.evaluator.sub(base, field)
                return self.run.evaluator.load(state, address)
            case PointeeOf(pointer):
                base = self.build(pointer, state, binding)
                return None if base is None else self.run.evaluator.load(state, base)
            case AddressOf(FieldOf(inner, field)):
                base = self.build(inner, state, binding)
                return None if base is None else self.run.evaluator.sub(base, field)
            case AddressOf(inner):
                return self.build(inner, state, binding)
            case NotOf(inner):
                base = self.build(inner, state, binding)
                return None if base is None else self.run.evaluator.negate(base)
            case CallOf(callee, args, False):
                values = [self.build(arg, state, binding) for arg in args]
                known = [value for value in values if value is not None]
                return make("app", callee, *known) if len(known) == len(values) else None
            case _:
                return None

    def names(self, name: str) -> tuple[str, ...]:
        """The names that a flag or constant goes by."""
        return self._flags.get(name, (name,))

    def has(self, state: State, value: Value, flag: str) -> bool | None:
        """Whether `value` contains the flag: True, False, or None if it is not known."""
        value = state.equal.get(value, value)
        flags, more = flag_set(value)
        names = self.names(flag)
        if any(each.args[0] in names for each in flags):
            return True
        if not more:
            return False
        answers = [self._tested(state, value, name) for name in names]
        if True in answers:
            return True
        return False if False in answers else None

    def _tested(self, state: State, value: Value, flag: str) -> bool | None:
        test = self.run.evaluator.binary("&", value, self.run.universe.make("symbol", flag))
        if state.mask(value) == ZERO:
            return False
        return state.truth(test)

    def _is_number(self, state: State, value: Value, number: int) -> bool:
        known = state.equal.get(value, value)
        if known.kind == "const":
            return known.args[0] == number or (number == 1 and known.args[0] not in (0, 1))
        if number == 0:
            return state.mask(value) == ZERO
        return number == 1 and not state.mask(value) & ZERO and state.mask(value) != NONZERO
