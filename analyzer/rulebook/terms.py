"""What can be done with any event or condition: walk over it, list its holes, fill them."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import fields, is_dataclass, replace

from analyzer.checkers.patterns import (
    AddressOf,
    Anything,
    CallOf,
    FieldOf,
    Hole,
    NotOf,
    Number,
    Pattern,
    PointeeOf,
)
from analyzer.checkers.property import (
    AnyOf,
    Both,
    CallEvent,
    Compare,
    Condition,
    Done,
    Either,
    EndEvent,
    EscapeEvent,
    EventPattern,
    Has,
    Held,
    InClass,
    InitialiseEvent,
    Known,
    LockEvent,
    Not,
    Predicate,
    RoleEvent,
    StoreEvent,
    Tested,
    Truth,
    Under,
    UseEvent,
    WhenEvent,
)
from analyzer.rulebook.language import COMPARISONS, RESULT


def walk(term: object) -> Iterator[object]:
    """Every node of an event, condition or clause, from the outside in and from left to right."""
    if isinstance(term, tuple):
        for part in term:
            yield from walk(part)
    elif is_dataclass(term):
        yield term
        for field in fields(term):
            yield from walk(getattr(term, field.name))


def holes(*terms: object) -> tuple[str, ...]:
    """The names of the holes in some terms, in order, each once."""
    names = (node.name for term in terms for node in walk(term) if isinstance(node, Hole))
    return tuple(dict.fromkeys(names))


def unbound(condition: object, bound: frozenset[str]) -> tuple[str, ...]:
    """The holes of a condition that neither `bound` nor a `done(...)` inside it binds."""
    happened = frozenset(holes(*(node for node in walk(condition) if isinstance(node, Done))))
    return tuple(name for name in holes(condition) if name not in bound | happened)


def fill(pattern: Pattern, values: Mapping[str, Pattern]) -> Pattern:
    """The pattern with `values` in place of its holes; a hole without a value becomes `_`."""
    match pattern:
        case Hole(name):
            return values.get(name, Anything())
        case FieldOf() | AddressOf():
            return replace(pattern, object=fill(pattern.object, values))
        case PointeeOf(pointer):
            return PointeeOf(fill(pointer, values))
        case NotOf(value):
            return NotOf(fill(value, values))
        case CallOf():
            return replace(pattern, args=tuple(fill(arg, values) for arg in pattern.args))
        case _:
            return pattern


def fill_event(event: EventPattern, values: Mapping[str, Pattern]) -> EventPattern:
    """The event with `values` in place of its holes.

    The value of `=` sets its result, that of an operator its outcome.
    """
    match event:
        case CallEvent():
            return _fill_call(event, values)
        case RoleEvent(role, bindings):
            inner = {name: fill(pattern, values) for name, pattern in bindings}
            inner.update({name: values[name] for name in (RESULT, *COMPARISONS) if name in values})
            return RoleEvent(role, tuple(inner.items()))
        case AnyOf(events):
            return AnyOf(tuple(fill_event(one, values) for one in events))
        case StoreEvent():
            return replace(event, place=fill(event.place, values), value=fill(event.value, values))
        case InitialiseEvent() | EscapeEvent():
            return replace(event, object=fill(event.object, values))
        case UseEvent(value):
            return UseEvent(fill(value, values))
        case WhenEvent(condition):
            records = tuple(
                (hole.name, tag)
                for name, tag in event.records
                if isinstance(hole := fill(Hole(name), values), Hole)
            )
            return WhenEvent(fill_condition(condition, values), records)
        case LockEvent():
            return replace(event, object=_fill_object(event.object, values))
        case EndEvent():
            return event


def fill_condition(condition: Condition, values: Mapping[str, Pattern]) -> Condition:
    """The condition with `values` in place of its holes."""
    match condition:
        case Truth(value):
            return Truth(fill(value, values))
        case Tested(value):
            return Tested(fill(value, values))
        case Compare():
            return replace(
                condition, left=fill(condition.left, values), right=fill(condition.right, values)
            )
        case Has() | InClass():
            return replace(condition, value=fill(condition.value, values))
        case Predicate():
            return replace(condition, args=tuple(fill(arg, values) for arg in condition.args))
        case Held():
            return replace(condition, object=_fill_object(condition.object, values))
        case Under(part, lock, place):
            return Under(fill_condition(part, values), lock, _fill_object(place, values))
        case Done(event, then):
            return Done(fill_event(event, values), fill_event(then, values) if then else None)
        case _:
            return map_parts(condition, lambda part: fill_condition(part, values))


def map_parts(condition: Condition, change: Callable[[Condition], Condition]) -> Condition:
    """The condition with every condition directly inside it changed."""
    match condition:
        case Both(parts):
            return Both(tuple(change(part) for part in parts))
        case Either(parts):
            return Either(tuple(change(part) for part in parts))
        case Not(part):
            return Not(change(part))
        case Known(part):
            return Known(change(part))
        case Under():
            return replace(condition, part=change(condition.part))
        case _:
            return condition


def _fill_call(event: CallEvent, values: Mapping[str, Pattern]) -> CallEvent:
    result = fill(event.result, values) if event.result else None
    result = values.get(RESULT, result)
    outcome = event.outcome
    for operator in COMPARISONS:
        number = values.get(operator)
        if isinstance(number, Number):
            outcome = (operator, number.value)
    return replace(
        event,
        args=tuple(fill(arg, values) for arg in event.args),
        result=None if isinstance(result, Anything) else result,
        outcome=outcome,
    )


def _fill_object(place: Pattern | None, values: Mapping[str, Pattern]) -> Pattern | None:
    filled = fill(place, values) if place is not None else None
    return None if isinstance(filled, Anything) else filled
