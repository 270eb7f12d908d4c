"""Which functions have to do with a lock: those that call what takes it or gives it back, wrappers
included, and those that name a field or a global that holds one.
"""

from collections.abc import Iterator

from analyzer.checkers.vocabulary import named_locks
from analyzer.dataflow import Analysis
from analyzer.program import FunctionRef


class Lockers:
    """Finds them by the names that they mention: a primitive of the lock, or a wrapper, which is a
    function that is found itself and moves the lock for its caller.
    """

    def __init__(self, analysis: Analysis) -> None:
        self._analysis = analysis
        self._program = analysis.program
        self._everywhere: dict[str, frozenset[FunctionRef]] = {}
        self._known: dict[tuple[str, FunctionRef], bool] = {}

    def everywhere(self, lock: str) -> frozenset[FunctionRef]:
        """All of them. Wrappers are followed upwards from the primitives."""
        known = self._everywhere.get(lock)
        if known is not None:
            return known
        names = set(self._primitives(lock))
        found: set[FunctionRef] = set()
        work = sorted(names)
        unknown: list[FunctionRef] = []
        while work or unknown:
            while work:
                for ref in self._program.mentions(work.pop()):
                    if ref not in found:
                        found.add(ref)
                        unknown.append(ref)
            if unknown:
                ref = unknown.pop()
                name = self._program.head(ref).name
                more = name not in names and not found.issuperset(self._program.mentions(name))
                if more and self._moves(ref, lock):
                    names.add(name)
                    work.append(name)
        self._everywhere[lock] = frozenset(found)
        return self._everywhere[lock]

    def among(self, lock: str, refs: frozenset[FunctionRef]) -> frozenset[FunctionRef]:
        """Those of some functions. Only the effects of what these mention are asked for."""
        known = self._everywhere.get(lock)
        if known is not None:
            return refs & known
        primitives = self._primitives(lock)
        return frozenset(ref for ref in refs if self._is_found(ref, lock, primitives))

    def _is_found(self, ref: FunctionRef, lock: str, primitives: frozenset[str]) -> bool:
        """Whether a chain of wrappers leads from a function to a primitive."""
        known = self._known.get((lock, ref))
        if known is not None:
            return known
        seen = {ref}
        work = [ref]
        found = False
        while work and not found:
            here = work.pop()
            found = not primitives.isdisjoint(self._program.head(here).names)
            if not found:
                wrappers = {each for each in self._wrappers(here, lock) if each not in seen}
                seen |= wrappers
                work += sorted(wrappers)
        self._known[lock, ref] = found
        return found

    def _wrappers(self, ref: FunctionRef, lock: str) -> Iterator[FunctionRef]:
        """What a function mentions that moves the lock."""
        program = self._program
        for name in program.head(ref).names:
            yield from (each for each in program.named(name) if self._moves(each, lock))

    def _primitives(self, lock: str) -> frozenset[str]:
        """The models that move a lock, and the fields and globals that hold one."""
        names = {f.name for f in self._analysis.models.functions if lock in named_locks(f)}
        kind = self._analysis.locks.classes.get(lock)
        if kind is not None:
            names.update(field for _, field in kind.fields)
            names.update(kind.globals)
        return frozenset(names)

    def _moves(self, ref: FunctionRef, lock: str) -> bool:
        """Whether a function takes or gives back the lock for its caller."""
        if not self._analysis.touches(ref):
            return False
        effect = self._analysis.effect_of(ref)
        return effect is not None and any(
            any(each.name == lock for each in outcome.taken)
            or any(key[0] == lock for key in outcome.given)
            for outcome in effect.outcomes
        )
