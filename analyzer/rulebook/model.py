"""Rules and the rulebook, as they stand in the files: nothing here depends on a tree."""

from dataclasses import dataclass

from analyzer.checkers.property import Clause, Scope, Vocabulary
from analyzer.core import ReleaseRange, RuleInfo


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule file.

    `clauses` are in the order of the file; a clause is called by its 1-based position. `scope`
    holds for every clause and is already part of each clause's own. `expect_sites` gives the least
    number of sites in a tree of a range of releases; `census` says in words where the sites are.
    `file` is the path by which messages call the file, `text` its clauses as they are written.
    """

    info: RuleInfo
    clauses: tuple[Clause, ...]
    scope: Scope
    expect_sites: tuple[tuple[ReleaseRange, int], ...]
    census: str
    file: str
    text: str

    @property
    def id(self) -> str:
        """Family and name, as 'zap/incomplete-zap-details'."""
        return self.info.id


@dataclass(frozen=True, slots=True)
class Rulebook:
    """All rules, sorted by id, and the vocabulary that they are written in."""

    rules: tuple[Rule, ...]
    vocabulary: Vocabulary
