"""The intrinsics of the models: `zl_acquire` and its kin, from which the effects of the kernel's
API are inferred.
"""

from typing import TYPE_CHECKING, Final

from analyzer.dataflow.lockset import acquire, followed, held, release
from analyzer.dataflow.state import Lock, State
from analyzer.dataflow.values import NEGATIVE, POSITIVE, Value
from analyzer.ir import Call, Function, Variable

if TYPE_CHECKING:
    from analyzer.dataflow.transfer import Transfer

_ACQUIRE = {"zl_acquire": "write", "zl_acquire_read": "read", "zl_acquire_write": "write"}
_ASSERT = {"zl_assert_held": "", "zl_assert_held_read": "read", "zl_assert_held_write": "write"}

_ASKING: Final = frozenset((*_ASSERT, "zl_held"))


def asked(function: Function) -> frozenset[str]:
    """The locks that a model asks for, or asserts: classes, or primitives."""
    return frozenset(
        _lock(event)
        for block in function.blocks
        for event in block.events
        if isinstance(event, Call) and getattr(event.callee, "name", "") in _ASKING
    )


def intrinsic(
    run: "Transfer", state: State, call: Call, name: str, args: tuple[Value, ...]
) -> list[State]:
    """The states after a call of an intrinsic. Raises KeyError for one that does not exist."""
    slot = run.universe.slot(call.id)
    first = args[0] if args else run.universe.null
    place = (call.start, call.end)
    state.env[slot] = run.universe.null
    if name in _ACQUIRE:
        acquire(run, state, (_lock(call), _ACQUIRE[name], args[1]), (*place, run.function.name))
    elif name == "zl_release":
        release(run, state, (_lock(call), args[1]), place)
    elif name == "zl_downgrade":
        _downgrade(run, state, call, args[1])
    elif name in _ASSERT:
        run.assert_held(state, (_lock(call), _ASSERT[name], args[1]), call, run.function.name)
    elif name == "zl_held":
        return _held(run, state, call, args[1])
    elif name == "zl_same":
        state.env[slot] = first
    elif name == "zl_pure":
        state.env[slot] = run.universe.make("app", run.function.name, *args)
    elif name in ("zl_assume", "zl_assert"):
        if not state.assume(first, True, call.start):
            return []
        if name == "zl_assert":
            run.learn_locks(state, first, True, call)
    elif name == "zl_stop":
        return []
    elif name in ("zl_any", "zl_new", "zl_error"):
        state.env[slot] = run.universe.make("result", call.id)
        signs = {"zl_new": POSITIVE, "zl_error": NEGATIVE}.get(name)
        if signs is not None:
            state.restrict(state.env[slot], signs, call.start)
    elif name == "zl_warn":
        run.meant[first] = None
    elif name not in ("zl_use", "zl_assert_not_held"):
        raise KeyError(name)
    return [state]


def _lock(call: Call) -> str:
    """The lock class that an intrinsic names in its first argument."""
    first = call.args[0]
    assert isinstance(first, Variable)
    return first.name


def _downgrade(run: "Transfer", state: State, call: Call, target: Value) -> None:
    lock = _lock(call)
    found, _ = held(run, state, lock, target)
    if found is not None:
        state.taken[found.name, found.object] = found._replace(mode="read")
        return
    key = run.world.locks.refine(lock, target)
    if followed(run, *key):  # The caller's: it comes back held for reading.
        state.given[key] = call.start
        state.taken[key] = Lock(*key, "read", False, call.start, run.function.name)


def _held(run: "Transfer", state: State, call: Call, target: Value) -> list[State]:
    """`zl_held` asks: true where the lock is held here; elsewhere either, and true means that the
    caller holds it.
    """
    slot = run.universe.slot(call.id)
    found, _ = held(run, state, _lock(call), target)
    if found is not None:
        state.env[slot] = run.universe.one
    else:
        state.env[slot] = run.universe.make("app", f"held:{_lock(call)}", target)
    return [state]
