"""Files that cannot be read, workers that die: the run says that it is incomplete."""

import json
import os
import shutil
import signal
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from analyzer.checkers.check import Checker
from tests.cli.command import KERNEL, small_tree, zaplint
from tests.robust.process import run

SECONDS = 30


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    shutil.copytree(KERNEL, tmp_path / "kernel")
    return tmp_path / "kernel"


def _log(*words: str | Path, status: int) -> dict[str, Any]:
    """The run of the log of an audit that ends with this status."""
    outcome = zaplint("audit", *words, "--format", "sarif")
    assert outcome.status == status
    run = json.loads(outcome.data)["runs"][0]
    assert isinstance(run, dict)
    return run


def _assert_incomplete(run: dict[str, Any], part: str) -> None:
    (invocation,) = run["invocations"]
    assert invocation["executionSuccessful"] is False
    notes = [each["message"]["text"] for each in invocation["toolExecutionNotifications"]]
    assert any(part in note for note in notes), notes
    assert run["results"], "what was found is said all the same"


def test_dangling_link(tree: Path) -> None:
    (tree / "mm" / "gone.c").symlink_to("nowhere.c")
    _assert_incomplete(_log(tree, status=3), "cannot be read")
    assert "mm/gone.c" in zaplint("audit", tree).output


def test_dangling_link_that_is_asked_for(tree: Path) -> None:
    (tree / "mm" / "gone.c").symlink_to("nowhere.c")
    outcome = zaplint("audit", tree, "--scope", "mm/gone.c")
    assert outcome.status == 3
    assert "mm/gone.c" in outcome.output


def test_link_to_itself(tree: Path) -> None:
    (tree / "mm" / "loop.c").symlink_to("loop.c")
    _assert_incomplete(_log(tree, status=3), "cannot be read")


def test_folder_that_is_called_like_a_file(tree: Path) -> None:
    (tree / "mm" / "folder.c").mkdir()
    assert _log(tree, status=1)["invocations"][0]["executionSuccessful"] is True


def test_pipe_is_not_waited_for(tree: Path) -> None:
    os.mkfifo(tree / "mm" / "pipe.c")
    done = run("audit", tree, seconds=SECONDS)
    assert (done.returncode, done.stderr) == (3, "")
    assert "mm/pipe.c" in done.stdout


def test_coverage_says_it_too(tree: Path) -> None:
    (tree / "mm" / "gone.c").symlink_to("nowhere.c")
    outcome = zaplint("coverage", tree)
    assert outcome.status == 3
    assert "mm/gone.c" in outcome.output


@pytest.mark.parametrize("name", [b"caf\xe9.c", "café.c".encode(), b"a b%20c#.c", b"a\nb.c"])
def test_names_of_any_bytes(tree: Path, name: bytes) -> None:
    file = os.fsencode(tree / "mm") + b"/" + name
    shutil.move(tree / "mm" / "oom_kill.c", os.fsdecode(file))
    for style in ("text", "sarif"):
        outcome = zaplint("audit", tree, "--format", style)
        assert (outcome.status, outcome.errors) == (1, "")
        assert outcome.data.count(b"notifier/unpaired-mmu-gather") > 0


def _replaced_check(act: Callable[[], None]) -> Callable[..., object]:
    """A check that does something else in a worker for one function."""
    check, parent = Checker.check, os.getpid()

    def other(self: Checker, ref: Any, clauses: tuple[int, ...]) -> object:
        if os.getpid() != parent and ref.path == "mm/truncate.c":
            act()
        return check(self, ref, clauses)

    return other


def _die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def _fail() -> None:
    raise AssertionError("a bug in a worker")


def test_lost_worker(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Checker, "check", _replaced_check(_die))
    run = _log(KERNEL, "--jobs", "2", status=3)
    _assert_incomplete(run, "a worker was lost")


def test_all_workers_lost(monkeypatch: pytest.MonkeyPatch) -> None:
    check, parent = Checker.check, os.getpid()

    def other(self: Checker, ref: Any, clauses: tuple[int, ...]) -> object:
        if os.getpid() != parent:
            _die()
        return check(self, ref, clauses)

    monkeypatch.setattr(Checker, "check", other)
    assert _log(KERNEL, "--jobs", "2", status=3)["results"] == []


def test_bug_in_a_worker_is_a_bug(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Checker, "check", _replaced_check(_fail))
    assert zaplint("audit", KERNEL, "--jobs", "2").status == 4


WITHOUT_HEADERS = """
static int try_one(struct folio *folio, struct vm_area_struct *vma, unsigned long address)
{
	DEFINE_FOLIO_VMA_WALK(pvmw, folio, vma, address, 0);
	int ret = 0;

	while (page_vma_mapped_walk(&pvmw)) {
		ret = change_one(address);
		if (ret) {
			page_vma_mapped_walk_done(&pvmw);
			break;
		}
	}
	return ret;
}
"""


def test_a_file_without_its_headers_is_judged_all_the_same(tmp_path: Path) -> None:
    tree = small_tree(tmp_path, WITHOUT_HEADERS)
    run = _log(tree, "--ledger", "--select", "lock/unbalanced-lock", status=0)
    assert {each["kind"] for each in run["results"]} == {"pass"}
