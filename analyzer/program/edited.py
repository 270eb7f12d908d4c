"""A program in which some bodies are others, and one that tells which bodies are read."""

from collections.abc import Callable

from analyzer.ir import Function, FunctionHead
from analyzer.program.program import FunctionRef, Program


class ReadProgram(Program):
    """A program that tells `reader` of each body that is asked for."""

    def __init__(self, program: Program, reader: Callable[[FunctionRef], None]) -> None:
        self.__dict__.update(program.__dict__)
        self._reader = reader

    def function(self, ref: FunctionRef) -> Function:
        """The lowered body of a definition."""
        self._reader(ref)
        return super().function(ref)


class EditedProgram(Program):
    """`program` with other bodies, and with heads that state nothing.

    Names, callers and the order of the call graph stay what they were: an edit takes things away,
    so that an edge says too much at most.
    """

    def __init__(
        self,
        program: Program,
        bodies: dict[FunctionRef, Function],
        silent: frozenset[FunctionRef] = frozenset(),
    ) -> None:
        self.__dict__.update(program.__dict__)
        self._bodies = bodies
        self._silent = silent

    def function(self, ref: FunctionRef) -> Function:
        """The lowered body of a definition."""
        return self._bodies.get(ref) or super().function(ref)

    def head(self, ref: FunctionRef) -> FunctionHead:
        """The head of a definition; of a silent one without comment and annotations."""
        head = super().head(ref)
        return head._replace(comment="", annotations=()) if ref in self._silent else head
