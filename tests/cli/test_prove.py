"""`zaplint prove`: what proofs stand on, and whether they fall without it."""

import json
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from tests.cli.command import KERNEL, Outcome, errors_of, own_rule, small_tree, zaplint

NEEDS = "held(folio_lock, $f) || !$f->count"
TEXT = """
struct folio { int count; };

static void locked(struct folio *folio)
{
	folio_lock(folio);
	free_it(folio);
	folio_unlock(folio);
}

static void twice(struct folio *folio)
{
	folio_lock(folio);
	if (!folio->count)
		free_it(folio);
	folio_unlock(folio);
}

static void by_caller(struct folio *folio)
{
	VM_BUG_ON(!folio_test_locked(folio));
	free_it(folio);
}

/* Caller must hold the folio lock. */
static void said(struct folio *folio)
{
	free_it(folio);
}

SYSCALL_DEFINE1(enter, int, fd)
{
	struct folio *folio = filemap_get_folio(fd);

	locked(folio);
	twice(folio);
	folio_lock(folio);
	by_caller(folio);
	said(folio);
	folio_unlock(folio);
	return 0;
}
"""


@pytest.fixture
def tree(tmp_path: Path) -> tuple[str | Path, ...]:
    """The words that run the rule of this file on the text of this file."""
    (tmp_path / "tree").mkdir()
    rules = own_rule(tmp_path, NEEDS)
    return (small_tree(tmp_path / "tree", TEXT), "--rules", rules, "--select", "own")


def trials(*words: str | Path) -> dict[str, Any]:
    """By function what became of its proof."""
    found = json.loads(zaplint("prove", *words, "--mutate", "-f", "json").output)["trials"]
    return {each["function"]: each for each in found}


@cache
def mutated() -> Outcome:
    """The small kernel with every proof tried."""
    return zaplint("prove", KERNEL, "--mutate", "-j", "1")


def test_proofs_are_listed_with_what_proves_them(tree: tuple[str | Path, ...]) -> None:
    outcome = zaplint("prove", *tree)
    assert "mm/small.c:7: own/rule: locked() of free_it f=folio" in outcome.output
    assert "mm/small.c:6: locked(): folio_lock is taken by folio_lock()" in outcome.output
    assert outcome.output.splitlines()[-1] == "4 proofs of 1 rule."
    assert outcome.status == 0


def test_every_proof_falls(tree: tuple[str | Path, ...]) -> None:
    outcome = zaplint("prove", *tree, "--mutate")
    assert "4 of 4 proofs fall without their evidence (100.0 %)." in outcome.output
    assert outcome.status == 0


def test_one_lock_is_enough_to_make_a_proof_fall(tree: tuple[str | Path, ...]) -> None:
    found = trials(*tree)["locked"]
    assert [each["line"] for each in found["deleted"]] == [6]
    assert found["fate"] == "violated"


def test_of_two_grounds_both_must_go(tree: tuple[str | Path, ...]) -> None:
    found = trials(*tree)["twice"]
    assert sorted(each["line"] for each in found["deleted"]) == [13, 14]
    assert found["fate"] == "violated"


@pytest.mark.parametrize("function", ["by_caller", "said"])
def test_behind_a_contract_the_caller_s_lock_is_looked_for(
    tree: tuple[str | Path, ...], function: str
) -> None:
    found = trials(*tree)[function]
    where = dict.fromkeys(each["function"] for each in found["deleted"])
    assert list(where) == [function, "__do_sys_enter"]
    assert found["fate"] == "violated"


def test_the_small_kernel_leaves_one() -> None:
    """The place is never reached without its lock."""
    left = [line for line in mutated().output.splitlines() if "proved without" in line]
    assert [line.partition(": ")[0] for line in left] == ["mm/vma.c:15"]
    assert mutated().status == 1


def test_any_number_of_workers_says_the_same() -> None:
    assert zaplint("prove", KERNEL, "--mutate", "-j", "3").output == mutated().output


def test_deleted_releases_are_noticed() -> None:
    words = ("--delete", "releases", "--select", "notifier/unpaired-range")
    outcome = zaplint("prove", KERNEL, *words, "-f", "json")
    fates = {
        each["place"]["function"]: each["fate"] for each in json.loads(outcome.output)["deletions"]
    }
    assert fates["zap_page_range_single"] == "violated"
    assert outcome.status == 0


def test_deleted_releases_are_counted() -> None:
    words = ("--delete", "releases", "--select", "notifier/unpaired-mmu-gather")
    lines = zaplint("prove", KERNEL, *words).output.splitlines()
    assert lines[-1].endswith("releases deleted, one at a time.")
    assert lines[-4].endswith("a violation, in the function or a caller")


def test_output_goes_to_a_file(tmp_path: Path) -> None:
    words = ("--select", "zap", "-o", tmp_path / "out")
    assert zaplint("prove", KERNEL, *words).output == ""
    assert (tmp_path / "out").read_text() == zaplint("prove", KERNEL, *words[:2]).output


def test_an_unknown_rule_is_an_error() -> None:
    outcome = zaplint("prove", KERNEL, "--select", "nope")
    assert (outcome.status, len(errors_of(outcome))) == (2, 1)


def test_evidence_and_releases_are_not_deleted_together() -> None:
    outcome = zaplint("prove", KERNEL, "--mutate", "--delete", "releases")
    assert (outcome.status, len(errors_of(outcome))) == (2, 1)
    assert "give one of them" in outcome.errors
