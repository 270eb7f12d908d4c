"""The log is the same, byte for byte, for any order of files, workers, hash seed and place."""

import os
import random
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path

import pytest

from analyzer.source import Tree
from tests.cli.command import KERNEL, zaplint

MAIN = "from analyzer.cli.main import main; main()"
LOG = ("--ledger", "--format", "sarif")
SCOPES = ("mm/memory.c", "mm/rmap.c", "mm/truncate.c", "mm/oom_kill.c", "mm/ksm.c")


def _log(*words: str | Path, seed: str = "0") -> bytes:
    """The log of a process of its own."""
    done = subprocess.run(
        [sys.executable, "-c", MAIN, "audit", *map(str, words), *LOG],
        env={**os.environ, "PYTHONHASHSEED": seed},
        cwd=Path(__file__).resolve().parents[2],
        capture_output=True,
        check=False,
    )
    assert (done.returncode in (0, 1), done.stderr) == (True, b"")
    return done.stdout


@cache
def _plain() -> bytes:
    return _log(KERNEL, "--jobs", "1")


def _scoped(scopes: tuple[str, ...]) -> list[str]:
    return [word for scope in scopes for word in ("--scope", scope)]


def test_two_runs() -> None:
    assert _log(KERNEL, "--jobs", "1") == _plain()


@pytest.mark.parametrize("jobs", ["2", "3", "7"])
def test_workers(jobs: str) -> None:
    assert _log(KERNEL, "--jobs", jobs) == _plain()


@pytest.mark.parametrize("seed", ["1", "4711", "random"])
def test_hash_seed(seed: str) -> None:
    assert _log(KERNEL, "--jobs", "1", seed=seed) == _plain()


@pytest.mark.parametrize(
    "words",
    [
        ("audit", KERNEL, "--jobs", "1", "--ledger", "--format", "html"),
        ("graph", KERNEL, "--entry-points", "--format", "svg"),
    ],
    ids=["page", "drawing"],
)
def test_hash_seed_of_what_is_drawn(words: tuple[str | Path, ...]) -> None:
    command = [sys.executable, "-c", MAIN, *map(str, words)]
    seeds = ({**os.environ, "PYTHONHASHSEED": seed} for seed in ("1", "4711"))
    root = Path(__file__).resolve().parents[2]
    one, other = (
        subprocess.run(command, env=seed, cwd=root, capture_output=True, check=False).stdout
        for seed in seeds
    )
    assert one == other
    assert one.rstrip().endswith((b"</html>", b"</svg>"))


def test_place_of_the_tree(tmp_path: Path) -> None:
    shutil.copytree(KERNEL, tmp_path / "elsewhere")
    assert _log(tmp_path / "elsewhere", "--jobs", "1") == _plain()


def test_relative_path(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(KERNEL.parent)
    assert zaplint("audit", "kernel", *LOG).data == _plain()


Walk = Iterator[tuple[str, list[str], list[str]]]


@pytest.mark.parametrize("seed", range(3))
def test_order_in_which_a_folder_lists_its_files(
    monkeypatch: pytest.MonkeyPatch, seed: int
) -> None:
    order, walk = random.Random(seed), os.walk

    def shuffled(start: str) -> Walk:
        for folder, folders, files in walk(start):
            order.shuffle(folders)
            order.shuffle(files)
            yield folder, folders, files

    monkeypatch.setattr("analyzer.source.tree.os.walk", shuffled)
    assert zaplint("audit", KERNEL, "--jobs", "1", *LOG).data == _plain()


@pytest.mark.parametrize("name", ["c_files", "mentioning", "headers_of"])
def test_order_in_which_files_are_read(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    listed: Callable[..., tuple[str, ...]] = getattr(Tree, name)

    def reversed_order(self: Tree, *words: object) -> tuple[str, ...]:
        return listed(self, *words)[::-1]

    monkeypatch.setattr(Tree, name, reversed_order)
    assert zaplint("audit", KERNEL, "--jobs", "1", *LOG).data == _plain()


def test_order_of_scopes() -> None:
    scopes = ("mm", "fs", "mm/rmap.c")
    logs = {
        zaplint("audit", KERNEL, *_scoped(order), *LOG).data for order in (scopes, scopes[::-1])
    }
    assert len(logs) == 1


def test_real_files(linux_6_12: Path) -> None:
    logs = {
        _log(linux_6_12, *_scoped(SCOPES), "--jobs", "1", seed="0"),
        _log(linux_6_12, *_scoped(SCOPES[::-1]), "--jobs", "2", seed="17"),
    }
    assert len(logs) == 1
    assert len(logs.pop()) > 100_000
