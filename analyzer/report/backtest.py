"""Bugs of the past and what became of them, as text, as a table in Markdown, and as JSON."""

import json
from collections import Counter
from collections.abc import Iterator
from typing import Final

from analyzer.core import Backtest, Bug, Obligation, Outcome, Replay, Verdict
from analyzer.report.wording import counted, one_line

_WIDTH: Final = max(len(each.value) for each in Outcome)
_INDENT: Final = " " * (_WIDTH + 4)
_COMMIT: Final = 12
_FITS: Final = (Outcome.CAUGHT, Outcome.ELSEWHERE, Outcome.OPEN, Outcome.MISSED)
_WORDS: Final = {
    Outcome.CAUGHT: "reported in its function",
    Outcome.ELSEWHERE: "reported, but in another function",
    Outcome.OPEN: "open, and not reported",
    Outcome.MISSED: "missed",
    Outcome.PRESENT: "in the tree as it is, and reported",
    Outcome.UNFIT: "not put back: the code they were in is not there",
}


def render_backtest(found: Backtest, style: str, paths: bool) -> str:
    """The bugs, in `style`: 'text', 'markdown' or 'json'. With `paths` the text tells the path of
    each violation, too.
    """
    if style == "json":
        return json.dumps(_json(found), indent=2) + "\n"
    lines = _markdown(found) if style == "markdown" else _text(found, paths)
    return "".join(f"{line}\n" for line in lines)


# Text. --------------------------------------------------------------------------------------------


def _text(found: Backtest, paths: bool) -> Iterator[str]:
    rule = ""
    for each in found.replays:
        if each.bug.rule != rule:
            yield from ("",) if rule else ()
            rule = each.bug.rule
            yield rule
        yield f"  {each.outcome.value:<{_WIDTH}}  {one_line(each.bug.name)}"
        yield from (f"{_INDENT}{line}" for line in _details(each, paths))
    if found.replays:
        yield ""
    yield from _summary(found)
    yield from (f"{each.path}: {each.text}" for each in found.problems if each.incomplete)


def _details(each: Replay, paths: bool) -> Iterator[str]:
    if origin := _origin(each.bug):
        yield origin
    if each.change is None:
        if each.reason:
            yield one_line(each.reason)
    elif each.outcome is not Outcome.CAUGHT:
        yield f"put into {each.change.function}() of {each.change.file}"
    for one in each.found:
        place = f"{one.location.path}:{one.location.line}"
        why = f" ({one_line(one.reason)})" if one.verdict is Verdict.OPEN and one.reason else ""
        yield f"{place}: {one_line(one.message)}{why}"
        for step in one.path if paths else ():
            file = "" if step.location.path == one.location.path else f"{step.location.path}:"
            yield f"    {file}{step.location.line}: {one_line(step.text)}"


def _origin(bug: Bug) -> str:
    subject = f'"{bug.subject}"' if bug.subject else ""
    commit = bug.commit[:_COMMIT]
    mend = f"{commit} ({subject})" if commit and subject else commit or subject
    return ", ".join(filter(None, (mend, bug.cve)))


def _summary(found: Backtest) -> Iterator[str]:
    counts = Counter(each.outcome for each in found.replays)
    tried = sum(counts[outcome] for outcome in _FITS)
    caught, of = counts[Outcome.CAUGHT], counted(tried, "bug")
    told = f"{caught} of {of} put back into Linux {found.release} are reported in their functions."
    yield told if tried else f"No bug was put back into Linux {found.release}: none fits."
    for outcome in Outcome:
        if counts[outcome] and outcome is not Outcome.CAUGHT:
            yield f"{counts[outcome]:5}  {_WORDS[outcome]}"


# Markdown. ----------------------------------------------------------------------------------------


def _markdown(found: Backtest) -> Iterator[str]:
    yield f"| bug | mended by | rule | Linux {found.release} |"
    yield "|---|---|---|---|"
    for each in found.replays:
        origin = ", ".join(filter(None, (each.bug.commit[:_COMMIT], each.bug.cve))) or "-"
        told = each.outcome.value
        if each.found and each.outcome is not Outcome.UNFIT:
            told += f": `{each.found[0].function}()`"
        yield f"| {_cell(each.bug.name)} | {origin} | `{each.bug.rule}` | {told} |"


def _cell(text: str) -> str:
    return one_line(text).replace("|", "\\|")


# JSON. --------------------------------------------------------------------------------------------


def _json(found: Backtest) -> dict[str, object]:
    return {
        "release": str(found.release),
        "problems": [{"path": p.path, "text": p.text} for p in found.problems if p.incomplete],
        "bugs": [_replay(each) for each in found.replays],
    }


def _replay(each: Replay) -> dict[str, object]:
    return {
        "name": each.bug.name,
        "rule": each.bug.rule,
        "commit": each.bug.commit,
        "subject": each.bug.subject,
        "cve": each.bug.cve,
        "outcome": each.outcome.value,
        "reason": each.reason,
        "file": each.change.file if each.change else "",
        "function": each.change.function if each.change else "",
        "found": [_found(one) for one in each.found],
    }


def _found(one: Obligation) -> dict[str, object]:
    return {
        "path": one.location.path,
        "line": one.location.line,
        "function": one.function,
        "verdict": one.verdict.value,
        "message": one.message,
        "reason": one.reason,
        "steps": [
            {"path": step.location.path, "line": step.location.line, "text": step.text}
            for step in one.path
        ],
    }
