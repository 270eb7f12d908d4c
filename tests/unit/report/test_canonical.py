"""JSON has one spelling, and what the usual writer of sarif-om gets wrong is right here."""

import json

import pytest
import sarif_om

from analyzer.core import BugError
from analyzer.report import SarifOptions, render_sarif
from analyzer.report.canonical import dump_log, load_log
from tests.unit.report.example import TROUBLED, read


def test_a_level_is_written_though_it_is_the_default() -> None:
    result = sarif_om.Result(message=sarif_om.Message(text="x."), level="warning")
    assert _results(result) == [{"kind": "fail", "level": "warning", "message": {"text": "x."}}]


def test_a_property_bag_is_any_mapping() -> None:
    result = sarif_om.Result(
        message=sarif_om.Message(text="x."), properties={"b": [1, None], "a": {"d": 1, "c": True}}
    )
    assert _results(result)[0]["properties"] == {"a": {"c": True, "d": 1}, "b": [1, None]}


def test_the_version_comes_first_and_keys_are_sorted() -> None:
    text = dump_log(_log([])).decode()
    assert [line.split('"')[1] for line in text.splitlines() if line.startswith('  "')] == [
        "version",
        "$schema",
        "runs",
    ]


def test_the_end_is_one_newline_and_the_text_is_ascii() -> None:
    result = sarif_om.Result(message=sarif_om.Message(text="ä\ud800😀."))
    data = dump_log(_log([result]))
    assert data.endswith(b"}\n")
    assert json.loads(data)["runs"][0]["results"][0]["message"]["text"] == "ä\ufffd😀."


def test_a_value_that_is_no_sarif_is_refused() -> None:
    with pytest.raises(BugError, match="object cannot be written as SARIF"):
        dump_log(_log([object()]))


def test_what_is_written_can_be_read() -> None:
    data = render_sarif(TROUBLED, "0.1.0", read, SarifOptions(ledger=True))
    log = load_log(data)
    assert isinstance(log.runs[0].results[0].locations[0].physical_location.region, sarif_om.Region)
    assert dump_log(log) == data


def test_an_unknown_property_is_refused() -> None:
    with pytest.raises(BugError, match="SarifLog: no property 'rnus'"):
        load_log(b'{"version": "2.1.0", "rnus": []}')


def _log(results: list[object]) -> sarif_om.SarifLog:
    tool = sarif_om.Tool(driver=sarif_om.ToolComponent(name="x"))
    run = sarif_om.Run(tool=tool, results=results)
    return sarif_om.SarifLog(version="2.1.0", schema_uri="https://example.org", runs=[run])


def _results(*results: object) -> list[dict[str, object]]:
    found: list[dict[str, object]] = json.loads(dump_log(_log(list(results))))["runs"][0]["results"]
    return found
