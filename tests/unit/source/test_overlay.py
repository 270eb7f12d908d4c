"""A tree with texts that are other than on disk answers as if they were on disk."""

import shutil
from pathlib import Path

import pytest

from analyzer.source import Overlay, Tree, open_tree
from tests.cli.command import KERNEL

NEW = b"#include <linux/own.h>\nvoid unmap_own(void) { zap_own(1); }\n"
WORDS = frozenset({"zap_own", "vm_*", "pte_offset_map_lock", "residence"})


@pytest.fixture
def both(tmp_path: Path) -> tuple[Tree, Tree]:
    """The small kernel changed on disk, and the same by an overlay."""
    changed = {
        "mm/own.c": NEW,
        "include/linux/own.h": b"int own;\n",
        "mm/madvise.c": b"int gone;\n",
    }
    copy = tmp_path / "tree"
    shutil.copytree(KERNEL, copy)
    for path, text in changed.items():
        (copy / path).write_bytes(text)
    (copy / "mm/vma.c").unlink()
    overlay = Overlay(changed, frozenset({"mm/vma.c"}))
    return open_tree(copy), open_tree(KERNEL, None, overlay)


def test_files(both: tuple[Tree, Tree]) -> None:
    disk, over = both
    assert "mm/own.c" in over.c_files()
    assert "mm/vma.c" not in over.c_files()
    for scopes in ((), ("mm",), ("mm/own.c",), ("fs",)):
        assert over.c_files(scopes) == disk.c_files(scopes)
    assert over.read("mm/own.c") == NEW
    with pytest.raises(FileNotFoundError):
        over.read("mm/vma.c")


def test_words(both: tuple[Tree, Tree]) -> None:
    disk, over = both
    files = disk.c_files()
    assert over.mentioning(files, WORDS) == disk.mentioning(files, WORDS)
    plain = frozenset(word for word in WORDS if "*" not in word)
    assert over.outside(frozenset(), plain) == disk.outside(frozenset(), plain)
    assert over.known(plain) == disk.known(plain)
    assert "mm/own.c" in over.mentioning(files, frozenset({"zap_*"}))


def test_headers(both: tuple[Tree, Tree]) -> None:
    disk, over = both
    assert "include/linux/own.h" in over.headers_of(("mm/own.c",))
    assert over.headers_of(disk.c_files()) == disk.headers_of(disk.c_files())


def test_the_release_is_that_of_the_overlay() -> None:
    tree = open_tree(KERNEL, None, Overlay({"Makefile": b"VERSION = 5\nPATCHLEVEL = 19\n"}))
    assert str(tree.release) == "5.19"


def test_further_texts_stand_above() -> None:
    under = Overlay({"a.c": b"1", "b.c": b"1"}, frozenset({"c.c"}))
    over = under.under({"a.c": b"2", "b.c": None, "c.c": b"2"})
    assert over == Overlay({"a.c": b"2", "c.c": b"2"}, frozenset({"b.c"}))
