"""`zaplint audit TREE`."""

from pathlib import Path

import click

from analyzer.cli import options
from analyzer.cli.formats import FORMAT, OUTPUTS, Output, Shown
from analyzer.cli.paint import COLOR
from analyzer.cli.peace import BASELINE, CONFIG, Named, peace
from analyzer.core import Level, Report
from analyzer.pipeline import Request
from analyzer.report.findings import has_finding
from analyzer.report.sarif import SarifOptions
from analyzer.report.text import TextOptions

_INCOMPLETE = 3

LEDGER = click.option("--ledger", is_flag=True, help="Show what is proved and what is open, too.")
FAIL_ON = options.fail_on("warning", "makes the exit status 1")
_CATEGORY = click.option(
    "--category", default="", help="Keep SARIF uploads of one repository apart by this name."
)
WITHOUT = click.option(
    "--without-suppressed",
    is_flag=True,
    help="Leave out of SARIF what is suppressed; code scanning would open an alert for it.",
)
_PROBLEMS = click.option("--problems", is_flag=True, help="List every function not read whole.")


@click.command()
@options.run_options
@CONFIG
@BASELINE
@FORMAT
@OUTPUTS
@LEDGER
@_PROBLEMS
@WITHOUT
@_CATEGORY
@FAIL_ON
@COLOR
@click.pass_context
def audit(
    context: click.Context,
    request: Request,
    config: Path | None,
    baseline: Path | None,
    style: str,
    outputs: tuple[Output, ...],
    ledger: bool,
    problems: bool,
    without_suppressed: bool,
    category: str,
    fail_on: str,
    color: str,
) -> None:
    """Audit a kernel TREE: report every place where a rule is violated."""
    run = peace(request, Named(config, baseline))
    with options.progress_bar() as progress:
        report = run.audit(progress)
    text = TextOptions(ledger, problems, table=True)
    sarif = SarifOptions(ledger, category, not without_suppressed)
    Shown(style, outputs, color, text, sarif).show(report)
    context.exit(status_of(report, fail_on))


def status_of(report: Report, fail_on: str) -> int:
    """The exit status that a report stands for."""
    if not report.complete:
        return _INCOMPLETE
    if fail_on == "never":
        return 0
    return int(has_finding(report, Level(fail_on)))
