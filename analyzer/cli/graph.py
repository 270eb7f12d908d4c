"""`zaplint graph TREE`: the call graph from some functions, as dot, Mermaid, JSON or SVG."""

from pathlib import Path

import click

from analyzer.cli import options
from analyzer.core import Release, UserError
from analyzer.pipeline import Request, load_book, read_world
from analyzer.program.reach import reach
from analyzer.report.drawing import render_drawing
from analyzer.report.graph import render_graph
from analyzer.rulebook.entries import load_entries


@click.command()
@options.TREE
@options.SCOPE
@options.KERNEL
@click.option("--from", "start", metavar="FUNCTION", help="Start at this function.")
@click.option("--entry-points", is_flag=True, help="Start at every entry point of zap and unmap.")
@click.option("--to", "end", metavar="FUNCTION", help="Keep only what leads to this function.")
@click.option("--depth", type=click.IntRange(1), default=8, show_default=True)
@click.option(
    "--format", "style", type=click.Choice(["dot", "mermaid", "json", "svg"]), default="dot"
)
def graph(
    tree: Path,
    scopes: tuple[str, ...],
    release: Release | None,
    start: str | None,
    entry_points: bool,
    end: str | None,
    depth: int,
    style: str,
) -> None:
    """Draw who calls whom in a kernel TREE, through pointers too."""
    if (start is None) is not entry_points:
        raise UserError("a graph starts somewhere", "give --from FUNCTION or --entry-points")
    with options.progress_bar() as progress:
        request = Request(tree, scopes, release=release, progress=progress)
        world = read_world(request, load_book(), everything=bool(scopes))
    program = world.program
    for name in filter(None, (start, end)):
        if not program.named(name):
            raise UserError(
                f"{name}() is not defined in the {len(world.scope)} files that were read",
                "name a function of the tree, or widen --scope",
            )
    names = (start,) if start is not None else load_entries(program.named)
    found = reach(program, names, end, depth)
    text = render_drawing(found) if style == "svg" else render_graph(found, style)
    click.echo(text, nl=False)
