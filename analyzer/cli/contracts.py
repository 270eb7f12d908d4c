"""`zaplint contracts TREE [FUNCTION]`: what functions demand of their callers, and who keeps it."""

from pathlib import Path

import click

from analyzer.cli import options
from analyzer.core import Release
from analyzer.inspect.contracts import contracts_of
from analyzer.pipeline import Request
from analyzer.report.inspection import render_contracts

_INCOMPLETE = 3
_EPILOG = """\b
Examples:
  zaplint contracts ~/linux
      every contract of the tree, and how many of its calls keep it
  zaplint contracts ~/linux try_to_unmap
      those of one function, and each call of it; takes seconds
  zaplint contracts ~/linux --scope mm/hugetlb.c
      as far as one file tells
  zaplint contracts ~/linux --format json
      for programs
"""


@click.command(epilog=_EPILOG)
@options.TREE
@click.argument("function", required=False, default="")
@options.SCOPE
@options.RULES
@options.KERNEL
@options.JOBS
@click.option("--format", "style", type=click.Choice(["text", "json"]), default="text")
@click.pass_context
def contracts(
    context: click.Context,
    tree: Path,
    function: str,
    scopes: tuple[str, ...],
    rules: tuple[Path, ...],
    release: Release | None,
    jobs: int,
    style: str,
) -> None:
    """List the locks that functions of a kernel TREE demand of their callers, by assertion,
    annotation or comment, and how many calls keep that: proved, violated or open. With FUNCTION,
    tell of each call of it why.
    """
    with options.progress_bar() as progress:
        request = Request(tree, scopes, rules=rules, release=release, jobs=jobs, progress=progress)
        found = contracts_of(request, function.removesuffix("()"))
    text = render_contracts(found.standings, bool(function), style)
    if function and not found.standings and style == "text":
        text = f"{function.removesuffix('()')}() demands no lock of its callers.\n"
    click.echo(text, nl=False)
    for rule in found.preview:
        click.echo(
            f"note: {rule} is in preview here: a violated call may be a false alarm", err=True
        )
    context.exit(_INCOMPLETE if any(each.incomplete for each in found.problems) else 0)
