"""A result file is there whole or not at all."""

import os
import threading
from pathlib import Path

import pytest

from analyzer.core import UserError
from analyzer.report import write_atomically
from analyzer.report.output import check_writable


def test_a_new_file_is_written(tmp_path: Path) -> None:
    write_atomically(tmp_path / "out.sarif", b"{}\n")
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == {"out.sarif": b"{}\n"}


def test_a_file_is_replaced_and_keeps_its_mode(tmp_path: Path) -> None:
    path = tmp_path / "out.sarif"
    path.write_bytes(b"old")
    path.chmod(0o640)
    write_atomically(path, b"new")
    assert (path.read_bytes(), path.stat().st_mode & 0o777) == (b"new", 0o640)


def test_a_link_stays_a_link(tmp_path: Path) -> None:
    (tmp_path / "real").write_bytes(b"old")
    (tmp_path / "link").symlink_to("real")
    write_atomically(tmp_path / "link", b"new")
    assert ((tmp_path / "link").is_symlink(), (tmp_path / "real").read_bytes()) == (True, b"new")


def test_a_missing_folder_is_named(tmp_path: Path) -> None:
    path = tmp_path / "none" / "out.sarif"
    with pytest.raises(UserError) as raised:
        write_atomically(path, b"")
    assert str(raised.value).splitlines()[0] == (
        f"{path}: cannot be written: no such file or directory"
    )


def test_what_cannot_be_written_is_told_before_it_is_made(tmp_path: Path) -> None:
    check_writable(tmp_path / "new.sarif")
    for path, why in ((tmp_path / "none" / "x", "no such file"), (tmp_path, "it is a folder")):
        with pytest.raises(UserError, match=f"cannot be written: {why}"):
            check_writable(path)
    assert list(tmp_path.iterdir()) == []


def test_a_folder_is_not_a_file(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="it is a folder"):
        write_atomically(tmp_path, b"")


def test_a_failed_write_leaves_nothing_behind(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "out").write_bytes(b"old")

    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(UserError, match="no space left on device"):
        write_atomically(tmp_path / "out", b"new")
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == {"out": b"old"}


def test_a_pipe_is_written_to(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    read: list[bytes] = []
    reader = threading.Thread(target=lambda: read.append(pipe.read_bytes()))
    reader.start()
    write_atomically(pipe, b"new")
    reader.join(timeout=10)
    assert (read, pipe.is_fifo()) == ([b"new"], True)
