"""Asks the daemon of a folder, and starts one if there is none. It hands over its own standard
streams, so that what the daemon says goes where the caller looks.
"""

import json
import os
import socket
import sys
import time
from typing import Final

from analyzer.daemon.places import is_own, is_private, socket_of, sockets, top_of

_SECONDS: Final = 20.0
"""So long a daemon may take until it listens."""

_PAUSE: Final = 0.02

GONE: Final = "gone"
"""What a daemon answers that will not answer any more."""
UNKNOWN: Final = "unknown"
"""What a daemon answers that said nothing, for others can do it as fast."""


class Silent(Exception):
    """No daemon answers; the text says why."""


def ask(words: list[str], start: bool = True) -> int | None:
    """The exit status of the command line `words`, done by a daemon; None where it is not to
    `start`, and there is none, or one that does not know. Raises Silent if none does it: nothing
    was said then.
    """
    folder = top_of(os.getcwd())
    for _ in range(2):
        channel = _connected(folder) if start else _connect(socket_of(folder))
        if channel is None:
            return None
        reply = _reply(channel, words)
        if reply != GONE:
            return None if reply == UNKNOWN else int(reply)
    raise Silent("the daemon ended twice; zaplint may be being installed")


def _reply(channel: socket.socket, words: list[str]) -> str:
    """What the daemon answers."""
    request = {"words": words, "folder": os.getcwd(), "environment": dict(os.environ)}
    data = json.dumps(request).encode()
    with channel:
        try:
            socket.send_fds(channel, [f"{len(data)}\n".encode()], [0, 1, 2])
            channel.sendall(data)
            reply = channel.makefile("rb").readline().decode().strip()
        except OSError as error:
            raise Silent(f"the daemon does not answer: {error.strerror}") from error
    if not reply:
        raise Silent("the daemon ended while it was asked")
    return reply


def _connected(folder: str) -> socket.socket:
    """A connection to the daemon of a folder, which is started if it does not listen."""
    path = socket_of(folder)
    channel = _connect(path)
    if channel is not None:
        return channel
    log = path.removesuffix(".sock") + ".log"
    process: int | None = _started(path, folder, log)
    until = time.monotonic() + _SECONDS
    while time.monotonic() < until:
        if process is not None:
            ended, status = os.waitpid(process, os.WNOHANG)
            process = None if ended else process
            if ended and status:
                raise Silent(f"the daemon does not start; what it said is in {log}")
        channel = _connect(path)
        if channel is not None:
            return channel
        time.sleep(_PAUSE)
    raise Silent(f"the daemon does not listen after {_SECONDS:.0f} seconds")


def _connect(path: str) -> socket.socket | None:
    """A connection to who listens there, if that is this user, who alone may have the streams."""
    channel = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    try:
        channel.connect(path)
        if is_own(channel):
            return channel
    except OSError:
        pass
    channel.close()
    return None


def _started(path: str, folder: str, log: str) -> int:
    """A daemon that has just begun. One that finds another one listening ends at once."""
    command = [sys.executable, "-P", "-m", "analyzer.cli.serve", path, folder]
    try:
        os.makedirs(sockets(), mode=0o700, exist_ok=True)
        if not is_private(sockets()):
            raise Silent(f"{sockets()} is not this user's alone, so that no daemon listens there")
        written = os.O_WRONLY | os.O_CREAT | os.O_TRUNC
        streams = [
            (os.POSIX_SPAWN_OPEN, 0, os.devnull, os.O_RDONLY, 0),
            (os.POSIX_SPAWN_OPEN, 1, log, written, 0o600),
            (os.POSIX_SPAWN_DUP2, 1, 2),
        ]
        return os.posix_spawn(
            sys.executable, command, os.environ, file_actions=streams, setsid=True
        )
    except OSError as error:
        raise Silent(f"no daemon can be started: {error.strerror}") from error
