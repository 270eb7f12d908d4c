"""`zaplint explain`: the story of a verdict, by its place or its fingerprint."""

import json
from pathlib import Path

import pytest

from tests.cli.command import errors_of, own_rule, small_tree, zaplint
from tests.cli.test_backtest import NEEDS, TEXT


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    own_rule(tmp_path, NEEDS)
    (tmp_path / "tree").mkdir()
    return small_tree(tmp_path / "tree", TEXT)


def words(tree: Path, place: str, *more: str) -> tuple[str | Path, ...]:
    rules = tree.parent / "rules"
    return ("explain", place, "--tree", tree, "--rules", rules, "--select", "own", *more)


def test_a_proof_is_told_with_the_lines_that_prove_it(tree: Path) -> None:
    outcome = zaplint(*words(tree, "mm/small.c:7"))
    assert outcome.status == 0
    lines = [line.strip() for line in outcome.output.splitlines()]
    assert lines[:2] == ["mm/small.c:7: in locked()", "| free_it(folio);"]
    assert 'needs = "held(folio_lock, $f)"' in lines
    assert "Proved: on every path that was followed the rule holds here." in lines
    assert lines[lines.index("What proves it:") + 1 :][1:3] == [
        "6: folio_lock is taken by folio_lock()",
        "| folio_lock(folio);",
    ]


def test_a_contract_is_followed_to_the_caller_that_keeps_it(tree: Path) -> None:
    (told,) = json.loads(zaplint(*words(tree, "mm/small.c:19", "-f", "json")).output)
    assert (told["verdict"], told["function"]) == ("proved", "by_caller")
    assert any(step["text"].startswith("stated") or step["proof"] for step in told["evidence"])


def test_a_violation_is_told_with_its_path(tree: Path) -> None:
    outcome = zaplint(*words(tree, "mm/small.c:13"))
    assert outcome.status == 0
    assert "Violated: a path breaks the rule." in outcome.output
    assert "wrong() frees folio." in outcome.output
    assert "The path:" in outcome.output


def test_a_fingerprint_is_as_good_as_a_place(tree: Path) -> None:
    audited = ("audit", tree, "--rules", tree.parent / "rules", "--select", "own")
    log = json.loads(zaplint(*audited, "--format", "sarif").output)
    results = [each for run in log["runs"] for each in run["results"]]
    identity = next(iter(results))["partialFingerprints"]["zaplint/v1"]
    told = zaplint(*words(tree, identity[:12])).output
    assert told.startswith("mm/small.c:13: in wrong()")
    assert f"Fingerprint {identity}." in told


@pytest.mark.parametrize(
    ("place", "said"),
    [
        ("mm/small.c:6", "mm/small.c:6: no rule applies at this line"),
        ("mm/small.c:2", "mm/small.c:2: no function is at this line"),
        ("mm/none.c:2", "mm/none.c: no such file"),
        ("0123456789abcdef", "no obligation has a fingerprint that begins so"),
        ("nonsense", "nonsense: neither a line nor a fingerprint"),
    ],
)
def test_what_there_is_no_story_of_is_an_error(tree: Path, place: str, said: str) -> None:
    outcome = zaplint(*words(tree, place))
    assert (outcome.status, outcome.output) == (2, "")
    assert said in errors_of(outcome)[0]


def test_the_lines_near_are_named(tree: Path) -> None:
    outcome = zaplint(*words(tree, "mm/small.c:6"))
    assert "rules apply in locked() at line 7" in outcome.errors


def test_exceptions_are_no_part_of_what_is_demanded(tree: Path) -> None:
    rule = tree.parent / "rules" / "own" / "rule.toml"
    exception = (
        '\nexcept = [\n    { function = "other", reason = "is no function of this tree" },\n]\n'
    )
    rule.write_text(rule.read_text() + exception)
    (told,) = json.loads(zaplint(*words(tree, "mm/small.c:7", "-f", "json")).output)
    assert told["clause"].splitlines()[0] == "[[require]]"
    assert "except" not in told["clause"] and "other" not in told["clause"]
