"""`zaplint contracts`: which contracts there are, and how their calls stand."""

import json
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from tests.cli.command import KERNEL, Outcome, errors_of, small_tree, zaplint

TEXT = """
struct mm_struct { int users; };
struct folio { int flags; };

/* Caller must hold the folio lock. */
static void said(struct folio *folio)
{
	folio->flags = 0;
}

static void asserted(struct folio *folio, int hard)
{
	if (hard)
		VM_BUG_ON(!folio_test_locked(folio));
	folio->flags = 1;
}

static void annotated(struct mm_struct *mm)
	__must_hold(&mm->page_table_lock)
{
	mm->users = 1;
}

void keeps(struct folio *folio)
{
	folio_lock(folio);
	said(folio);
	asserted(folio, 1);
	folio_unlock(folio);
}

SYSCALL_DEFINE1(breaks, int, fd)
{
	struct folio *folio = filemap_get_folio(fd);

	said(folio);
	asserted(folio, 0);
	return 0;
}

void exported(struct mm_struct *mm)
{
	annotated(mm);
}
EXPORT_SYMBOL(exported);
"""

EARLY = """
struct address_space { int pages; };
/* Called under (and serialised by) mapping->invalidate_lock. */
void cut_off(struct address_space *mapping)
{
	mapping->pages = 0;
}

SYSCALL_DEFINE1(cut, struct address_space *, mapping)
{
	cut_off(mapping);
	return 0;
}
"""


@pytest.fixture(name="tree", scope="module")
def _tree(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return small_tree(tmp_path_factory.mktemp("contracts"), TEXT)


def listed(*words: str | Path) -> list[dict[str, Any]]:
    """The contracts that the command lists."""
    outcome = _run(*words)
    found: list[dict[str, Any]] = json.loads(outcome.data)["contracts"]
    assert (outcome.status, outcome.errors) == (0, "")
    return found


@cache
def _run(*words: str | Path) -> Outcome:
    return zaplint("contracts", *words, "--jobs", "1", "--format", "json")


def line_of(words: str) -> int:
    """The 1-based line of `TEXT` that holds these words."""
    return next(n for n, line in enumerate(TEXT.splitlines(), 1) if words in line)


def test_every_kind_of_contract_is_listed_where_it_is_stated(tree: Path) -> None:
    rows = {each["contract"]["function"]: each["contract"] for each in listed(tree)}
    places = {
        name: (row["source"], row["lock"], row["location"]["line"]) for name, row in rows.items()
    }
    assert places == {
        "said": ("comment", "folio_lock", line_of("Caller must hold")),
        "asserted": ("assertion", "folio_lock", line_of("VM_BUG_ON")),
        "annotated": ("annotation", "page_table_lock", line_of("__must_hold")),
    }
    assert rows["asserted"]["text"] == "VM_BUG_ON(!folio_test_locked(folio))"
    assert rows["asserted"]["guard"] == "hard"


def test_calls_are_counted_by_verdict(tree: Path) -> None:
    counts = {
        each["contract"]["function"]: (each["proved"], each["violated"], each["open"])
        for each in listed(tree)
    }
    assert counts == {"said": (1, 1, 0), "asserted": (2, 0, 0), "annotated": (0, 0, 1)}


def test_one_function_is_told_call_by_call(tree: Path) -> None:
    (row,) = listed(tree, "said")
    calls = [(each["function"], each["verdict"]) for each in row["calls"]]
    assert sorted(calls) == [("__do_sys_breaks", "violated"), ("keeps", "proved")]


def test_one_function_stands_as_in_the_whole(tree: Path) -> None:
    for each in listed(tree):
        (alone,) = listed(tree, each["contract"]["function"])
        alone.pop("calls")
        assert alone == each


def test_declared_contract_names_its_model() -> None:
    (row,) = listed(KERNEL, "find_vma")
    assert row["contract"]["source"] == "declared"
    assert row["contract"]["location"]["path"].startswith("rules/models/")
    assert row["contract"]["location"]["line"] > 1
    assert (row["proved"], row["violated"]) == (1, 0)


def test_list_has_what_each_function_has() -> None:
    rows = listed(KERNEL)
    names = sorted({each["contract"]["function"] for each in rows})
    assert {"evict", "find_vma", "unmap_mapping_folio"} <= set(names)
    assert [each["contract"]["function"] for each in rows if each["violated"]] == ["evict"]


def test_a_call_violated_by_what_is_in_preview_says_so(tmp_path: Path) -> None:
    tree = small_tree(tmp_path, EARLY)
    errors = zaplint("contracts", tree, "cut_off").errors
    assert errors == (
        "note: lock/contract-not-met is in preview here: a violated call may be a false alarm\n"
    )
    assert zaplint("contracts", KERNEL, "evict").errors == ""


def test_scope_limits_the_list() -> None:
    rows = listed(KERNEL, "--scope", "mm/rmap.c")
    paths = {each["contract"]["location"]["path"] for each in rows}
    assert paths == {"mm/rmap.c"}


def test_text_says_why_a_call_is_open(tree: Path) -> None:
    outcome = zaplint("contracts", tree, "annotated()", "--jobs", "1")
    lines = [line.strip() for line in outcome.output.splitlines()]
    assert outcome.status == 0
    assert "annotation: __must_hold(&mm->page_table_lock)" in lines
    assert f"mm/small.c:{line_of('annotated(mm);')}: open: in exported()" in lines
    assert any(line.startswith("open because ") for line in lines)
    assert lines[-1] == "1 contract of 1 function; 1 call: 0 proved, 0 violated, 1 open."


def test_function_without_a_contract_is_said_to_have_none(tree: Path) -> None:
    outcome = zaplint("contracts", tree, "keeps")
    assert (outcome.status, outcome.output) == (0, "keeps() demands no lock of its callers.\n")


def test_output_does_not_depend_on_the_number_of_jobs() -> None:
    one, two = (zaplint("contracts", KERNEL, "--jobs", jobs).data for jobs in ("1", "2"))
    assert one == two


def test_unknown_function_makes_the_status_2() -> None:
    outcome = zaplint("contracts", KERNEL, "evikt")
    assert (outcome.status, len(errors_of(outcome))) == (2, 1)
    assert "did you mean 'evict'?" in outcome.errors
