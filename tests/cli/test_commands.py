"""The commands that look: rules, coverage, graph, dump; and what the program says of itself."""

import json
import re
import shutil
from pathlib import Path

import pytest

from analyzer import __version__
from analyzer.pipeline import load_book
from tests.cli.command import KERNEL, errors_of, zaplint

RULES = [rule.id for rule in load_book().rulebook.rules]
OOM = KERNEL / "mm" / "oom_kill.c"


def test_rules_lists_every_rule() -> None:
    listed = [line.split()[0] for line in zaplint("rules").output.splitlines()]
    assert listed == RULES


@pytest.mark.parametrize("rule", RULES)
def test_rules_shows_the_page_of_a_rule(rule: str) -> None:
    outcome = zaplint("rules", rule)
    assert outcome.status == 0
    assert rule in outcome.output
    assert all(word in outcome.output.lower() for word in ("why", "fix"))


def test_rules_takes_the_code_of_a_rule() -> None:
    assert (
        zaplint("rules", "DEV001").data == zaplint("rules", "device/zap-without-anon-warning").data
    )


def test_rules_hints_at_the_rule_that_was_meant() -> None:
    outcome = zaplint("rules", "notifier/unpared-range")
    assert (outcome.status, len(errors_of(outcome))) == (2, 1)
    assert "did you mean 'notifier/unpaired-range'?" in outcome.errors


def test_coverage_counts_functions() -> None:
    outcome = zaplint("coverage", KERNEL)
    assert outcome.status == 0
    assert re.fullmatch(
        r"\d+ functions in \d+ files: (\d+) read whole \(100\.00 %\), 0 in part, 0 not at all\.",
        outcome.output.splitlines()[-1],
    )


def test_coverage_names_what_is_not_read(tmp_path: Path) -> None:
    tree = tmp_path / "kernel"
    shutil.copytree(KERNEL, tree)
    file = tree / "mm" / "oom_kill.c"
    file.write_text(f"{file.read_text()}\nvoid torn(void)\n{{\n\tint = = 3;\n}}\n")
    counts = json.loads(zaplint("coverage", tree, "--format", "json").data)
    assert [(gap["path"], gap["function"]) for gap in counts["gaps"]] == [("mm/oom_kill.c", "torn")]
    assert counts["read"] == counts["functions"] - 1
    assert "torn()" in zaplint("coverage", tree).output


def _edges(data: bytes) -> set[tuple[str, str]]:
    graph = json.loads(data)
    return {(call["caller"], call["callee"]) for call in graph["calls"]}


def test_graph_in_json_has_the_calls() -> None:
    outcome = zaplint("graph", KERNEL, "--from", "unmap_hugepage_range", "--format", "json")
    assert outcome.status == 0
    assert ("unmap_hugepage_range", "__unmap_hugepage_range") in _edges(outcome.data)


def test_graph_to_keeps_what_leads_there() -> None:
    words = ("graph", KERNEL, "--from", "fallocate", "--to", "unmap_hugepage_range")
    edges = _edges(zaplint(*words, "--format", "json").data)
    assert ("hugetlb_vmdelete_list", "unmap_hugepage_range") in edges
    assert "hugetlb_fault_mutex_hash" not in {name for edge in edges for name in edge}


def test_graph_depth_limits_it() -> None:
    words = ("graph", KERNEL, "--from", "fallocate", "--format", "json")
    near = _edges(zaplint(*words, "--depth", "1").data)
    assert {caller for caller, _ in near} == {"fallocate"}
    assert near < _edges(zaplint(*words).data)


@pytest.mark.parametrize(
    ("style", "start"), [("dot", "digraph"), ("mermaid", "flowchart"), ("svg", "<svg ")]
)
def test_graph_is_drawn(style: str, start: str) -> None:
    outcome = zaplint("graph", KERNEL, "--entry-points", "--format", style)
    assert outcome.status == 0
    assert outcome.output.startswith(start)
    assert "unmap_vmas" in outcome.output


@pytest.mark.parametrize(
    "words",
    [(), ("--from", "x", "--entry-points"), ("--from", "no_such_function")],
    ids=["no start", "two starts", "unknown"],
)
def test_graph_without_a_start_makes_the_status_2(words: tuple[str, ...]) -> None:
    outcome = zaplint("graph", KERNEL, *words)
    assert (outcome.status, len(errors_of(outcome))) == (2, 1)


@pytest.mark.parametrize(
    ("what", "part"),
    [
        ("ir", "call tlb_gather_mmu("),
        ("calls", "tlb_finish_mmu"),
        ("locks", "mmu_gather"),
        ("effects", "reap_first"),
    ],
)
def test_dump_shows_one_function(what: str, part: str) -> None:
    outcome = zaplint("dump", what, f"{OOM}:reap_first")
    assert outcome.status == 0
    assert "reap_first" in outcome.output
    assert part in outcome.output


@pytest.mark.parametrize("what", ["ir", "calls", "locks", "effects"])
def test_dump_shows_all_functions_of_a_file(what: str) -> None:
    outcome = zaplint("dump", what, OOM)
    assert outcome.status == 0
    assert all(
        name in outcome.output for name in re.findall(r"^\w.*?(\w+)\(", OOM.read_text(), re.M)
    )


@pytest.mark.parametrize("place", [f"{OOM}:absent", "absent.c", f"{KERNEL / 'README.md'}"])
def test_dump_of_nothing_makes_the_status_2(place: str) -> None:
    outcome = zaplint("dump", "ir", place)
    assert (outcome.status, len(errors_of(outcome))) == (2, 1)


def test_version_is_the_packages() -> None:
    outcome = zaplint("--version")
    assert (outcome.status, outcome.output.split()[1].strip(",")) == (0, __version__)


def test_help_explains_the_exit_status() -> None:
    outcome = zaplint("--help")
    assert outcome.status == 0
    assert re.findall(r"^ +(\d)  \w", outcome.output, re.MULTILINE) == list("01234")


@pytest.mark.parametrize(
    "command",
    ["audit", "check", "rules", "coverage", "graph", "locks", "contracts", "dump"],
)
def test_every_command_has_help(command: str) -> None:
    outcome = zaplint(command, "--help")
    assert (outcome.status, outcome.errors) == (0, "")
    assert command in outcome.output
