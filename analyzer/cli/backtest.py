"""`zaplint backtest TREE`: whether the rules would have found the bugs of the past."""

from dataclasses import replace
from pathlib import Path

import click

from analyzer.cli import options
from analyzer.core import Outcome, UserError
from analyzer.inspect.backtest import backtest_of
from analyzer.pipeline import Request
from analyzer.report.backtest import render_backtest

_MISSED = 1
_INCOMPLETE = 3
_EPILOG = """\b
Examples:
  zaplint backtest ~/linux
      every bug that zaplint knows of, put back into this tree
  zaplint backtest ~/linux --select tlb --paths
      those of one family, with the path of each report
  zaplint backtest ~/linux --rules mine --select own/rule
      bugs of your own, from mine/history.toml

\b
Exit status:
  0  every bug that fits the tree is reported in its function
  1  one is not
  2  wrong usage, or a slip in a rule file
  3  the analysis is incomplete: a file or a worker was lost
"""


@click.command(epilog=_EPILOG)
@options.run_options
@click.option("--paths", is_flag=True, help="Tell the path of each violation, too.")
@click.option(
    "--format", "-f", "style", type=click.Choice(["text", "markdown", "json"]), default="text"
)
@options.OUTPUT
@click.pass_context
def backtest(
    context: click.Context,
    request: Request,
    paths: bool,
    style: str,
    output: Path | None,
) -> None:
    """Put bugs that Linux had back into a kernel TREE, in memory, and report which are found.

    Each is put back alone, by operations on the syntax tree of its function, so that one entry fits
    many releases. What the rule of the bug says then and does not say of the tree as it is counts.
    """
    with options.progress_bar() as progress:
        found = backtest_of(replace(request, progress=progress))
    if not found.replays:
        raise UserError("no bug is known of these rules", "zaplint rules lists the rules")
    options.emit(render_backtest(found, style, paths).encode("utf-8", "surrogateescape"), output)
    if any(each.incomplete for each in found.problems):
        context.exit(_INCOMPLETE)
    fine = (Outcome.CAUGHT, Outcome.PRESENT, Outcome.UNFIT)
    context.exit(0 if all(each.outcome in fine for each in found.replays) else _MISSED)
