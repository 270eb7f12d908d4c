"""The lockset: taking, releasing, asserting and asking for locks on the objects that values
name.
"""

from typing import TYPE_CHECKING, Final

from analyzer.dataflow.occurrences import Locked
from analyzer.dataflow.state import Lock, LockKey, State
from analyzer.dataflow.values import POSITIVE, Value

if TYPE_CHECKING:
    from analyzer.dataflow.transfer import Transfer

_MOST_LEFT: Final = 2
"""Locks that one place of a loop took in earlier rounds and that are held still."""


def acquire(
    run: "Transfer",
    state: State,
    lock: tuple[str, str, Value],
    place: tuple[int, int, str],
) -> None:
    """Takes a lock given as (class, mode, object) at (start, end) by the function named last in
    `place`.
    """
    name, mode, target = lock
    name, target = run.world.locks.refine(name, target)
    name = state.classes.get(target, name)
    if not followed(run, name, target):
        return
    if run.world.locks.kind(name) != name:
        state.classes[target] = name
    start, end, source = place
    state.restrict(target, POSITIVE, start)
    key = (name, target)
    odd = key in state.taken
    again = key in state.given
    state.given.pop(key, None)
    if not odd or state.taken[key].entry:  # Who takes it did not have it: another task was meant.
        state.taken[key] = Lock(name, target, mode, again, start, source, again)
    elif mode == "write":  # Whatever was thought to be held before, this is held now.
        state.taken[key] = state.taken[key]._replace(mode=mode)
    state.step(start, end, "acquire", name)
    if run.observer is not None:
        run.observer.observe(state, Locked(True, odd, name, mode, target, start, end))


def retake(
    run: "Transfer", state: State, lock: tuple[str, str, Value], place: tuple[int, str]
) -> None:
    """A lock given as (class, mode, object) is dropped and taken again by a callee at `place`,
    maybe in another mode.
    """
    name, mode, target = lock
    name, target = run.world.locks.refine(name, target)
    name = state.classes.get(target, name)
    if not followed(run, name, target):
        return
    start, source = place
    known = _find(run, state, name, target)
    if known is not None:
        del state.taken[known.name, known.object]
    entry = known is None or known.entry
    state.taken[name, target] = Lock(name, target, mode, entry, start, source, entry)


def followed(run: "Transfer", name: str, target: Value) -> bool:
    """Whether this lock matters: its class is tracked, or it is a parameter that may turn out to be
    of such a class.
    """
    if run.world.tracked(name):
        return True
    return target.kind == "param" and run.world.may_become(name)


def release(run: "Transfer", state: State, lock: LockKey, place: tuple[int, int]) -> None:
    """Releases a lock; one that is not held here was the caller's."""
    name, target = run.world.locks.refine(*lock)
    start, end = place
    held = _find(run, state, name, target)
    if held is None:
        name = state.classes.get(target, name)
        if not followed(run, name, target):
            return
        state.given[name, target] = start
        mode = ""
    else:
        mode = held.mode
        name = held.name
        del state.taken[held.name, held.object]
        if held.entry:
            state.given[held.name, held.object] = start
    state.step(start, end, "release", name)
    if run.observer is not None:
        run.observer.observe(state, Locked(False, held is None, name, mode, target, start, end))


def _find(run: "Transfer", state: State, name: str, target: Value) -> Lock | None:
    exact = state.taken.get((name, target))
    if exact is not None:
        return exact
    for lock in state.taken.values():
        if lock.object is target and run.world.locks.releases(name, lock.name):
            return lock
    for lock in state.taken.values():
        if (
            lock.entry
            and lock.object.kind == "opaque"
            and run.world.locks.releases(name, lock.name)
        ):
            return lock
    return None


def held(
    run: "Transfer", state: State, lock: str, target: Value | None
) -> tuple[Lock | None, tuple[Lock, ...]]:
    """The lock of this class on this object, and the other locks of the class, whose objects may be
    the same.
    """
    name = kind = lock
    if target is not None:
        name, refined = run.world.locks.refine(lock, target)
        # A pointer to a lock of some class may be that of another, `&x->lock` may not.
        kind = name if refined is not target else lock
        target = refined
    found = None
    others = []
    of_any_class = run.world.locks.kind(name) == "any"
    for each in state.taken.values():
        if of_any_class:
            if each.object is target:
                return each, ()
            if target is None or not _same_field(each.object, target):
                continue
        elif each.name != name and run.world.locks.kind(each.name) != kind:
            same = each.object is target and run.world.locks.releases(name, each.name)
            if not same:
                continue
        if (
            target is None
            or each.object is target
            or each.object.kind == "opaque"
            or state.truth(run.universe.pair("==", each.object, target))
        ):
            found = found or each
        else:
            others.append(each)
    return found, tuple(others)


def _same_field(one: Value, two: Value) -> bool:
    """Whether both are the same field, of whatever object."""
    return one.kind == two.kind == "sub" and one.args[1] == two.args[1]


def few_left(taken: dict[LockKey, Lock]) -> dict[LockKey, Lock]:
    """Of locks that one place took in many rounds and that are held still, the first: there would
    be no fixed point if each round left one more.
    """
    if len(taken) <= _MOST_LEFT:
        return taken
    places: dict[tuple[str, int], list[LockKey]] = {}
    for key, lock in taken.items():
        places.setdefault((lock.name, lock.offset), []).append(key)
    if all(len(keys) <= _MOST_LEFT for keys in places.values()):
        return taken
    kept: set[LockKey] = set()
    for keys in places.values():
        kept.update(sorted(keys, key=lambda key: key[1].number)[:_MOST_LEFT])
    return {key: lock for key, lock in taken.items() if key in kept}
