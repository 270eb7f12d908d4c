"""Rules and the rulebook, as they stand in the files: nothing here depends on a tree."""

from dataclasses import dataclass, replace

from analyzer.checkers.property import Clause, Condition, EventPattern
from analyzer.checkers.scope import Scope
from analyzer.core import ReleaseRange, RuleInfo
from analyzer.dataflow.classtable import NO_CLASSES, Classes


@dataclass(frozen=True, slots=True)
class Role:
    """A named list of events that bind the same holes; `functions` lists function names for roles
    of functions.

    Each event stands with the `Scope` that says in which trees it exists.
    """

    name: str
    holes: tuple[str, ...]
    events: tuple[tuple[EventPattern, Scope], ...]
    functions: tuple[tuple[str, Scope], ...]


@dataclass(frozen=True, slots=True)
class PredicateWord:
    """A predicate of the vocabulary: `spellings` are conditions over `holes`, any of which means
    it.
    """

    name: str
    holes: tuple[str, ...]
    spellings: tuple[tuple[Condition, Scope], ...]


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """Roles and predicates, by name; `flags` maps a flag's other names to the one that rules
    use; `classes` is the table of the classes of values.
    """

    roles: tuple[Role, ...]
    predicates: tuple[PredicateWord, ...]
    flags: tuple[tuple[str, str], ...]
    classes: Classes = NO_CLASSES


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule file.

    `clauses` are in the order of the file; a clause is called by its 1-based position. `scope`
    holds for every clause and is already part of each clause's own. `expect_sites` gives the least
    number of sites in a tree of a range of releases; `census` says in words where the sites are.
    `file` is the path by which messages call the file, `text` its clauses as they are written. A
    rule in `preview` is checked only if it is asked for by its own name.
    """

    info: RuleInfo
    clauses: tuple[Clause, ...]
    scope: Scope
    expect_sites: tuple[tuple[ReleaseRange, int], ...]
    census: str
    file: str
    text: str
    preview: bool = False

    @property
    def id(self) -> str:
        """Family and name, as 'zap/incomplete-zap-details'."""
        return self.info.id

    def stable(self) -> "Rule":
        """The rule without its clauses in preview."""
        clauses = tuple(clause for clause in self.clauses if not clause.common.preview)
        return self if clauses == self.clauses else replace(self, clauses=clauses)


@dataclass(frozen=True, slots=True)
class Rulebook:
    """All rules, sorted by id, and the vocabulary that they are written in."""

    rules: tuple[Rule, ...]
    vocabulary: Vocabulary
