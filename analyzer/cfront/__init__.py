"""The front end: C to the intermediate representation. No parser object leaves it."""

from analyzer.cfront.guards import guard_functions, scan_guards
from analyzer.cfront.macros import MacroTable, scan_macros
from analyzer.cfront.strict import StrictUnit, lower_strict
from analyzer.cfront.unit import Unit
from analyzer.cfront.words import MacroWords

__all__ = [
    "MacroTable",
    "MacroWords",
    "StrictUnit",
    "Unit",
    "guard_functions",
    "lower_strict",
    "scan_guards",
    "scan_macros",
]
