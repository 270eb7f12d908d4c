"""The text that a person reads."""

from dataclasses import replace

from analyzer.core import Report, Step
from analyzer.report import TextOptions, render_text
from analyzer.report.lines import Sources
from tests.unit.report.example import CLEAN, PROVED, TROUBLED, VIOLATION, WHOLE, read

DEFAULTS = TextOptions()
DEFAULT = """\
mm/gone.c: in gone()
mm/gone.c:3:1: note: gone() starts range and returns without its end. [notify/start-without-end]

mm/punch.c: in drop_range()
mm/punch.c:8:2: error: drop_range() zaps range with ZAP_FLAG_DROP_MARKER and no folio lock \
[zap/drop-marker-without-folio-lock]
     8 | zap_pages(range->vma,
       | ^~~~~~~~~~~~~~~~~~~~~
    only if CONFIG_HOLES
    in punch_hole()
      12: punch_hole() is called from user space
        | long punch_hole(struct file *file, int mode)
      16: drop_range(range, true)
      in drop_range()
         7: goes on when even_cows
          | details.zap_flags = ZAP_FLAG_DROP_MARKER;
    in punch_hole()
      17: calls range->table[mode](1)
    what that rests on:
    in zap_pages(), mm/blätter [1].c
      4: folio_assert_locked(details->folio) in table[0]
       | folio_assert_locked(details->folio); /* näher 😀 */ zap_one(vma);

mm/punch.c: in punch_hole()
mm/punch.c:17:2: warning: punch_hole() starts range->table[mode](1) and returns without its end \
[notify/start-without-end]
    17 | range->table[mode](1);
       | ^~~~~~~~~~~~~~~~~~~~~

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
    assert _text(WHOLE) == DEFAULT


def test_nothing_found_is_said() -> None:
    assert _text(CLEAN) == (
        "No findings. 1 site of 3 rules: 1 proved, 0 open.\n1 function in 1 file read.\n"
    )


def test_the_ledger_shows_every_verdict() -> None:
    lines = _text(WHOLE, TextOptions(ledger=True)).splitlines()
    labels = [line.split(": ")[1:3] for line in lines if "() " in line and line.startswith("mm/")]
    assert [label[0] if label[0] != "note" else label for label in labels] == [
        ["note", "proved"],
        ["note", "gone() starts range and returns without its end. [notify/start-without-end]"],
        "error",
        ["note", "open"],
        ["note", "violated"],
        "warning",
    ]


def test_the_ledger_has_the_evidence_of_a_proof_and_the_reason_of_an_open_site() -> None:
    text = _text(WHOLE, TextOptions(ledger=True))
    assert "    4: folio_assert_locked(details->folio)\n" in text
    assert (
        "    open because ops->end is called through a pointer that is set outside the tree\n"
    ) in text


def test_a_table_counts_by_rule() -> None:
    assert TABLE in _text(WHOLE, TextOptions(table=True))


def test_the_ledger_names_the_rules_that_were_not_applied() -> None:
    text = _text(WHOLE, TextOptions(ledger=True))
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
    text = _text(replace(WHOLE, obligations=(twice,)))
    assert text.count("12: punch_hole() is called from user space") == 1


def test_a_message_stays_on_one_line() -> None:
    report = replace(WHOLE, obligations=(replace(VIOLATION, message="f() calls\n\tg()", path=()),))
    assert "mm/punch.c:8:2: error: f() calls g() [zap/" in _text(report)


def test_the_step_that_is_the_finding_is_not_said_again() -> None:
    alone = replace(VIOLATION, evidence=(), path=(Step(VIOLATION.location, "drop_range", "here"),))
    lines = _text(replace(WHOLE, obligations=(alone,))).splitlines()
    assert lines[4:6] == ["    only if CONFIG_HOLES", ""]


def test_a_mark_stands_below_what_it_marks_behind_a_tab() -> None:
    place = replace(PROVED.location, path="mm/punch.c", line=7, column=3, end_line=7, end_column=10)
    one = replace(VIOLATION, location=place)
    lines = _text(replace(WHOLE, obligations=(one,))).splitlines()
    assert lines[2:4] == ["     7 | details.zap_flags = ZAP_FLAG_DROP_MARKER;", "       | ^~~~~~~"]


def test_what_a_terminal_would_obey_is_written_out() -> None:
    hostile = replace(VIOLATION, function="f\x1b[31m", message="a\u202eb \x07 c", path=())
    text = _text(replace(WHOLE, obligations=(hostile,)))
    assert "in f\\x1b[31m()" in text and "a\\u202eb \\x07 c" in text
    assert not any(each in text for each in "\x1b\u202e\x07")


def _text(report: Report, options: TextOptions = DEFAULTS) -> str:
    return render_text(report, Sources(read), options)


def _problem_lines(report: Report, options: TextOptions) -> list[str]:
    lines = _text(report, options).splitlines()
    return lines[lines.index("lost-worker: a worker ended; 3 files were not analysed") :]
