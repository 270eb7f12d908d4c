"""Annotations, checkpatch, JUnit and GitLab: each for a report with everything in it."""

import json
from dataclasses import replace
from xml.etree import ElementTree

from analyzer.report.annotations import render_annotations
from analyzer.report.checkpatch import render_checkpatch, render_terse
from analyzer.report.gitlab import render_gitlab
from analyzer.report.junit import render_junit
from analyzer.report.lines import Sources
from tests.unit.report.example import CLEAN, TROUBLED, VIOLATION, WHOLE, read

HOSTILE = replace(
    WHOLE,
    obligations=(
        replace(VIOLATION, function="<script>\x1b[31m", message="100%\n::error::x \u202e, a:b"),
    ),
)


def test_annotations_name_file_line_and_rule() -> None:
    assert render_annotations(WHOLE).splitlines() == [
        "::notice file=mm/gone.c,line=3,endLine=3,title=notify/start-without-end,col=1,endColumn=5"
        "::gone() starts range and returns without its end.",
        "::error file=mm/punch.c,line=8,endLine=9,title=zap/drop-marker-without-folio-lock"
        "::drop_range() zaps range with ZAP_FLAG_DROP_MARKER and no folio lock"
        " (only if CONFIG_HOLES)",
        "::warning file=mm/punch.c,line=17,endLine=17,title=notify/start-without-end,"
        "col=2,endColumn=23"
        "::punch_hole() starts range->table[mode](1) and returns without its end",
    ]


def test_an_annotation_is_one_command_whatever_it_says() -> None:
    (line,) = render_annotations(HOSTILE).splitlines()
    assert "100%25 ::error::x \\u202e, a:b" in line
    assert line.startswith("::error file=mm/punch.c,")


def test_an_annotation_of_a_hostile_path_is_one_command_on_that_path() -> None:
    path = "mm/a%0A::error::b,line=1:\u202e\r\n.c"
    named = replace(VIOLATION, location=replace(VIOLATION.location, path=path), condition="")
    lost = replace(TROUBLED.problems[2], path=path, text=f"{path} is gone")
    report = replace(WHOLE, obligations=(named,), problems=(lost,))
    said = render_annotations(report).splitlines()
    escaped = "mm/a%250A%3A%3Aerror%3A%3Ab%2Cline=1%3A\\u202e\\r\\n.c"
    assert [line.partition(",")[0] for line in said] == [f"::error file={escaped}"] * 2
    assert not any(ord(each) < 32 for line in said for each in line)


def test_checkpatch_shows_the_line_and_the_totals() -> None:
    lines = render_checkpatch(WHOLE, Sources(read)).splitlines()
    at = lines.index("#2: FILE: mm/punch.c:8:")
    assert lines[at - 1].startswith("ERROR:zap/drop-marker-without-folio-lock: drop_range() zaps")
    assert lines[at + 1] == "+        zap_pages(range->vma,"
    assert lines[-1] == "total: 1 errors, 1 warnings, 1 checks, 1200 functions checked"


def test_terse_is_a_line_a_finding_and_quiet_when_clean() -> None:
    assert render_terse(CLEAN) == ""
    assert (
        render_terse(WHOLE)
        .splitlines()[1]
        .startswith("mm/punch.c:8: ERROR:zap/drop-marker-without-folio-lock: drop_range()")
    )


def test_junit_has_a_suite_for_each_rule_and_a_failure_for_each_finding() -> None:
    root = ElementTree.fromstring(render_junit(WHOLE))
    assert [suite.get("name") for suite in root] == [rule.id for rule in WHOLE.rules]
    assert (root.get("failures"), root.get("errors")) == ("3", "0")
    (failure,) = root.findall(".//testsuite[@name='zap/drop-marker-without-folio-lock']//failure")
    assert "12: punch_hole() is called from user space" in (failure.text or "")
    cases = root.findall(".//testsuite[@name='lock/order']/testcase")
    assert [case.get("name") for case in cases] == ["0 sites proved"]
    assert int(root.get("tests", "0")) == len(root.findall(".//testcase"))


def test_junit_is_well_formed_whatever_names_are() -> None:
    named = replace(VIOLATION, location=replace(VIOLATION.location, path="mm/caf\udce9.c"))
    report = replace(HOSTILE, obligations=(*HOSTILE.obligations, named))
    root = ElementTree.fromstring(render_junit(report))
    assert {case.get("file") for case in root.iter("testcase") if case.get("file")} == {
        "mm/punch.c",
        "mm/caf\ufffd.c",
    }


def test_gitlab_has_a_fingerprint_for_each_finding() -> None:
    rows = json.loads(render_gitlab(WHOLE))
    assert [row["severity"] for row in rows] == ["minor", "critical", "major"]
    assert rows[1]["location"] == {"path": "mm/punch.c", "lines": {"begin": 8}}
    assert len({row["fingerprint"] for row in rows}) == 3


def test_what_was_lost_is_in_every_format() -> None:
    lost = "a worker ended; 3 files were not analysed"
    assert f"::error title=zaplint is incomplete::{lost}" in render_annotations(TROUBLED)
    assert f"ERROR:INCOMPLETE: {lost}" in render_terse(TROUBLED)
    assert f"ERROR:INCOMPLETE: {lost}" in render_checkpatch(TROUBLED, Sources(read))
    root = ElementTree.fromstring(render_junit(TROUBLED))
    assert lost in {error.get("message") for error in root.iter("error")}
    rows = json.loads(render_gitlab(TROUBLED))
    assert {row["description"] for row in rows if row["severity"] == "blocker"} >= {lost}
