"""The log for code scanning: within every limit of GitHub, and honest about what is not in it."""

import gzip
import json
import random
from dataclasses import replace
from typing import Any

import pytest

from analyzer.core import Level, Means, Report, Suppression
from analyzer.report import github
from analyzer.report.github import render_github
from tests.unit.report.example import DROP, TROUBLED, VIOLATION, WHOLE, read

N_FOUND = 30_000
LEVELS = (Level.NOTE, Level.WARNING, Level.ERROR)
PLACE = VIOLATION.location
MANY = tuple(
    replace(
        VIOLATION,
        level=LEVELS[number % 101 % 3] if number % 101 < 3 else Level.NOTE,
        location=replace(PLACE, line=number % 17 + 1, end_line=number % 17 + 1),
        subject=f"lock {number}",
    )
    for number in range(N_FOUND)
)


def run_of(report: Report, most_bytes: int = github.MOST_BYTES) -> dict[str, Any]:
    """The one run of the log of a report."""
    data = render_github(report, "0.1.0", read, most_bytes=most_bytes)
    assert len(gzip.compress(data)) <= most_bytes
    (run,) = json.loads(data)["runs"]
    assert isinstance(run, dict)
    return run


def said(run: dict[str, Any]) -> list[str]:
    """What the run says was cut."""
    (invocation,) = run["invocations"]
    return [
        item["message"]["text"]
        for item in invocation["toolExecutionNotifications"]
        if item["descriptor"]["id"] == "cut"
    ]


def test_thirty_thousand_findings_are_cut_to_the_gravest_and_that_is_said() -> None:
    run = run_of(replace(WHOLE, obligations=MANY))
    shown = [item["properties"]["subject"] for item in run["results"]]
    ranked = sorted(range(N_FOUND), key=lambda at: (LEVELS[::-1].index(MANY[at].level), at))
    assert shown == [MANY[at].subject for at in sorted(ranked[:5_000])]
    assert said(run) == ["25,000 results left out, the gravest are kept."]


def test_a_log_that_is_too_large_is_made_again_with_fewer_results() -> None:
    """Text that does not compress, in 200 messages."""
    chance = random.Random(1)
    noisy = [replace(each, message=chance.randbytes(400).hex()) for each in MANY[:200]]
    run = run_of(replace(WHOLE, obligations=tuple(noisy)), most_bytes=40_000)
    n_shown = len(run["results"])
    assert 50 < n_shown < 200
    assert {"error", "warning"} <= {item["level"] for item in run["results"]}
    assert said(run) == [f"{200 - n_shown} results left out, the gravest are kept."]


def test_long_paths_and_much_evidence_are_cut_and_that_is_said() -> None:
    grown = replace(VIOLATION, path=VIOLATION.path * 500, evidence=VIOLATION.evidence * 200)
    run = run_of(replace(WHOLE, obligations=(grown, VIOLATION)))
    long, short = run["results"]
    (flow,) = long["codeFlows"][0]["threadFlows"]
    assert (len(flow["locations"]), len(long["relatedLocations"])) == (1_000, 20)
    assert (len(short["relatedLocations"]), "[" in short["message"]["text"]) == (1, True)
    assert said(run) == [
        "the path of 1 result is cut to 1,000 steps.",
        "the evidence of 1 result is cut to 20 places.",
    ]


def test_rules_without_a_result_go_first_when_there_are_too_many(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(github, "MOST_RULES", 2)
    run = run_of(replace(TROUBLED, obligations=(VIOLATION,)))
    rules = run["tool"]["driver"]["rules"]
    (shown,) = run["results"]
    assert [rule["id"] for rule in rules] == [WHOLE.rules[0].id, DROP.id]
    assert rules[shown["ruleIndex"]]["id"] == shown["ruleId"] == DROP.id
    assert said(run)[-1] == "1 rule without a result left out."


def test_what_is_suppressed_is_no_alert() -> None:
    excused = Suppression(Means.COMMENT, PLACE.path, PLACE.line, "it is mapped by nobody else")
    obligations = [
        replace(each, suppression=excused) if each == VIOLATION else each
        for each in WHOLE.obligations
    ]
    run = run_of(replace(WHOLE, obligations=tuple(obligations)))
    assert [item["level"] for item in run["results"]] == ["note", "warning"]
    assert said(run) == ["1 result left out as suppressed."]


def test_what_is_proved_or_open_is_no_alert() -> None:
    assert {item["kind"] for item in run_of(WHOLE)["results"]} == {"fail"}


def test_a_rule_has_what_github_sorts_by() -> None:
    for rule, info in zip(run_of(WHOLE)["tool"]["driver"]["rules"], WHOLE.rules, strict=True):
        bag = rule["properties"]
        assert 0 < float(bag["security-severity"]) <= 10 and isinstance(
            bag["security-severity"], str
        )
        assert bag["precision"] in ("very-high", "high", "medium", "low")
        assert bag["problem.severity"] in ("error", "warning", "recommendation")
        assert bag["tags"][:2] == ["security", info.family] and len(bag["tags"]) <= 10
        assert len(rule["name"]) <= 255
        assert max(len(rule[f"{part}Description"]["text"]) for part in ("short", "full")) <= 1_024


def test_the_category_is_what_stands_before_the_last_slash() -> None:
    data = render_github(WHOLE, "0.1.0", read, "mm/nightly")
    assert json.loads(data)["runs"][0]["automationDetails"] == {"id": "mm/nightly/"}
    assert run_of(WHOLE)["automationDetails"] == {"id": "zaplint/linux-6.12/"}
