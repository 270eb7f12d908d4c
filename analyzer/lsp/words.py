"""Values of the analysis in the words of the protocol. Both count columns in UTF-16 code units, one
of them from one on.
"""

import re
from collections.abc import Callable
from typing import Final

from lsprotocol import types
from pygls import uris

from analyzer.core import Level, Location, Obligation, Step, Verdict
from analyzer.report.rules_metadata import rule_page
from analyzer.rulebook.folder import rules_folder

_SEVERITIES: Final = {
    Level.ERROR: types.DiagnosticSeverity.Error,
    Level.WARNING: types.DiagnosticSeverity.Warning,
    Level.NOTE: types.DiagnosticSeverity.Information,
    Level.LEDGER: types.DiagnosticSeverity.Hint,
}
_UTF_16: Final = "utf-16-le"

Uris = Callable[[str], str | None]
"""The address of a path of the tree; None for what is no file of it."""


def range_of(place: Location) -> types.Range:
    """A place as a range."""
    start = types.Position(max(place.line - 1, 0), max(place.column - 1, 0))
    end = types.Position(max(place.end_line - 1, 0), max(place.end_column - 1, 0))
    return types.Range(start, end)


def location_of(place: Location, address: Uris) -> types.Location | None:
    """A place with its file; None for what is no file of the tree."""
    uri = address(place.path)
    return None if uri is None else types.Location(uri, range_of(place))


def diagnostic_of(each: Obligation, address: Uris, related: bool) -> types.Diagnostic:
    """A finding; `related` says whether the client shows the steps that lead there."""
    page = None
    if (rules_folder() / f"{each.rule}.toml").is_file():
        page = types.CodeDescription(rule_page(each.rule))
    steps = dict.fromkeys((*each.path, *each.evidence))
    told = [found for step in steps if (found := _related(step, address)) is not None]
    return types.Diagnostic(
        range=range_of(each.location),
        message=each.message,
        severity=_SEVERITIES[each.level],
        code=each.rule,
        code_description=page,
        source="zaplint",
        related_information=told if related and told else None,
    )


def _related(step: Step, address: Uris) -> types.DiagnosticRelatedInformation | None:
    place = location_of(step.location, address)
    if place is None:
        return None
    return types.DiagnosticRelatedInformation(place, f"{step.text}, in {step.function}()")


def evidence_of(each: Obligation) -> tuple[Location, ...]:
    """Where a verdict comes from: what proves it, or states the contract that is broken; else the
    path there.
    """
    proof = tuple(step for step in each.evidence if step.proof)
    steps = proof or each.evidence
    if each.verdict is Verdict.VIOLATED:
        steps = each.evidence or each.path
    places = (step.location for step in steps)
    return tuple(dict.fromkeys(place for place in places if place != each.location))


def word_at(line: str, character: int) -> str:
    """The name at a position in a line, empty where there is none, or the name of a field."""
    before = line.encode(_UTF_16)[: 2 * character].decode(_UTF_16, "ignore")
    behind = line[len(before) :]
    head, tail = re.search(r"\w*$", before), re.match(r"\w*", behind)
    assert head is not None and tail is not None
    if before[: head.start()].rstrip().endswith((".", "->")):
        return ""
    word = head[0] + tail[0]
    return "" if word[:1].isdigit() else word


def path_of(uri: str) -> str | None:
    """The file of an address; None for what is not on this disk."""
    return uris.to_fs_path(uri) if uri.startswith("file:") else None


def uri_of(file: str) -> str:
    """The address of a file."""
    found = uris.from_fs_path(file)
    assert found is not None
    return str(found)
