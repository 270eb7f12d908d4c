"""What `zaplint audit` prints for a reader: the text of README.md, colours, a table."""

import json
import re
from pathlib import Path

import pytest

from tests.cli.command import KERNEL, on_kernel, zaplint

README = Path(__file__).resolve().parents[2] / "README.md"
_PLANTED = re.compile(r" */\* planted: [\w/-]+ \*/")
_COLOUR = re.compile("\x1b\\[[0-9;]*m")
ONE = ("audit", KERNEL, "--select", "zap/hugetlb-drop-marker-while-faultable")


@pytest.fixture(autouse=True)
def _no_wishes(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("NO_COLOR", "FORCE_COLOR"):
        monkeypatch.delenv(name, raising=False)


def test_the_readme_shows_what_a_run_prints() -> None:
    (shown,) = (
        block
        for block in re.findall(r"^```\n(.*?)^```", README.read_text(), re.M | re.S)
        if ": error: " in block
    )
    assert shown in _PLANTED.sub("", on_kernel().output)


def test_a_table_and_a_summary_come_last() -> None:
    lines = on_kernel().output.splitlines()
    table = lines.index(next(line for line in lines if line.startswith("rule  ")))
    assert lines[-4].startswith("all rules ")
    assert len(lines[table + 1 : -4]) == 35


def test_nothing_is_coloured_where_no_terminal_is() -> None:
    assert "\x1b" not in on_kernel().output


def test_colours_change_no_word() -> None:
    painted = zaplint(*ONE, "--color", "always").output
    assert "\x1b[1;31merror:" in painted
    assert _COLOUR.sub("", painted) == zaplint(*ONE, "--color", "never").output


def test_force_color_is_heeded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.setenv("FORCE_COLOR", "1")
    assert "\x1b[" in zaplint(*ONE).output


def test_no_color_wins_over_force_color(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FORCE_COLOR", "1")
    monkeypatch.setenv("NO_COLOR", "1")
    assert "\x1b" not in zaplint(*ONE).output


def test_a_file_is_never_coloured_unasked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FORCE_COLOR", "1")
    zaplint(*ONE, "-o", tmp_path / "found.txt")
    assert b"\x1b" not in (tmp_path / "found.txt").read_bytes()


def test_one_run_writes_several_files(tmp_path: Path) -> None:
    log, terse = tmp_path / "found.sarif", tmp_path / "found:all.txt"
    shown = zaplint(*ONE, "-o", f"sarif:{log}", "-o", f"terse:{terse}", "-o", "text:-")
    assert json.loads(log.read_text())["version"] == "2.1.0"
    assert terse.read_text().startswith("fs/hugetlbfs/inode.c:120: ERROR:zap/hugetlb-drop-marker")
    assert shown.output == zaplint(*ONE).output


def test_an_output_without_a_file_is_an_error() -> None:
    outcome = zaplint(*ONE, "-o", "sarif:")
    assert (outcome.status, outcome.output) == (2, "")
    assert "'sarif:' names no file" in outcome.errors


def test_an_output_that_cannot_be_written_is_told_before_the_audit(tmp_path: Path) -> None:
    words = ("audit", tmp_path / "no-tree", "-o", f"sarif:{tmp_path}/none/x")
    assert "none/x: cannot be written" in zaplint(*words).errors


def test_a_misspelt_rule_is_guessed() -> None:
    outcome = zaplint("audit", KERNEL, "--select", "zap/incomplete-zap-detail")
    assert "did you mean 'zap/incomplete-zap-details'?" in outcome.errors
