"""What is suppressed by what, and which comments and lines are out of date."""

from dataclasses import replace

import pytest

from analyzer.core import (
    NO_TRIAGE,
    BaselineLine,
    Build,
    Compiled,
    FunctionGap,
    Kconfig,
    Level,
    Means,
    Obligation,
    Problem,
    ProblemKind,
    Report,
    Suppression,
    Use,
    Verdict,
    identities,
)
from analyzer.triage import Baseline, Desk, Judged, read_config, settled
from analyzer.triage import heard as heard_in_part
from tests.unit.triage.names import ALL, NAMES, comment, obligation, report, with_verdict

WHY = "allow zap/drop-marker: why"
OFF = '[[off]]\nrules = "zap"\nfiles = "mm/a.c"\nreason = "old"\n'
NOTE = '[[level]]\nrules = "ZAP001"\nlevel = "note"\n'


def heard(given: Report, config: str = "", known: tuple[str, ...] = ()) -> Report:
    """The report with what is said of its findings; `known` are identities of a baseline."""
    lines = tuple(BaselineLine(each, "zap/drop-marker", "mm/a.c", "f", "so") for each in known)
    desk = Desk(
        NAMES,
        read_config(config, "zaplint.toml", NAMES) if config else None,
        Baseline("known", lines) if known else None,
    )
    return settled(given, desk, ALL)


def ids(*obligations: Obligation) -> tuple[str, ...]:
    """The identities of these in a report of them."""
    return identities(report(*obligations).obligations)


def reported(given: Report) -> list[int]:
    """The lines of the findings."""
    return [each.location.line for each in given.obligations if each.is_finding]


def uses(given: Report) -> list[Use]:
    """What became of the comments."""
    return [each.use for each in given.triage.allowances]


def test_nothing_said_is_nothing_changed() -> None:
    given = report(obligation(5), with_verdict(7, Verdict.OPEN))
    assert heard(given) == given
    assert heard(given).triage == NO_TRIAGE


def test_a_comment_allows_what_is_found_below_it() -> None:
    found = heard(report(obligation(5), obligation(9), directives=(comment(4, WHY),)))
    assert reported(found) == [9]
    by = found.obligations[0].suppression
    assert by == Suppression(Means.COMMENT, "mm/a.c", 4, "why")
    assert (uses(found), found.problems) == ([Use.USED], ())


def test_it_allows_one_rule_in_its_lines_of_its_file() -> None:
    given = report(
        obligation(4),
        obligation(5, "tlb/flush"),
        obligation(5, path="mm/b.c"),
        obligation(6),
        obligation(7),
        directives=(comment(4, WHY, last=6),),
    )
    assert reported(heard(given)) == [4, 5, 7, 5]


def test_of_two_comments_the_nearer_one_is_needed() -> None:
    directives = (comment(3, WHY, last=6), comment(4, WHY))
    found = heard(report(obligation(5), directives=directives))
    assert uses(found) == [Use.UNUSED, Use.USED]
    assert found.triage.allowances[0].why == "another comment allows it already"


@pytest.mark.parametrize(
    ("verdicts", "use", "why"),
    [
        ({5: Verdict.PROVED}, Use.UNUSED, "it is proved that the rule is kept there"),
        ({}, Use.UNUSED, "the rule has no place there"),
        ({5: Verdict.OPEN}, Use.OPEN, "the place is open: whether the rule is broken is not known"),
        ({9: Verdict.VIOLATED}, Use.UNUSED, "no place there, it is broken at line 9"),
    ],
)
def test_an_unused_comment_is_said_to_be_so(
    verdicts: dict[int, Verdict], use: Use, why: str
) -> None:
    places = [with_verdict(line, verdict) for line, verdict in verdicts.items()]
    found = heard(report(*places, directives=(comment(4, WHY),)))
    (one,) = found.triage.allowances
    assert one.use is use
    assert one.why.endswith(why)
    said = [(each.line, each.kind) for each in found.problems]
    assert said == ([(4, "unused-allowance")] if use is Use.UNUSED else [])


@pytest.mark.parametrize(
    ("judged", "why"),
    [
        (Judged(frozenset({"tlb/flush"})), "was not asked for"),
        (Judged(frozenset(NAMES.ids), ("fs", "mm/b.c")), "the file was not asked for"),
        (Judged(frozenset(NAMES.ids), ("m",)), "the file was not asked for"),
        (Judged(frozenset(NAMES.ids), unread=frozenset({"mm/a.c"})), "or not read"),
    ],
)
def test_what_was_left_out_makes_no_comment_unused(judged: Judged, why: str) -> None:
    found = settled(report(directives=(comment(4, WHY),)), Desk(NAMES), judged)
    (one,) = found.triage.allowances
    assert one.use is Use.UNJUDGED
    assert why in one.why
    assert found.problems == ()


@pytest.mark.parametrize("scope", ["mm", "mm/", "./mm", ".", "mm/a.c"])
def test_a_scope_around_a_comment_judges_it(scope: str) -> None:
    judged = Judged(frozenset(NAMES.ids), (scope,))
    found = settled(report(directives=(comment(4, WHY),)), Desk(NAMES), judged)
    assert uses(found) == [Use.UNUSED]


def test_of_checked_files_alone_comments_are_told() -> None:
    given = report(directives=(comment(4, WHY), comment(9, "alow")))
    other = Judged(frozenset(NAMES.ids), (), ("mm/b.c",))
    found = settled(given, Desk(NAMES), other)
    assert (found.problems, found.triage) == ((), NO_TRIAGE)


def test_a_file_that_was_not_read_whole_makes_no_comment_unused() -> None:
    given = report(directives=(comment(4, WHY),))
    gap = FunctionGap("mm/a.c", 2, "f", "BEGIN()", False)
    torn = replace(given, coverage=replace(given.coverage, gaps=(gap,)))
    assert uses(heard(torn)) == [Use.UNJUDGED]


def test_a_rule_that_does_not_apply_makes_no_comment_unused() -> None:
    given = replace(report(directives=(comment(4, WHY),)), skipped=(("zap/drop-marker", "old"),))
    found = settled(given, Desk(NAMES), Judged(frozenset()))
    assert [(each.use, each.why) for each in found.triage.allowances] == [(Use.UNJUDGED, "old")]


def test_a_level_is_another_one_and_known_to_be() -> None:
    found = heard(report(obligation(5), with_verdict(6, Verdict.OPEN)), NOTE)
    assert [(each.level, each.ruled) for each in found.obligations] == [
        (Level.NOTE, Level.ERROR),
        (Level.ERROR, None),
    ]
    assert found.triage.config is not None
    assert (found.triage.config.n_levels, found.triage.config.n_off) == (1, 0)


def test_what_is_only_counted_gets_no_level() -> None:
    counted = replace(obligation(5), level=Level.LEDGER)
    assert heard(report(counted), NOTE).obligations == (counted,)


def test_a_rule_is_off_in_its_files() -> None:
    found = heard(report(obligation(5), obligation(5, path="mm/b.c")), OFF)
    assert [each.suppression for each in found.obligations] == [
        Suppression(Means.CONFIG, "zaplint.toml", 1, "old"),
        None,
    ]
    assert found.triage.config is not None
    assert found.triage.config.n_off == 1


def test_a_baseline_knows_findings_by_identity() -> None:
    known = ids(obligation(5), obligation(9))[:1]
    found = heard(report(obligation(5), obligation(9)), known=known)
    assert reported(found) == [9]
    assert found.obligations[0].suppression == Suppression(Means.BASELINE, "known", 0, "so")


@pytest.mark.parametrize(
    ("now", "use", "why"),
    [
        ((obligation(5),), Use.USED, ""),
        ((with_verdict(5, Verdict.PROVED),), Use.UNUSED, "it is proved now"),
        ((with_verdict(5, Verdict.OPEN),), Use.OPEN, "open now: whether the rule is broken is not"),
        ((), Use.UNUSED, "there is no such place any more"),
    ],
)
def test_a_line_of_a_baseline_goes_out_of_date(
    now: tuple[Obligation, ...], use: Use, why: str
) -> None:
    found = heard(report(*now), known=ids(obligation(5)))
    assert found.triage.baseline is not None
    (line,) = found.triage.baseline.lines
    assert (line.use, line.why.startswith(why)) == (use, True)


LINE = BaselineLine(ids(obligation(5))[0], "zap/drop-marker", "mm/a.c", "f5")


def elsewhere(path: str) -> Obligation:
    """The obligation of line 5 in another file."""
    return obligation(5, path=path)


@pytest.mark.parametrize(
    ("judged", "reported_lines"),
    [
        (ALL, []),
        (Judged(frozenset(NAMES.ids), files=("mm/b.c",)), [5]),
        (Judged(frozenset(NAMES.ids), files=("mm/b.c",), absent=frozenset({"mm/a.c"})), []),
    ],
)
def test_a_line_moves_with_code_that_is_not_where_it_was(
    judged: Judged, reported_lines: list[int]
) -> None:
    desk = Desk(NAMES, None, Baseline("known", (LINE,)))
    found = settled(report(elsewhere("mm/b.c")), desk, judged)
    assert reported(found) == reported_lines
    if found.triage.baseline and not reported_lines:
        assert [each.path for each in found.triage.baseline.lines] == ["mm/b.c"]


@pytest.mark.parametrize("verdict", [Verdict.VIOLATED, Verdict.PROVED, Verdict.OPEN])
def test_a_line_stays_with_code_that_is_where_it_was(verdict: Verdict) -> None:
    given = report(with_verdict(5, verdict), elsewhere("mm/0.c"))
    found = settled(given, Desk(NAMES, None, Baseline("known", (LINE,))), ALL)
    assert [each.location.path for each in found.obligations if each.is_finding] == ["mm/0.c"]


def test_a_line_knows_one_finding() -> None:
    given = report(elsewhere("mm/b.c"), elsewhere("mm/c.c"))
    found = settled(given, Desk(NAMES, None, Baseline("known", (LINE,))), ALL)
    assert [each.location.path for each in found.obligations if each.is_finding] == ["mm/c.c"]


def test_a_line_about_what_was_left_out_stands() -> None:
    line = BaselineLine("0" * 32, "zap/drop-marker", "mm/a.c", "f")
    gone = BaselineLine("1" * 32, "own/rule", "mm/a.c", "f")
    desk = Desk(NAMES, None, Baseline("known", (line, gone)))
    found = settled(report(), desk, Judged(frozenset(NAMES.ids), ("fs",)))
    assert found.triage.baseline is not None
    kept, unknown = found.triage.baseline.lines
    assert kept == line
    assert (unknown.use, unknown.why.partition(";")[0]) == (Use.UNJUDGED, "no rule is called so")


def test_a_line_about_a_file_that_was_lost_stands() -> None:
    lost = Problem.of(ProblemKind.UNREADABLE, "mm/a.c", 0, "cannot be read")
    given = replace(report(), problems=(lost,))
    found = heard(given, known=("0" * 32,))
    assert found.triage.baseline is not None
    assert [each.use for each in found.triage.baseline.lines] == [Use.UNJUDGED]


def test_each_finding_is_suppressed_once() -> None:
    given = report(obligation(5), obligation(9), directives=(comment(4, WHY),))
    found = heard(given, OFF, ids(obligation(5), obligation(9)))
    assert [each.suppression and each.suppression.means for each in found.obligations] == [
        Means.COMMENT,
        Means.CONFIG,
    ]
    assert found.triage.baseline is not None
    assert [(each.use, each.why) for each in found.triage.baseline.lines] == [
        (Use.UNUSED, "a comment allows it now"),
        (Use.UNJUDGED, ""),
    ]


BUILD = Build(Kconfig({"CONFIG_A": "y"}), Compiled("those", frozenset({"mm/a.c"})))


@pytest.mark.parametrize(
    ("path", "condition", "left"),
    [
        ("mm/a.c", "", True),
        ("mm/a.c", "CONFIG_A", True),
        ("mm/a.c", "HAVE_B", True),
        ("mm/a.c", "CONFIG_B", False),
        ("mm/b.c", "", False),
        ("mm/b.h", "", True),
        ("mm/b.h", "!CONFIG_A", False),
    ],
)
def test_a_build_leaves_out_what_it_does_not_compile(path: str, condition: str, left: bool) -> None:
    one = replace(obligation(5, path=path), condition=condition)
    desk = Desk(NAMES, build=BUILD)
    found = settled(report(one), desk, ALL)
    assert reported(found) == [5] * left
    assert found.triage.build is not None
    assert found.triage.build.n_out == int(not left)
    assert heard_in_part((one,), (), desk) == found.obligations


def test_a_build_is_asked_last() -> None:
    out = obligation(5, path="mm/b.c")
    given = report(replace(obligation(5), condition="CONFIG_B"), out)
    baseline = Baseline("known", (BaselineLine(ids(out)[0], out.rule, "mm/b.c", "f", "so"),))
    found = settled(given, Desk(NAMES, baseline=baseline, build=BUILD), ALL)
    assert [each.suppression and each.suppression.means for each in found.obligations] == [
        Means.BUILD,
        Means.BASELINE,
    ]
    assert found.triage.baseline is not None
    assert [each.use for each in found.triage.baseline.lines] == [Use.USED]


@pytest.mark.parametrize(
    ("path", "absent", "left"),
    [("mm/a.c", (), True), ("mm/old.c", (), False), ("mm/old.c", ("mm/old.c",), True)],
)
def test_a_baseline_knows_what_is_in_a_part_or_came_from_elsewhere(
    path: str, absent: tuple[str, ...], left: bool
) -> None:
    found = (with_verdict(4, Verdict.PROVED), obligation(5))
    line = BaselineLine(ids(obligation(5))[0], "zap/drop-marker", path, "f", "so")
    desk = Desk(NAMES, baseline=Baseline("known", (line,)))
    given = heard_in_part(found, (), desk, frozenset(absent))
    assert [each.suppression is not None for each in given] == [False, left]


def test_no_verdict_changes() -> None:
    given = report(
        obligation(5), with_verdict(6, Verdict.OPEN), obligation(9), directives=(comment(4, WHY),)
    )
    found = heard(given, OFF + NOTE, ids(obligation(5)))
    kept = [replace(each, suppression=None, level=Level.ERROR) for each in found.obligations]
    assert [replace(each, ruled=None) for each in kept] == list(given.obligations)
    assert found.counts == given.counts
