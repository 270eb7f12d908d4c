"""Every fixture of a rule: what must be found is found, at its line, and nothing else."""

import re
from collections import Counter
from pathlib import Path

import pytest

from analyzer.core import Obligation, Verdict
from analyzer.pipeline import Book, Request, audit, load_book

FOLDER = Path(__file__).resolve().parents[2] / "fixtures" / "rules"
FIXTURES = sorted(path.relative_to(FOLDER).as_posix() for path in FOLDER.rglob("*.c"))
_EXPECTED = re.compile(
    r'//\s*(expect|proved|open|missing|expect-spurious):\s*([\w/-]+)(?:\s+"([^"]*)")?'
)
_KERNEL = re.compile(r"//\s*kernel:\s*(\d+)\.(\d+)")
_FUNCTION = re.compile(r"_(bad|ok)\d*$")

VERDICTS = {
    "expect": Verdict.VIOLATED,
    "expect-spurious": Verdict.VIOLATED,
    "proved": Verdict.PROVED,
    "open": Verdict.OPEN,
}


@pytest.fixture(scope="session")
def book() -> Book:
    return load_book()


def expectations(text: str) -> list[tuple[int, str, str, str]]:
    """(line, word, rule, part of the message) of every comment."""
    return [
        (number, *match.groups(default=""))
        for number, line in enumerate(text.splitlines(), 1)
        for match in _EXPECTED.finditer(line)
    ]


def obligations(name: str, folder: Path, book: Book) -> tuple[Obligation, ...]:
    """The obligations of a fixture, laid out as a tree of one file and the headers beside it."""
    text = (FOLDER / name).read_text()
    release = _KERNEL.search(text)
    version, patchlevel = release.groups() if release else ("6", "12")
    (folder / "Makefile").write_text(
        f"VERSION = {version}\nPATCHLEVEL = {patchlevel}\nSUBLEVEL = 0\n"
    )
    (folder / "mm").mkdir()
    (folder / "mm" / "fixture.c").write_text(text)
    rule = (FOLDER / name).parent
    for header in (*rule.glob("*.h"), *rule.parent.glob("*.h")):
        (folder / "mm" / header.name).write_text(header.read_text())
    everything = tuple(rule.id for rule in book.rulebook.rules)  # Those in preview, too.
    return audit(Request(folder, select=everything), book).obligations


@pytest.mark.parametrize("name", FIXTURES)
def test_findings_are_the_expected_ones(name: str, tmp_path: Path, book: Book) -> None:
    rule = name.rpartition("/")[0]
    text = (FOLDER / name).read_text()
    expected = Counter(
        (line, rule_id)
        for line, word, rule_id, _ in expectations(text)
        if VERDICTS.get(word) is Verdict.VIOLATED and rule_id == rule
    )
    found = Counter(
        (each.location.line, each.rule)
        for each in obligations(name, tmp_path, book)
        if each.verdict is Verdict.VIOLATED and each.rule == rule
    )
    assert found == expected


@pytest.mark.parametrize("name", FIXTURES)
def test_verdicts_and_messages_are_the_stated_ones(name: str, tmp_path: Path, book: Book) -> None:
    text = (FOLDER / name).read_text()
    found = obligations(name, tmp_path, book)
    wrong = []
    for line, word, rule, part in expectations(text):
        if word == "missing":
            continue
        here = [
            each
            for each in found
            if each.location.line == line
            and each.rule == rule
            and each.verdict is VERDICTS[word]
            and part in f"{each.message} {each.reason}"
        ]
        if not here:
            wrong.append((line, word, rule, part))
    assert wrong == []


@pytest.mark.parametrize("name", FIXTURES)
def test_functions_are_named_after_what_is_found_in_them(
    name: str, tmp_path: Path, book: Book
) -> None:
    rule = name.rpartition("/")[0]
    liars = [
        each.function
        for each in obligations(name, tmp_path, book)
        if each.verdict is Verdict.VIOLATED
        and each.rule == rule
        and (match := _FUNCTION.search(each.function))
        and match[1] == "ok"
    ]
    assert liars == []
