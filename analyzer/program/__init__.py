"""The program as a whole: symbols, types, the call graph, entry points."""

from analyzer.program.callgraph import CallGraph
from analyzer.program.program import FunctionRef, Program, Unit
from analyzer.program.types import Types

__all__ = ["CallGraph", "FunctionRef", "Program", "Types", "Unit"]
