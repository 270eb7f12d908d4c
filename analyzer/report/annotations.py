"""Findings as workflow commands of GitHub Actions, which become annotations without any upload.

GitHub shows ten errors, ten warnings and ten notices of a step, and fifty annotations of a job.
"""

from collections.abc import Iterator

from analyzer.core import Obligation, Problem, Report
from analyzer.report.findings import findings, lost
from analyzer.report.levels import LEVELS
from analyzer.report.styled import visible
from analyzer.report.wording import one_line


def render_annotations(report: Report) -> str:
    """One command a line. What was lost of the run comes first, as errors."""
    return "".join(f"{each}\n" for each in _commands(report))


def _commands(report: Report) -> Iterator[str]:
    yield from map(_lost, lost(report))
    yield from map(_command, findings(report))


def _command(each: Obligation) -> str:
    place = each.location
    properties = {
        "file": place.path,
        "line": str(place.line),
        "endLine": str(place.end_line),
        "title": each.rule,
    }
    if place.end_line == place.line:  # A column belongs to one line only.
        properties |= {"col": str(place.column), "endColumn": str(place.end_column)}
    said = ",".join(f"{name}={_property(value)}" for name, value in properties.items())
    text = one_line(each.message)
    if each.condition:
        text = f"{text} (only if {one_line(each.condition)})"
    return f"::{LEVELS[each.level].command} {said}::{_data(text)}"


def _lost(problem: Problem) -> str:
    properties = "title=zaplint is incomplete"
    if problem.path:
        properties = f"file={_property(problem.path)},{properties}"
    return f"::error {properties}::{_data(one_line(problem.text))}"


def _data(text: str) -> str:
    """A message, escaped as the runner reads it."""
    return visible(text).replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
