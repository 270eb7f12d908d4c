"""`zaplint check`: some files of a tree whose root it finds by itself."""

import json
from collections import Counter
from pathlib import Path

import pytest

from tests.cli.command import KERNEL, errors_of, planted, zaplint

FILES = sorted({path for path, _, _ in planted()})


def _found(*files: str | Path) -> Counter[tuple[str, int, str]]:
    log = json.loads(zaplint("check", *files, "--format", "sarif").data)
    return Counter(
        (
            result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"],
            result["locations"][0]["physicalLocation"]["region"]["startLine"],
            result["ruleId"],
        )
        for result in log["runs"][0]["results"]
    )


@pytest.mark.parametrize("file", FILES)
def test_findings_are_those_of_the_file(file: str) -> None:
    expected = {each: count for each, count in planted().items() if each[0] == file}
    assert _found(KERNEL / file) == Counter(expected)
    assert zaplint("check", KERNEL / file).status == 1


def test_several_files_are_checked_in_one_run() -> None:
    files = ["mm/oom_kill.c", "mm/rmap.c"]
    expected = {each: count for each, count in planted().items() if each[0] in files}
    assert _found(*(KERNEL / file for file in files)) == Counter(expected)


def test_file_may_be_named_from_within_the_tree(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(KERNEL / "mm")
    assert {path for path, _, _ in _found("oom_kill.c")} == {"mm/oom_kill.c"}


def test_header_alone_is_nothing_to_check() -> None:
    assert zaplint("check", KERNEL / "include/linux/mm.h").status == 0


def test_select_applies() -> None:
    assert zaplint("check", KERNEL / "mm/oom_kill.c", "--select", "tlb").status == 0


def test_fail_on_applies() -> None:
    assert zaplint("check", KERNEL / "mm/oom_kill.c", "--fail-on", "never").status == 0


def test_missing_file_makes_the_status_2(tmp_path: Path) -> None:
    outcome = zaplint("check", tmp_path / "gone.c")
    assert outcome.status == 2
    assert errors_of(outcome) == [f"error: {tmp_path / 'gone.c'}: no such file"]


def test_file_outside_of_any_tree_makes_the_status_2(tmp_path: Path) -> None:
    (tmp_path / "lone.c").write_text("int x;\n")
    outcome = zaplint("check", tmp_path / "lone.c")
    assert outcome.status == 2
    assert len(errors_of(outcome)) == 1


def test_files_of_two_trees_make_the_status_2(tmp_path: Path) -> None:
    (tmp_path / "Makefile").write_text("VERSION = 6\nPATCHLEVEL = 1\n")
    (tmp_path / "other.c").write_text("int x;\n")
    outcome = zaplint("check", tmp_path / "other.c", KERNEL / "mm/rmap.c")
    assert outcome.status == 2
    assert len(errors_of(outcome)) == 1


def test_no_file_at_all_makes_the_status_2() -> None:
    assert zaplint("check").status == 2
