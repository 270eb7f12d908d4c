"""Files that are read on demand, for the callers in them that a verdict waits for."""

from pathlib import Path

import pytest

from analyzer.core import Report
from analyzer.pipeline import Request, audit

_HEADER = """
struct rw_semaphore { long count; };
struct mm_struct { struct rw_semaphore mmap_lock; int map_count; };
void down_write(struct rw_semaphore *sem);
void up_write(struct rw_semaphore *sem);
void mmap_assert_write_locked(struct mm_struct *mm);
static inline void mmap_write_lock(struct mm_struct *mm) { down_write(&mm->mmap_lock); }
static inline void mmap_write_unlock(struct mm_struct *mm) { up_write(&mm->mmap_lock); }
void widen(struct mm_struct *mm);
"""

_MM = """
#include <linux/mm.h>
static void reshape(struct mm_struct *mm)
{
	mmap_assert_write_locked(mm);
	mm->map_count++;
}

void widen(struct mm_struct *mm)
{
	reshape(mm);
}
"""

_KEEPS = """
#include <linux/mm.h>
static void stretch_{0}(struct mm_struct *mm)
{{
	mmap_write_lock(mm);
	widen(mm);
	mmap_write_unlock(mm);
}}

long sys_stretch_{0}(struct mm_struct *mm)
{{
	stretch_{0}(mm);
	return 0;
}}
"""

_BREAKS = """
#include <linux/mm.h>
#define SYSCALL_DEFINE1(name, t, a) long sys_##name(t a)
SYSCALL_DEFINE1(spread, struct mm_struct *, mm)
{
	widen(mm);
	return 0;
}
"""

_PASSES = """
#include <linux/mm.h>
void extend(struct mm_struct *mm)
{
	widen(mm);
}
"""

_FAR = """
#include <linux/mm.h>
void extend(struct mm_struct *mm);
static void far(struct mm_struct *mm)
{
	mmap_write_lock(mm);
	extend(mm);
	mmap_write_unlock(mm);
}
"""

_TALKS = "/* As widen() does. */\nint idle;\n"


def _audited(root: Path, files: dict[str, str], jobs: int = 1, scope: str = "") -> Report:
    """The report of one rule over a tree in which nothing but mm/shape.c is read at first."""
    given = {"include/linux/mm.h": _HEADER, "mm/shape.c": _MM, "MAINTAINERS": ""}
    for path, text in {**given, "Makefile": "VERSION = 6\nPATCHLEVEL = 12\n", **files}.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(text)
    scopes = (scope,) if scope else ()
    return audit(Request(root, scopes, ("lock/contract-not-met",), jobs=jobs))


def _verdicts(report: Report) -> list[tuple[str, str, str]]:
    return [(each.function, each.verdict.value, each.reason) for each in report.obligations]


_WAITS = "widen() is called in files that were not read"


def test_callers_in_a_file_that_was_not_read_prove_it(tmp_path: Path) -> None:
    report = _audited(tmp_path, {"fs/one.c": _KEEPS.format("one")})
    assert _verdicts(report) == [("widen", "proved", "")]


def test_a_caller_in_a_file_that_was_not_read_is_accused(tmp_path: Path) -> None:
    report = _audited(tmp_path, {"fs/one.c": _KEEPS.format("one"), "fs/two.c": _BREAKS})
    found = [(each.location.path, each.function, each.verdict.value) for each in report.obligations]
    assert found == [("fs/two.c", "__do_sys_spread", "violated")]


def test_a_file_that_only_talks_of_a_function_is_no_caller(tmp_path: Path) -> None:
    report = _audited(tmp_path, {"fs/one.c": _KEEPS.format("one"), "fs/talk.c": _TALKS})
    assert _verdicts(report) == [("widen", "proved", "")]


def test_callers_of_callers_are_read_in_a_further_round(tmp_path: Path) -> None:
    report = _audited(tmp_path, {"fs/one.c": _PASSES, "net/two.c": _FAR})
    assert _verdicts(report) == [("widen", "proved", "")]
    assert report.coverage.n_files == 3


@pytest.mark.parametrize(("number", "verdict"), [(4, "proved"), (5, "open")])
def test_what_many_files_mention_is_not_read(tmp_path: Path, number: int, verdict: str) -> None:
    files = {f"fs/f{n}.c": _KEEPS.format(n) for n in range(number)}
    report = _audited(tmp_path, files)
    reason = "" if verdict == "proved" else _WAITS
    assert _verdicts(report) == [("widen", verdict, reason)]
    assert report.coverage.n_files == (1 + number if verdict == "proved" else 1)


def test_a_scope_is_not_left(tmp_path: Path) -> None:
    report = _audited(tmp_path, {"fs/one.c": _KEEPS.format("one")}, scope="mm")
    assert _verdicts(report) == [("widen", "open", "no caller of widen() was read")]
    assert report.coverage.n_files == 1


def test_any_number_of_workers_comes_to_the_same(tmp_path: Path) -> None:
    files = {"fs/one.c": _PASSES, "net/two.c": _FAR, "fs/three.c": _KEEPS.format("three")}
    assert _audited(tmp_path, files, jobs=3) == _audited(tmp_path, files)
