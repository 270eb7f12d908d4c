"""Files that are read on demand, for the callers in them that a verdict waits for."""

from pathlib import Path

import pytest

from analyzer.core import Report
from analyzer.pipeline import Request, audit
from tests.unit.rounds.shape import BREAKS, FAR, KEEPS, PASSES, TALKS, written


def _audited(root: Path, files: dict[str, str], jobs: int = 1, scope: str = "") -> Report:
    """The report of one rule over a tree in which nothing but mm/shape.c is read at first."""
    written(root, files)
    scopes = (scope,) if scope else ()
    return audit(Request(root, scopes, ("lock/contract-not-met",), jobs=jobs))


def _verdicts(report: Report) -> list[tuple[str, str, str]]:
    return [(each.function, each.verdict.value, each.reason) for each in report.obligations]


_WAITS = "widen() is called in files that were not read"


def test_callers_in_a_file_that_was_not_read_prove_it(tmp_path: Path) -> None:
    report = _audited(tmp_path, {"fs/one.c": KEEPS.format("one")})
    assert _verdicts(report) == [("widen", "proved", "")]


def test_a_caller_in_a_file_that_was_not_read_is_accused(tmp_path: Path) -> None:
    report = _audited(tmp_path, {"fs/one.c": KEEPS.format("one"), "fs/two.c": BREAKS})
    found = [(each.location.path, each.function, each.verdict.value) for each in report.obligations]
    assert found == [("fs/two.c", "__do_sys_spread", "violated")]


def test_a_file_that_only_talks_of_a_function_is_no_caller(tmp_path: Path) -> None:
    report = _audited(tmp_path, {"fs/one.c": KEEPS.format("one"), "fs/talk.c": TALKS})
    assert _verdicts(report) == [("widen", "proved", "")]


def test_callers_of_callers_are_read_in_a_further_round(tmp_path: Path) -> None:
    report = _audited(tmp_path, {"fs/one.c": PASSES, "net/two.c": FAR})
    assert _verdicts(report) == [("widen", "proved", "")]
    assert report.coverage.n_files == 3


@pytest.mark.parametrize(("number", "verdict"), [(4, "proved"), (5, "open")])
def test_what_many_files_mention_is_not_read(tmp_path: Path, number: int, verdict: str) -> None:
    files = {f"fs/f{n}.c": KEEPS.format(n) for n in range(number)}
    report = _audited(tmp_path, files)
    reason = "" if verdict == "proved" else _WAITS
    assert _verdicts(report) == [("widen", verdict, reason)]
    assert report.coverage.n_files == (1 + number if verdict == "proved" else 1)


def test_a_scope_is_not_left(tmp_path: Path) -> None:
    report = _audited(tmp_path, {"fs/one.c": KEEPS.format("one")}, scope="mm")
    assert _verdicts(report) == [("widen", "open", "no caller of widen() was read")]
    assert report.coverage.n_files == 1


def test_any_number_of_workers_comes_to_the_same(tmp_path: Path) -> None:
    files = {"fs/one.c": PASSES, "net/two.c": FAR, "fs/three.c": KEEPS.format("three")}
    assert _audited(tmp_path, files, jobs=3) == _audited(tmp_path, files)
