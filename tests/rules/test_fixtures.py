"""Every fixture of a rule: what must be found is found, at its line, and nothing else."""

from pathlib import Path

import pytest

from analyzer.inspect.ruletests import rule_test
from analyzer.pipeline import Book, load_book

ROOT = Path(__file__).resolve().parents[2]
IDS = [rule.id for rule in load_book().rulebook.rules]


@pytest.fixture(scope="session")
def book() -> Book:
    return load_book()


@pytest.mark.parametrize("id", IDS)
def test_rule_does_what_its_fixtures_say(id: str, book: Book) -> None:
    (rule,) = (each for each in book.rulebook.rules if each.id == id)
    assert rule_test(rule, book).unmet == ()


def test_every_fixture_belongs_to_a_rule() -> None:
    folder = ROOT / "fixtures" / "rules"
    owners = {path.parent.relative_to(folder).as_posix() for path in folder.rglob("*.c")}
    assert owners == set(IDS)
