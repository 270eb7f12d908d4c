"""`zaplint locks FILE:LINE`: the locks at a line, and on the way into its function."""

from pathlib import Path

import click

from analyzer.cli import options
from analyzer.cli.places import TOP, line_in_tree
from analyzer.core import Release, UserError
from analyzer.inspect.locks import LineRequest, locks_at
from analyzer.report.inspection import render_locks

_EPILOG = """\b
Examples:
  zaplint locks mm/memory.c:1642
      in a kernel tree, from anywhere in it
  zaplint locks --tree ~/linux mm/rmap.c:1650
      a path relative to the tree that is named
  zaplint locks mm/hugetlb.c:5990 --depth 6
      asks the callers of callers of callers and three more
  zaplint locks mm/migrate.c:1207 --format json
      for programs
"""


@click.command(epilog=_EPILOG)
@click.argument("place", metavar="FILE:LINE")
@TOP
@click.option(
    "--depth",
    type=click.IntRange(1, 20),
    help="How many calls up the callers are asked; without it as far as it takes no long time.",
)
@options.KERNEL
@click.option("--format", "style", type=click.Choice(["text", "json"]), default="text")
def locks(
    place: str, top: Path | None, depth: int | None, release: Release | None, style: str
) -> None:
    """Tell which locks are held at a line of a kernel: on every path or on some, since where; then
    what its function demands of its callers, and what they hold when they call it.
    """
    found = line_in_tree(place, top)
    if found is None:
        raise UserError(f"{place}: no line is named", "write it as mm/memory.c:1642")
    with options.progress_bar() as progress:
        told = locks_at(LineRequest(*found, depth or 0, release, progress))
    click.echo(render_locks(told, style), nl=False)
