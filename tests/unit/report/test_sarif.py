"""SARIF as GitHub and other readers take it, looked at as JSON."""

import gzip
import json
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from analyzer.core import BugError, Level, Location, Report, Step, Verdict
from analyzer.report import SarifOptions, render_sarif
from analyzer.report.fingerprint import line_hashes
from tests.unit.report.example import (
    DROP,
    PROVED,
    PUNCH,
    TROUBLED,
    VIOLATION,
    WARNING,
    WHOLE,
    read,
)

DEFAULT = SarifOptions()
LEDGER = SarifOptions(ledger=True)


def run_of(report: Report, options: SarifOptions = DEFAULT) -> dict[str, Any]:
    """The one run of the log of a report."""
    (run,) = json.loads(render_sarif(report, "0.1.0", read, options))["runs"]
    assert isinstance(run, dict)
    return run


def result_of(report: Report, rule: str = VIOLATION.rule) -> dict[str, Any]:
    """The one result of a rule in the log of a report."""
    (result,) = [item for item in run_of(report)["results"] if item["ruleId"] == rule]
    assert isinstance(result, dict)
    return result


def test_only_findings_are_results_unless_the_ledger_is_asked_for() -> None:
    kinds = [(item["kind"], item["level"]) for item in run_of(WHOLE)["results"]]
    assert kinds == [("fail", "note"), ("fail", "error"), ("fail", "warning")]


def test_the_ledger_has_every_obligation_with_its_kind() -> None:
    kinds = [(item["kind"], item["level"]) for item in run_of(WHOLE, LEDGER)["results"]]
    assert kinds == [
        ("pass", "none"),
        ("fail", "note"),
        ("fail", "error"),
        ("open", "none"),
        ("informational", "none"),
        ("fail", "warning"),
    ]


def test_a_message_ends_with_links_to_its_evidence() -> None:
    assert result_of(WHOLE)["message"]["text"] == (
        "drop_range() zaps range with ZAP_FLAG_DROP_MARKER and no folio lock. "
        "Only if CONFIG_HOLES. "
        "See [folio_assert_locked(details->folio) in table\\[0\\]](1)."
    )


def test_c_that_reads_as_a_link_is_escaped() -> None:
    text = run_of(WHOLE)["results"][2]["message"]["text"]
    assert text == "punch_hole() starts range->table[mode\\](1) and returns without its end."


def test_the_reason_of_an_open_site_is_in_its_message() -> None:
    text = run_of(WHOLE, LEDGER)["results"][3]["message"]["text"]
    assert text == (
        "punch_hole() starts range. "
        "Open: ops->end is called through a pointer that is set outside the tree."
    )


def test_every_link_has_its_related_location() -> None:
    many = tuple(replace(VIOLATION.evidence[0], text=f"evidence {at}") for at in range(30))
    result = result_of(replace(WHOLE, obligations=(replace(VIOLATION, evidence=many),)))
    assert [item["id"] for item in result["relatedLocations"]] == list(range(1, 21))
    assert result["message"]["text"].endswith("[evidence 19](20) and 10 more.")


def test_the_primary_region_is_one_line() -> None:
    place = result_of(WHOLE)["locations"][0]["physicalLocation"]
    assert place["region"] == {
        "startLine": 8,
        "startColumn": 2,
        "endLine": 8,
        "endColumn": 23,
        "snippet": {"text": "zap_pages(range->vma,"},
    }
    assert place["contextRegion"]["snippet"]["text"] == "\n".join(PUNCH.split("\n")[5:10])


def test_columns_count_utf16_units() -> None:
    place = run_of(WHOLE, LEDGER)["results"][0]["locations"][0]["physicalLocation"]
    assert place["artifactLocation"]["uri"] == "mm/bl%C3%A4tter%20%5B1%5D.c"
    assert place["region"]["snippet"]["text"] == "zap_one(vma)"


def test_the_function_is_the_logical_location() -> None:
    assert result_of(WHOLE)["locations"][0]["logicalLocations"] == [
        {"name": "drop_range", "kind": "function", "fullyQualifiedName": "mm/punch.c:drop_range"}
    ]


def test_a_code_flow_counts_steps_and_nests_calls() -> None:
    flow = result_of(WHOLE)["codeFlows"][0]["threadFlows"][0]["locations"]
    assert [(step["executionOrder"], step["nestingLevel"]) for step in flow] == [
        (1, 0),
        (2, 0),
        (3, 1),
        (4, 0),
    ]


def test_a_long_code_flow_keeps_its_last_step() -> None:
    path = tuple(Step(VIOLATION.location, "f", f"step {at}") for at in range(1, 1502))
    result = result_of(replace(WHOLE, obligations=(replace(VIOLATION, path=path),)))
    flow = result["codeFlows"][0]["threadFlows"][0]["locations"]
    assert [flow[at]["location"]["message"]["text"] for at in (0, 998, 999)] == [
        "step 1.",
        "step 999.",
        "step 1501.",
    ]
    assert result["properties"]["steps"] == 1501


def test_the_line_hash_is_that_of_the_line() -> None:
    hashes = result_of(WHOLE)["partialFingerprints"]
    assert hashes["primaryLocationLineHash"] == line_hashes(PUNCH)[7]


def test_an_identity_is_the_same_with_and_without_the_ledger() -> None:
    twins = (replace(VIOLATION, verdict=Verdict.PROVED), VIOLATION)
    report = replace(WHOLE, obligations=twins)
    assert (
        result_of(report)["partialFingerprints"]
        == run_of(report, LEDGER)["results"][1]["partialFingerprints"]
    )


def test_a_file_that_is_gone_costs_snippet_and_hash_only() -> None:
    gone = run_of(WHOLE)["results"][0]
    assert list(gone["partialFingerprints"]) == ["zaplint/v1"]
    assert "contextRegion" not in gone["locations"][0]["physicalLocation"]


def test_a_level_differs_from_that_of_its_rule() -> None:
    run = run_of(WHOLE)
    gone = run["results"][0]
    rule = run["tool"]["driver"]["rules"][gone["ruleIndex"]]
    levels = (gone["level"], rule["defaultConfiguration"]["level"])
    assert (rule["id"], levels) == (gone["ruleId"], ("note", "warning"))


def test_a_rule_says_what_why_and_how_to_mend_it() -> None:
    rule = run_of(WHOLE)["tool"]["driver"]["rules"][2]
    assert rule["name"] == "DropMarkerWithoutFolioLock"
    assert rule["fullDescription"]["text"] == (
        "A caller zaps with ZAP_FLAG_DROP_MARKER while no folio lock is held."
    )
    assert "How to mend it: Hold the folio lock, or see the list (https" in rule["help"]["text"]
    assert "```c\nvoid drop_bad(struct vma *vma)\n{" in rule["help"]["markdown"]
    assert rule["properties"]["tags"] == ["zap", "linux-kernel", "memory-management"]


def test_long_prose_is_cut_to_what_github_takes() -> None:
    rule = replace(DROP, what="word " * 500, title="t" * 2000)
    run = run_of(replace(WHOLE, rules=(rule,), obligations=()))
    (written,) = run["tool"]["driver"]["rules"]
    sizes = [len(written[name]["text"]) for name in ("shortDescription", "fullDescription")]
    assert (sizes[0], sizes[1] <= 1024, written["fullDescription"]["text"][-1]) == (1024, True, "…")


def test_a_run_with_a_lost_file_is_not_successful() -> None:
    outcomes = [run_of(report)["invocations"][0] for report in (WHOLE, TROUBLED)]
    assert [item["executionSuccessful"] for item in outcomes] == [True, False]


def test_what_was_not_seen_is_notified() -> None:
    (invocation,) = run_of(TROUBLED)["invocations"]
    execution = invocation["toolExecutionNotifications"]
    configuration = invocation["toolConfigurationNotifications"]
    assert [(item["descriptor"]["id"], item["level"]) for item in execution] == [
        ("lost-worker", "error"),
        ("unreadable", "error"),
        ("imprecise", "note"),
        ("syntax", "note"),
    ]
    assert [(item["descriptor"]["id"], item["level"]) for item in configuration] == [
        ("model", "warning"),
        ("no-site", "warning"),
        ("rule-skipped", "note"),
    ]
    assert execution[3]["locations"][0]["physicalLocation"]["region"] == {"startLine": 17}


def test_a_notification_refers_to_its_descriptor() -> None:
    run = run_of(TROUBLED)
    described = [item["id"] for item in run["tool"]["driver"]["notifications"]]
    (invocation,) = run["invocations"]
    for item in invocation["toolExecutionNotifications"]:
        assert described[item["descriptor"]["index"]] == item["descriptor"]["id"]


def test_too_many_problems_are_counted() -> None:
    problems = tuple(replace(TROUBLED.problems[0], line=line) for line in range(1, 1203))
    (invocation,) = run_of(replace(WHOLE, problems=problems))["invocations"]
    notifications = invocation["toolExecutionNotifications"]
    assert (len(notifications), notifications[-1]["message"]["text"]) == (
        1001,
        "202 problems more not listed here; 'zaplint coverage' lists them all.",
    )


def test_too_many_results_are_cut_by_gravity_and_that_is_said() -> None:
    report = replace(WHOLE, obligations=(WARNING,) * 5_001 + (VIOLATION,))
    run = run_of(report)
    levels = [item["level"] for item in run["results"]]
    (invocation,) = run["invocations"]
    assert levels == ["warning"] * 4_999 + ["error"]
    assert run["properties"]["results"] == {"shown": 5_000, "cut": 2}
    assert invocation["toolExecutionNotifications"][0]["message"]["text"] == (
        "2 results left out, the gravest are kept."
    )


def test_the_largest_log_is_within_the_upload_limit() -> None:
    grown = tuple(
        replace(VIOLATION, subject=f"lock {at}", function=f"f{at}") for at in range(5_000)
    )
    data = render_sarif(replace(WHOLE, obligations=grown), "0.1.0", read)
    assert len(gzip.compress(data)) < 10_000_000


def test_the_run_counts_verdicts_and_coverage() -> None:
    properties = run_of(WHOLE)["properties"]
    assert properties["obligations"]["notify/start-without-end"] == {
        "proved": 0,
        "violated": 2,
        "open": 1,
    }
    assert properties["functions"] == {"all": 1200, "read": 1198, "partly": 1, "unread": 1}


def test_the_repository_is_named_without_its_secrets() -> None:
    assert run_of(WHOLE)["versionControlProvenance"] == [
        {
            "repositoryUri": "https://git.example.org/linux.git",
            "revisionId": WHOLE.revision,
            "branch": "main",
            "mappedTo": {"uriBaseId": "%SRCROOT%"},
        }
    ]


@pytest.mark.parametrize("change", [{"revision": ""}, {"repository": "/home/someone/linux"}])
def test_there_is_no_provenance_without_address_and_revision(change: dict[str, str]) -> None:
    assert "versionControlProvenance" not in run_of(replace(WHOLE, **change))


@pytest.mark.parametrize(
    ("category", "expected"),
    [("", "zaplint/linux-6.12/"), ("mm", "mm/"), ("a/b/", "a/b/")],
)
def test_the_category_ends_in_a_slash(category: str, expected: str) -> None:
    run = run_of(WHOLE, SarifOptions(category=category))
    assert run["automationDetails"]["id"] == expected


def test_nothing_of_this_machine_is_in_the_log() -> None:
    text = render_sarif(TROUBLED, "0.1.0", read, LEDGER).decode()
    assert [word for word in ("/home", "someone", "secret", "file:") if word in text] == []


def test_equal_reports_give_equal_bytes() -> None:
    assert render_sarif(TROUBLED, "0.1.0", read) == render_sarif(TROUBLED, "0.1.0", read)


def test_every_location_is_relative() -> None:
    uris = {item["uri"] for item in _artifacts(run_of(TROUBLED, LEDGER)) if "uri" in item}
    assert uris == {"mm/bl%C3%A4tter%20%5B1%5D.c", "mm/gone.c", "mm/punch.c"}


def test_an_obligation_of_an_unknown_rule_is_a_bug() -> None:
    with pytest.raises(BugError, match="old/rule has an obligation"):
        render_sarif(
            replace(WHOLE, obligations=(replace(PROVED, rule="old/rule"),)), "0", read, LEDGER
        )


def test_a_place_past_the_end_of_a_shrunk_file_is_kept() -> None:
    place = Location("mm/punch.c", 900, 3, 900, 5)
    result = result_of(replace(WHOLE, obligations=(replace(VIOLATION, location=place),)))
    assert result["locations"][0]["physicalLocation"]["region"]["startLine"] == 900
    assert "primaryLocationLineHash" not in result["partialFingerprints"]


def test_a_rule_that_only_counts_is_a_note() -> None:
    rule = run_of(WHOLE)["tool"]["driver"]["rules"][0]
    assert (WHOLE.rules[0].level, rule["defaultConfiguration"]["level"]) == (Level.LEDGER, "note")


def _artifacts(value: object) -> Iterator[dict[str, Any]]:
    if isinstance(value, dict):
        if "artifactLocation" in value:
            yield value["artifactLocation"]
        for item in value.values():
            yield from _artifacts(item)
    elif isinstance(value, list):
        for item in value:
            yield from _artifacts(item)
