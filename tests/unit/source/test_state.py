"""Whether what a run found of a tree still stands."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from analyzer.kept.results import Files
from analyzer.kept.words import Words
from analyzer.source import Tree, open_tree
from analyzer.source.state import as_before, files_of_run, stamped

WORDS = Words(frozenset({"zap"}), ("*_zap_*",), ("mm/**",))
READ = {"mm/read.c": b"zap();\n", "include/linux/zap.h": b"void zap(void);\n"}


@pytest.fixture
def tree(tmp_path: Path) -> Tree:
    """A tree of two files that are read and one that is not."""
    (tmp_path / "Makefile").write_text("VERSION = 6\nPATCHLEVEL = 12\n")
    for path, text in {**READ, "drivers/other.c": b"int x;\n"}.items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_bytes(text)
    return open_tree(tmp_path)


def _edit(path: str, text: str) -> Callable[[Path], object]:
    return lambda root: (root / path).write_text(text)


def _touch(path: str) -> Callable[[Path], object]:
    return lambda root: os.utime(root / path, ns=(1, 1))


def _remove(path: str) -> Callable[[Path], object]:
    return lambda root: (root / path).unlink()


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (lambda root: None, True),
        (_touch("mm/read.c"), True),
        (_touch("include/linux/zap.h"), True),
        (_touch("drivers/other.c"), True),
        (_edit("mm/read.c", "zap(1);\n"), False),
        (_edit("include/linux/zap.h", "int zap(void);\n"), False),
        (_edit("drivers/other.c", "int xyz;\n"), True),
        (_edit("drivers/other.c", "int zap_it;\n"), True),
        (_edit("drivers/other.c", "int x = zap();\n"), False),
        (_edit("drivers/other.c", "int x = do_zap_it();\n"), False),
        (_edit("drivers/new.c", "int y;\n"), True),
        (_edit("drivers/new.c", "zap();\n"), False),
        (_edit("mm/new.c", "int y;\n"), False),
        (_edit("Makefile", "VERSION = 6\nPATCHLEVEL = 13\n"), False),
        (_remove("mm/read.c"), False),
        (_remove("include/linux/zap.h"), False),
        (_remove("drivers/other.c"), True),
    ],
)
def test_results_stand_until_what_they_were_made_from_changes(
    tree: Tree, change: Callable[[Path], object], expected: bool
) -> None:
    files = files_of_run(tree, stamped(tree, tree.c_files()), READ)
    change(tree.root)
    assert as_before(tree, tree.c_files(), files, WORDS) is expected


def test_what_changed_while_it_was_read_does_not_stand(tree: Tree) -> None:
    before = stamped(tree, tree.c_files())
    for path in READ:
        (tree.root / path).write_text("/* another text */\n")
    assert not as_before(tree, tree.c_files(), files_of_run(tree, before, READ), WORDS)


def test_what_is_as_it_was_is_not_read_again(tree: Tree) -> None:
    files = files_of_run(tree, stamped(tree, tree.c_files()), READ)
    wrong = Files(files.stamps, dict.fromkeys(files.digests, "another"))
    assert as_before(tree, tree.c_files(), wrong, WORDS)
