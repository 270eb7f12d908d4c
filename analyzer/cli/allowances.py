"""`zaplint allowances TREE`: the comments that allow findings, and whether they are needed."""

import click

from analyzer.cli import options
from analyzer.cli.peace import Named, peace
from analyzer.core import Report, Use
from analyzer.pipeline import Request
from analyzer.report.triage import render_allowances

_INCOMPLETE = 3
_EPILOG = """\b
A comment on the line above a statement allows what one rule finds in it:
  /* zaplint: allow zap/incomplete-zap-details: the walk is over one page */
\b
Exit status:
  0  all is listed
  1  with --strict: a comment is unused or not understood
  2  wrong usage
  3  the analysis is incomplete: a file or a worker was lost
"""


@click.command(epilog=_EPILOG)
@options.run_options
@click.option("--format", "style", type=click.Choice(["text", "json"]), default="text")
@click.option("--strict", is_flag=True, help="Status 1 if a comment is unused or not understood.")
@click.pass_context
def allowances(context: click.Context, request: Request, style: str, strict: bool) -> None:
    """List the comments in a kernel TREE that allow findings: where, of which rule, for what
    reason, and whether there is something to allow. The tree is audited for it.
    """
    run = peace(request, Named())
    with options.progress_bar() as progress:
        report = run.audit(progress)
    click.echo(render_allowances(report, style), nl=False)
    if options.incomplete(report):
        context.exit(_INCOMPLETE)
    context.exit(int(strict and _is_untidy(report)))


def _is_untidy(report: Report) -> bool:
    unused = any(each.use is Use.UNUSED for each in report.triage.allowances)
    return unused or report.triage.n_slips > 0
