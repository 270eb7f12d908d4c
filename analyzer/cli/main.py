"""The command `zaplint`: its group, and how it is run."""

import click

from analyzer.cli.allowances import allowances
from analyzer.cli.audit import audit
from analyzer.cli.backtest import backtest
from analyzer.cli.baseline import baseline
from analyzer.cli.check import check
from analyzer.cli.completion import completion
from analyzer.cli.contracts import contracts
from analyzer.cli.coverage import coverage
from analyzer.cli.daemon import daemon
from analyzer.cli.dump import dump
from analyzer.cli.ending import run
from analyzer.cli.explain import explain
from analyzer.cli.graph import graph
from analyzer.cli.kbuild import kbuild
from analyzer.cli.locks import locks
from analyzer.cli.lsp import lsp
from analyzer.cli.prove import prove
from analyzer.cli.rules import rules
from analyzer.cli.series import diff, patch
from analyzer.cli.version import VERSION

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
    daemon,
    kbuild,
    explain,
    rules,
    coverage,
    graph,
    locks,
    contracts,
    prove,
    backtest,
    lsp,
    dump,
    completion,
):
    cli.add_command(_command)


def main() -> None:
    """Runs the command line and exits."""
    run(lambda: cli(standalone_mode=False))
