"""What a call does to a state: intrinsics of the models, pure functions, effects of known
functions, unknown ones.
"""

from typing import TYPE_CHECKING

from analyzer.dataflow.effects import Contract, Effect, Outcome, nameable
from analyzer.dataflow.intrinsics import intrinsic
from analyzer.dataflow.lockset import acquire, held, release, retake
from analyzer.dataflow.state import Cases, State
from analyzer.dataflow.values import ANY, POSITIVE, ZERO, Value, root
from analyzer.ir import Call, Opaque

if TYPE_CHECKING:
    from analyzer.dataflow.transfer import Transfer


def apply_call(
    run: "Transfer", state: State, call: Call, name: str, args: tuple[Value, ...]
) -> list[State]:
    """The states after the call, each with its result in the call's slot; none if it does not
    return.
    """
    if name.startswith("zl_"):
        return intrinsic(run, state, call, name, args)
    if run.world.container(name):
        run.doubts.put(name, args)
    slot = run.universe.slot(call.id)
    if run.world.pure(name):
        state.env[slot] = run.universe.make("app", name, *args)
        if run.world.never_null(name):
            state.restrict(state.env[slot], POSITIVE, call.start)
        return [state]
    effect = run.world.effect(name, run.function.path) if name else None
    if effect is None or (not effect.precise and not effect.outcomes):
        if effect is not None:
            run.doubts.lost = name
        run.doubts.called(state, name, args, effect is None and run.world.defines(name))
        _unknown(run, state, call, args)
        if run.world.never_null(name):
            state.restrict(state.env[slot], POSITIVE, call.start)
        return [state]
    return _known(run, state, call, (name, args, effect))


def _unknown(run: "Transfer", state: State, call: Call, args: tuple[Value, ...]) -> None:
    """A function that nothing is known of may write the locals that it is given the address of."""
    make = run.universe.make
    state.env[run.universe.slot(call.id)] = make("result", call.id)
    if call.iterator:
        return
    name = getattr(call.callee, "name", "")
    for index, arg in enumerate(args):
        base = arg
        while base.kind in ("sub", "elem") and isinstance(base.args[0], Value):
            base = base.args[0]
        if base.kind != "local":
            continue
        fields = run.world.modified(name, run.function.path, index)
        if fields is None:
            _forget(run, state, arg)
            state.env[arg] = make("fresh", call.id, index + 1000)
            continue
        for field in sorted(fields):
            part = run.evaluator.sub(arg, field)
            _forget(run, state, part)
            state.env[part] = make("fresh", call.id, index + 1000, field)


def _forget(run: "Transfer", state: State, base: Value) -> None:
    state.env.pop(base, None)
    run.forget_parts(state, base)


class _Renaming:
    """Translates terms of a callee to values of the caller, in the state before the call."""

    def __init__(self, run: "Transfer", state: State, call: Call, args: tuple[Value, ...]) -> None:
        self._run = run
        self._state = state
        self._call = call
        self._args = args
        self._memo: dict[Value, Value] = {}

    def fresh(self, values: tuple[Value, ...]) -> None:
        """Gives each value that the callee made a value of its own here."""
        for index, value in enumerate(values):
            self._memo[value] = self._run.universe.make("fresh", self._call.id, index)

    def __call__(self, value: Value) -> Value:
        found = self._memo.get(value)
        if found is None:
            found = self._translate(value)
            self._memo[value] = found
        return found

    def _translate(self, value: Value) -> Value:
        run = self._run
        kind, args = value.kind, value.args
        if kind == "param":
            index = args[0]
            assert isinstance(index, int)
            if index < len(self._args):
                return self._args[index]
            return run.universe.make("fresh", self._call.id, 500 + index)
        inner = tuple(self(arg) if isinstance(arg, Value) else arg for arg in args)
        if kind == "load":
            address = inner[0]
            assert isinstance(address, Value)
            return run.evaluator.load(self._state, address)
        if kind == "app" and str(inner[0]).startswith("held:"):
            return self._asked(str(inner[0]), inner[1])
        if kind == "sub":
            base = inner[0]
            assert isinstance(base, Value)
            return run.evaluator.sub(base, str(inner[1]))
        if kind == "elem":
            first, position = inner
            assert isinstance(first, Value) and isinstance(position, Value)
            return run.evaluator.element(first, position)
        if kind == "not":
            operand = inner[0]
            assert isinstance(operand, Value)
            return run.evaluator.negate(operand)
        if kind == "op" and inner[0] not in ("neg", "~"):
            operator, left, right = inner
            assert isinstance(left, Value) and isinstance(right, Value)
            return run.evaluator.binary(str(operator), left, right)
        return run.universe.make(kind, *inner)

    def _asked(self, name: str, target: object) -> Value:
        """A question about a lock of the caller's is answered here, if it can be."""
        assert isinstance(target, Value)
        found, _ = held(self._run, self._state, name[5:], target)
        if found is not None:
            return self._run.universe.one
        if root(target).kind == "local":
            return self._run.universe.null
        return self._run.universe.make("app", name, target)


def translate(run: "Transfer", state: State, args: tuple[Value, ...], value: Value) -> Value | None:
    """A term over a callee's parameters in the caller's values; None if the callee alone knows
    it.
    """
    if not nameable(value):
        return None
    return _Renaming(run, state, Call(-1, Opaque(""), (), 0, 0), args)(value)


def _known(
    run: "Transfer", state: State, call: Call, target: tuple[str, tuple[Value, ...], Effect]
) -> list[State]:
    name, args, effect = target
    states = []
    for contract in effect.contracts:
        _demand(run, state, call, (name, args, contract))
    for value in effect.meant:
        run.learn_locks(state, _Renaming(run, state, call, args)(value), True, call)
    for value in effect.passed:
        run.doubts.passed.setdefault(
            _Renaming(run, state, call, args)(value),
            f"{name}() passes the object to a function pointer",
        )
    last = len(effect.outcomes) - 1
    for index, outcome in enumerate(effect.outcomes):
        after = state if index == last else state.copy()
        if _apply(run, after, call, (name, args, outcome, effect)):
            states.append(after)
    return states


def _demand(
    run: "Transfer", state: State, call: Call, target: tuple[str, tuple[Value, ...], Contract]
) -> None:
    """What a callee asserts for certain is a fact from the call on. An assertion of a model is one
    of this function.
    """
    name, args, contract = target
    stated = contract.source == "model"
    if contract.others or not (stated or run.world.tracked(contract.lock)):
        return
    renaming = _Renaming(run, state, call, args)
    if not contract.certain or not any(
        all(not state.mask(renaming(value)) & ~mask for value, mask in guards)
        for guards in contract.guards
    ):
        return
    demanded = None if contract.object is None else renaming(contract.object)
    lock = (contract.lock, contract.mode, demanded)
    if stated:
        run.assert_held(state, lock, call, name)
    elif demanded is not None:
        run.believe_demand(state, (contract.lock, contract.mode, demanded), call, name)


def _apply(
    run: "Transfer",
    state: State,
    call: Call,
    target: tuple[str, tuple[Value, ...], Outcome, Effect],
) -> bool:
    """Applies one outcome; False if it contradicts what is known here."""
    name, args, outcome, effect = target
    renaming = _Renaming(run, state, call, args)
    renaming.fresh(outcome.fresh)
    for value, mask in outcome.guards:
        here = renaming(value)
        truth = mask != ZERO
        if not mask & ZERO or not truth:
            if not state.assume(here, truth, call.start):
                return False
            run.learn_locks(state, here, truth, call)
        if not state.restrict(here, mask, call.start):
            return False
    for value, cases in outcome.cases:
        if not _learn_cases(state, renaming(value), cases, (renaming, call)):
            return False
    slot = run.universe.slot(call.id)
    result = run.universe.make("result", call.id)
    if outcome.result is not None:
        result = renaming(outcome.result)
    stores = [
        (renaming(address), None if stored is None else renaming(stored), mask)
        for address, stored, mask in outcome.stores
    ]
    taken = [(lock, renaming(lock.object)) for lock in outcome.taken]
    if effect.unclear:
        keys = (*((lock.name, lock.object) for lock in outcome.taken), *outcome.given)
        for key in keys:
            if key in effect.unclear:
                run.doubts.unclear(renaming(key[1]), name)
    given = [(lock_name, renaming(of)) for lock_name, of in outcome.given]
    again = [(lock, renaming(lock.object)) for lock in outcome.again]
    events = tuple((event, tuple(map(renaming, with_))) for event, with_ in outcome.events)
    if events and not run.world.notable(name):
        run.replay(state, events, call)
    for index, (address, stored, mask) in enumerate(stores):
        content = stored or run.universe.make("fresh", call.id, 100 + index)
        run.store(state, address, content)
        if mask != ANY and not state.restrict(content, mask, call.start):
            return False
    for lock_name, target_object in given:
        release(run, state, (lock_name, target_object), (call.start, call.end))
    for lock, target_object in again:
        retake(run, state, (lock.name, lock.mode, target_object), (call.start, name))
    for lock, target_object in taken:
        acquire(run, state, (lock.name, lock.mode, target_object), (call.start, call.end, name))
    state.env[slot] = result
    if run.world.never_null(name) and not state.restrict(result, POSITIVE, call.start):
        return False
    return outcome.mask == ANY or state.restrict(result, outcome.mask, call.start)


def _learn_cases(state: State, value: Value, cases: Cases, where: tuple[_Renaming, Call]) -> bool:
    """Learns what a callee leaves known of an entry value; False if none of it can be."""
    renaming, call = where
    moved = tuple(
        (mask, tuple((renaming(fact), known) for fact, known in facts))
        for mask, facts in cases
        if mask & state.mask(value)
        and all(state.mask(renaming(fact)) & known for fact, known in facts)
    )
    if not moved:
        return False
    if len(moved) > 1:
        state.cases[value] = moved
        return True
    mask, facts = moved[0]
    return state.restrict(value, mask, call.start) and all(
        state.restrict(fact, known, call.start) for fact, known in facts
    )
