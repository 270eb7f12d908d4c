"""Builds the flow graph of a function: blocks are opened, filled and ended, then numbered."""

from analyzer.ir import (
    Block,
    Branch,
    Event,
    Jump,
    Return,
    Stop,
    Switch,
    SwitchCase,
    Terminator,
)


class Graph:
    """Blocks under construction. `current` is the number of the block that events go to."""

    def __init__(self) -> None:
        self._events: list[list[Event]] = [[]]
        self._ends: list[Terminator | None] = [None]
        self.current = 0
        self.add = self._events[0].append

    def new(self) -> int:
        """A new empty block, not entered yet."""
        self._events.append([])
        self._ends.append(None)
        return len(self._ends) - 1

    def end(self, terminator: Terminator) -> None:
        """Ends the current block; what follows cannot be reached unless a block is entered."""
        if self._ends[self.current] is None:
            self._ends[self.current] = terminator
        self._move(self.new())

    def jump(self, target: int) -> None:
        """Goes on at `target`."""
        self.end(Jump(target))

    def enter(self, block: int) -> None:
        """Goes on in `block`, from where the current block ends."""
        if self._ends[self.current] is None:
            self._ends[self.current] = Jump(block)
        self._move(block)

    def suspend(self) -> int:
        """Ends the current block by something that `settle` will say; gives the block."""
        block = self.current
        if self._ends[block] is None:
            self._ends[block] = Stop()
        else:
            block = self.new()
            self._ends[block] = Stop()
        self._move(self.new())
        return block

    def settle(self, block: int, terminator: Terminator) -> None:
        """Says how a suspended block ends."""
        self._ends[block] = terminator

    def append(self, block: int, event: Event) -> None:
        """Adds an event at the end of a block that has ended already."""
        self._events[block].append(event)

    def is_fresh(self, block: int) -> bool:
        """True for a block without events or end."""
        return not self._events[block] and self._ends[block] is None

    def finish(self) -> tuple[Block, ...]:
        """The blocks that can be reached, in reverse postorder, with the heads of loops marked."""
        order, loops = self._walk()
        order = self._merged(order, loops)
        number = {block: index for index, block in enumerate(order)}
        return tuple(
            Block(tuple(self._events[block]), self._renumbered(block, number), block in loops)
            for block in order
        )

    def _merged(self, order: list[int], loops: set[int]) -> list[int]:
        """The blocks that stay when each one takes in a successor that nothing else leads to."""
        entries: dict[int, int] = {}
        for block in order:
            for target in self._targets(block):
                entries[target] = entries.get(target, 0) + 1
        gone = set()
        for block in order:
            end = self._ends[block]
            while block not in gone and type(end) is Jump:
                target = end.target
                if entries[target] != 1 or target in loops or target in (0, block):
                    break
                self._events[block] += self._events[target]
                end = self._ends[block] = self._ends[target]
                gone.add(target)
        return [block for block in order if block not in gone]

    def _move(self, block: int) -> None:
        self.current = block
        self.add = self._events[block].append

    def _thread(self, block: int) -> int:
        """The block that an edge to `block` really leads to, past blocks that hold nothing."""
        steps = 0
        while not self._events[block] and steps < 64:
            end = self._ends[block]
            if type(end) is not Jump or end.target == block:
                break
            block = end.target
            steps += 1
        return block

    def _targets(self, block: int) -> tuple[int, ...]:
        end = self._ends[block]
        kind = type(end)
        if kind is Jump:
            assert isinstance(end, Jump)
            target = self._thread(end.target)
            if target != end.target:
                self._ends[block] = Jump(target)
            return (target,)
        if kind is Branch:
            assert isinstance(end, Branch)
            true = self._thread(end.true)
            false = self._thread(end.false)
            if true != end.true or false != end.false:
                self._ends[block] = Branch(end.condition, true, false, end.start, end.end)
            return (true, false)
        if isinstance(end, Switch):
            cases = tuple(SwitchCase(values, self._thread(target)) for values, target in end.cases)
            default = self._thread(end.default)
            self._ends[block] = end._replace(cases=cases, default=default)
            return (*(case.target for case in cases), default)
        return ()

    def _walk(self) -> tuple[list[int], set[int]]:
        """Blocks in reverse postorder, and those that a back edge enters."""
        order: list[int] = []
        loops: set[int] = set()
        seen = {0}
        active = {0}
        stack = [(0, list(self._targets(0)))]
        while stack:
            block, targets = stack[-1]
            if not targets:
                stack.pop()
                active.discard(block)
                order.append(block)
                continue
            target = targets.pop()
            if target in active:
                loops.add(target)
            elif target not in seen:
                seen.add(target)
                active.add(target)
                stack.append((target, list(self._targets(target))))
        order.reverse()
        return order, loops

    def _renumbered(self, block: int, number: dict[int, int]) -> Terminator:
        end = self._ends[block]
        if isinstance(end, Jump):
            return Jump(number[end.target])
        if isinstance(end, Branch):
            true, false = number[end.true], number[end.false]
            return Branch(end.condition, true, false, end.start, end.end)
        if isinstance(end, Switch):
            cases = tuple(SwitchCase(values, number[target]) for values, target in end.cases)
            return end._replace(cases=cases, default=number[end.default])
        if isinstance(end, Return):
            return end
        return Stop()
