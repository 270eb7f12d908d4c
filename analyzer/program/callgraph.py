"""The call graph: direct calls, calls through fields, and an order in which callees come first."""

from collections import defaultdict

from analyzer.program.program import FunctionRef, Program


class CallGraph:
    """Who calls whom, by definition.

    A recursion is broken where a depth-first walk over the sorted definitions closes it: such an
    edge is in `cut`. Every other edge leads from caller to callee in a graph without cycles, so
    that effects do not depend on who asks first.
    """

    def __init__(self, program: Program) -> None:
        self._program = program
        self.callees: dict[FunctionRef, tuple[FunctionRef, ...]] = {}
        callers: dict[FunctionRef, list[FunctionRef]] = defaultdict(list)
        self._calling: dict[str, list[FunctionRef]] = defaultdict(list)
        for ref in program.refs:
            found = []
            for name in program.head(ref).calls:
                self._calling[name].append(ref)
                target = program.resolve(name, ref.path)
                if target is not None:
                    found.append(target)
                    callers[target].append(ref)
            self.callees[ref] = tuple(found)
        self._callers = {ref: tuple(found) for ref, found in callers.items()}
        self.cut = self._break_cycles()

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
