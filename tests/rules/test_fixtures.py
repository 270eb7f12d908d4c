"""Every fixture of a rule: what must be found is found, at its line, and nothing else."""

import subprocess
from pathlib import Path

import pytest

from analyzer.inspect.fixtures import read_fixture, with_example
from analyzer.inspect.ruletests import base_of, fixture_files, rule_test
from analyzer.pipeline import Book, load_book
from analyzer.rulebook import Rule

ROOT = Path(__file__).resolve().parents[2]
IDS = [rule.id for rule in load_book().rulebook.rules]

_SERIOUS = ("implicit-function-declaration", "incompatible-pointer-types", "int-conversion")


@pytest.fixture(scope="session")
def book() -> Book:
    return load_book()


@pytest.mark.parametrize("id", IDS)
def test_rule_does_what_its_fixtures_say(id: str, book: Book) -> None:
    found = rule_test(_rule(book, id), book)
    assert found.unmet == ()
    assert not [note for note in found.notes if "not tested" in note]


@pytest.mark.parametrize("id", IDS)
@pytest.mark.parametrize("word", ["bad", "good"])
def test_the_examples_of_a_page_compile(word: str, id: str, book: Book) -> None:
    rule = _rule(book, id)
    example = rule.info.bad if word == "bad" else rule.info.good
    fixtures = [read_fixture(path, name) for path, name in fixture_files(rule)]
    base = base_of(rule, example, fixtures)
    folders = (f"-I{base.path.parent}", f"-I{base.path.parent.parent}")
    strict = [f"-Werror={each}" for each in _SERIOUS]
    command = ["gcc", "-fsyntax-only", "-std=gnu11", "-w", *strict, *folders, "-x", "c", "-"]
    done = subprocess.run(
        command, input=with_example(base, example), text=True, capture_output=True, check=False
    )
    assert done.returncode == 0, done.stderr


def _rule(book: Book, id: str) -> Rule:
    (rule,) = (each for each in book.rulebook.rules if each.id == id)
    return rule


def test_every_fixture_belongs_to_a_rule() -> None:
    folder = ROOT / "fixtures" / "rules"
    owners = {path.parent.relative_to(folder).as_posix() for path in folder.rglob("*.c")}
    assert owners == set(IDS)
