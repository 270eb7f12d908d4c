"""Trees on disk: release, files, words, headers, provenance."""

import os
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from analyzer.core import Release, UserError
from analyzer.source import Provenance, find_root, open_tree, provenance
from analyzer.source.words import files_with

MAKEFILE = "# SPDX\nVERSION = 6\nPATCHLEVEL = 12\nSUBLEVEL = 117\n"


def _write(root: Path, files: dict[str, str]) -> Path:
    for name, text in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return root


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A small kernel tree."""
    return _write(
        tmp_path / "linux",
        {
            "Makefile": MAKEFILE,
            "mm/memory.c": '#include <linux/mm.h>\n#include "internal.h"\nint zap(void);\n',
            "mm/kasan/init.c": "int unzap;\n",
            "mm/internal.h": '#include <asm/page.h>\n#include "deep/own.h"\n',
            "mm/deep/own.h": "#include <linux/mm.h>\n#include <missing.h>\n",
            "mm/notes.txt": "zap",
            "fs/dax.c": "# include <asm/tlb.h>\nzap(x)\n",
            "tools/testing/t.c": "zap\n",
            "scripts/gen.c": "",
            "drivers/tools/x.c": "int y;\n",
            ".git/x.c": "zap\n",
            "include/linux/mm.h": "#include <uapi/linux/mman.h>\n",
            "include/uapi/linux/mman.h": "#include <linux/types.h>\n",
            "include/uapi/linux/types.h": "",
            "include/asm-generic/tlb.h": "",
            "arch/x86/include/asm/page.h": "",
        },
    )


def test_release_is_read_from_the_makefile(root: Path) -> None:
    assert open_tree(root).release == Release(6, 12)
    assert open_tree(root, Release(6, 1)).release == Release(6, 1)


def _missing(root: Path) -> Path:
    return root / "nowhere"


def _file(root: Path) -> Path:
    return root / "Makefile"


def _no_makefile(root: Path) -> Path:
    return root / "mm"


def _no_version(root: Path) -> Path:
    (root / "Makefile").write_text("PATCHLEVEL = 12\n")
    return root


def _no_patchlevel(root: Path) -> Path:
    (root / "Makefile").write_text("VERSION = 6\n")
    return root


@pytest.mark.parametrize(
    ("make", "text"),
    [
        (_missing, "nowhere: there is no such folder"),
        (_file, "Makefile: this is a file, not a kernel tree"),
        (_no_makefile, "mm/Makefile: there is no such file, so this is not a kernel tree"),
        (_no_version, "Makefile: no line sets VERSION, so the release is not known"),
        (_no_patchlevel, "Makefile: no line sets PATCHLEVEL, so the release is not known"),
    ],
)
def test_what_is_no_tree(root: Path, make: Callable[[Path], Path], text: str) -> None:
    with pytest.raises(UserError) as error:
        open_tree(make(root))
    assert error.value.message.endswith(text)
    assert error.value.hint


def test_c_files(root: Path) -> None:
    tree = open_tree(root)
    assert tree.c_files() == ("drivers/tools/x.c", "fs/dax.c", "mm/kasan/init.c", "mm/memory.c")
    assert tree.c_files(("mm",)) == ("mm/kasan/init.c", "mm/memory.c")
    assert tree.c_files(("mm/", "mm/memory.c", "./fs")) == (
        "fs/dax.c",
        "mm/kasan/init.c",
        "mm/memory.c",
    )
    assert tree.c_files(("tools",)) == ("tools/testing/t.c",)


@pytest.mark.parametrize("scope", ["nothing", "mm/notes.txt", "include", "../linux2", "/etc"])
def test_a_scope_that_matches_nothing(root: Path, scope: str) -> None:
    with pytest.raises(UserError) as error:
        open_tree(root).c_files(("mm", scope))
    assert error.value.message.startswith(f"{scope}: no C file of ")


def test_sources_are_c_files_and_headers(root: Path) -> None:
    tree = open_tree(root)
    assert set(tree.sources()) >= {*tree.c_files(), "mm/internal.h", "mm/deep/own.h"}
    assert [path for path in tree.sources() if not path.endswith((".c", ".h"))] == []
    assert tree.sources(("mm/deep", "fs")) == ("fs/dax.c", "mm/deep/own.h")


def test_headers_are_followed(root: Path) -> None:
    assert open_tree(root).headers_of(("mm/memory.c", "fs/dax.c")) == (
        "arch/x86/include/asm/page.h",
        "include/asm-generic/tlb.h",
        "include/linux/mm.h",
        "include/uapi/linux/mman.h",
        "include/uapi/linux/types.h",
        "mm/deep/own.h",
        "mm/internal.h",
    )


@pytest.mark.parametrize("with_grep", [True, False])
def test_words(root: Path, with_grep: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    if not with_grep:
        monkeypatch.setattr("analyzer.source.words.shutil.which", lambda name: None)
    tree = open_tree(root)
    paths = (*tree.c_files(), "mm/gone.c")
    assert tree.mentioning(paths, frozenset({"zap", "other"})) == (
        "fs/dax.c",
        "mm/gone.c",
        "mm/memory.c",
    )
    assert tree.mentioning(paths, frozenset({"z*p"})) == tree.mentioning(paths, frozenset({"zap"}))
    assert tree.mentioning(paths, frozenset({"*ap"})) == (
        "fs/dax.c",
        "mm/gone.c",
        "mm/kasan/init.c",
        "mm/memory.c",
    )
    assert tree.mentioning(paths, frozenset({"y*", "un*"})) == (
        "drivers/tools/x.c",
        "mm/gone.c",
        "mm/kasan/init.c",
    )
    assert tree.mentioning(paths, frozenset({"a*"})) == ("fs/dax.c", "mm/gone.c")
    assert tree.mentioning(paths, frozenset()) == ()


def test_words_among_bytes_that_are_no_text(tmp_path: Path) -> None:
    (tmp_path / "a.c").write_bytes(b"\xff\0zap\0\xe9")
    (tmp_path / "-b.c").write_bytes(b"\xff zapped")
    assert files_with(tmp_path, ("-b.c", "a.c"), frozenset({"zap"})) == ("a.c",)


def test_the_root_above_a_file(root: Path) -> None:
    (root / "mm" / "Makefile").write_text("obj-y += memory.o\n")
    assert find_root(root / "mm" / "memory.c") == root.resolve()
    with pytest.raises(UserError, match="no kernel tree found above this file"):
        find_root(root.parent / "alone.c")


def test_reading_a_file_that_is_gone(root: Path) -> None:
    with pytest.raises(FileNotFoundError):
        open_tree(root).read("mm/gone.c")


def _git(root: Path, *arguments: str) -> str:
    environment = {
        **os.environ,
        **{
            f"GIT_{who}_{what}": "a@b"
            for who in ("AUTHOR", "COMMITTER")
            for what in ("NAME", "EMAIL")
        },
    }
    done = subprocess.run(
        ["git", "-C", str(root), *arguments],
        check=True,
        capture_output=True,
        text=True,
        env=environment,
    )
    return done.stdout.strip()


def test_provenance_of_a_checkout(root: Path) -> None:
    (root / ".git" / "x.c").unlink()
    (root / ".git").rmdir()
    assert provenance(root) == Provenance()
    _git(root, "init", "-q", "-b", "trunk")
    _git(root, "add", "mm")
    _git(root, "commit", "-q", "-m", "first")
    _git(root, "remote", "add", "origin", "https://me:secret@example.org/linux.git")
    assert provenance(root) == Provenance(
        revision=_git(root, "rev-parse", "HEAD"),
        branch="trunk",
        repository="https://example.org/linux.git",
    )
    assert provenance(root / "mm") == Provenance()
    _git(root, "checkout", "-q", "--detach")
    assert provenance(root).branch == ""
