"""Whether two results say the same."""

from dataclasses import fields, is_dataclass

from analyzer.dataflow.values import Value


def same(one: object, two: object) -> bool:
    """Whether two results say the same; values of two runs are compared by what they are built
    of.
    """
    return _Comparison().same(one, two)


class _Comparison:
    """Compares results; pairs of values that were found equal are remembered."""

    def __init__(self) -> None:
        self._pairs: dict[tuple[int, int], bool] = {}

    def same(self, one: object, two: object) -> bool:
        """Whether both are built alike."""
        if one is two:
            return True
        if isinstance(one, Value) and isinstance(two, Value):
            pair = (id(one), id(two))
            if pair not in self._pairs:
                self._pairs[pair] = one.kind == two.kind and self.same(one.args, two.args)
            return self._pairs[pair]
        if isinstance(one, tuple) and isinstance(two, tuple):
            return len(one) == len(two) and all(map(self.same, one, two))
        if isinstance(one, frozenset) and isinstance(two, frozenset):
            return len(one) == len(two) and all(
                any(self.same(mine, other) for other in two) for mine in one
            )
        if is_dataclass(one) and type(one) is type(two):
            return all(
                self.same(getattr(one, each.name), getattr(two, each.name)) for each in fields(one)
            )
        return one == two
