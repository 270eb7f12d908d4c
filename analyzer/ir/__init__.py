"""The intermediate representation: expressions, events, flow graphs, summaries of files.

Both front ends lower to it and nothing else reads C. Nodes are named tuples: they are made by the
hundred thousand and cross process borders, and a named tuple is built and pickled several times
faster than a frozen dataclass. Two nodes of different classes may compare equal as tuples, so nodes
are told apart by class and never used as keys.
"""

from analyzer.ir.calls import callee_name, calls, returns_value
from analyzer.ir.expressions import (
    Address,
    Binary,
    Constant,
    Deref,
    Expr,
    Field,
    Index,
    Initializer,
    Opaque,
    Result,
    Text,
    Unary,
    Variable,
    VariableKind,
)
from analyzer.ir.flow import (
    Block,
    Branch,
    Call,
    Declare,
    Event,
    Function,
    Jump,
    Parameter,
    Range,
    Return,
    Stop,
    Switch,
    SwitchCase,
    Terminator,
    Write,
)
from analyzer.ir.summary import (
    FileHead,
    FunctionHead,
    Guard,
    LineTable,
    Macro,
    Record,
    TableEntry,
)

__all__ = [
    "Address",
    "Binary",
    "Block",
    "Branch",
    "Call",
    "Constant",
    "Declare",
    "Deref",
    "Event",
    "Expr",
    "Field",
    "FileHead",
    "Function",
    "FunctionHead",
    "Guard",
    "Index",
    "Initializer",
    "Jump",
    "LineTable",
    "Macro",
    "Opaque",
    "Parameter",
    "Range",
    "Record",
    "Result",
    "Return",
    "Stop",
    "Switch",
    "SwitchCase",
    "TableEntry",
    "Terminator",
    "Text",
    "Unary",
    "Variable",
    "VariableKind",
    "Write",
    "callee_name",
    "calls",
    "returns_value",
]
