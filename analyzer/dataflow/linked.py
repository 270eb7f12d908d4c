"""What all analyses of a program share: the program with its call graph, and the words of rules."""

from typing import Final, NamedTuple

from analyzer.dataflow.classtable import NO_CLASSES, Classes
from analyzer.dataflow.outside import NOTHING, Outside
from analyzer.dataflow.shape import Shapes
from analyzer.program import CallGraph, Pointers, Program, Types


class Words(NamedTuple):
    """The names that rules speak of: `predicates` stay symbolic when called, `events` are calls to
    remember, `flags` are flags that keep paths apart, `classes` those that values may be of.
    """

    predicates: frozenset[str] = frozenset()
    events: frozenset[str] = frozenset()
    flags: frozenset[str] = frozenset()
    classes: Classes = NO_CLASSES


NO_WORDS: Final = Words()


class Linked(NamedTuple):
    """A program with its call graph, types and pointers, which every analysis of it shares.

    `whole` says that every file of the tree which could matter is in it, `complete` that the tree
    is a whole kernel; `outside` are functions that files mention which are not in the program.
    """

    program: Program
    graph: CallGraph
    types: Types
    pointers: Pointers
    shapes: Shapes
    whole: bool
    outside: Outside = NOTHING
    complete: bool = False

    @staticmethod
    def of(program: Program, whole: bool) -> "Linked":
        """Links a program."""
        types = Types(tuple(program.file(path) for path in program.paths))
        pointers = Pointers(program, types)
        return Linked(program, CallGraph(program), types, pointers, Shapes(), whole)
