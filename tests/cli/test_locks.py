"""`zaplint locks`: what is held at a line, since where, and on the way in."""

import json
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from tests.cli.command import KERNEL, errors_of, small_tree, zaplint

TEXT = """
struct mm_struct { int users; struct rw_semaphore mmap_lock; };
struct address_space { struct rw_semaphore i_mmap_rwsem; };
struct folio { int flags; struct address_space *mapping; };
struct vm_area_struct { struct mm_struct *vm_mm; };

/* Caller must hold the mmap_lock for writing. */
static void told(struct mm_struct *mm)
{
	mm->users = 1;
}

static void inner(struct vm_area_struct *vma, struct folio *folio, int hard)
{
	int locked = 0;

	if (hard) {
		folio_lock(folio);
		locked = 1;
	}
	vma->vm_mm->users = 2; /* some */
	if (locked)
		folio_unlock(folio);
	while (hard) {
		if (vma->vm_mm->users)
			break; /* jump */
		hard--;
	}

	/* nothing */
	told(vma->vm_mm);
}

void first(struct vm_area_struct *vma, struct folio *folio)
{
	down_write(&vma->vm_mm->mmap_lock);
	inner(vma, folio, 0);
	up_write(&vma->vm_mm->mmap_lock);
}

void second(struct mm_struct *mm, struct vm_area_struct *vma, struct folio *folio)
{
	mmap_assert_locked(vma->vm_mm);
	down_write(&folio->mapping->i_mmap_rwsem);
	inner(vma, folio, 1);
	up_write(&folio->mapping->i_mmap_rwsem);
}

struct walk { void (*one)(struct folio *folio); };

static void one_of_locked(struct folio *folio)
{
	folio->flags = 1; /* locked */
}

static void one_of_any(struct folio *folio)
{
	folio->flags = 2;
}

static void walk(struct folio *folio, struct walk *walk)
{
	walk->one(folio);
}

void walks_locked(struct folio *folio)
{
	struct walk control = { .one = one_of_locked };

	folio_lock(folio);
	walk(folio, &control);
	folio_unlock(folio);
}

void walks_any(struct folio *folio)
{
	struct walk control = { .one = one_of_any };

	walk(folio, &control);
}

void torn(struct mm_struct *mm)
{
	down_read(&mm->mmap_lock);
	int = = 3;
}

void drops(struct mm_struct *mm)
{
	up_read(&mm->mmap_lock);
	mm->users = 0; /* dropped */
}
"""


def line_of(words: str) -> int:
    """The 1-based line of `TEXT` that holds these words."""
    return next(n for n, line in enumerate(TEXT.splitlines(), 1) if words in line)


@pytest.fixture(name="tree", scope="module")
def _tree(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return small_tree(tmp_path_factory.mktemp("locks"), TEXT)


@cache
def told(tree: Path, words: str) -> dict[str, Any]:
    """What is told of the line with these words."""
    place = tree / "mm" / "small.c"
    outcome = zaplint("locks", f"{place}:{line_of(words)}", "--format", "json")
    assert (outcome.status, outcome.errors) == (0, "")
    found: dict[str, Any] = json.loads(outcome.data)
    return found


def test_what_is_held_on_some_paths_says_when(tree: Path) -> None:
    found = told(tree, "/* some */")
    held = [(each["lock"], each["object"], each["n_states"]) for each in found["held"]]
    assert (found["function"], found["n_states"], held) == (
        "inner",
        2,
        [("folio_lock", "folio", 1)],
    )
    assert found["held"][0]["when"] == "hard"
    (since,) = found["held"][0]["since"]
    assert since["location"]["line"] == line_of("folio_lock(folio)")
    assert since["text"] == "folio_lock() takes folio_lock of folio"


def test_line_that_takes_a_lock_does_not_hold_it_yet(tree: Path) -> None:
    found = told(tree, "folio_lock(folio)")
    assert found["held"] == []
    assert [each["text"] for each in found["changes"]] == ["takes folio_lock of folio"]


def test_jump_is_told_by_what_comes_before(tree: Path) -> None:
    found = told(tree, "/* jump */")
    assert (found["told"], found["held"]) == (line_of("if (vma->vm_mm->users)"), [])


def test_comment_is_told_by_what_comes_next(tree: Path) -> None:
    assert told(tree, "/* nothing */")["told"] == line_of("told(vma->vm_mm)")


def test_lock_of_a_comment_is_held_for_the_caller(tree: Path) -> None:
    found = told(tree, "mm->users = 1")
    (held,) = found["held"]
    assert (held["lock"], held["mode"], held["object"], held["borrowed"]) == (
        "mmap_lock",
        "write",
        "mm",
        True,
    )


def test_contract_is_quoted_with_its_line(tree: Path) -> None:
    (contract,) = told(tree, "mm->users = 1")["contracts"]
    assert contract["location"]["line"] == line_of("Caller must hold")
    assert (contract["source"], contract["lock"]) == ("comment", "mmap_lock")
    assert "Caller must hold the mmap_lock" in contract["text"]


def test_what_all_callers_hold_is_named_in_the_terms_of_the_function(tree: Path) -> None:
    way = told(tree, "/* some */")["way_in"]
    locks = {each["lock"]: each for each in way["locks"]}
    assert way["n_calls"] == 2
    assert locks["mmap_lock"]["object"] == "vma->vm_mm"
    assert (locks["mmap_lock"]["every"], locks["mmap_lock"]["sure"]) == (True, True)
    places = {chain[0]["function"] for chain in locks["mmap_lock"]["chains"]}
    assert places == {"first", "second"}


def test_what_some_callers_hold_is_not_what_all_hold(tree: Path) -> None:
    way = told(tree, "/* some */")["way_in"]
    (lock,) = [each for each in way["locks"] if each["lock"] == "i_mmap"]
    assert (lock["every"], lock["n_calls"], lock["object"]) == (False, 1, "folio->mapping")


def test_caller_that_passes_another_function_does_not_come_this_way(tree: Path) -> None:
    way = told(tree, "/* locked */")["way_in"]
    (lock,) = way["locks"]
    assert (lock["lock"], lock["object"], lock["sure"]) == ("folio_lock", "folio", True)
    assert [step["function"] for step in lock["chains"][0]] == [
        "walks_locked",
        "walks_locked",
        "walk",
    ]


def test_lock_of_the_caller_that_was_given_back_is_told(tree: Path) -> None:
    found = told(tree, "/* dropped */")
    assert found["held"] == []
    assert [(each["lock"], each["object"]) for each in found["returned"]] == [("mmap_lock", "mm")]


@pytest.mark.parametrize(
    ("words", "part"),
    [
        ("struct folio { int flags", "is in no function"),
        ("down_read(&mm->mmap_lock)", "torn() was not read whole"),
    ],
)
def test_line_that_nothing_is_known_of_makes_the_status_2(
    tree: Path, words: str, part: str
) -> None:
    outcome = zaplint("locks", f"{tree / 'mm' / 'small.c'}:{line_of(words)}")
    assert (outcome.status, len(errors_of(outcome))) == (2, 1)
    assert part in outcome.errors


@pytest.mark.parametrize(
    ("place", "part"),
    [
        ("mm/small.c", "no line is named"),
        ("mm/small.c:0", "no line is named"),
        ("mm/small.c:4000", "lines"),
        ("mm/absent.c:3", "no such file"),
        ("Makefile:1", "not a C file"),
    ],
)
def test_place_that_is_none_makes_the_status_2(tree: Path, place: str, part: str) -> None:
    outcome = zaplint("locks", "--tree", tree, place)
    assert (outcome.status, len(errors_of(outcome))) == (2, 1)
    assert part in outcome.errors


def test_gap_is_named_with_its_line(tree: Path) -> None:
    outcome = zaplint("locks", f"{tree / 'mm' / 'small.c'}:{line_of('down_read(&mm->mmap_lock)')}")
    assert f"line {line_of('int = = 3')} is not understood" in outcome.errors


def test_path_may_be_one_of_the_tree(tree: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    line = line_of("/* some */")
    absolute = zaplint("locks", f"{tree / 'mm' / 'small.c'}:{line}")
    assert zaplint("locks", "--tree", tree, f"mm/small.c:{line}").data == absolute.data
    monkeypatch.chdir(tree / "mm")
    assert zaplint("locks", f"mm/small.c:{line}").data == absolute.data
    assert zaplint("locks", f"small.c:{line}").data == absolute.data


def test_text_reads_from_the_line_outwards(tree: Path) -> None:
    lines = zaplint("locks", f"{tree / 'mm' / 'small.c'}:{line_of('/* some */')}").output
    headings = [line for line in lines.splitlines() if line and not line.startswith(" ")]
    assert headings == [
        f"mm/small.c:{line_of('/* some */')}: in inner()",
        "Held on some paths:",
        "inner() demands no lock of its callers.",
        "On the way in (2 calls of inner()):",
    ]
    assert "  folio_lock of folio, when hard (1 of 2 states)" in lines


def test_callers_are_asked_as_far_as_depth_says() -> None:
    words = ("locks", "--tree", KERNEL, "mm/memory.c:122", "--format", "json")
    near = json.loads(zaplint(*words, "--depth", "1").data)["way_in"]
    far = json.loads(zaplint(*words, "--depth", "4").data)["way_in"]
    (far_away,) = near["unknown"]
    assert far_away.startswith("the callers of unmap_vmas(), ")
    assert far_away.endswith(": too far away")
    assert {each["lock"] for each in near["locks"]} < {each["lock"] for each in far["locks"]}
