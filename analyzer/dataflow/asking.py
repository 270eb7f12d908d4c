"""Which functions may ask for a lock, by the names in them alone: only those are worth a run that
finds their contracts.
"""

from collections import defaultdict

from analyzer.dataflow.intrinsics import asked
from analyzer.dataflow.locks import LockClass
from analyzer.dataflow.models import Models
from analyzer.ir import FunctionHead


class Asking:
    """The models that assert or ask for a lock of the classes that are `tracked` (None for all).

    A primitive is of a class by the field, the variable or the function that its lock comes from,
    so that a function which asks for one must name it.
    """

    def __init__(self, models: Models, tracked: frozenset[str] | None) -> None:
        followed = tuple(each for each in models.locks if tracked is None or each.name in tracked)
        anything = {each.name for each in models.locks if each.kind == "any"}
        self._names = frozenset(each.name for each in models.functions if asked(each))
        self._direct = set()
        self._spelled: dict[str, set[str]] = defaultdict(set)
        for function in models.functions:
            for lock in asked(function):
                if tracked is None or lock in tracked:
                    self._direct.add(function.name)
                of_kind = [each for each in followed if lock in anything or each.kind == lock]
                self._spelled[function.name].update(*map(_spellings, of_kind))

    def may(self, head: FunctionHead) -> bool:
        """Whether a function calls what may ask for one of the classes."""
        if head.name in self._names:
            return False
        askers = self._names.intersection(head.names)
        if not self._direct.isdisjoint(askers):
            return True
        return any(not self._spelled[name].isdisjoint(head.names) for name in askers)


def _spellings(lock: LockClass) -> set[str]:
    """The names of which one stands where a primitive lock is of a class."""
    fields = (field for _, field in (*lock.fields, *lock.pointers))
    last = {field.rpartition(".")[2] for field in fields}
    return {*last, *lock.globals, *lock.getters}
