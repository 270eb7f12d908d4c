"""What changes introduce, fix and leave: as text, as JSON, as an answer to a mail, for b4."""

import json
from collections.abc import Iterable, Iterator

from analyzer.core import JudgedChange, Level, Location, Obligation
from analyzer.report.lines import Sources
from analyzer.report.reply import reply_to
from analyzer.report.styled import Line, Role, Span, line
from analyzer.report.text import obligation_lines
from analyzer.report.wording import counted, one_line

_ID = 12


def series_lines(judged: Iterable[JudgedChange]) -> Iterator[Line]:
    """The text line by line: each change with its findings, a summary at the end."""
    n_changes = n_new = n_gone = n_left = 0
    for each in judged:
        n_changes += 1
        n_new += len(each.introduced)
        n_gone += len(each.fixed)
        n_left = len(each.left) + len(each.introduced)
        yield from _change(each)
    done = f"{counted(n_new, 'finding')} introduced, {n_gone} fixed, {n_left} there at the end"
    yield line(f"{counted(n_changes, 'change')}: {done}.")


def _change(judged: JudgedChange) -> Iterator[Line]:
    change = judged.change
    name = f"{change.name[:_ID]} " if change.name else ""
    yield line(Span(f"{name}{one_line(change.subject)}", Role.FUNCTION))
    if not judged.introduced and not judged.fixed:
        yield line("  nothing introduced, nothing fixed")
    if judged.introduced:
        yield line(f"  introduces {counted(len(judged.introduced), 'finding')}:")
    for finding in judged.introduced:
        for each in obligation_lines(finding, Sources(judged.after)):
            yield (Span("  "), *each) if each else each
    if judged.fixed:
        yield line(f"  fixes {counted(len(judged.fixed), 'finding')}:")
    for finding in judged.fixed:
        yield (Span("  "), *next(obligation_lines(finding, Sources(judged.before))))
    yield ()


def series_json(judged: Iterable[JudgedChange]) -> str:
    """The same for programs: a list of changes."""
    found = [
        {
            "name": each.change.name,
            "author": each.change.author,
            "subject": each.change.subject,
            "introduced": [_finding(finding) for finding in each.introduced],
            "fixed": [_finding(finding) for finding in each.fixed],
            "left": len(each.left),
        }
        for each in judged
    ]
    return json.dumps({"changes": found}, indent=2, ensure_ascii=False) + "\n"


def _finding(finding: Obligation) -> dict[str, object]:
    return {
        "rule": finding.rule,
        "level": finding.level.value,
        "function": finding.function,
        "message": finding.message,
        **_place(finding.location),
        "steps": [
            {"function": step.function, "text": step.text, **_place(step.location)}
            for step in finding.path
        ],
    }


def _place(location: Location) -> dict[str, object]:
    return {"path": location.path, "line": location.line, "column": location.column}


def series_mail(judged: Iterable[JudgedChange]) -> str:
    """Answers to the mails whose changes introduce something: quoted, with the comment below the
    line that it is about.
    """
    return "\n".join(reply_to(each) for each in judged if each.introduced)


def series_b4(judged: Iterable[JudgedChange]) -> str:
    """A line for each finding that is introduced, as b4 wants it of a check of one patch."""
    lines = []
    for each in judged:
        for finding in each.introduced:
            word = "ERROR" if finding.level is Level.ERROR else "WARNING"
            place = f"{finding.location.path}:{finding.location.line}"
            lines.append(f"{word}: {place}: {one_line(finding.message)} [{finding.rule}]")
    return "".join(f"{each}\n" for each in lines)


def series_b4_json(judged: Iterable[JudgedChange]) -> str:
    """The outcome of a check, as b4 wants it of one that speaks JSON."""
    found = [finding for each in judged for finding in each.introduced]
    worst = any(finding.level is Level.ERROR for finding in found)
    status = ("fail" if worst else "warn") if found else "pass"
    summary = f"{counted(len(found), 'finding')} introduced" if found else "nothing introduced"
    details = "\n".join(
        f"{one.location.path}:{one.location.line}: {one_line(one.message)} [{one.rule}]"
        for one in found
    )
    check = {"tool": "zaplint", "status": status, "summary": summary, "url": "", "details": details}
    return json.dumps([check], ensure_ascii=False) + "\n"
