"""Of the functions that universal-ctags counts, nearly all are read whole."""

import shutil
import subprocess
from pathlib import Path

import pytest

from analyzer.cfront.macros import MacroTable, scan_macros
from analyzer.cfront.unit import Unit
from analyzer.cfront.words import MacroWords
from analyzer.source import Tree, open_tree
from tests.unit.cfront.goldens import WORDS

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
# Names of macros that ctags takes for functions. Those of SYSCALL_DEFINE are compared by line.
NO_FUNCTIONS = frozenset({"INTERVAL_TREE_DEFINE", "postcore_initcall", "subsys_initcall"})
# The functions of the zap, unmap and truncation paths that the two releases have in common.
# fmt: off
ZAP = frozenset({
    "unmap_vmas", "unmap_single_vma", "unmap_page_range", "zap_pte_range", "zap_pmd_range",
    "zap_pud_range", "zap_p4d_range", "zap_huge_pmd", "zap_huge_pud",
    "unmap_mapping_range_tree", "unmap_mapping_folio", "unmap_mapping_pages",
    "unmap_mapping_range", "__unmap_hugepage_range", "unmap_hugepage_range",
    "unmap_ref_private", "hugetlb_vmdelete_list", "hugetlb_unmap_file_folio",
    "hugetlb_vmtruncate", "hugetlbfs_punch_hole", "remove_inode_hugepages",
    "truncate_pagecache", "truncate_pagecache_range", "truncate_setsize",
    "truncate_inode_pages", "truncate_inode_pages_range", "truncate_inode_pages_final",
    "invalidate_inode_pages2", "invalidate_inode_pages2_range", "invalidate_mapping_pages",
    "shmem_truncate_range", "shmem_undo_range", "try_to_unmap", "try_to_migrate",
    "make_device_exclusive_range", "folio_make_device_exclusive", "huge_pmd_unshare",
    "huge_pmd_unshare_flush", "hugetlb_unshare_pmds", "madvise_dontneed_single_vma",
    "madvise_free_single_vma", "__oom_reap_task_mm", "zap_page_range_single", "zap_vma_ptes",
})
# fmt: on


def _units(tree: Tree) -> dict[str, Unit]:
    paths = tree.c_files(SCOPES)
    words = MacroWords.parse(WORDS.read_text(encoding="utf-8"), str(WORDS))
    headers = tree.headers_of(paths)
    table = MacroTable.build(
        (macro for path in headers for macro in scan_macros(tree.read(path))), words
    )
    return {path: Unit.parse(path, tree.read(path), table) for path in paths}


@pytest.fixture(scope="module", params=["linux_6_1", "linux_6_12"])
def units(request: pytest.FixtureRequest) -> tuple[Path, dict[str, Unit]]:
    """The files of the scopes, parsed, with the root of their tree."""
    root = request.getfixturevalue(request.param)
    return root, _units(open_tree(root))


def _tags(root: Path, paths: list[str]) -> list[tuple[str, int, str]]:
    ctags = shutil.which("ctags")
    assert ctags is not None, "universal-ctags is needed: apt-get install universal-ctags"
    command = [ctags, "-x", "--c-kinds=f", "--_xformat=%F\t%n\t%N", *paths]
    output = subprocess.run(command, cwd=root, capture_output=True, text=True, check=True).stdout
    rows = [line.split("\t") for line in output.splitlines()]
    return [(path, int(line), name) for path, line, name in rows]


def test_nearly_all_functions_are_read_whole(units: tuple[Path, dict[str, Unit]]) -> None:
    root, parsed = units
    tags = [tag for tag in _tags(root, sorted(parsed)) if tag[2] not in NO_FUNCTIONS]
    whole = {
        (path, unit.head.lines.line(head.name_start))
        for path, unit in parsed.items()
        for head in unit.head.functions
        if not head.gaps
    }
    unread = [
        (path, line, name)
        for path, line, name in tags
        if not {(path, line), (path, line - 1), (path, line + 1)} & whole
    ]
    assert len(tags) > 6000
    assert len(unread) <= (1 - LEAST) * len(tags), unread


def test_the_zap_paths_are_read_whole(units: tuple[Path, dict[str, Unit]]) -> None:
    _, parsed = units
    found = {}
    for unit in parsed.values():
        for index, head in enumerate(unit.head.functions):
            if head.name in ZAP:
                found[head.name, head.condition] = unit.lower(index).gaps
    assert {name for name, _ in found} == ZAP
    assert set(found.values()) == {()}


def test_lowering_adds_no_gap(units: tuple[Path, dict[str, Unit]]) -> None:
    _, parsed = units
    added = [
        (head.path, head.name)
        for unit in parsed.values()
        for index, head in enumerate(unit.head.functions)
        if unit.lower(index).gaps != head.gaps
    ]
    assert added == []
