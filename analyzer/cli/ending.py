"""How a command ends: what becomes of every error."""

import gc
import sys
import traceback
from collections.abc import Callable
from typing import NoReturn

import click

from analyzer import __version__
from analyzer.core import BugError, UserError


def run(command: Callable[[], int | None]) -> NoReturn:
    """Runs a command and exits with its status."""
    gc.disable()  # A run ends before cycles matter; looking for them costs a sixth of its time.
    sys.exit(ended(command))


def ended(command: Callable[[], int | None]) -> int:
    """Runs a command and gives its exit status; every error is told on standard error."""
    try:
        return command() or 0
    except click.exceptions.Exit as done:
        return done.exit_code
    except SystemExit as done:  # So click ends where nobody reads on.
        return done.code if isinstance(done.code, int) else 1
    except click.exceptions.Abort:
        return 130
    except click.ClickException as error:
        error.show()
        return 2
    except UserError as error:
        print(f"error: {error}", file=sys.stderr)
        return error.status
    except BrokenPipeError:
        sys.stderr.close()
        return 1
    except Exception:
        # The outermost frame: whatever comes here is a bug. It says so with its traceback and has a
        # status of its own, which nobody takes for findings, as Python's status 1 would be.
        traceback.print_exc()
        print(
            f"error: this is a bug in zaplint {__version__}, not in what it read\n"
            "  hint: please report it with the lines above and the command",
            file=sys.stderr,
        )
        return BugError.status
