"""Findings as a code quality report of GitLab, which a merge request shows."""

import json
from hashlib import sha256

from analyzer.core import Report, identities
from analyzer.report.findings import is_finding, lost
from analyzer.report.levels import LEVELS
from analyzer.report.wording import one_line, well_formed


def render_gitlab(report: Report) -> str:
    """A list of objects, as GitLab's documentation has it. What was lost is a blocker."""
    rows: list[dict[str, object]] = []
    for each, identity in zip(report.obligations, identities(report.obligations), strict=True):
        if is_finding(each):
            said = one_line(each.message)
            place = (each.location.path, each.location.line)
            rows.append(_row(each.rule, (said, identity), LEVELS[each.level].severity, place))
    for problem in lost(report):
        text = one_line(problem.text)
        key = f"{problem.kind}:{problem.path}:{text}".encode("utf-8", "surrogateescape")
        identity = sha256(key).hexdigest()[:32]
        place = (problem.path or "Makefile", max(1, problem.line))
        rows.append(_row("zaplint/incomplete", (text, identity), "blocker", place))
    return json.dumps(rows, indent=2) + "\n"


def _row(
    rule: str, said: tuple[str, str], severity: str, place: tuple[str, int]
) -> dict[str, object]:
    text, identity = said
    return {
        "description": well_formed(text),
        "check_name": rule,
        "fingerprint": identity,
        "severity": severity,
        "location": {"path": well_formed(place[0]), "lines": {"begin": place[1]}},
    }
