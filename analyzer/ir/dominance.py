"""Control dependence: which branches decide whether a block is reached.

Ferrante, Ottenstein, Warren: The program dependence graph and its use in optimization, TOPLAS 1987.
"""

from collections import defaultdict

from analyzer.ir.flow import Function
from analyzer.ir.liveness import successors


def controlling(function: Function) -> tuple[frozenset[int], ...]:
    """For each block the blocks whose branches decide, directly or not, whether it is reached."""
    above = _post_dominators(function)
    direct: dict[int, set[int]] = defaultdict(set)
    for number in range(len(function.blocks)):
        targets = tuple(dict.fromkeys(successors(function, number)))
        if len(targets) < 2:
            continue
        for target in targets:
            for block in above[target] - (above[number] - {number}):
                direct[block].add(number)
    return tuple(_closure(block, direct) for block in range(len(function.blocks)))


def _closure(block: int, direct: dict[int, set[int]]) -> frozenset[int]:
    found: set[int] = set()
    work = sorted(direct.get(block, ()))
    while work:
        number = work.pop()
        if number not in found:
            found.add(number)
            work.extend(sorted(direct.get(number, ())))
    return frozenset(found)


def _post_dominators(function: Function) -> list[frozenset[int]]:
    """For each block the blocks on every way from it to an end, itself among them."""
    count = len(function.blocks)
    every = frozenset(range(count))
    found = [every] * count
    changed = True
    while changed:
        changed = False
        for number in reversed(range(count)):
            ways = [found[target] for target in successors(function, number)]
            new = frozenset((number,)) | (frozenset.intersection(*ways) if ways else frozenset())
            if new != found[number]:
                found[number] = new
                changed = True
    return found
