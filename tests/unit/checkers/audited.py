"""C that is given as text, audited with a rule that is given as text, as a user's own rules are."""

from collections import Counter
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

from analyzer.core import Obligation
from analyzer.pipeline import Book, Request, audit, load_book
from analyzer.rulebook import load_rules

ID = "own/rule"
_MAKEFILE = "VERSION = 6\nPATCHLEVEL = 12\n"
_HEAD = """typedef _Bool bool;
struct folio { int flags; };
struct thing { int state; int flags; struct thing *next; };
void folio_lock(struct folio *folio);
void folio_unlock(struct folio *folio);
bool folio_trylock(struct folio *folio);
void begin(struct thing *thing);
void end(struct thing *thing);
int act(struct thing *thing);
int touch(struct folio *folio);
int work(void);
"""


@cache
def _own() -> Book:
    return load_book()


def audited(rule: str, text: str) -> tuple[Obligation, ...]:
    """The obligations of one rule in a tree of one file. `rule` holds its clauses."""
    with TemporaryDirectory() as name:
        request = laid_out(Path(name), rule, text)
        models = _own().models
        book = Book(load_rules(request.rules, models.lock_names), models)
        return audit(request, book).obligations


def laid_out(folder: Path, rule: str, text: str) -> Request:
    """A tree of one file and a folder of one rule, below `folder`, and the run asked for."""
    tree, rules = folder / "tree", folder / "rules"
    (tree / "mm").mkdir(parents=True)
    (tree / "Makefile").write_text(_MAKEFILE)
    (tree / "mm" / "a.c").write_text(_HEAD + text)
    (rules / "own").mkdir(parents=True)
    (rules / "own" / "rule.toml").write_text(f'title = "is wrong"\n{rule}')
    return Request(tree, rules=(rules,), select=(ID,))


def verdicts(rule: str, text: str) -> dict[str, str]:
    """For each function with one site its verdict; for one with several their sorted list."""
    found: dict[str, Counter[str]] = {}
    for each in audited(rule, text):
        found.setdefault(each.function, Counter())[each.verdict.value] += 1
    return {name: " ".join(sorted(counter.elements())) for name, counter in found.items()}
