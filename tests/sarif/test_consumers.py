"""The log as its readers take it: Microsoft's sarif-multitool with GitHub's rules, sarif-tools."""

import json
import sys
from dataclasses import replace
from pathlib import Path
from subprocess import run
from typing import Any

import pytest

from analyzer.core import Report
from analyzer.report import SarifOptions, render_sarif
from analyzer.report.github import render_github
from tests.cli.command import on_kernel
from tests.sarif.multitool import Multitool
from tests.unit.report.example import CLEAN, GONE, TRIAGED, TROUBLED, WHOLE, read

PRESENT = tuple(item for item in WHOLE.obligations if item != GONE)
REPORTS = {
    "clean": CLEAN,
    "whole": replace(WHOLE, obligations=PRESENT),
    "troubled": replace(TROUBLED, obligations=PRESENT),
    "triaged": replace(
        TRIAGED, obligations=tuple(each for each in TRIAGED.obligations if each.function != "gone")
    ),
}
CANNOT_BE_MET = {
    "SARIF2002": "asks for messages by id, which GitHub refuses (GH1007)",
    "SARIF2006": "asks the network whether every address is there",
    "SARIF2009": "takes the slash of family/name for a hierarchy; ids are family/name on purpose",
}


@pytest.mark.parametrize("ledger", [False, True], ids=["findings", "ledger"])
@pytest.mark.parametrize("name", REPORTS)
def test_multitool_has_nothing_to_say(
    multitool: Multitool, tmp_path: Path, name: str, ledger: bool
) -> None:
    log = render_sarif(REPORTS[name], "0.1.0", read, SarifOptions(ledger=ledger))
    said = multitool.complaints(log, tmp_path)
    assert [item for item in said if item[1] not in CANNOT_BE_MET or item[0] != "note"] == []


@pytest.mark.parametrize("report", REPORTS.values(), ids=REPORTS)
def test_multitool_has_nothing_to_say_of_a_log_for_github(
    multitool: Multitool, tmp_path: Path, report: Report
) -> None:
    said = multitool.complaints(render_github(report, "0.1.0", read), tmp_path)
    assert [item for item in said if item[1] not in CANNOT_BE_MET or item[0] != "note"] == []


def test_multitool_takes_the_small_kernel_as_it_goes_to_github(
    multitool: Multitool, tmp_path: Path
) -> None:
    said = multitool.complaints(on_kernel("--format", "github").data, tmp_path)
    assert [item for item in said if item[0] != "note"] == []


def test_multitool_takes_a_file_that_is_gone(multitool: Multitool, tmp_path: Path) -> None:
    said = multitool.complaints(render_sarif(TROUBLED, "0.1.0", read), tmp_path)
    assert [item for item in said if item[0] != "note"] == []


@pytest.mark.parametrize(
    ("damage", "rule"),
    [
        ({"message": {"id": "x"}}, "GH1007"),
        ({"locations": []}, "GH1015"),
        ({"levels": "error"}, "JSON1005"),
        ({"ruleIndex": 99}, "SARIF1009"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_multitool_sees_damage(
    multitool: Multitool, tmp_path: Path, damage: dict[str, Any], rule: str
) -> None:
    log = json.loads(render_sarif(REPORTS["whole"], "0.1.0", read))
    log["runs"][0]["results"][0].update(damage)
    said = multitool.complaints(json.dumps(log).encode(), tmp_path)
    assert rule in {item[1] for item in said if item[0] == "error"}


def test_multitool_did_not_read_a_log_of_which_it_is_silent(
    multitool: Multitool, tmp_path: Path
) -> None:
    log = render_sarif(REPORTS["whole"], "0.1.0", read).replace(b'"error"', b'"fatal"')
    with pytest.raises(AssertionError, match="did not read the log"):
        multitool.complaints(log, tmp_path)


@pytest.mark.parametrize(
    ("report", "errors", "status"), [(WHOLE, 1, 1), (CLEAN, 0, 0)], ids=["whole", "clean"]
)
def test_sarif_tools_counts_what_was_found(
    tmp_path: Path, report: Report, errors: int, status: int
) -> None:
    (tmp_path / "zaplint.sarif").write_bytes(render_sarif(report, "0.1.0", read))
    command = [sys.executable, "-m", "sarif", "--check", "error", "summary", "zaplint.sarif"]
    done = run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert (f"error: {errors}" in done.stdout, done.returncode) == (True, status), done


def test_sarif_tools_shows_place_and_message(tmp_path: Path) -> None:
    (tmp_path / "zaplint.sarif").write_bytes(render_sarif(WHOLE, "0.1.0", read))
    command = [sys.executable, "-m", "sarif", "csv", "--output", "out.csv", "zaplint.sarif"]
    run(command, cwd=tmp_path, capture_output=True, text=True, check=True)
    rows = (tmp_path / "out.csv").read_text("utf-8-sig").splitlines()
    assert [row for row in rows if "drop_range() zaps range" in row and "mm/punch.c,8" in row]
