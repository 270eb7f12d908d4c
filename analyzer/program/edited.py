"""A program in which some bodies are others, and one that tells what of it is read."""

from typing import Protocol

from analyzer.ir import Function, FunctionHead
from analyzer.program.program import Program
from analyzer.program.symbols import FunctionRef


class Reader(Protocol):
    """Is told what somebody wants to know of a program."""

    def body(self, ref: FunctionRef) -> None:
        """The body of a definition, or what is in it."""

    def named(self, kind: str, name: str) -> None:
        """Who has to do with a name: `kind` is what they have."""


class ReadProgram(Program):
    """A program that tells `reader` of each body and of each name that is asked for."""

    def __init__(self, program: Program, reader: Reader) -> None:
        self.__dict__.update(program.__dict__)
        self._reader = reader

    def function(self, ref: FunctionRef) -> Function:
        """The lowered body of a definition."""
        self._reader.body(ref)
        return super().function(ref)

    def named(self, name: str) -> tuple[FunctionRef, ...]:
        """Every definition of `name`."""
        self._reader.named("named", name)
        return super().named(name)

    def resolve(self, name: str, path: str) -> FunctionRef | None:
        """The definition that `name` means in file `path`."""
        self._reader.named("named", name)
        return super().resolve(name, path)

    def mentions(self, name: str) -> tuple[FunctionRef, ...]:
        """The functions in whose body the identifier `name` occurs."""
        self._reader.named("mentions", name)
        return super().mentions(name)

    def typed(self, word: str) -> tuple[FunctionRef, ...]:
        """The functions with a parameter in whose type the word occurs."""
        self._reader.named("typed", word)
        return super().typed(word)

    def unassigned(self, parent: str, field: str) -> bool:
        """Whether no text assigns `field` of something called `parent`; of anything, for none."""
        self._reader.named("assigned", field)
        return super().unassigned(parent, field)


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
