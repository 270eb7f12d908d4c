"""The command `zaplint`: its group, and what every error becomes."""

import gc
import sys
import traceback

import click

from analyzer import __version__
from analyzer.cli.allowances import allowances
from analyzer.cli.audit import audit, check
from analyzer.cli.backtest import backtest
from analyzer.cli.baseline import baseline
from analyzer.cli.completion import completion
from analyzer.cli.contracts import contracts
from analyzer.cli.coverage import coverage
from analyzer.cli.dump import dump
from analyzer.cli.explain import explain
from analyzer.cli.graph import graph
from analyzer.cli.locks import locks
from analyzer.cli.prove import prove
from analyzer.cli.rules import rules
from analyzer.cli.series import diff, patch
from analyzer.cli.version import VERSION
from analyzer.core import BugError, UserError

_EPILOG = """\b
Exit status:
  0  nothing at or above --fail-on
  1  findings
  2  wrong usage, or a slip in a rule file, a configuration or a baseline
  3  the analysis is incomplete: a file or a worker was lost
  4  a bug of zaplint's own
"""


@click.group(epilog=_EPILOG)
@VERSION
def cli() -> None:
    """Checks the memory-management protocols of the Linux kernel, from source, without a build."""


for _command in (
    audit,
    check,
    diff,
    patch,
    allowances,
    baseline,
    explain,
    rules,
    coverage,
    graph,
    locks,
    contracts,
    prove,
    backtest,
    dump,
    completion,
):
    cli.add_command(_command)


def main() -> None:
    """Runs the command line and exits."""
    gc.disable()  # A run ends before cycles matter; looking for them costs a sixth of its time.
    try:
        sys.exit(cli(standalone_mode=False) or 0)
    except click.exceptions.Exit as done:
        sys.exit(done.exit_code)
    except click.exceptions.Abort:
        sys.exit(130)
    except click.ClickException as error:
        error.show()
        sys.exit(2)
    except UserError as error:
        print(f"error: {error}", file=sys.stderr)
        sys.exit(error.status)
    except BrokenPipeError:
        sys.stderr.close()
        sys.exit(1)
    except Exception:  # The outermost frame: whatever comes here is a bug, and says so.
        traceback.print_exc()
        print(
            f"error: this is a bug in zaplint {__version__}, not in what it read\n"
            "  hint: please report it with the lines above and the command",
            file=sys.stderr,
        )
        sys.exit(BugError.status)
