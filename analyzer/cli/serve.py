"""What `zaplint check` and `zaplint kbuild` start with --daemon: a process that answers further
calls out of what it knows.

Run as `python -m analyzer.cli.serve SOCKET FOLDER`.
"""

import gc
import os
import sys
from typing import Final

from analyzer.cli.check import check
from analyzer.cli.ending import ended
from analyzer.cli.kbuild import kbuild
from analyzer.cli.moments import Stays, Unknown
from analyzer.cli.stamps import made_of
from analyzer.cli.start import DAEMON
from analyzer.daemon.server import Duty, serve
from analyzer.kept.places import stamps, unchanged

_COMMANDS: Final = {"check": check, "kbuild": kbuild}

_IDLE: Final = 1800.0
"""Seconds without a call after which a daemon ends."""


def main(path: str, folder: str) -> None:
    """Serves until there is nothing more to do."""
    gc.disable()
    os.chdir("/")
    known = stamps(made_of(()))
    stays = Stays()

    def answer(words: list[str]) -> int | None:
        command = _COMMANDS[words[0]]
        name = f"zaplint {words[0]}"
        means = stays.means if DAEMON in words else stays.known
        try:
            return ended(
                lambda: command.main(words[1:], prog_name=name, standalone_mode=False, obj=means)
            )
        except Unknown:
            return None

    idle = float(os.environ.get("ZAPLINT_DAEMON_SECONDS") or _IDLE)
    serve(path, Duty(folder, answer, lambda: unchanged(known), _collect, idle))


def _collect() -> None:
    """Throws away what an answer leaves; what it has taught stays, and nobody looks for garbage in
    it again.
    """
    gc.collect()
    gc.freeze()


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2])
