"""The names by which rules are called, and what was judged under them."""

from collections.abc import Mapping
from dataclasses import dataclass

from analyzer.rulebook.language import close


@dataclass(frozen=True, slots=True)
class Names:
    """The ids of all rules that were loaded, and the id for each code."""

    ids: tuple[str, ...]
    codes: Mapping[str, str]

    def rule(self, word: str) -> str:
        """The id of the rule that a word calls by id or code; empty if there is none."""
        return word if word in self.ids else self.codes.get(word, "")

    def rules(self, word: str) -> tuple[str, ...]:
        """The ids that a word calls by id, code or family; empty if there is none."""
        rule = self.rule(word)
        return (rule,) if rule else tuple(id for id in self.ids if id.partition("/")[0] == word)

    def hint(self, word: str) -> str:
        """What to do about a word that calls no rule."""
        families = {id.partition("/")[0] for id in self.ids}
        near = close(word, frozenset({*self.ids, *self.codes, *families}))
        if near:
            return f"did you mean '{near}'?"
        return "`zaplint rules` lists them, and --rules names a folder of your own"


@dataclass(frozen=True, slots=True)
class Judged:
    """What a run judged: `rules` are those of which no clause was left out, `scopes` and `files`
    what of the tree was asked for, empty for all of it. `unread` is what was not read though a
    comment stands in it and a rule may look there, `absent` what is not in the tree though a
    baseline speaks of it.
    """

    rules: frozenset[str]
    scopes: tuple[str, ...] = ()
    files: tuple[str, ...] = ()
    unread: frozenset[str] = frozenset()
    absent: frozenset[str] = frozenset()

    def looks(self, path: str) -> bool:
        """Whether what is wrong in a file concerns the run."""
        return not self.files or path in self.files

    def whole(self, rule: str, path: str) -> bool:
        """Whether the whole rule was judged in the whole file."""
        if rule not in self.rules or path in self.unread:
            return False
        if self.files:
            return path in self.files
        return not self.scopes or any(is_under(path, scope) for scope in self.scopes)


def is_under(path: str, place: str) -> bool:
    """Whether a file is `place` or in that folder."""
    place = place.removeprefix("./").rstrip("/")
    return place in ("", ".", path) or path.startswith(f"{place}/")
