"""What counts as a finding, and which findings are kept when there are too many."""

from dataclasses import replace

import pytest

from analyzer.core import Level
from analyzer.report.findings import findings, gravest, has_finding
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


def test_the_gravest_are_kept_in_their_order() -> None:
    obligations = (PROVED, OPEN, COUNTED, GONE, WARNING, VIOLATION)
    kept = [gravest(obligations, most) for most in range(1, 7)]
    assert kept == [(5,), (4, 5), (3, 4, 5), (2, 3, 4, 5), (1, 2, 3, 4, 5), (0, 1, 2, 3, 4, 5)]
