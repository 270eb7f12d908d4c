"""The rules: their language, their files, and what is left of them for one tree."""

from analyzer.rulebook.choose import chosen
from analyzer.rulebook.history import load_history
from analyzer.rulebook.load import load_rules
from analyzer.rulebook.model import Rule, Rulebook
from analyzer.rulebook.page import page, readme, table
from analyzer.rulebook.resolve import (
    IdleClause,
    Resolution,
    ResolvedRule,
    missing_sites,
    resolve,
)
from analyzer.rulebook.words import (
    by_place,
    declared_names,
    everywhere,
    function_names,
    site_locks,
    words,
)

__all__ = [
    "IdleClause",
    "Resolution",
    "ResolvedRule",
    "Rule",
    "Rulebook",
    "by_place",
    "chosen",
    "declared_names",
    "everywhere",
    "function_names",
    "load_history",
    "load_rules",
    "missing_sites",
    "page",
    "readme",
    "resolve",
    "site_locks",
    "table",
    "words",
]
