"""What counts as a finding, and which come first."""

from dataclasses import replace

import pytest

from analyzer.core import Level
from analyzer.report.findings import by_gravity, findings, has_finding
from tests.unit.report.example import COUNTED, GONE, OPEN, PROVED, VIOLATION, WARNING, WHOLE


def test_only_violations_that_are_more_than_counted_are_findings() -> None:
    assert findings(WHOLE) == (GONE, VIOLATION, WARNING)


@pytest.mark.parametrize(
    ("level", "expected"),
    [(Level.ERROR, False), (Level.WARNING, True), (Level.NOTE, True)],
)
def test_a_graver_finding_reaches_every_lower_limit(level: Level, expected: bool) -> None:
    report = replace(WHOLE, obligations=(COUNTED, OPEN, PROVED, WARNING))
    assert has_finding(report, level) is expected


def test_the_gravest_come_first_and_equal_ones_in_their_order() -> None:
    obligations = (PROVED, OPEN, COUNTED, GONE, WARNING, VIOLATION, GONE)
    assert by_gravity(obligations) == (5, 4, 3, 6, 2, 1, 0)
