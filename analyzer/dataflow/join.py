"""The join of states that agree on the property: what both know stays, what differs becomes a
phi.
"""

from typing import Final

from analyzer.dataflow.classes import join_classes
from analyzer.dataflow.evaluate import flag_set
from analyzer.dataflow.state import Cases, Facts, State, Trail
from analyzer.dataflow.values import ANY, POSITIVE, ZERO, Universe, Value, unmoved

_MAX_CASE_FACTS: Final = 16
_MAX_ALTERNATIVES: Final = 2
_TESTED: Final = frozenset(("app", "param", "load", "op"))
_MOVED: Final = frozenset(("fresh", "result"))
_TRUTH: Final = ZERO | POSITIVE
_FLAGS: Final = frozenset(("symbol", "op"))
_COMPARISONS: Final = frozenset(("==", "<", "<=", "&&", "||"))


def join(states: list[State], universe: Universe, block: int) -> State:
    """The join of states that come to the head of `block`; one state alone is its own join."""
    if len(states) == 1:
        return states[0]
    result = states[0].copy()
    for other in states[1:]:
        merge(result, other, universe, block)
    return result


def merge(one: State, two: State, universe: Universe, block: int) -> None:
    """Joins `two` into `one` at the head of `block`.

    Places that differ hold a phi of this block; facts keep what both know. For a place whose signs
    differ, the phi keeps as `cases` the facts of each side, so that a flag still tells what it was
    set from (correlated conditions).
    """
    one.trail = _common(one.trail, two.trail)
    if one.events:
        one.events = {event: at for event, at in one.events.items() if event in two.events}
    one.classes.update(two.classes)
    if one.ran is not two.ran:
        one.ran |= two.ran
    phis: list[tuple[Value, Value, Value]] = []
    old_env = one.env
    for address, before, other in _differing(old_env, two.env):
        left = before or _default(universe, address)
        right = other or _default(universe, address)
        if left is None or right is None:
            old_env.pop(address, None)
        elif left is not right:
            phi = universe.phi(block, address)
            start = unmoved(left)
            if start.kind in _MOVED and unmoved(right) is start:
                phi = universe.pair("+", start, phi)  # A pointer that moves through its table.
            phis.append((phi, left, right))
            old_env[address] = phi
    kinds = join_classes(one, two, phis, universe)
    _merge_facts(one, two, phis, universe)
    one.kinds = kinds


def _differing(
    one: dict[Value, Value], two: dict[Value, Value]
) -> list[tuple[Value, Value | None, Value | None]]:
    """The places that do not hold the same, those of `one` first."""
    there = two.get
    found: list[tuple[Value, Value | None, Value | None]] = [
        (address, left, right)
        for address, left in one.items()
        if (right := there(address)) is not left
    ]
    shared = len(one) - sum(right is None for _, _, right in found)
    if len(two) > shared:
        found += [(address, None, right) for address, right in two.items() if address not in one]
    return found


def keep_phis(known: State, joined: State, universe: Universe, block: int) -> State:
    """The join with the phis that stood at `block` before. A head that is reached from its own loop
    alone may see one value from everywhere, which is a phi in the next round: that has no end.
    Neither have cases that come and go; of them those stay that were so before.
    """
    result = joined
    for address, old in known.env.items():
        new = joined.env.get(address)
        phi = universe.phi(block, address)
        if new is None or new is old or not stands(old, phi):
            continue
        if result is joined:
            result = joined.copy()
        result.env[address] = old
        mask = joined.mask(new) | known.mask(old)
        result.facts.pop(phi, None)
        if mask != ANY:
            result.facts[old] = mask
        result.cases.pop(phi, None)
    told = {
        value: cases for value, cases in result.cases.items() if known.cases.get(value) == cases
    }
    if len(told) < len(result.cases):
        result = joined.copy() if result is joined else result
        result.cases = told
    return result


def stands(value: Value, phi: Value) -> bool:
    """Whether a value is this phi, or a pointer that moves by it."""
    if value is phi:
        return True
    return value.kind == "op" and phi in value.args and unmoved(value).kind in _MOVED


def same(one: State, two: State) -> bool:
    """Whether two states of equal property say the same."""
    if one is two:
        return True
    if one.env != two.env or one.equal != two.equal or one.cases != two.cases:
        return False
    if one.kinds != two.kinds:
        return False
    if len(one.facts) != len(two.facts) or one.events.keys() != two.events.keys():
        return False
    other = two.facts
    return all(
        value in other and not (fact ^ other[value]) & ANY for value, fact in one.facts.items()
    )


def _common(one: Trail | None, two: Trail | None) -> Trail | None:
    """The steps that both paths share. What differs led to the same state, so it explains
    nothing.
    """
    while one is not two:
        if one is None or two is None:
            return None
        if one.depth > two.depth:
            one = one.before
        elif two.depth > one.depth:
            two = two.before
        else:
            one, two = one.before, two.before
    return one


def _default(universe: Universe, address: Value) -> Value | None:
    """What a place holds that was not written; nothing for a temporary, which dies at the join."""
    return None if address.kind == "slot" else universe.load(address)


def _merge_facts(
    one: State, two: State, phis: list[tuple[Value, Value, Value]], universe: Universe
) -> None:
    merged: Facts = one.facts.copy()
    lost: list[Value] = []
    there = two.facts.get
    for value, fact, other in [
        (value, fact, other)
        for value, fact in merged.items()
        if (other := there(value)) is None or (fact ^ other) & ANY
    ]:
        mask = fact & ANY
        union = mask | (two.mask(value) if other is None else other & ANY)
        if union != mask:
            lost.append(value)
        if _tells(value, union):
            merged[value] = union | (fact & ~ANY)
        else:
            del merged[value]
    found: dict[Value, Cases] = {}
    known = one.facts
    gained = [value for value in two.facts if value not in known] if phis else []
    for phi, left, right in phis:
        mine, theirs = one.mask(left), two.mask(right)
        union = mine | theirs
        if mine != theirs or left.kind == "phi" or right.kind == "phi":
            cases = _cases(one, two, (left, right, mine, theirs), (lost, gained))
            if cases:
                found[phi] = cases
        if union != ANY:
            merged[phi] = union
        else:
            merged.pop(phi, None)
        if left.kind in _FLAGS and right.kind in _FLAGS:
            flags = flag_set(left)[0] & flag_set(right)[0]
            for flag in sorted(flags, key=lambda each: each.number):
                merged[universe.pair("&", phi, flag)] = POSITIVE
    kept: dict[Value, Cases] = {}
    if one.cases:
        kept = {value: cases for value, cases in one.cases.items() if two.cases.get(value) == cases}
        for phi, _, _ in phis:
            kept.pop(phi, None)
    one.cases = kept | _alternatives(one, two, lost) | found
    if one.equal:
        one.equal = {v: target for v, target in one.equal.items() if two.equal.get(v) is target}
    one.facts = merged


def _alternatives(one: State, two: State, lost: list[Value]) -> dict[Value, Cases]:
    """What was known to be so on one side and otherwise on the other: `A, or not A and B` survives.

    An optional lock is not held for one reason or another; the reasons must not be forgotten.
    """
    found: dict[Value, Cases] = {}
    for value in lost:
        mine, theirs = one.mask(value), two.mask(value)
        if mine & theirs or value.kind not in _TESTED or len(found) >= _MAX_ALTERNATIVES:
            continue
        others = [each for each in two.facts if each is not value and two.mask(each) != ANY]
        ours = tuple((v, one.mask(v)) for v in lost[:_MAX_CASE_FACTS] if v is not value)
        facts = tuple((v, two.mask(v)) for v in others if one.mask(v) != two.mask(v))[
            :_MAX_CASE_FACTS
        ]
        if ours or facts:
            found[value] = tuple(sorted(((mine, ours), (theirs, facts)), key=lambda each: each[0]))
    return found


def _tells(value: Value, mask: int) -> bool:
    """Whether a mask says more of a value than its kind does."""
    if mask == ANY:
        return False
    boolean = value.kind == "not" or (value.kind == "op" and value.args[0] in _COMPARISONS)
    return not (boolean and mask == _TRUTH)


def _cases(
    one: State,
    two: State,
    sides: tuple[Value, Value, int, int],
    delta: tuple[list[Value], list[Value]],
) -> Cases | None:
    """The cases of a phi, by the signs of what flows in; None when they tell nothing apart. `sides`
    are the two values that meet, and the signs that they may have.
    """
    left, right, left_mask, right_mask = sides
    mine = one.cases.get(left) if left.kind == "phi" else None
    theirs = two.cases.get(right) if right.kind == "phi" else None
    if mine is None and theirs is None and left_mask == right_mask:
        return None
    lost, gained = delta
    if mine is None:
        facts = tuple((v, one.mask(v)) for v in lost[:_MAX_CASE_FACTS])
        mine = _by_sign(left, left_mask, facts)
    if theirs is None:
        wanted = [v for v in [*lost, *gained] if two.mask(v) != ANY]
        facts = tuple((v, two.mask(v)) for v in wanted[:_MAX_CASE_FACTS])
        theirs = _by_sign(right, right_mask, facts)
    result = mine
    for case in theirs:
        result = _with_case(result, case)
    if len(result) < 2 or not any(facts for _, facts in result):
        return None
    return tuple(sorted(result, key=lambda case: case[0]))


def _by_sign(value: Value, mask: int, facts: tuple[tuple[Value, int], ...]) -> Cases:
    """What is known with a value that flows in; of an answer, with each of its two signs, too."""
    no, yes = mask & ZERO, mask & ~ZERO
    if value.kind not in ("app", "not") or not no or not yes:
        return ((mask, facts),)
    asked, denied, granted = value, no, yes
    if value.kind == "not":
        operand = value.args[0]
        assert isinstance(operand, Value)
        asked, denied, granted = operand, ANY & ~ZERO, ZERO
    return ((no, (*facts, (asked, denied))), (yes, (*facts, (asked, granted))))


def _with_case(cases: Cases, case: tuple[int, tuple[tuple[Value, int], ...]]) -> Cases:
    """Cases with one more. For a sign that both sides may have, what both know is left."""
    mask, facts = case
    common = dict(facts)
    rest = mask
    result = []
    for known, have in cases:
        both = known & mask
        rest &= ~both
        if both:
            kept = tuple(
                (v, m | common[v]) for v, m in have if v in common and m | common[v] != ANY
            )
            result.append((both, kept))
        if known & ~mask:
            result.append((known & ~mask, have))
    if rest:
        result.append((rest, facts))
    return tuple(result)
