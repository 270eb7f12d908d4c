"""Tests of rules: each against its fixtures, and against the examples of its page."""

import re
from collections.abc import Iterator
from pathlib import Path

from analyzer.core import RuleTest, Unmet, UserError, Verdict
from analyzer.inspect.fixtures import Fixture, judged, read_fixture, unmet, unread, with_example
from analyzer.pipeline import Book, load_book
from analyzer.rulebook import Rule
from analyzer.rulebook.folder import rules_folder

_NOT_RULES = ("vocabulary.toml", "history.toml")
_OK_FUNCTION = re.compile(r"\w_ok\d*\s*\(")
_DEFINITION = re.compile(
    r"^(?!else|return)\w[\w\s*]*[\s*]\w+\((?!\s*\()[^;{}]*\)\s*\{", re.MULTILINE
)
_NAME = re.compile(r"[A-Za-z_]\w+")
_EMPTY = "// kernel: 6.12\n"


def rule_tests(paths: tuple[Path, ...], folders: tuple[Path, ...] = ()) -> Iterator[RuleTest]:
    """What becomes of the tests of the rules at `paths`, of those that come with zaplint if there
    are none; `folders` hold further rules. Raises UserError for slips in the rules.
    """
    shipped = rules_folder()
    if not paths:
        if not _shipped_fixtures(shipped).is_dir():
            raise UserError(
                "the fixtures of the rules that come with zaplint are not installed",
                "name a folder of your own rules, or run this in a checkout of the source",
            )
        paths = (shipped,)
    asked = tuple(each.resolve() for path in paths for each in _expanded(path))
    loaded = [shipped, *(folder.resolve() for folder in folders)]
    new = [path for path in asked if not any(path.is_relative_to(each) for each in loaded)]
    book = load_book((*folders, *new))
    chosen = [rule for rule in book.rulebook.rules if _is_asked(rule, asked)]
    if not chosen:
        raise UserError(f"{paths[0]}: no rule in it", "a rule is <family>/<name>.toml")
    return (rule_test(rule, book) for rule in chosen)


def rule_test(rule: Rule, book: Book) -> RuleTest:
    """What becomes of the tests of one rule."""
    fixtures = [read_fixture(path, name) for path, name in fixture_files(rule)]
    reports = [judged(each, rule.id, book) for each in fixtures]
    wrong = list(_lacking(rule, fixtures))
    for fixture, report in zip(fixtures, reports, strict=True):
        wrong += unmet(fixture, rule.id, report, book)
    n_expectations = sum(len(each.expectations) for each in fixtures)
    notes = [
        text
        for fixture, report in zip(fixtures, reports, strict=True)
        for text in unread(fixture, report)
    ]
    parts = []
    for word, text in (("bad", rule.info.bad), ("good", rule.info.good)):
        if _DEFINITION.search(text):
            n_expectations += 1
            wrong += _example(rule, (word, text), base_of(rule, text, fixtures), book)
        elif text:
            parts.append(f"'{word}'")
    if parts:
        notes.append(f"no whole function, so not tested: {' and '.join(parts)} of the page")
    lines = {
        rule.clauses[each.clause - 1].common.line
        for report in reports
        for each in report.obligations
        if each.rule == rule.id
    }
    unused = sorted({clause.common.line for clause in rule.clauses} - lines)
    if fixtures:
        notes += [f"{rule.file}:{line}: no fixture has a site of this clause" for line in unused]
    return RuleTest(rule.id, n_expectations, len(fixtures), tuple(wrong), tuple(notes))


def _expanded(path: Path) -> list[Path]:
    """The folder of rules, the rule, or the rules that stand in a folder of one family."""
    if not path.exists():
        raise UserError(f"{path}: not there", "name a folder of rules, or a rule's .toml file")
    if path.is_file():
        if path.suffix != ".toml":
            raise UserError(f"{path}: no rule", "name the .toml file; its fixtures are found")
        return [path]
    family = [each for each in sorted(path.glob("*.toml")) if each.name not in _NOT_RULES]
    return family or [path]


def _is_asked(rule: Rule, asked: tuple[Path, ...]) -> bool:
    file = Path(rule.file).resolve()
    return any(file.is_relative_to(each) for each in asked)


def _shipped_fixtures(rules: Path) -> Path:
    return rules.parent / "fixtures" / "rules"


def fixture_files(rule: Rule) -> list[tuple[Path, str]]:
    """The fixtures of a rule, each with the name for messages: `<name>.c` beside its file, the
    folder `<name>` there, and in a checkout the folder of fixtures.
    """
    file = Path(rule.file)
    found = [file.with_suffix(".c")] if file.with_suffix(".c").is_file() else []
    found += sorted(file.with_suffix("").glob("*.c"))
    if file.resolve().is_relative_to(rules_folder()):
        beside = file.parent.parent.parent / "fixtures" / "rules" / rule.id
        found += sorted(beside.glob("*.c"))
    return [(path, path.as_posix()) for path in found]


def _lacking(rule: Rule, fixtures: list[Fixture]) -> Iterator[Unmet]:
    """The fixtures that a rule should have and has not."""
    place = fixtures[0].name if fixtures else Path(rule.file).with_suffix(".c").as_posix()
    stated = [each for fixture in fixtures for each in fixture.expectations]
    if not any(each.rule == rule.id and each.word == "expect" for each in stated):
        got = f"none; write '// expect: {rule.id}' behind the line of a function *_bad"
        yield Unmet(place, 0, "code that the rule reports", got)
    proved = any(each.rule == rule.id and each.word == "proved" for each in stated)
    if not proved and not any(_OK_FUNCTION.search(each.text) for each in fixtures):
        got = "none; write a function *_ok that does the same and is right"
        yield Unmet(place, 0, "code that the rule does not report", got)


def base_of(rule: Rule, example: str, fixtures: list[Fixture]) -> Fixture:
    """The fixture below which an example stands: the one that has most of its names."""
    names = set(_NAME.findall(example))
    empty = Fixture(Path(rule.file), rule.file, _EMPTY, ())
    return max(fixtures, key=lambda each: len(names & set(_NAME.findall(each.text))), default=empty)


def _example(rule: Rule, example: tuple[str, str], base: Fixture, book: Book) -> Iterator[Unmet]:
    """What is wrong with an example of the page, judged below a fixture that declares its names."""
    word, text = example
    report = judged(base, rule.id, book, text + "\n")
    before = with_example(base, "").count("\n")
    first = _line_of(rule, word, text)
    findings = [
        each
        for each in report.obligations
        if each.rule == rule.id and each.verdict is Verdict.VIOLATED and each.location.line > before
    ]
    if word == "bad" and not findings:
        got = dict(report.skipped).get(rule.id, "nothing")
        yield Unmet(rule.file, first, "the example 'bad' is reported", got)
    if word == "good":
        for each in findings:
            line = first + each.location.line - before - 1
            yield Unmet(rule.file, line, "the example 'good' is not reported", each.message)


def _line_of(rule: Rule, word: str, text: str) -> int:
    """The line of the rule's file in which an example begins."""
    lines = Path(rule.file).read_text(encoding="utf-8").splitlines()
    key = re.compile(rf"{word}\s*=")
    start = next((n for n, line in enumerate(lines) if key.match(line)), 0)
    head = text.splitlines()[0]
    return next((n for n in range(start, len(lines)) if head in lines[n]), start) + 1
