"""`zaplint check --daemon`: the process that stays says what a new one says, and sooner."""

import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from threading import Event, Thread

import pytest

from analyzer.cli import serve
from analyzer.daemon import client
from analyzer.daemon.client import UNKNOWN
from analyzer.daemon.places import socket_of
from tests.cli.command import KERNEL, Outcome

_ZAPLINT = Path(sys.executable).with_name("zaplint")
_UNLOCK = "\tpte_unmap_unlock(start_pte, ptl);\n\treturn 0;\n}\n\n/* Counts"
_LEFT = "\treturn 0;\n}\n\n/* Counts"
_FILE = "mm/madvise.c"
_INTERRUPTIBLE = """\
import signal  # Whoever runs tests in the background has them ignore interrupts.
signal.signal(signal.SIGINT, signal.default_int_handler)
from analyzer.cli.start import main
main()
"""


class _Desk:
    """A checkout of the small kernel, and a cache of its own."""

    def __init__(self, folder: Path) -> None:
        self.tree = folder / "linux"
        shutil.copytree(KERNEL, self.tree)
        self.cache = folder / "c"
        self.environment = {**os.environ, "ZAPLINT_CACHE": str(self.cache)}
        self.environment.pop("CI", None)
        for words in (("init", "-q"), ("add", "-A"), ("commit", "-qm", "base")):
            self.git(*words)

    def git(self, *words: str) -> None:
        """Runs git, as somebody."""
        who = ("-c", "user.name=A Dev", "-c", "user.email=dev@example.org")
        subprocess.run(["git", "-C", str(self.tree), *who, *words], check=True)

    def stage(self, old: str, new: str, path: str = _FILE) -> None:
        """Replaces text and stages it."""
        file = self.tree / path
        text = file.read_text()
        assert old in text
        file.write_text(text.replace(old, new))
        self.git("add", path)

    def run(self, *words: str, folder: str = "") -> Outcome:
        """Runs zaplint."""
        done = subprocess.run(
            [_ZAPLINT, *words],
            cwd=self.tree / folder,
            env=self.environment,
            capture_output=True,
            check=False,
            timeout=300,
        )
        return Outcome(done.returncode, done.stdout, done.stderr.decode())

    def both(self, *words: str) -> Outcome:
        """What the daemon says, which must be what a new process says."""
        warm = self.run("check", "--daemon", *words)
        assert warm == self.run("check", "--no-daemon", *words)
        return warm

    @property
    def daemons(self) -> list[int]:
        """The processes that stay."""
        return [int(line.split()[0]) for line in self.run("daemon").output.splitlines()]


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[_Desk]:
    """A checkout; what stays is ended behind it."""
    made = _Desk(tmp_path)
    yield made
    assert made.run("daemon", "stop").status == 0
    assert made.daemons == []


def test_it_says_what_a_new_process_says(desk: _Desk) -> None:
    assert "residence_pmd_entry" not in desk.both("--staged", _FILE).output
    (process,) = desk.daemons
    desk.stage(_UNLOCK, _LEFT)
    broken = desk.both("--staged", _FILE)
    assert broken.status == 1
    assert "residence_pmd_entry" in broken.output
    assert desk.both("--staged", "--diff", "--format", "gitlab", _FILE).status == 1
    (desk.tree / _FILE).write_text("int dirty;\n")  # An unstaged edit is nothing to the index.
    assert desk.both("--staged", _FILE) == broken
    assert desk.both("mm/mremap.c").status == 1
    desk.git("commit", "-qm", "broken")
    assert "residence_pmd_entry" not in desk.both("--staged", "--diff", _FILE).output
    assert desk.daemons == [process]


def test_it_heeds_the_configuration_and_the_baseline_that_are_staged(desk: _Desk) -> None:
    def found(*words: str) -> bool:
        return "[lock/" in desk.both("--staged", "--select", "lock", _FILE, *words).output

    assert found()
    for name, option, text in (
        ("zaplint.toml", (), '[[off]]\nrules = "lock"\nreason = "is known"\n'),
        ("own.toml", ("--config", "own.toml"), '[[off]]\nrules = "lock"\nreason = "is known"\n'),
        ("known", ("--baseline", "known"), ""),
    ):
        file = desk.tree / name
        file.write_text(text)
        if not text:
            desk.run("baseline", "write", ".", "--scope", "mm", "--select", "lock", "-o", name)
        assert not found(*option)
        desk.git("add", name)
        file.write_text("")
        assert not found(*option)
        desk.git("add", name)
        assert found(*option)


def test_an_edit_of_a_header_begins_anew(desk: _Desk) -> None:
    desk.both("--staged", _FILE)
    (process,) = desk.daemons
    header = (desk.tree / "include/linux/mm.h").read_text()
    desk.stage(header, header + "\nint more(void);\n", "include/linux/mm.h")
    desk.stage(_UNLOCK, _LEFT)
    assert desk.both("--staged", _FILE).status == 1
    assert desk.daemons == [process]


def test_a_build_is_told_what_it_is_told_without(desk: _Desk) -> None:
    before = desk.run("kbuild", "--daemon", _FILE)
    assert (before, before.output) == (desk.run("kbuild", "--no-daemon", _FILE), "")
    desk.stage(_UNLOCK, _LEFT)
    after = desk.run("kbuild", "-Wbitwise", "--daemon", _FILE)
    assert after == desk.run("kbuild", "-Wbitwise", "--no-daemon", _FILE)
    assert "residence_pmd_entry" in after.errors
    assert "residence_pmd_entry" not in before.errors


def test_one_that_is_there_answers_what_it_knows(desk: _Desk) -> None:
    desk.both("--staged", _FILE)
    (process,) = desk.daemons
    for words in (("--staged", _FILE), (_FILE,), ("--select", "zap", _FILE)):
        assert desk.run("check", *words) == desk.run("check", "--no-daemon", *words)
    header = (desk.tree / "include/linux/mm.h").read_text()
    desk.stage(header, header + "\nint more(void);\n", "include/linux/mm.h")
    desk.stage(_UNLOCK, _LEFT)
    assert "residence_pmd_entry" in desk.run("check", _FILE).output
    assert "residence_pmd_entry" in desk.run("kbuild", _FILE).errors
    assert desk.daemons == [process]


class _Stub:
    """Listens where the daemon of a checkout would, and answers with one word."""

    def __init__(self, desk: _Desk, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("ZAPLINT_CACHE", str(desk.cache))
        path = Path(socket_of(str(desk.tree)))
        path.parent.mkdir(mode=0o700, parents=True)
        self.word = UNKNOWN
        self.was_asked, self.may_answer = Event(), Event()
        self.may_answer.set()
        self.asked: list[list[str]] = []
        self._listening = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self._listening.bind(str(path))
        self._listening.listen()
        Thread(target=self._serve, daemon=True).start()

    def _serve(self) -> None:
        while True:
            channel, _ = self._listening.accept()
            with channel, channel.makefile("rb") as reader:
                size = reader.readline()
                if size:
                    self.asked.append(json.loads(reader.read(int(size)))["words"])
                    self.was_asked.set()
                    self.may_answer.wait()
                    with suppress(OSError):  # Whoever asked is gone.
                        channel.sendall(f"{self.word}\n".encode())


def test_what_one_does_not_know_is_found_out(desk: _Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    stub = _Stub(desk, monkeypatch)
    found = desk.run("check", "--staged", _FILE)
    assert stub.asked == [["check", "--staged", _FILE]]
    assert (found.status, found.errors) == (1, "")
    assert desk.run("check", "--staged", "--no-daemon", _FILE) == found
    monkeypatch.setitem(desk.environment, "CI", "true")
    assert desk.run("check", "--staged", _FILE) == found
    monkeypatch.delitem(desk.environment, "CI")
    assert len(stub.asked) == 1
    stub.word = "7"
    assert desk.run("check", "--staged", _FILE) == Outcome(7, b"", "")
    assert desk.run("kbuild", _FILE) == Outcome(7, b"", "")


def test_what_belongs_to_somebody_else_is_not_asked(
    desk: _Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    stub = _Stub(desk, monkeypatch)
    assert client.ask(["check"], start=False) is None
    monkeypatch.chdir(desk.tree)
    assert client.ask(["check"], start=False) is None
    assert stub.asked == [["check"]]
    monkeypatch.setattr(os, "getuid", lambda: -2)
    assert client.ask(["check"], start=False) is None
    assert stub.asked == [["check"]]


def test_it_works_where_the_caller_is(desk: _Desk) -> None:
    found = desk.run("check", "--staged", "--daemon", "madvise.c", folder="mm")
    assert found == desk.run("check", "--staged", "--no-daemon", "madvise.c", folder="mm")
    desk.run(
        "check", "--staged", "--daemon", "--format", "sarif", "--output", "text:found.txt", _FILE
    )
    assert (desk.tree / "found.txt").stat().st_size
    assert desk.run("daemon").output.rstrip().endswith(str(desk.tree))


def test_what_is_wrong_is_told_as_ever(desk: _Desk) -> None:
    assert desk.both("--select", "no/rule", _FILE).status == 2
    assert desk.both("mm/none.c").status == 2
    assert desk.both("--no-option", _FILE).status == 2
    (desk.tree / "zaplint.toml").write_text("[odd]\n")
    slip = desk.both("--staged", _FILE)
    assert (slip.status, "zaplint.toml" in slip.errors) == (2, True)


def test_calls_at_the_same_time_are_answered_one_after_the_other(desk: _Desk) -> None:
    files = (_FILE, "mm/mremap.c", "mm/truncate.c")
    with ThreadPoolExecutor(3) as pool:
        found = list(pool.map(lambda each: desk.run("check", "--staged", "--daemon", each), files))
    assert found == [desk.run("check", "--staged", "--no-daemon", each) for each in files]
    assert len(desk.daemons) == 1


def test_a_caller_may_be_interrupted(desk: _Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    stub = _Stub(desk, monkeypatch)
    stub.may_answer.clear()
    command = [sys.executable, "-c", _INTERRUPTIBLE, "check", "--staged", "--daemon", _FILE]
    with subprocess.Popen(command, cwd=desk.tree, env=desk.environment) as caller:
        try:
            assert stub.was_asked.wait(60)
            caller.send_signal(signal.SIGINT)
            assert caller.wait(60) == 130
        finally:
            caller.kill()
    stub.may_answer.set()


def test_a_caller_that_goes_away_does_no_harm(desk: _Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    found = desk.both("--staged", _FILE)
    (process,) = desk.daemons
    monkeypatch.setenv("ZAPLINT_CACHE", str(desk.cache))
    words = ["check", "--staged", "--daemon", "mm/mremap.c"]
    request = {"words": words, "folder": str(desk.tree), "environment": desk.environment}
    data = json.dumps(request).encode()
    with Path(os.devnull).open("r+b") as nowhere:
        for sent in (b"", data[:20], data):
            with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as channel:
                channel.connect(socket_of(str(desk.tree)))
                socket.send_fds(channel, [f"{len(data)}\n".encode()], [nowhere.fileno()] * 3)
                channel.sendall(sent)
    assert desk.both("--staged", _FILE) == found
    assert desk.daemons == [process]


def test_a_reader_that_goes_away_does_no_harm(desk: _Desk) -> None:
    found = desk.run("check", "--staged", "--daemon", "--ledger", _FILE)
    (process,) = desk.daemons
    read, write = os.pipe()
    os.close(read)
    command = [_ZAPLINT, "check", "--staged", "--daemon", "--ledger", _FILE]
    subprocess.run(
        command, cwd=desk.tree, env=desk.environment, stdout=write, stderr=write, check=False
    )
    os.close(write)
    assert desk.run("check", "--staged", "--daemon", "--ledger", _FILE) == found
    assert desk.daemons == [process]


def test_one_that_is_killed_is_replaced(desk: _Desk) -> None:
    found = desk.run("check", "--staged", "--daemon", _FILE)
    (process,) = desk.daemons
    os.kill(process, signal.SIGKILL)
    assert desk.run("check", "--staged", "--daemon", _FILE) == found
    assert desk.daemons not in ([], [process])


_SERVER = """\
import sys
from analyzer.daemon.server import Duty, serve
def answer(words):
    print(words[0], flush=True)
    return 0
rest = lambda: print("rest", flush=True)
serve(sys.argv[1], Duty("/", answer, lambda: True, rest, 60.0))
"""


def test_what_can_wait_waits_for_some_calls_and_no_longer(
    desk: _Desk, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("ZAPLINT_CACHE", str(desk.cache))
    monkeypatch.chdir(desk.tree)
    path = Path(socket_of(str(desk.tree)))
    path.parent.mkdir(mode=0o700, parents=True)
    command = [sys.executable, "-c", _SERVER, path]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:
        while not path.exists() and server.poll() is None:
            time.sleep(0.01)
        try:
            statuses = [client.ask(["check"], start=False) for _ in range(40)]
        finally:
            server.terminate()
        rests, _ = server.communicate(timeout=60)
    assert statuses == [0] * 40
    assert 2 <= len(rests.split()) < 40


def test_it_ends_when_nobody_asks(desk: _Desk) -> None:
    desk.environment["ZAPLINT_DAEMON_SECONDS"] = "0.5"
    desk.run("check", "--staged", "--daemon", _FILE)
    until = time.monotonic() + 60
    while desk.daemons and time.monotonic() < until:
        time.sleep(0.1)
    assert desk.daemons == []
    assert not list(desk.cache.glob("daemon/*.sock"))


def test_where_none_can_be_the_tree_is_read(desk: _Desk) -> None:
    desk.cache.mkdir()
    (desk.cache / "daemon").write_text("in the way")
    done = desk.run("check", "--staged", "--daemon", _FILE)
    assert done.errors.startswith("note: no daemon can be started: ")
    assert done.output == desk.run("check", "--staged", _FILE).output
    (desk.cache / "daemon").unlink()


def test_a_folder_that_others_can_look_into_is_not_used(desk: _Desk) -> None:
    (desk.cache / "daemon").mkdir(parents=True)
    (desk.cache / "daemon").chmod(0o755)
    done = desk.run("check", "--staged", "--daemon", _FILE)
    assert re.match(r"note: \S+ is not this user's alone", done.errors)
    assert done.status == 1


@pytest.mark.parametrize("name, value", [("CI", "true"), ("ZAPLINT_DAEMON_SECONDS", "0")])
def test_none_is_left_behind_where_none_may_be(desk: _Desk, name: str, value: str) -> None:
    desk.environment[name] = value
    assert desk.run("check", "--staged", "--daemon", _FILE).status == 1
    assert desk.daemons == []


def test_it_ends_when_zaplint_is_another(
    desk: _Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    known = tmp_path / "rule.toml"
    known.write_text("")
    monkeypatch.setattr(serve, "made_of", lambda _: [str(known)])
    ends = []
    monkeypatch.setattr(serve, "serve", lambda _path, duty: ends.append(duty.stands))
    monkeypatch.chdir(tmp_path)
    serve.main("socket", "folder")
    (stands,) = ends
    assert stands()
    known.write_text("another")
    assert not stands()
