"""`zaplint coverage TREE`: what was read and what was not."""

import json
from pathlib import Path

import click

from analyzer.cli import options
from analyzer.core import Release
from analyzer.outcome import coverage_of, problems_of
from analyzer.pipeline import Request, load_book, read_world


@click.command()
@options.TREE
@options.SCOPE
@options.KERNEL
@click.option("--format", "style", type=click.Choice(["text", "json"]), default="text")
@click.pass_context
def coverage(
    context: click.Context,
    tree: Path,
    scopes: tuple[str, ...],
    release: Release | None,
    style: str,
) -> None:
    """Say what was read of a kernel TREE: every function that was not read whole, and the
    construct.
    """
    with options.progress_bar() as progress:
        request = Request(tree, scopes, release=release, progress=progress)
        world = read_world(request, load_book(), everything=bool(scopes))
    found = coverage_of(world)
    problems = problems_of(world)
    if style == "json":
        rows = [
            {"path": g.path, "line": g.line, "function": g.function, "construct": g.construct}
            for g in found.gaps
        ]
        counts = {"files": found.n_files, "functions": found.n_functions, "read": found.n_read}
        lost = [{"path": p.path, "text": p.text} for p in problems]
        click.echo(json.dumps({**counts, "gaps": rows, "problems": lost}, indent=2))
    else:
        for problem in problems:
            click.echo(f"{problem.path}: {problem.text}")
        for gap in found.gaps:
            click.echo(f"{gap.path}:{gap.line}: not parsed in {gap.function}(): {gap.construct}")
        share = 100 * found.n_read / found.n_functions if found.n_functions else 100.0
        click.echo(
            f"{found.n_functions} functions in {found.n_files} files: {found.n_read} read whole "
            f"({share:.2f} %), {found.n_partly} in part, {found.n_unread} not at all."
        )
    context.exit(3 if any(problem.incomplete for problem in problems) else 0)
