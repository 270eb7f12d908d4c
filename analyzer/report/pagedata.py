"""What the HTML page shows of a report, as a value for JSON."""

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Final

from analyzer.core import Obligation, Report, RuleInfo, Step, Verdict, identities
from analyzer.report.chain import calls_of
from analyzer.report.findings import is_finding
from analyzer.report.lines import Sources
from analyzer.report.locations import repository_uri
from analyzer.report.standing import standings
from analyzer.report.steps import depths
from analyzer.report.text import findings_in_words
from analyzer.report.triage import suppressed, triage_lines
from analyzer.report.visible import visible
from analyzer.report.wording import one_line

Json = dict[str, object]

_CONTEXT: Final = 3
"""So many lines of the source are shown before and after a line."""

_VERDICTS: Final = (Verdict.VIOLATED, Verdict.OPEN, Verdict.PROVED)


def page_data(report: Report, sources: Sources, version: str, ledger: bool) -> object:
    """Everything that the page shows, every character of it visible."""
    named = zip(report.obligations, identities(report.obligations), strict=True)
    shown = [(each, name) for each, name in named if ledger or is_finding(each)]
    tables = _Tables()
    obligations = [_obligation(each, name, tables) for each, name in shown]
    value = {
        "version": version,
        "release": str(report.release),
        "revision": report.revision,
        "branch": report.branch,
        "repository": repository_uri(report.repository),
        "complete": report.complete,
        "ledger": ledger,
        "summary": findings_in_words(report),
        "said": list(triage_lines(report)),
        "rules": [_rule(each, report) for each in report.rules],
        "skipped": [[rule, one_line(reason)] for rule, reason in report.skipped],
        "byFile": _by_file(report),
        "reasons": _reasons(report),
        "contracts": [_contract(each) for each in standings(report.obligations)],
        "coverage": _coverage(report),
        "problems": [
            [each.path, each.line, each.kind, one_line(each.text), each.incomplete]
            for each in sorted(report.problems)
        ],
        "obligations": obligations,
        "steps": tables.steps,
        "files": tables.files,
        "sources": _sources(tables, sources),
    }
    return _visible(value)


class _Tables:
    """Files and steps, each once; obligations name them by their numbers."""

    def __init__(self) -> None:
        self.files: list[str] = []
        self.steps: list[Json] = []
        self.lines: dict[int, set[int]] = {}
        self._known_files: dict[str, int] = {}
        self._known_steps: dict[Step, int] = {}

    def file(self, path: str, line: int) -> int:
        """The number of a file, of which this line will be shown."""
        if path not in self._known_files:
            self._known_files[path] = len(self.files)
            self.files.append(path)
        number = self._known_files[path]
        self.lines.setdefault(number, set()).add(line)
        return number

    def step(self, step: Step) -> int:
        """The number of a step."""
        if step not in self._known_steps:
            self._known_steps[step] = len(self.steps)
            place = step.location
            entry: Json = {
                "file": self.file(place.path, place.line),
                "line": place.line,
                "mark": _mark(place.line, place.end_line, (place.column, place.end_column)),
                "function": step.function,
                "text": one_line(step.text) or "here",
            }
            if step.proof:
                entry["proof"] = True
            self.steps.append(entry)
        return self._known_steps[step]


def _mark(line: int, end_line: int, columns: tuple[int, int]) -> list[int]:
    """The columns of a place in its first line; 0 for an end that is in another one."""
    return [columns[0], columns[1] if end_line == line else 0]


def _obligation(obligation: Obligation, identity: str, tables: _Tables) -> Json:
    place = obligation.location
    passed = {step.location for step in obligation.path}
    rest = [step for step in obligation.evidence if step.location not in passed]
    entry: Json = {
        "id": identity,
        "rule": obligation.rule,
        "file": tables.file(place.path, place.line),
        "line": place.line,
        "column": place.column,
        "mark": _mark(place.line, place.end_line, (place.column, place.end_column)),
        "function": obligation.function,
        "verdict": obligation.verdict.value,
        "level": obligation.level.value,
        "message": one_line(obligation.message),
        "reason": one_line(obligation.reason),
        "condition": one_line(obligation.condition),
        "suppressed": suppressed(obligation),
        "path": [
            [tables.step(step), depth]
            for step, depth in zip(obligation.path, depths(obligation.path), strict=True)
        ],
        "evidence": [tables.step(step) for step in rest],
        "calls": [list(each) for each in calls_of(obligation, rest)],
    }
    return {name: value for name, value in entry.items() if value not in ("", [])}


def _rule(rule: RuleInfo, report: Report) -> Json:
    count = next((each for each in report.counts if each.rule == rule.id), None)
    return {
        "id": rule.id,
        "code": rule.code,
        "family": rule.family,
        "title": one_line(rule.title),
        "level": rule.level.value,
        "kernel": rule.kernel,
        "what": rule.what.strip(),
        "why": rule.why.strip(),
        "fix": rule.fix.strip(),
        "bad": rule.bad.strip("\n"),
        "good": rule.good.strip("\n"),
        "references": list(rule.references),
        "counts": [count.n_violated, count.n_open, count.n_proved] if count else [0, 0, 0],
    }


def _by_file(report: Report) -> list[Json]:
    counts = Counter((each.location.path, each.verdict) for each in report.obligations)
    paths = sorted({path for path, _ in counts})
    return [{"path": path, "counts": [counts[path, v] for v in _VERDICTS]} for path in paths]


def _reasons(report: Report) -> list[list[object]]:
    """Why obligations are open, the most frequent reason first."""
    counts = Counter(
        one_line(each.reason) for each in report.obligations if each.verdict is Verdict.OPEN
    )
    ranked = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    return [[reason, number] for reason, number in ranked]


def _contract(entry: tuple[Step, Sequence[Obligation]]) -> Json:
    step, calls = entry
    counts = Counter(each.verdict for each in calls)
    return {
        "path": step.location.path,
        "line": step.location.line,
        "function": step.function,
        "text": one_line(step.text),
        "counts": [counts[verdict] for verdict in _VERDICTS],
    }


def _coverage(report: Report) -> Json:
    coverage = report.coverage
    return {
        "files": coverage.n_files,
        "functions": coverage.n_functions,
        "gaps": [
            [gap.path, gap.line, gap.function, one_line(gap.construct), gap.whole]
            for gap in coverage.gaps
        ],
    }


def _sources(tables: _Tables, sources: Sources) -> list[list[object]]:
    """Of each file runs of lines around those that are shown: the number of the first, the lines.

    A file that cannot be read any more has none.
    """
    found: list[list[object]] = []
    for number, path in enumerate(tables.files):
        text = sources.get(path)
        lines = text.lines if text else []
        found.append(
            [
                [first, lines[first - 1 : last]]
                for first, last in _runs(tables.lines[number], len(lines))
            ]
        )
    return found


def _runs(lines: Iterable[int], end: int) -> list[tuple[int, int]]:
    """First and last line of each run."""
    runs: list[tuple[int, int]] = []
    for line in sorted(lines):
        first, last = max(1, line - _CONTEXT), min(end, line + _CONTEXT)
        if first > last:
            continue
        if runs and first <= runs[-1][1] + 1:
            runs[-1] = (runs[-1][0], max(last, runs[-1][1]))
        else:
            runs.append((first, last))
    return runs


def _visible(value: object) -> object:
    """The value with every string in it made visible."""
    if isinstance(value, str):
        return visible(value)
    if isinstance(value, list):
        return [_visible(each) for each in value]
    if isinstance(value, dict):
        return {name: _visible(each) for name, each in value.items()}
    return value
