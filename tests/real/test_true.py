"""In the trees as Debian ships them the rules report what is wrong there, and nothing else."""

from collections import Counter
from pathlib import Path

from analyzer.core import Report, Verdict
from analyzer.pipeline import Request, idle, load_book
from tests.real.expected import Expected

MOST_OPEN = 0.2


def _violations(report: Report) -> Counter[tuple[str, str, str]]:
    return Counter(
        (each.location.path, each.function, each.rule)
        for each in report.obligations
        if each.verdict is Verdict.VIOLATED
    )


def test_violations_are_the_known_ones(report: Report, awaited: Expected) -> None:
    assert _violations(report) == awaited.violations


def test_every_known_violation_says_why(awaited: Expected) -> None:
    assert all(len(reason) > 20 for reason in awaited.reasons)


def test_violations_come_with_a_path(report: Report) -> None:
    bare = [
        each for each in report.obligations if each.verdict is Verdict.VIOLATED and not each.path
    ]
    assert bare == []


def test_few_obligations_are_open(report: Report) -> None:
    reasons = Counter(
        f"{each.rule}: {each.reason}" for each in report.obligations if each.verdict is Verdict.OPEN
    )
    print(f"{reasons.total()} of {len(report.obligations)} obligations open", *reasons.items())
    assert "" not in {each.partition(": ")[2] for each in reasons}
    assert reasons.total() <= MOST_OPEN * len(report.obligations), reasons


def test_every_rule_has_the_sites_that_it_expects(report: Report) -> None:
    assert [problem.text for problem in report.problems if problem.kind == "no-site"] == []


def test_run_is_complete(report: Report) -> None:
    assert report.complete
    assert {count.rule for count in report.counts} == {rule.id for rule in report.rules}
    assert len(report.rules) == 35


def test_no_file_with_a_site_is_taken_for_one_without(report: Report, linux: Path) -> None:
    book = load_book()
    paths = {each.location.path for each in report.obligations}
    assert {path for path in paths if idle(Request(linux, files=(path,)), book)} == set()
    quiet = ("drivers/net/tun.c", "kernel/sched/fair.c", "lib/radix-tree.c", "net/socket.c")
    assert [path for path in quiet if not idle(Request(linux, files=(path,)), book)] == []
