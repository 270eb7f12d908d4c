"""Tests of rules, as text and as JSON."""

import json
from collections.abc import Iterator
from dataclasses import asdict

from analyzer.core import RuleTest, Unmet
from analyzer.report.steps import step_lines, unquoted
from analyzer.report.styled import plain
from analyzer.report.wording import counted, one_line


def render_rule_test(test: RuleTest) -> str:
    """What became of one rule's tests, as text."""
    return "".join(f"{line}\n" for line in _lines(test))


def render_rule_tests(tests: tuple[RuleTest, ...], style: str) -> str:
    """All tests as JSON, or, for the style 'text', the line that sums them up."""
    if style == "json":
        return json.dumps({"rules": [asdict(each) for each in tests]}, indent=2) + "\n"
    n_failed = sum(1 for each in tests if each.unmet)
    passed = counted(len(tests) - n_failed, "rule")
    return f"{passed} passed, {n_failed} failed.\n"


def _lines(test: RuleTest) -> Iterator[str]:
    held = counted(test.n_expectations, "expectation")
    held += f" in {counted(test.n_fixtures, 'fixture')}"
    yield f"{test.rule}: {'failed' if test.unmet else 'passed'}: {held}"
    for each in test.unmet:
        yield from _unmet(each)
    for note in test.notes:
        yield f"  note: {one_line(note)}"


def _unmet(each: Unmet) -> Iterator[str]:
    yield f"  {each.file}:{each.line}:" if each.line else f"  {each.file}:"
    yield f"    expected: {one_line(each.expected)}"
    yield f"    got:      {one_line(each.got)}"
    if each.path:
        last = each.path[-1]
        within = (last.location.path, last.function)
        yield from map(plain, step_lines(each.path, unquoted, within, 6))
