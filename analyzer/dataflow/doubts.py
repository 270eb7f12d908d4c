"""What nobody can be certain of: locks that a callee leaves in a way that is not clear, objects
that went where they are not followed.
"""

from collections.abc import Callable

from analyzer.dataflow.state import State
from analyzer.dataflow.values import Value, parts, root


class Doubts:
    """Gathers the doubts of one function, for all of its paths.

    `lost` is a callee that may have left any lock in any way; `passed` are objects that a function
    pointer was given, here or in a callee. That, and what a callee far above every lock was given,
    is no doubt for those who say that a lock is given back `near`.
    """

    def __init__(self) -> None:
        self.lost = ""
        self.passed: dict[Value, str] = {}
        self._reasons: dict[Value, str] = {}
        self._far: dict[Value, str] = {}
        self._unclear: set[Value] = set()

    def of(self, target: Value, near: bool = False) -> str:
        """Why nothing is certain of the lock of an object, '' if all is."""
        if self.lost:
            return f"{self.lost}() leaves it in a way that is not clear"
        found = self._reasons.get(target, "")
        return found if near else found or self._far.get(target) or self.passed.get(target, "")

    def is_clear(self, target: Value) -> bool:
        """Whether it is anything else than what a callee does that makes the lock uncertain."""
        return bool(self.lost) or target not in self._unclear

    def unclear(self, target: Value, callee: str) -> None:
        """A callee leaves the lock of an object in a way that nobody can tell."""
        if target not in self._reasons:
            self._reasons[target] = f"{callee}() leaves it in a way that is not clear"
            self._unclear.add(target)

    def stored(self, state: State, address: Value, value: Value) -> None:
        """A locked object that is put into an array leaves with it."""
        if any(part.kind == "elem" for part in parts(address)):
            for _, target in state.taken:
                if any(part is target for part in parts(value)):
                    self._reasons.setdefault(target, "the object is put into an array")

    def put(self, name: str, args: tuple[Value, ...]) -> None:
        """A function puts what it is given where others find it."""
        for arg in args:
            whole = arg.args[0] if arg.kind == "sub" else arg
            if isinstance(whole, Value) and whole.kind not in (
                "const",
                "symbol",
                "local",
                "global",
            ):
                self._reasons.setdefault(whole, f"{name}() puts the object where others find it")

    def age(self, call: int, rename: Callable[[Value], Value]) -> None:
        """A loop goes round: doubts of the last round stay with what is left of it."""
        for known in (self._reasons, self._far, self.passed):
            for value in [each for each in known if call in each.calls]:
                known.setdefault(rename(value), known[value])

    def called(self, state: State, name: str, args: tuple[Value, ...], far: bool) -> None:
        """What a callee of which nothing is known may do with a locked object that it is given. It
        is `far` if it was read, and comes to no lock that soon.
        """
        pointer = not name or "." in name
        if pointer:
            for arg in args:
                if arg.kind not in ("const", "symbol"):
                    self.passed.setdefault(arg, "the object is passed to a function pointer")
        told = any(root(arg).kind == "local" or arg in state.env for arg in args)
        for _, target in (*state.taken, *state.given):
            for arg in args:
                reason = ""
                if arg.kind == "sub" and arg.args[0] is target:
                    reason = f"{name or 'a pointer'}() is given a part of the object"
                elif told and (arg is target or arg in _holders(target) or _in(state, arg, target)):
                    reason = f"{name or 'a pointer'}() may give it back and tell so"
                if reason:
                    known = self._far if far else self._reasons
                    known.setdefault(target, reason)


def _in(state: State, whole: Value, target: Value) -> bool:
    """Whether a field of an object is known to hold `target`."""
    return any(
        value is target and address.kind == "sub" and address.args[0] is whole
        for address, value in state.env.items()
    )


def _holders(target: Value) -> list[Value]:
    """The objects whose fields lead to an object."""
    found = []
    while target.kind in ("load", "sub") and isinstance(target.args[0], Value):
        target = target.args[0]
        found.append(target)
    return found
