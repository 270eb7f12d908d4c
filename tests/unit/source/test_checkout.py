"""A checkout tells which files are other than they were when it was read."""

import subprocess
from pathlib import Path

import pytest

from analyzer.source import Checkout, Repository

_FILES = {"a.c": "int a;\n", "b.c": "int b;\n", "mm/c.c": "int c;\n"}


def _git(root: Path, *words: str) -> None:
    who = ("-c", "user.name=A Dev", "-c", "user.email=dev@example.org")
    subprocess.run(["git", "-C", str(root), *who, *words], check=True, capture_output=True)


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A repository with three files."""
    _git(tmp_path, "init", "-q", "-b", "main")
    for name, text in _FILES.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text)
    _git(tmp_path, "add", "-A")
    _git(tmp_path, "commit", "-qm", "base")
    return tmp_path


def test_nothing_is_other_at_first(root: Path) -> None:
    for moment in (None, "", "HEAD"):
        read = Checkout(Repository(root), moment)
        assert {moment: read.texts(moment) for moment in (None, "", "HEAD")} == {
            None: {},
            "": {},
            "HEAD": {},
        }


def test_each_moment_has_its_texts(root: Path) -> None:
    read = Checkout(Repository(root), "")
    (root / "a.c").write_text("int staged;\n")
    _git(root, "add", "a.c")
    (root / "a.c").write_text("int dirty;\n")
    (root / "new.c").write_text("int new;\n")
    assert read.texts("") == {"a.c": b"int staged;\n"}
    assert read.texts(None) == {"a.c": b"int dirty;\n", "new.c": b"int new;\n"}
    assert read.texts("HEAD") == {"a.c": b"int a;\n", "new.c": None}


def test_what_was_dirty_when_it_was_read_is_not_other(root: Path) -> None:
    (root / "a.c").write_text("int dirty;\n")
    (root / "new.c").write_text("int new;\n")
    read = Checkout(Repository(root), None)
    assert read.texts(None) == {}
    assert read.texts("") == {"a.c": b"int a;\n", "new.c": None}
    (root / "new.c").write_text("int newer;\n")
    assert read.texts(None)["new.c"] == b"int newer;\n"


def test_commits_and_removals_since_are_told(root: Path) -> None:
    read = Checkout(Repository(root), "")
    _git(root, "rm", "-q", "b.c")
    _git(root, "commit", "-qm", "gone")
    (root / "mm/c.c").write_text("int other;\n")
    _git(root, "commit", "-qam", "other")
    both = {"b.c": None, "mm/c.c": b"int other;\n"}
    assert [dict(read.texts(moment)) for moment in ("", "HEAD", None)] == [both] * 3
    _git(root, "reset", "-q", "--hard", "HEAD~2")
    # It is told of on, for it may have been asked about meanwhile.
    assert read.texts("") == {"b.c": b"int b;\n", "mm/c.c": b"int c;\n"}


def test_a_repository_without_a_commit_is_read(tmp_path: Path) -> None:
    _git(tmp_path, "init", "-q")
    (tmp_path / "a.c").write_text("int a;\n")
    _git(tmp_path, "add", "a.c")
    read = Checkout(Repository(tmp_path), "")
    assert read.texts("") == {}
    (tmp_path / "a.c").write_text("int b;\n")
    _git(tmp_path, "add", "a.c")
    assert read.texts("") == {"a.c": b"int b;\n"}
