"""What is said of findings, as each format shows it."""

import json
import re
from typing import Any

import pytest

from analyzer.core import Level, Report
from analyzer.report import SarifOptions, TextOptions, has_finding, render_sarif, render_text
from analyzer.report.annotations import render_annotations
from analyzer.report.canonical import dump_log, load_log
from analyzer.report.checkpatch import render_checkpatch, render_terse
from analyzer.report.gitlab import render_gitlab
from analyzer.report.junit import render_junit
from analyzer.report.lines import Sources
from analyzer.report.page import render_page
from analyzer.report.triage import render_allowances, render_baseline_check
from tests.unit.report.example import CLEAN, TRIAGED, VIOLATION, WARNING, WHOLE, read

DEFAULT = SarifOptions()


def text(report: Report, **options: bool) -> list[str]:
    """The lines of the text."""
    return render_text(report, Sources(read), TextOptions(**options)).splitlines()


def run_of(report: Report, options: SarifOptions = DEFAULT) -> dict[str, Any]:
    """The one run of the log of a report."""
    (run,) = json.loads(render_sarif(report, "0.1.0", read, options))["runs"]
    assert isinstance(run, dict)
    return run


def test_the_summary_counts_what_is_not_reported() -> None:
    lines = text(TRIAGED)
    assert lines[-3:] == [
        "1 finding allowed by comments, 1 comment unused, 1 comment not understood "
        "(zaplint allowances lists them).",
        "Configured by zaplint.toml: the level of 1 finding changed, 0 findings off.",
        "1 finding known to the baseline known, 1 line of it gone "
        "(zaplint baseline check lists them).",
    ]
    assert any(line.startswith("1 warning in 1 file.") for line in lines)


def test_where_nothing_is_said_no_format_changes() -> None:
    assert "suppress" not in render_sarif(WHOLE, "0.1.0", read).decode()
    assert "baselineState" not in render_sarif(WHOLE, "0.1.0", read).decode()
    assert "CommentUnused" not in render_sarif(WHOLE, "0.1.0", read).decode()
    assert [line for line in text(WHOLE) if "allow" in line or "baseline" in line] == []


def test_what_is_wrong_or_unused_is_listed_unasked() -> None:
    kinds = [line.split(": ")[:2] for line in text(TRIAGED) if "allowance:" in line]
    assert kinds == [["mm/punch.c:5", "allowance"], ["mm/punch.c:14", "unused-allowance"]]
    assert "zaplint.toml:4: config: nothing is called 'mn'" in text(TRIAGED)


def test_the_ledger_shows_what_is_suppressed_and_why() -> None:
    shown = "\n".join(text(TRIAGED, ledger=True))
    reason = "the lock is not of [this] folio"
    assert f"note: suppressed: {VIOLATION.message}" in shown
    assert f"    allowed by the comment at mm/punch.c:7: {reason}\n" in shown
    assert "    known to the baseline at known:3\n" in shown
    assert VIOLATION.message not in "\n".join(text(TRIAGED))


def test_another_level_is_said_to_be_one() -> None:
    assert "    warning by the configuration, note by the rule" in text(TRIAGED)


FORMATS = {
    "annotations": lambda: render_annotations(TRIAGED),
    "checkpatch": lambda: render_checkpatch(TRIAGED, Sources(read)),
    "terse": lambda: render_terse(TRIAGED),
    "junit": lambda: render_junit(TRIAGED).decode(),
    "gitlab": lambda: render_gitlab(TRIAGED),
}


@pytest.mark.parametrize("name", FORMATS)
def test_other_formats_leave_it_out(name: str) -> None:
    shown = FORMATS[name]()
    assert "gone()" in shown
    assert [each.function for each in (VIOLATION, WARNING) if f"{each.function}() " in shown] == []


def test_the_status_does_not_count_it() -> None:
    assert has_finding(WHOLE, Level.ERROR)
    assert not has_finding(TRIAGED, Level.ERROR)
    assert has_finding(TRIAGED, Level.WARNING)


def test_sarif_says_how_each_result_is_suppressed() -> None:
    found = {item["ruleId"]: item for item in run_of(TRIAGED)["results"] if item["suppressions"]}
    (comment,) = found[VIOLATION.rule]["suppressions"]
    (baseline,) = found[WARNING.rule]["suppressions"]
    place = comment.pop("location")["physicalLocation"]
    assert (place["artifactLocation"]["uri"], place["region"]["startLine"]) == ("mm/punch.c", 7)
    assert comment == {
        "kind": "inSource",
        "justification": "the lock\tis not of [this] folio",
        "properties": {"by": "comment", "file": "mm/punch.c", "line": 7},
    }
    assert baseline == {
        "kind": "external",
        "properties": {"by": "baseline", "file": "known", "line": 3},
    }


@pytest.mark.parametrize("ledger", [False, True])
def test_all_results_tell_of_suppressions_or_none(ledger: bool) -> None:
    results = run_of(TRIAGED, SarifOptions(ledger=ledger))["results"]
    assert [item for item in results if "suppressions" not in item] == []
    assert [item for item in results if "baselineState" not in item] == []


def test_sarif_has_the_state_of_each_result() -> None:
    states = [(item["ruleId"], item["baselineState"]) for item in run_of(TRIAGED)["results"]]
    assert states == [
        (WARNING.rule, "new"),
        (VIOLATION.rule, "new"),
        (WARNING.rule, "unchanged"),
    ]


def test_sarif_says_what_was_used() -> None:
    properties = run_of(TRIAGED)["properties"]
    assert properties["suppressed"] == {"comment": 1, "baseline": 1, "config": 0, "build": 0}
    assert properties["configuration"] == {"file": "zaplint.toml", "levels": 1, "off": 0}
    assert properties["baseline"] == {"file": "known", "lines": 3, "gone": 1}
    (gone,) = [item for item in run_of(TRIAGED)["results"] if "levelOfRule" in item["properties"]]
    assert (gone["level"], gone["properties"]["levelOfRule"]) == ("warning", "note")


def test_code_scanning_gets_what_is_not_suppressed() -> None:
    for ledger in (False, True):
        results = run_of(TRIAGED, SarifOptions(ledger=ledger, suppressed=False))["results"]
        assert [item for item in results if item["suppressions"]] == []
    assert len(run_of(TRIAGED, SarifOptions(suppressed=False))["results"]) == 1


def test_notifications_refer_to_their_kinds() -> None:
    run = run_of(TRIAGED)
    described = [item["id"] for item in run["tool"]["driver"]["notifications"]]
    (invocation,) = run["invocations"]
    said = [
        (item["descriptor"]["id"], described[item["descriptor"]["index"]])
        for key in ("toolExecutionNotifications", "toolConfigurationNotifications")
        for item in invocation[key]
    ]
    assert [one for one in said if one[0] != one[1]] == []
    assert {"allowance", "unused-allowance", "config"} <= {one for one, _ in said}


def test_the_log_reads_back() -> None:
    log = render_sarif(TRIAGED, "0.1.0", read, SarifOptions(ledger=True))
    assert dump_log(load_log(log)) == log


def test_comments_are_listed_with_what_became_of_them() -> None:
    assert render_allowances(TRIAGED, "text").splitlines() == [
        "mm/punch.c:7: zap/drop-marker-without-folio-lock: used: the lock is not of [this] folio",
        "mm/punch.c:14: lock/order: unused: why",
        "      it is proved",
        "mm/punch.c:16: notify/start-without-end: open: why",
        "      the place is open",
        "mm/x.h:2: notify/start-without-end: not judged: why",
        "      it was not asked for",
        "mm/punch.c:5: this comment allows nothing: x; y",
        "4 allowances: 1 used, 1 unused, 1 open, 1 not judged; 1 comment not understood.",
    ]


def test_comments_are_listed_for_programs() -> None:
    listed = json.loads(render_allowances(TRIAGED, "json"))
    assert listed["allowances"][1] == {
        "path": "mm/punch.c",
        "line": 14,
        "rule": "lock/order",
        "reason": "why",
        "use": "unused",
        "why": "it is proved",
    }
    assert [slip["line"] for slip in listed["slips"]] == [5]


def test_no_comments_are_a_list_of_none() -> None:
    last = "0 allowances: 0 used, 0 unused, 0 open, 0 not judged.\n"
    assert render_allowances(CLEAN, "text") == last


def test_a_baseline_is_checked_line_by_line() -> None:
    lines = render_baseline_check(TRIAGED, "text").splitlines()
    assert lines[0].startswith("new: mm/gone.c:3:1: warning: gone() starts range")
    drop = "zap/drop-marker-without-folio-lock"
    assert lines[1:] == [
        f"gone: known:4: {drop} in old() of mm/old.c ffffffffffff: gone; the line can be dropped",
        f"kept: known:5: {drop} outside functions of mm/old.c eeeeeeeeeeee: open now",
        "1 new, 1 known, 1 gone, 1 not decided.",
        "Without a reason: 1 line of known. Write it behind a #.",
        "Configured by zaplint.toml: the level of 1 finding changed, 0 findings off.",
    ]


def test_a_baseline_is_checked_for_programs() -> None:
    found = json.loads(render_baseline_check(TRIAGED, "json"))
    assert [(each["path"], each["line"], each["level"]) for each in found["new"]] == [
        ("mm/gone.c", 3, "warning")
    ]
    assert [each["use"] for each in found["lines"]] == ["used", "unused", "open"]


def test_the_page_says_what_is_suppressed_and_by_what() -> None:
    page = render_page(TRIAGED, Sources(read), "1.2", True)
    (found,) = re.findall(r'<script id="report" type="application/json">(.*?)</script>', page, re.S)
    data = json.loads(found)
    assert data["said"] == text(TRIAGED)[-3:]
    assert [each["suppressed"] for each in data["obligations"] if "suppressed" in each] == [
        "allowed by the comment at mm/punch.c:7: the lock is not of [this] folio",
        "known to the baseline at known:3",
    ]
    assert VIOLATION.message not in render_page(TRIAGED, Sources(read), "1.2", False)
