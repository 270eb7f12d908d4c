"""`zaplint baseline write TREE` and `zaplint baseline check TREE`: the findings that are known."""

from pathlib import Path

import click

from analyzer.cli import options
from analyzer.cli.peace import CONFIG, Named, peace
from analyzer.core import BaselineLine, Report, Use, UserError
from analyzer.pipeline import Request
from analyzer.report.triage import new_findings, render_baseline_check
from analyzer.report.wording import counted
from analyzer.triage import write_baseline

_INCOMPLETE = 3
_EPILOG = """\b
Examples:
  zaplint baseline write ~/linux -o zaplint.baseline
      what is found now is known from now on; reasons in the file are kept
  zaplint baseline check ~/linux --baseline zaplint.baseline
      what is new, and which lines can be dropped
  zaplint audit ~/linux --baseline zaplint.baseline
      reports what is new only
"""
_CHECK_EPILOG = """\b
Exit status:
  0  nothing is new
  1  something is new
  2  wrong usage, or a slip in the baseline
  3  the analysis is incomplete: a file or a worker was lost
"""


@click.group(epilog=_EPILOG)
def baseline() -> None:
    """Keep the findings that are known, and why they are accepted, in a file."""


@baseline.command()
@options.run_options
@CONFIG
@options.OUTPUT
@click.pass_context
def write(
    context: click.Context, request: Request, config: Path | None, output: Path | None
) -> None:
    """Write the findings of a kernel TREE as a baseline. A file that is there keeps its reasons,
    and its lines for what is not judged now: other rules, other files.
    """
    known = output if output is not None and output.is_file() else None
    run = peace(request, Named(config, known))
    with options.progress_bar() as progress:
        report = run.audit(progress)
    if options.incomplete(report):
        click.echo("error: the analysis is incomplete, so nothing is written", err=True)
        context.exit(_INCOMPLETE)
    lines = _lines(report)
    notes = run.desk.baseline.notes if run.desk.baseline else ()
    options.emit(write_baseline(lines, notes).encode("utf-8", "surrogateescape"), output)
    n_new = len(new_findings(report))
    use = report.triage.baseline
    n_gone = len(use.of(Use.UNUSED)) if use else 0
    told = f"{counted(len(lines), 'line')}: {n_new:,} new, {n_gone:,} dropped"
    click.echo(f"{told}, {len(lines) - n_new:,} kept.", err=True)


def _lines(report: Report) -> tuple[BaselineLine, ...]:
    """What a baseline of a report holds: the lines that still count, and one for each finding that
    has none.
    """
    use = report.triage.baseline
    old = [each for each in use.lines if each.use is not Use.UNUSED] if use else []
    new = [
        BaselineLine(identity, each.rule, each.location.path, each.function)
        for each, identity in new_findings(report)
    ]
    return (*old, *new)


@baseline.command(epilog=_CHECK_EPILOG)
@options.run_options
@CONFIG
@click.option(
    "--baseline",
    "file",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="The baseline.",
)
@click.option("--format", "style", type=click.Choice(["text", "json"]), default="text")
@click.pass_context
def check(
    context: click.Context, request: Request, config: Path | None, file: Path | None, style: str
) -> None:
    """Say what of a kernel TREE is not in a baseline, and which of its lines are out of date."""
    if file is None:
        raise UserError("no baseline is named", "name it: --baseline FILE")
    run = peace(request, Named(config, file))
    with options.progress_bar() as progress:
        report = run.audit(progress)
    click.echo(render_baseline_check(report, style), nl=False)
    if options.incomplete(report):
        context.exit(_INCOMPLETE)
    context.exit(int(bool(new_findings(report))))
