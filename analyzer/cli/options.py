"""Options that several commands share, and the progress bar."""

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from pathlib import Path
from typing import Any, TypeVar

import click
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, TextColumn
from rich.progress import Progress as Bar

from analyzer.cli.completion import rules_and_families
from analyzer.core import Release, ReleaseError, Report
from analyzer.pipeline import Progress, Request, silent
from analyzer.report.findings import lost
from analyzer.report.output import check_writable, write_atomically

_Command = TypeVar("_Command", bound=Callable[..., Any])

SCOPE = click.option(
    "--scope",
    "scopes",
    multiple=True,
    metavar="PATH",
    help="Look only at this file or folder of the tree, as mm. Repeatable.",
)
SELECT = click.option(
    "--select",
    multiple=True,
    metavar="ID|FAMILY",
    shell_complete=rules_and_families,
    help="Apply only these rules. Repeatable.",
)
IGNORE = click.option(
    "--ignore",
    multiple=True,
    metavar="ID|FAMILY",
    shell_complete=rules_and_families,
    help="Leave these rules out. Repeatable.",
)
RULES = click.option(
    "--rules",
    multiple=True,
    metavar="DIR",
    type=click.Path(path_type=Path),
    help="A folder of further rules. Repeatable.",
)


def _release(
    _context: click.Context, _parameter: click.Parameter, value: str | None
) -> Release | None:
    if value is None:
        return None
    try:
        return Release.parse(value)
    except ReleaseError as error:
        raise click.BadParameter(f"{error.message}; {error.hint}") from error


KERNEL = click.option(
    "--kernel",
    "release",
    metavar="X.Y",
    callback=_release,
    help="Take the tree for this release, whatever its Makefile says.",
)
JOBS = click.option(
    "--jobs",
    "-j",
    type=click.IntRange(1, 256),
    default=lambda: min(os.cpu_count() or 1, 8),
    show_default="one per processor",
    help="How many processes to use.",
)
TREE = click.argument("tree", type=click.Path(path_type=Path))


def _writable(
    _context: click.Context, _parameter: click.Parameter, path: Path | None
) -> Path | None:
    """The path, if it can be written: it is asked now, and not when minutes of work are lost."""
    if path is not None:
        check_writable(path)
    return path


def fail_on(default: str, what: str) -> Callable[[_Command], _Command]:
    """The option that says from which level on a finding decides the exit status; `what` is said of
    the finding.
    """
    return click.option(
        "--fail-on",
        type=click.Choice(["error", "warning", "note", "never"]),
        default=default,
        show_default=True,
        help=f"The least level of a finding that {what}.",
    )


OUTPUT = click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path),
    metavar="FILE",
    callback=_writable,
    help="Write to this file.",
)


def run_options(command: Callable[..., None]) -> Callable[..., None]:
    """What every run over a tree can be asked, handed to `command` as its `request`."""

    @wraps(command)
    def asked(
        *args: Any,
        tree: Path,
        scopes: tuple[str, ...],
        select: tuple[str, ...],
        ignore: tuple[str, ...],
        rules: tuple[Path, ...],
        release: Release | None,
        jobs: int,
        **rest: Any,
    ) -> None:
        request = Request(tree, scopes, select, ignore, rules, release, jobs)
        command(*args, request=request, **rest)

    found: Callable[..., None] = asked
    for option in (JOBS, KERNEL, RULES, IGNORE, SELECT, SCOPE, TREE):
        found = option(found)
    return found


def emit(data: bytes, output: Path | None) -> None:
    """Writes to a file, or to standard output if there is none."""
    if output is not None:
        write_atomically(output, data)
    else:
        sys.stdout.buffer.write(data)
        sys.stdout.buffer.flush()


def incomplete(report: Report) -> bool:
    """Whether something that was asked for was lost; what, is told on standard error."""
    for problem in lost(report):
        place = f"{problem.path}: " if problem.path else ""
        click.echo(f"error: {place}{problem.text}", err=True)
    return not report.complete


@contextmanager
def progress_bar() -> Iterator[Progress]:
    """A progress with counts on a terminal; elsewhere nothing is said."""
    if not sys.stderr.isatty():
        yield silent
        return
    console = Console(stderr=True)
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    with Bar(*columns, console=console, transient=True) as bar:
        tasks: dict[str, Any] = {}  # rich gives task ids a type of its own

        def show(what: str, done: int, total: int) -> None:
            if what not in tasks:
                tasks[what] = bar.add_task(what, total=total)
            bar.update(tasks[what], completed=done, total=total)

        yield show
