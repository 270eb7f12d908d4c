"""Fixtures of rules: C with expectations in comments, judged as a tree of its own."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from analyzer.core import Obligation, Report, Unmet, UserError, Verdict
from analyzer.pipeline import Book, Request, audit
from analyzer.rulebook.language import close

PLACE = "mm/fixture.c"
"""Where a fixture stands in its tree; headers stand beside it."""

VERDICTS = {
    "expect": Verdict.VIOLATED,
    "expect-spurious": Verdict.VIOLATED,
    "proved": Verdict.PROVED,
    "open": Verdict.OPEN,
}
_WORDS = (*VERDICTS, "missing")
_COMMENT = re.compile(r'//\s*([\w-]+):\s*(\w[\w-]*/[\w-]+)(?:\s+"([^"]*)")?')
_KERNEL = re.compile(r"//\s*kernel:\s*(\d+)\.(\d+)")
_OK = re.compile(r"_ok\d*$")


@dataclass(frozen=True, slots=True)
class Expectation:
    """A comment that says what is due in its line: `word` is how it begins, `part` what the message
    or the reason must hold.
    """

    line: int
    word: str
    rule: str
    part: str

    @property
    def text(self) -> str:
        """The comment, as it is written."""
        return f"// {self.word}: {self.rule}" + (f' "{self.part}"' if self.part else "")


@dataclass(frozen=True, slots=True)
class Fixture:
    """A C file with expectations; `name` is the path by which messages call it."""

    path: Path
    name: str
    text: str
    expectations: tuple[Expectation, ...]


def read_fixture(path: Path, name: str) -> Fixture:
    """A fixture, with the expectations that stand in it. Raises UserError if it is no text."""
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise UserError(f"{name}: cannot be read", "a fixture is C in UTF-8") from error
    found = tuple(
        Expectation(number, *match.groups(default=""))
        for number, line in enumerate(text.splitlines(), 1)
        for match in _COMMENT.finditer(line)
        if match[1] in _WORDS
    )
    return Fixture(path, name, text, found)


def misspelt(fixture: Fixture) -> Iterator[Unmet]:
    """Comments that look like an expectation and are none."""
    for number, line in enumerate(fixture.text.splitlines(), 1):
        for word, rule, _ in _COMMENT.findall(line):
            near = close(word, _WORDS)
            if word not in _WORDS and near:
                got = f"'// {word}:', which says nothing; did you mean '{near}:'?"
                yield Unmet(fixture.name, number, f"// {near}: {rule}", got)


def judged(fixture: Fixture, rule: str, book: Book, example: str = "") -> Report:
    """The report on a fixture of `rule`, laid out as a tree of one file and the headers beside it.

    An `example` stands below the text of the fixture, from the line after it on.
    """
    release = _KERNEL.search(fixture.text)
    version, patchlevel = release.groups() if release else ("6", "12")
    known = {each.id for each in book.rulebook.rules}
    asked = {rule, *(each.rule for each in fixture.expectations)} & known
    folder = fixture.path.parent
    with TemporaryDirectory() as name:
        root = Path(name)
        makefile = f"VERSION = {version}\nPATCHLEVEL = {patchlevel}\nSUBLEVEL = 0\n"
        (root / "Makefile").write_text(makefile)
        (root / "mm").mkdir()
        (root / PLACE).write_text(with_example(fixture, example), encoding="utf-8")
        for header in (*folder.parent.glob("*.h"), *folder.glob("*.h")):
            (root / "mm" / header.name).write_bytes(header.read_bytes())
        return audit(Request(root, select=tuple(sorted(asked))), book)


def with_example(fixture: Fixture, example: str) -> str:
    """The text of a fixture with an example below it."""
    return f"{fixture.text.rstrip()}\n{example}"


def unread(fixture: Fixture, report: Report) -> Iterator[str]:
    """What of a fixture was not understood, each with file and line."""
    for gap in report.coverage.gaps:
        if gap.path == PLACE:
            what = f"{gap.function}() was not read whole: {gap.construct}"
            yield f"{fixture.name}:{gap.line}: {what}"
    for problem in report.problems:
        if problem.path == PLACE:
            yield f"{fixture.name}:{problem.line}: {problem.text}"


def unmet(fixture: Fixture, rule: str, report: Report, book: Book) -> list[Unmet]:
    """The expectations that a report on a fixture of `rule` does not meet, and what it finds that
    nothing expects, by line.
    """
    left = [each for each in report.obligations if each.verdict is Verdict.VIOLATED]
    left = [each for each in left if each.rule == rule]
    wrong = [*misspelt(fixture), *_liars(fixture, left)]
    for expected in fixture.expectations:
        if expected.word == "missing":
            continue
        here = [each for each in report.obligations if _same_place(each, expected)]
        met = [
            each
            for each in here
            if each.verdict is VERDICTS[expected.word]
            and expected.part in f"{each.message} {each.reason}"
            and (each in left or each.verdict is not Verdict.VIOLATED or each.rule != rule)
        ]
        if met and met[0] in left:
            left.remove(met[0])
        if not met:
            wrong.append(_not_met(fixture, expected, here, report, book))
            left = [each for each in left if each not in here]
    missing = {each.line for each in fixture.expectations if each.word == "missing"}
    for each in left:
        known = each.location.path == PLACE and each.location.line in missing
        what = "missing, and it is found now: write 'expect:'" if known else "no finding"
        file, line = _place(fixture, each)
        wrong.append(Unmet(file, line, what, _said(each), each.path))
    return sorted(wrong, key=lambda each: (each.file, each.line))


def _same_place(found: Obligation, expected: Expectation) -> bool:
    place = found.location
    return (place.path, place.line, found.rule) == (PLACE, expected.line, expected.rule)


def _place(fixture: Fixture, found: Obligation) -> tuple[str, int]:
    """File and line of a finding: a finding may stand in a header, too."""
    path = found.location.path
    name = fixture.name if path == PLACE else path.removeprefix("mm/")
    return name, found.location.line


def _said(found: Obligation) -> str:
    why = f", because {found.reason}" if found.reason else ""
    return f"{found.verdict.value}: {found.message}{why}"


def _not_met(
    fixture: Fixture,
    expected: Expectation,
    here: list[Obligation],
    report: Report,
    book: Book,
) -> Unmet:
    if here:
        path = here[0].path
        got = "; ".join(_said(each) for each in here)
        return Unmet(fixture.name, expected.line, expected.text, got, path)
    return Unmet(fixture.name, expected.line, expected.text, _nothing(expected, report, book))


def _nothing(expected: Expectation, report: Report, book: Book) -> str:
    """Why a line is no place of the rule, as far as can be told."""
    known = tuple(each.id for each in book.rulebook.rules)
    if expected.rule not in known:
        near = close(expected.rule, known)
        mean = f"; did you mean '{near}'?" if near else ""
        return f"no rule is called '{expected.rule}'{mean}"
    for rule, reason in report.skipped:
        if rule == expected.rule:
            return f"the rule does not apply to Linux {report.release}: {reason}"
    places = sorted(
        each.location.line
        for each in report.obligations
        if each.rule == expected.rule and each.location.path == PLACE
    )
    if places:
        near_lines = sorted(dict.fromkeys(places), key=lambda each: abs(each - expected.line))[:3]
        lines = ", ".join(map(str, sorted(near_lines)))
        return f"nothing: the rule has no site in this line; the nearest are in {lines}"
    return "nothing: the rule has no site in this file; look at the names in its events"


def _liars(fixture: Fixture, findings: list[Obligation]) -> Iterator[Unmet]:
    """Findings that are due in a function whose name says that it is right; a known false alarm is
    not due.
    """
    stated = {(each.line, each.rule) for each in fixture.expectations if each.word == "expect"}
    for each in findings:
        if _OK.search(each.function) and (each.location.line, each.rule) in stated:
            file, line = _place(fixture, each)
            got = f"{each.function}(): name it *_bad"
            yield Unmet(file, line, "a function with a finding ends in _bad", got)
