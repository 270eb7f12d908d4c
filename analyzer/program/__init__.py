"""The program as a whole: symbols, types, the call graph, entry points."""

from analyzer.program.callgraph import CallGraph
from analyzer.program.modified import Modified
from analyzer.program.pointers import Pointers
from analyzer.program.program import Program, Unit
from analyzer.program.symbols import FunctionRef
from analyzer.program.types import Types

__all__ = ["CallGraph", "FunctionRef", "Modified", "Pointers", "Program", "Types", "Unit"]
