"""What `--kconfig` and `--compile-commands` name: the build whose code alone is reported on.

Commands do not hand them on: what is named waits in the context of click until a run is made.
"""

from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from typing import Final

import click

from analyzer.cli.named import name_of, text_of
from analyzer.core import Build, Compiled, Kconfig, Obligation, Problem, ProblemKind
from analyzer.pipeline import Request
from analyzer.source import Tree, compiled_files, open_tree
from analyzer.source.compiled import NAME
from analyzer.source.makefiles import conditions_of
from analyzer.triage import is_under

_CONFIG: Final = ".config"
_MOST_NAMED: Final = 3
_KCONFIG: Final = "zaplint.kconfig"
_COMPILED: Final = "zaplint.compile-commands"


def _kept(context: click.Context, parameter: click.Parameter, path: Path | None) -> None:
    if path is not None:
        context.meta[f"zaplint.{parameter.opts[0].removeprefix('--')}"] = path


KCONFIG = click.option(
    "--kconfig",
    type=click.Path(path_type=Path),
    metavar="FILE",
    expose_value=False,
    callback=_kept,
    help="Report only what this .config of a kernel may compile; the folder that it is in will do.",
)
COMPILE_COMMANDS = click.option(
    "--compile-commands",
    type=click.Path(path_type=Path),
    metavar="FILE",
    expose_value=False,
    callback=_kept,
    help=f"Report only what this {NAME} says is compiled; the folder that it is in will do.",
)


def asked_build(request: Request) -> Build | None:
    """The build that the command at work was asked about; None for no build. Raises UserError for a
    file that tells of no build of this tree.
    """
    context = click.get_current_context(silent=True)
    meta = context.meta if context is not None else {}
    kconfig, compiled = meta.get(_KCONFIG), meta.get(_COMPILED)
    if kconfig is None and compiled is None:
        return None
    return Build(
        None if kconfig is None else _kconfig(request, kconfig),
        None if compiled is None else _compiled(request, compiled),
    )


def _kconfig(request: Request, path: Path) -> Kconfig:
    file = path / _CONFIG if path.is_dir() else path
    return Kconfig.read(text_of(file, "replace"), str(file), name_of(request.root, file))


def _compiled(request: Request, path: Path) -> Compiled:
    tree = open_tree(request.root, request.release, request.overlay)
    file = path / NAME if path.is_dir() else path
    return Compiled(name_of(request.root, file), compiled_files(tree, file))


def with_makefiles(build: Build, tree: Tree, found: Iterable[Obligation]) -> Build:
    """The build with what makefiles say of the files in which something is found."""
    if build.kconfig is None:
        return build
    paths = {each.location.path for each in found if each.is_finding}
    return replace(build, conditions=conditions_of(tree, paths))


def not_compiled(request: Request, build: Build | None) -> list[Problem]:
    """The places that a run was asked for by name though the build compiles nothing there: that
    nothing is reported there says nothing.
    """
    if build is None or build.compiled is None:
        return []
    files = build.compiled.files
    idle = [each for each in request.files if each.endswith(".c") and each not in files]
    idle += [each for each in request.scopes if not any(is_under(path, each) for path in files)]
    if not idle:
        return []
    more = f" and {len(idle) - _MOST_NAMED:,} more" if len(idle) > _MOST_NAMED else ""
    text = f"nothing of {', '.join(idle[:_MOST_NAMED])}{more} is compiled, so that no finding there"
    return [Problem.of(ProblemKind.CONFIG, build.compiled.name, 0, f"{text} is reported")]
