"""Bugs of the past, put back into Linux 6.1 and 6.12: reported where they are, and only then."""

import sys
import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pytest

from analyzer.core import Obligation, Verdict
from analyzer.pipeline import Book, Request, audit, load_book
from tests.backtest.operations import Words, edited
from tests.backtest.overlay import SCOPES, overlay
from tests.real.once import once

_DEPTH = 20_000


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
    pytest.param(each, id=f"{each.tree} {each.rule} {each.name}".replace(" ", "-"))
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


def _violations(root: Path, *rules: str) -> tuple[Obligation, ...]:
    """The violations of some rules, or of all."""
    sys.setrecursionlimit(_DEPTH)
    report = audit(Request(root, scopes=SCOPES, select=rules), _book())
    assert report.complete
    return tuple(each for each in report.obligations if each.verdict is Verdict.VIOLATED)


def _in(found: tuple[Obligation, ...], edit: Edit) -> list[tuple[str, str, str]]:
    """What was found in the edited function: rules, levels and messages."""
    return [
        (each.rule, each.level.value, each.message)
        for each in found
        if each.function == edit.function and each.location.path == edit.file
    ]


@pytest.mark.parametrize("edit", EDITS)
def test_bug_is_reported_in_the_function_that_has_it(
    edit: Edit, tree: Path, tmp_path: Path
) -> None:
    data = edited((tree / edit.file).read_bytes(), edit.function, edit.operations)
    assert data != (tree / edit.file).read_bytes()
    found = _in(_violations(overlay(tree, tmp_path, {edit.file: data}), edit.rule), edit)
    assert {(rule, level) for rule, level, _ in found} == {(edit.rule, edit.level)}


@pytest.mark.parametrize("edit", EDITS)
def test_function_as_shipped_is_silent(
    edit: Edit, tree: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    found = once(tmp_path_factory, f"violations in {tree}", lambda: _violations(tree))
    assert [each for each in _in(found, edit) if each[0] == edit.rule] == []
