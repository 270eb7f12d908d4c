"""Which of the rules a run applies."""

from analyzer.core import UserError
from analyzer.rulebook.language import close
from analyzer.rulebook.model import Rulebook


def chosen(rulebook: Rulebook, select: tuple[str, ...], ignore: tuple[str, ...]) -> Rulebook:
    """The rules that are asked for, by id, code or family; what is in preview by id or code alone.
    Raises UserError for a word that names none.
    """
    for word in (*select, *ignore):
        if not any(_names(word, rule.id, rule.info.code) for rule in rulebook.rules):
            names = {rule.id for rule in rulebook.rules} | {r.info.family for r in rulebook.rules}
            near = close(word, frozenset(names))
            hint = f"did you mean '{near}'?" if near else "`zaplint rules` lists them"
            raise UserError(f"no rule or family is called '{word}'", hint)
    rules = []
    for rule in rulebook.rules:
        named = bool({rule.id, rule.info.code} & set(select))
        wanted = not select or any(_names(word, rule.id, rule.info.code) for word in select)
        if any(_names(word, rule.id, rule.info.code) for word in ignore):
            continue
        if named or (wanted and not rule.preview):
            rules.append(rule if named else rule.stable())
    return Rulebook(tuple(rules), rulebook.vocabulary)


def _names(word: str, id: str, code: str) -> bool:
    return word in (id, code, id.partition("/")[0])
