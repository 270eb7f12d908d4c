"""Writes `rules/README.md`: `python -m tests.unit.rulebook.readme`."""

from analyzer.rulebook import load_rules, readme
from tests.unit.rulebook.words import LOCKS, RULES

if __name__ == "__main__":
    (RULES / "README.md").write_text(readme(load_rules((RULES,), LOCKS).rules))
