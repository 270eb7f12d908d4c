"""Bugs of the past, put back into Linux 6.1 and 6.12: reported where they are, and only then."""

import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pytest

from analyzer.core import Obligation, Verdict
from analyzer.pipeline import Book, Request, audit, load_book
from tests.backtest.operations import Words, edited
from tests.backtest.overlay import SCOPES, overlay


@dataclass(frozen=True, slots=True)
class Edit:
    """One bug: where it is put and by what, which rule reports it at which level."""

    tree: str
    name: str
    rule: str
    file: str
    function: str
    level: str
    operations: tuple[Words, ...]


def edits() -> list[Edit]:
    """All bugs, one entry a tree."""
    listed = tomllib.loads(Path(__file__).with_name("edits.toml").read_text(encoding="utf-8"))
    return [
        Edit(
            tree,
            each["name"],
            each["rule"],
            each["file"],
            each["function"],
            each.get("level", "error"),
            tuple(each["operations"]),
        )
        for each in listed["edit"]
        for tree in each["trees"]
    ]


EDITS = [
    pytest.param(
        each,
        id=f"{each.tree} {each.rule} {each.name}".replace(" ", "-"),
        marks=pytest.mark.xdist_group(f"{each.rule} {each.tree}"),
    )
    for each in edits()
]


@pytest.fixture
def tree(edit: Edit, request: pytest.FixtureRequest) -> Path:
    found = request.getfixturevalue(f"linux_{edit.tree.replace('.', '_')}")
    assert isinstance(found, Path)
    return found


@cache
def _book() -> Book:
    return load_book()


def _violations(root: Path, rule: str) -> tuple[Obligation, ...]:
    report = audit(Request(root, scopes=SCOPES, select=(rule,)), _book())
    assert report.complete
    return tuple(each for each in report.obligations if each.verdict is Verdict.VIOLATED)


@cache
def _shipped(root: Path, rule: str) -> tuple[Obligation, ...]:
    return _violations(root, rule)


def _in(found: tuple[Obligation, ...], edit: Edit) -> list[tuple[str, str]]:
    """What was found in the edited function: levels and messages."""
    return [
        (each.level.value, each.message)
        for each in found
        if each.function == edit.function and each.location.path == edit.file
    ]


@pytest.mark.parametrize("edit", EDITS)
def test_bug_is_reported_in_the_function_that_has_it(
    edit: Edit, tree: Path, tmp_path: Path
) -> None:
    data = edited((tree / edit.file).read_bytes(), edit.function, edit.operations)
    assert data != (tree / edit.file).read_bytes()
    found = _in(_violations(overlay(tree, tmp_path, edit.file, data), edit.rule), edit)
    assert {level for level, _ in found} == {edit.level}


@pytest.mark.parametrize("edit", EDITS)
def test_function_as_shipped_is_silent(edit: Edit, tree: Path) -> None:
    assert _in(_shipped(tree, edit.rule), edit) == []
