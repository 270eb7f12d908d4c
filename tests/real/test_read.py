"""Of the functions that ctags counts nearly all are read whole; those of the zap paths all are."""

from functools import cache
from pathlib import Path

from analyzer.outcome import coverage_of
from analyzer.pipeline import Request, World, load_book, read_world
from tests.real.expected import Expected, tags

SCOPES = (
    "mm",
    "fs/hugetlbfs/inode.c",
    "fs/userfaultfd.c",
    "fs/proc/task_mmu.c",
    "fs/dax.c",
    "kernel/fork.c",
    "kernel/events/uprobes.c",
)
LEAST = 0.995
NO_FUNCTIONS = frozenset({"INTERVAL_TREE_DEFINE", "postcore_initcall", "subsys_initcall"})
"""Macros that ctags takes for functions."""


@cache
def _world(linux: Path) -> World:
    return read_world(Request(linux, SCOPES), load_book(), everything=True)


def test_nearly_all_functions_are_read_whole(linux: Path) -> None:
    world = _world(linux)
    gaps = {(gap.path, gap.function) for gap in coverage_of(world).gaps}
    lines = {
        (ref.path, world.program.file(ref.path).lines.line(head.name_start))
        for ref in world.program.refs
        if ((head := world.program.head(ref)).path, head.name) not in gaps
    }
    counted = [tag for tag in tags(linux, world.scope) if tag.name not in NO_FUNCTIONS]
    unread = sorted(
        f"{tag.path}:{tag.line}: {tag.name}"
        for tag in counted
        if not {(tag.path, tag.line + shift) for shift in (-1, 0, 1)} & lines
    )
    assert len(counted) > 6000
    assert len(unread) <= (1 - LEAST) * len(counted), unread


def test_functions_of_the_zap_paths_are_read_whole(linux: Path, awaited: Expected) -> None:
    world = _world(linux)
    found = {
        head.name: head.gaps
        for ref in world.program.refs
        if (head := world.program.head(ref)).name in awaited.zap_functions
    }
    assert set(found) == awaited.zap_functions
    assert set(found.values()) == {()}


def test_nothing_is_lost(linux: Path) -> None:
    world = _world(linux)
    assert [problem for problem in world.reading.problems if problem.incomplete] == []
    assert set(world.scope) <= set(world.reading.units)
