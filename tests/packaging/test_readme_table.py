"""The table of rules in the README is the one that the rule files give."""

from pathlib import Path

from analyzer.pipeline import load_book
from analyzer.rulebook import table

README = Path(__file__).resolve().parents[2] / "README.md"


def test_the_table_of_rules_is_current() -> None:
    text = README.read_text(encoding="utf-8")
    shown = text.partition("<!-- rules table -->\n")[2].partition("<!-- end of rules table -->")[0]
    made = table(load_book().rulebook.rules).strip().replace("](", "](rules/")
    assert shown.strip() == made
