"""The text that a person reads."""

from dataclasses import replace

from analyzer.core import Report
from analyzer.report import TextOptions, render_text
from tests.unit.report.example import CLEAN, TROUBLED, VIOLATION, WHOLE

DEFAULT = """\
mm/gone.c:3:1: note: gone() starts range and returns without its end. [notify/start-without-end]
mm/punch.c:8:2: error: drop_range() zaps range with ZAP_FLAG_DROP_MARKER and no folio lock \
[zap/drop-marker-without-folio-lock]
      only if CONFIG_HOLES
      12: punch_hole() is called from user space
      16: drop_range(range, true)
      7: goes on when even_cows
      17: calls range->table[mode](1)
      mm/blätter [1].c:4: folio_assert_locked(details->folio) in table[0]
mm/punch.c:17:2: warning: punch_hole() starts range->table[mode](1) and returns without its end \
[notify/start-without-end]
1 error, 1 warning, 1 note in 2 files. 6 sites of 3 rules: 1 proved, 1 open.
1,200 functions in 3 files read, 2 of them, in 2 files, not fully (zaplint coverage lists them).
"""

TABLE = """
rule                                  proved  violated      open
lock/order                                 0         1         0
notify/start-without-end                   0         2         1
zap/drop-marker-without-folio-lock         1         1         0
all rules                                  1         4         1

"""


def test_findings_with_their_steps_and_a_summary() -> None:
    assert render_text(WHOLE) == DEFAULT


def test_nothing_found_is_said() -> None:
    assert render_text(CLEAN) == (
        "No findings. 1 site of 3 rules: 1 proved, 0 open.\n1 function in 1 file read.\n"
    )


def test_the_ledger_shows_every_verdict() -> None:
    lines = render_text(WHOLE, TextOptions(ledger=True)).splitlines()
    labels = [line.split(": ")[1:3] for line in lines if line.startswith("mm/")]
    assert [label[0] if label[0] != "note" else label for label in labels] == [
        ["note", "proved"],
        ["note", "gone() starts range and returns without its end. [notify/start-without-end]"],
        "error",
        ["note", "open"],
        ["note", "violated"],
        "warning",
    ]


def test_the_ledger_has_the_evidence_of_a_proof_and_the_reason_of_an_open_site() -> None:
    text = render_text(WHOLE, TextOptions(ledger=True))
    assert "      4: folio_assert_locked(details->folio)\n" in text
    assert (
        "      open because ops->end is called through a pointer that is set outside the tree\n"
    ) in text


def test_the_ledger_counts_by_rule() -> None:
    assert TABLE in render_text(WHOLE, TextOptions(ledger=True))


def test_the_ledger_names_the_rules_that_were_not_applied() -> None:
    text = render_text(WHOLE, TextOptions(ledger=True))
    assert "old/rule: not applied: it is for Linux <5.19, this is 6.12\n" in text


def test_what_a_reader_must_know_is_always_shown() -> None:
    assert _problem_lines(TROUBLED, TextOptions()) == [
        "lost-worker: a worker ended; 3 files were not analysed",
        "model: folio_lock() has two models for 6.12",
        "no-site: rule lock/order: no site in this tree; expected 3",
        "mm/gone.c: unreadable: cannot be read: permission denied",
        "1 error, 1 warning, 1 note in 2 files. 6 sites of 3 rules: 1 proved, 1 open.",
        "1,200 functions in 3 files read, 2 of them, in 2 files, not fully "
        "(zaplint coverage lists them).",
        "2 gaps in the analysis may leave obligations open.",
        "Incomplete: 2 parts of what was asked for could not be analysed.",
    ]


def test_gaps_are_listed_on_request() -> None:
    lines = _problem_lines(TROUBLED, TextOptions(problems=True))
    assert lines[4:6] == [
        "mm/punch.c:12: imprecise: more than 32 states",
        "mm/punch.c:17: syntax: not parsed: macro BEGIN(); punch_hole() is not checked",
    ]


def test_evidence_on_the_path_is_not_said_twice() -> None:
    twice = replace(VIOLATION, evidence=VIOLATION.path[:1])
    text = render_text(replace(WHOLE, obligations=(twice,)))
    assert text.count("12: punch_hole() is called from user space") == 1


def test_a_message_stays_on_one_line() -> None:
    report = replace(WHOLE, obligations=(replace(VIOLATION, message="f() calls\n\tg()", path=()),))
    assert "mm/punch.c:8:2: error: f() calls g() [zap/" in render_text(report)


def _problem_lines(report: Report, options: TextOptions) -> list[str]:
    lines = render_text(report, options).splitlines()
    return lines[lines.index("lost-worker: a worker ended; 3 files were not analysed") :]
