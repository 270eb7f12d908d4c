"""The answer to a patch, as reviewers write it: the patch quoted, the comment below the line."""

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from typing import TypeAlias

from analyzer.core import JudgedChange, Obligation
from analyzer.report.lines import Sources
from analyzer.report.steps import step_lines
from analyzer.report.styled import plain
from analyzer.report.triage import suppressed
from analyzer.report.wording import one_line

_HUNK = re.compile(r"^@@ -\d+(?:,\d+)? \+(\d+)(?:,\d+)? @@")
_FILE = re.compile(r"^\+\+\+ (?:b/)?([^\t]+)")
_Place: TypeAlias = tuple[str, int]
"""A file and a line behind the patch."""

_CONTEXT = 6
"""Lines of a hunk that are quoted above the line of a comment."""


def reply_to(judged: JudgedChange) -> str:
    """The answer to one patch. A comment stands below the line of its finding or, where the patch
    has not got that, below the last step on the way there that it has; else at the end.
    """
    places = dict(_places(judged.change.text.decode("utf-8", "replace")))
    findings: dict[_Place | None, list[Obligation]] = defaultdict(list)
    for each in judged.difference.reported:
        findings[_anchor(each, places)].append(each)
    sources = Sources(judged.after)
    out = [f"Subject: Re: {one_line(judged.change.subject)}", ""]
    if judged.change.author:
        out += [f"{one_line(judged.change.author)} wrote:"]
    for place, quoted in places.items():
        if place in findings:
            out += [*(f"> {one}" if one else ">" for one in quoted), ""]
            for each in findings[place]:
                out += [*_comment(each, sources), ""]
    for each in findings.get(None, ()):
        where = f"{each.location.path}:{each.location.line}"
        out += [f"By this patch, in {each.function}() at {where}:", ""]
        out += [*_comment(each, sources), ""]
    return "\n".join(out).rstrip() + "\n"


def _anchor(finding: Obligation, places: Mapping[_Place, list[str]]) -> _Place | None:
    """The line of a patch that a finding is about."""
    steps = (step.location for step in reversed(finding.path))
    found = ((each.path, each.line) for each in (finding.location, *steps))
    return next((place for place in found if place in places), None)


def _comment(finding: Obligation, sources: Sources) -> Iterator[str]:
    yield f"{one_line(finding.message)}. [{finding.rule}]"
    if finding.suppression is not None:
        yield f"  was {suppressed(finding)}"
    within = (finding.location.path, finding.function)
    for each in step_lines(finding.path, sources.quoted, within, 2):
        yield plain(each)


def _places(text: str) -> Iterator[tuple[_Place, list[str]]]:
    """Each line that a patch adds or keeps: the place that it has behind the patch, and the lines
    that are quoted to show it.
    """
    path, number = "", 0
    names: list[str] = []
    hunk = ""
    context: list[str] = []
    for row in text.split("\n"):
        if row.startswith("diff --git ") or row.startswith("--- "):
            names = [row] if row.startswith("diff") else [*names, row]
            number = 0
        elif (named := _FILE.match(row)) and not number:
            path = named[1]
            names.append(row)
        elif start := _HUNK.match(row):
            number, hunk, context = int(start[1]), row, []
        elif number and row[:1] in (" ", "+", "-"):
            context.append(row)
            if row[0] != "-":
                yield (path, number), [*names, hunk, *context[-_CONTEXT:]]
                number += 1
        elif number and row == "":
            context.append(row)
            number += 1
