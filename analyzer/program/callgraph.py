"""The call graph: direct calls, calls through fields, and an order in which callees come first."""

from collections import defaultdict
from collections.abc import Iterable

from analyzer.program.program import Program
from analyzer.program.symbols import FunctionRef


class CallGraph:
    """Who calls whom, by definition.

    A recursion is broken where a depth-first walk over the sorted definitions closes it: such an
    edge is in `cut`. Every other edge leads from caller to callee in a graph without cycles, so
    that effects do not depend on who asks first. What is `known` of a program of some of the same
    definitions is taken over.
    """

    def __init__(self, program: Program, known: "CallGraph | None" = None) -> None:
        self._program = program
        self.callees: dict[FunctionRef, tuple[FunctionRef, ...]] = {}
        self._callers: dict[FunctionRef, tuple[FunctionRef, ...]] = {}
        self._calling: dict[str, tuple[FunctionRef, ...]] = {}
        before: dict[FunctionRef, tuple[FunctionRef, ...]] = {}
        work: Iterable[FunctionRef] = program.refs
        if known is not None:
            before, work = known.callees, self._others(known)
            self._callers, self._calling = dict(known._callers), dict(known._calling)
            self._forget(known, work)
        now = {ref: self._called(ref) for ref in work}
        self.callees = {ref: now[ref] if ref in now else before[ref] for ref in program.refs}
        self._enter(now)
        self.cut = self._break_cycles()

    def _called(self, ref: FunctionRef) -> tuple[FunctionRef, ...]:
        found = (self._program.resolve(name, ref.path) for name in self._program.head(ref).calls)
        return tuple(target for target in found if target is not None)

    def _others(self, known: "CallGraph") -> set[FunctionRef]:
        """The definitions that call others than they did in a known program, or may."""
        found: set[FunctionRef] = set()
        names: set[str] = set()
        for ref, before, after in self._program.differences(known._program):
            if before is None or after is None or before.calls != after.calls:
                found.add(ref)
            names.update(head.name for head in (before, after) if head is not None)
        return found.union(*(known._calling.get(name, ()) for name in names))

    def _forget(self, known: "CallGraph", refs: Iterable[FunctionRef]) -> None:
        """Takes these callers out of what is known."""
        gone = frozenset(refs)
        there = [ref for ref in gone if ref in known.callees]
        for target in {each for ref in there for each in known.callees[ref]}:
            self._callers[target] = tuple(r for r in known._callers[target] if r not in gone)
        for name in {each for ref in there for each in known._program.head(ref).calls}:
            self._calling[name] = tuple(r for r in known._calling[name] if r not in gone)

    def _enter(self, found: dict[FunctionRef, tuple[FunctionRef, ...]]) -> None:
        """Puts callers where their callees find them."""
        callers: dict[FunctionRef, list[FunctionRef]] = defaultdict(list)
        calling: dict[str, list[FunctionRef]] = defaultdict(list)
        for ref, targets in found.items():
            for target in targets:
                callers[target].append(ref)
            for name in self._program.head(ref).calls:
                calling[name].append(ref)
        for target, refs in callers.items():
            self._callers[target] = (*self._callers.get(target, ()), *refs)
        for name, refs in calling.items():
            self._calling[name] = (*self._calling.get(name, ()), *refs)

    def callers(self, ref: FunctionRef) -> tuple[FunctionRef, ...]:
        """The definitions that call `ref` by name. Those of other variants of a name count as calls
        of all of them.
        """
        found = set(self._callers.get(ref, ()))
        head = self._program.head(ref)
        for other in self._program.named(head.name):
            if other.path == ref.path:
                found.update(self._callers.get(other, ()))
        return tuple(sorted(found))

    def above(self, ref: FunctionRef) -> tuple[FunctionRef, ...]:
        """The definitions that call `ref` by name, where `ref` is what they mean."""
        return self._callers.get(ref, ())

    def _break_cycles(self) -> frozenset[tuple[FunctionRef, FunctionRef]]:
        cut: set[tuple[FunctionRef, FunctionRef]] = set()
        state: dict[FunctionRef, int] = {}
        for start in self.callees:
            if start in state:
                continue
            state[start] = 1
            stack = [(start, iter(self.callees[start]))]
            while stack:
                ref, rest = stack[-1]
                for target in rest:
                    mark = state.get(target)
                    if mark == 1:
                        cut.add((ref, target))
                    elif mark is None:
                        state[target] = 1
                        stack.append((target, iter(self.callees[target])))
                        break
                else:
                    state[ref] = 2
                    stack.pop()
        return frozenset(cut)

    def reaching(self, names: frozenset[str], depth: int | None = None) -> frozenset[FunctionRef]:
        """The definitions that call one of `names`, directly or through others, at most `depth`
        calls away; None for however far.
        """
        level = {ref for name in names for ref in self._calling.get(name, ())}
        found = set(level)
        distance = 1
        while level and (depth is None or distance < depth):
            level = {c for ref in level for c in self._callers.get(ref, ())} - found
            found |= level
            distance += 1
        return frozenset(found)
