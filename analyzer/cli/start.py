"""The program `zaplint`: it answers a build before it loads what most files do not need."""

import os
import sys

from analyzer.kept.words import kept_words

_KBUILD = "kbuild"
_CHECK = "check"
_NO_DAEMON = "--no-daemon"
DAEMON = "--daemon"
"""With this word a process that stays does it, and starts if need be; without it, one that is there
does it if it knows the answer.
"""


def main() -> None:
    """Runs the command line and exits."""
    words = sys.argv[1:]
    if words[:1] == [_KBUILD] and _is_idle(words[1:]):
        return
    if words[:1] in ([_CHECK], [_KBUILD]) and not _is_alone(words):
        _ask(words)
    if words[:1] != [_KBUILD]:
        from analyzer.cli.main import main as whole  # noqa: PLC0415 # It is most of the program.

        whole()
    else:
        from analyzer.cli.ending import run  # noqa: PLC0415 # Not for a file without a word.
        from analyzer.cli.kbuild import kbuild  # noqa: PLC0415

        run(lambda: kbuild.main(words[1:], prog_name="zaplint kbuild", standalone_mode=False))


def _ask(words: list[str]) -> None:
    """Has a process that stays do it, if there is one or is to be one, and exits. Where there is
    to be one and can be none, it says so.
    """
    from analyzer.daemon.places import is_there  # noqa: PLC0415 # Not for other calls.

    if DAEMON not in words and not is_there():
        return
    from analyzer.daemon.client import Silent, ask  # noqa: PLC0415 # Not for other calls.

    try:
        status = ask(words, start=DAEMON in words)
        if status is not None:
            sys.exit(status)
    except Silent as reason:
        print(f"note: {reason}; the tree is read anew", file=sys.stderr)
    except KeyboardInterrupt:
        sys.exit(130)


def _is_alone(words: list[str]) -> bool:
    """Whether no process that stays may do it."""
    forbidden = os.environ.get("CI") or os.environ.get("ZAPLINT_DAEMON_SECONDS") == "0"
    return bool(forbidden) or _NO_DAEMON in words


def _is_idle(words: list[str]) -> bool:
    """Whether a build asks about a file in which no rule that comes with zaplint has anything to
    look at. What is not certain is not idle.
    """
    if not words or not words[-1].endswith(".c"):
        return False
    if any(word.partition("=")[0] in ("--rules", "--help") for word in words):
        return False
    kept = kept_words()
    if kept is None:
        return False
    try:
        with open(words[-1], "rb") as file:  # noqa: PTH123 # pathlib takes longer than the rest.
            return not kept.concern(os.path.abspath(words[-1]), file.read())  # noqa: PTH100
    except OSError:
        return False
