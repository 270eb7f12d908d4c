"""The daemons that there are."""

import fcntl
import os
import signal
import time
from contextlib import suppress
from pathlib import Path
from typing import Final, NamedTuple

from analyzer.daemon.places import LOCK, sockets

_SECONDS: Final = 10.0
"""So long a daemon may take to end."""


class Running(NamedTuple):
    """A daemon: its process, the folder that it answers for, and its lock."""

    process: int
    folder: str
    lock: Path

    @property
    def kilobytes(self) -> int:
        """The memory that it takes; 0 if that cannot be told."""
        with suppress(OSError, ValueError, IndexError):
            for line in Path(f"/proc/{self.process}/status").read_text("ascii").splitlines():
                if line.startswith("VmRSS:"):
                    return int(line.split()[1])
        return 0

    def stop(self) -> bool:
        """Lets it end; False if it does not."""
        with suppress(ProcessLookupError):
            os.kill(self.process, signal.SIGTERM)
        until = time.monotonic() + _SECONDS
        while time.monotonic() < until:
            if _holder(self.lock) is None:
                return True
            time.sleep(0.05)
        return False


def running() -> tuple[Running, ...]:
    """All daemons of this user, by folder."""
    locks = sorted(Path(sockets()).glob(f"*{LOCK}"))
    found = (_holder(lock) for lock in locks)
    return tuple(sorted((each for each in found if each), key=lambda each: each.folder))


def _holder(lock: Path) -> Running | None:
    """The daemon that holds a lock; None if none does."""
    try:
        with lock.open() as file:
            try:
                fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
            except BlockingIOError:
                process, _, folder = file.read().partition("\n")
                return Running(int(process), folder.strip(), lock)
    except (OSError, ValueError):
        return None
    return None
