"""The log of a real tree, and of our own, as GitHub's rules take it."""

import json
from pathlib import Path

import pytest

from analyzer.core import Report
from analyzer.pipeline import Request, audit
from analyzer.report import SarifOptions, render_sarif
from tests.sarif.multitool import Multitool

KERNEL = Path(__file__).resolve().parents[2] / "fixtures" / "kernel"


def _grave(log: bytes, multitool: Multitool, folder: Path) -> list[tuple[str, str, str]]:
    return [each for each in multitool.complaints(log, folder) if each[0] != "note"]


@pytest.mark.parametrize("ledger", [False, True], ids=["findings", "ledger"])
def test_a_real_tree(
    report: Report, linux: Path, multitool: Multitool, tmp_path: Path, ledger: bool
) -> None:
    log = render_sarif(
        report, "0.1.0", lambda path: (linux / path).read_bytes(), SarifOptions(ledger=ledger)
    )
    grave = _grave(log, multitool, tmp_path)
    count = len(json.loads(log)["runs"][0]["results"])
    assert count <= 5000
    if ledger and count > 1000:  # A stale number of the multitool's: code scanning keeps 5,000.
        grave.remove(("warning", "GH1004", f"runs[0].results | {count} | 1000"))
    assert grave == []


@pytest.mark.parametrize("ledger", [False, True], ids=["findings", "ledger"])
def test_our_own_tree(multitool: Multitool, tmp_path: Path, ledger: bool) -> None:
    report = audit(Request(KERNEL))
    log = render_sarif(
        report, "0.1.0", lambda path: (KERNEL / path).read_bytes(), SarifOptions(ledger=ledger)
    )
    assert _grave(log, multitool, tmp_path) == []
