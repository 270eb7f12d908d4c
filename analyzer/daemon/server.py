"""Answers command lines one after the other, with the streams, the folder and the environment of
whoever asks.
"""

import fcntl
import io
import json
import os
import signal
import socket
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final, NamedTuple

from analyzer.daemon.client import GONE, UNKNOWN
from analyzer.daemon.places import LOCK, is_own

_STREAMS: Final = 3
_PAUSE: Final = 2.0
"""Seconds without a call after which there is time for what can wait."""
_ROW: Final = 16
"""So many calls are answered in a row before that is done all the same."""
_MOST: Final = 1 << 24
"""Bytes of a request, at most."""


class Duty(NamedTuple):
    """What a daemon does for a folder: `answer` gives the exit status of a command line, or None
    having said nothing, `stands` says whether its answers still are those of a new process, `rest`
    is done when there is time. It ends when nobody has asked for `idle` seconds.
    """

    folder: str
    answer: Callable[[list[str]], int | None]
    stands: Callable[[], bool]
    rest: Callable[[], None]
    idle: float


class _Ended(BaseException):
    """Unwinds from whatever a daemon does when it is told to end."""


def _end(*_: object) -> None:
    raise _Ended


def serve(path: str, duty: Duty) -> None:
    """Listens at a path until there is no more to do. Ends at once if another one does."""
    signal.signal(signal.SIGTERM, _end)
    signal.signal(signal.SIGPIPE, signal.SIG_IGN)
    with suppress(BlockingIOError, _Ended), _alone(path, duty.folder), _bound(path) as listening:
        _listen(listening, duty)


@contextmanager
def _bound(path: str) -> Iterator[socket.socket]:
    """A socket that listens at a path, for its owner alone."""
    Path(path).unlink(missing_ok=True)
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as listening:
        listening.bind(path)
        try:
            Path(path).chmod(0o600)
            listening.listen()
            yield listening
        finally:
            Path(path).unlink(missing_ok=True)


@contextmanager
def _alone(path: str, folder: str) -> Iterator[None]:
    """Holds what one daemon alone can hold. Raises BlockingIOError if another one does."""
    with Path(f"{path}{LOCK}").open("a", errors="surrogateescape") as file:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        file.truncate(0)
        file.write(f"{os.getpid()}\n{folder}\n")
        file.flush()
        yield


def _listen(listening: socket.socket, duty: Duty) -> None:
    row = 0
    while True:
        listening.settimeout(min(_PAUSE, duty.idle) if row else duty.idle)
        try:
            channel, _ = listening.accept()
        except TimeoutError:
            if not row:
                return
            row = 0
            duty.rest()
            continue
        with channel:
            if not is_own(channel):
                continue
            with suppress(OSError, ValueError, KeyError):  # Whoever asked is gone, or is no client.
                reply = _answered(channel, duty)
                _say(channel, reply)
                if reply == GONE:
                    return
        row += 1
        if row == _ROW:
            row = 0
            duty.rest()


def _say(channel: socket.socket, text: str) -> None:
    with suppress(OSError):
        channel.sendall(f"{text}\n".encode())


def _answered(channel: socket.socket, duty: Duty) -> str:
    """The exit status of what is asked for, or a word for why there is none. Raises ValueError for
    what is no request.
    """
    head, streams, _, _ = socket.recv_fds(channel, 32, _STREAMS)
    try:
        if len(streams) != _STREAMS:
            raise ValueError("three streams come with a request")
        size, _, rest = head.partition(b"\n")
        request = json.loads(_read(channel, rest, min(int(size), _MOST)))
        if not duty.stands():
            return GONE
        with _in_place_of(streams, str(request["folder"]), request["environment"]):
            status = duty.answer([str(word) for word in request["words"]])
        return UNKNOWN if status is None else str(status)
    finally:
        for stream in streams:
            os.close(stream)


def _read(channel: socket.socket, first: bytes, size: int) -> bytes:
    parts, length = [first], len(first)
    while length < size:
        part = channel.recv(1 << 16)
        if not part:
            raise ValueError("the request ends too soon")
        parts.append(part)
        length += len(part)
    return b"".join(parts)


@contextmanager
def _in_place_of(streams: list[int], folder: str, environment: Mapping[str, str]) -> Iterator[None]:
    """While this lasts, this process has the streams, the folder and the environment of another."""
    own = [os.dup(number) for number in range(_STREAMS)]
    before, texts = dict(os.environ), (sys.stdout, sys.stderr)
    try:
        for number, stream in enumerate(streams):
            os.dup2(stream, number)
        os.environ.clear()
        os.environ.update(environment)
        os.chdir(folder)
        sys.stdout, sys.stderr = _text(1), _text(2)
        yield
    finally:
        for written in (sys.stdout, sys.stderr):
            with suppress(OSError, ValueError):  # Nobody listens any more, or it was closed.
                written.flush()
        sys.stdout, sys.stderr = texts
        for number, stream in enumerate(own):
            os.dup2(stream, number)
            os.close(stream)
        os.environ.clear()
        os.environ.update(before)
        os.chdir("/")


def _text(number: int) -> io.TextIOWrapper:
    """A stream as Python opens it, though nothing that was not written to it is left in it."""
    binary = io.BufferedWriter(io.FileIO(number, "w", closefd=False))
    errors = "backslashreplace" if number == 2 else "surrogateescape"
    buffered = number == 1 and not os.isatty(number)
    return io.TextIOWrapper(binary, "utf-8", errors, line_buffering=not buffered)
