"""`zaplint dump WHAT FILE[:FUNCTION]`: what the analysis knows, without any rule."""

from pathlib import Path

import click

from analyzer.cli import options
from analyzer.core import Release, UserError
from analyzer.dataflow import Analysis
from analyzer.dataflow.printed import print_effect, print_locks
from analyzer.ir.print import print_function
from analyzer.pipeline import Request, World, analysis_of, load_book, read_world
from analyzer.program import FunctionRef
from analyzer.source import find_root


@click.command()
@click.argument("what", type=click.Choice(["ir", "calls", "locks", "effects"]))
@click.argument("place", metavar="FILE[:FUNCTION]")
@options.KERNEL
def dump(what: str, place: str, release: Release | None) -> None:
    """Print the IR, the calls, the locks held at each call, or the effects of the functions of
    FILE.
    """
    name, _, function = place.partition(":")
    file = Path(name)
    if not file.is_file():
        raise UserError(f"{file}: no such file", "name a file of a kernel tree")
    root = find_root(file)
    path = file.resolve().relative_to(root.resolve()).as_posix()
    book = load_book()
    world = read_world(Request(root, (_scope(path),), release=release), book, everything=True)
    refs = [
        ref
        for ref in world.program.refs
        if ref.path == path and function in ("", world.program.head(ref).name)
    ]
    if not refs:
        raise UserError(
            f"{path}: no function {function}()" if function else f"{path}: no function in it",
            f"`zaplint dump {what} {name}` shows all of its functions",
        )
    analysis = analysis_of(book, world, None) if what in ("locks", "effects") else None
    for ref in refs:
        click.echo(_dump(what, world, ref, analysis), nl=False)


def _scope(path: str) -> str:
    return path.rpartition("/")[0] or path


def _dump(what: str, world: World, ref: FunctionRef, analysis: Analysis | None) -> str:
    program = world.program
    if analysis is None:
        if what == "ir":
            return print_function(program.function(ref))
        head = program.head(ref)
        lines = []
        for name in head.calls:
            target = program.resolve(name, ref.path)
            lines.append(f"  {name}  {target.path if target else '(not read)'}\n")
        return f"{head.name}:\n{''.join(lines)}"
    if what == "effects":
        return print_effect(program.head(ref).name, analysis.effect_of(ref), analysis.stated(ref))
    return print_locks(analysis, ref)
