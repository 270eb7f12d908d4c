"""`zaplint diff RANGE` and `zaplint patch FILE...`: what changes introduce, fix and leave."""

import sys
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from functools import wraps
from pathlib import Path
from typing import Any

import click

from analyzer.cli import options
from analyzer.cli.paint import COLOR, show
from analyzer.cli.peace import findings_of, peace
from analyzer.core import JudgedChange, Level, Release, TreeChange, UserError
from analyzer.inspect.series import Series
from analyzer.pipeline import Request
from analyzer.report.findings import is_grave
from analyzer.report.series import (
    series_b4,
    series_b4_json,
    series_json,
    series_lines,
    series_mail,
)
from analyzer.source import (
    NOTHING_OVER,
    Overlay,
    Repository,
    applied,
    find_root,
    open_tree,
    read_patches,
)

_RENDERERS: dict[str, Callable[[Iterable[JudgedChange]], str]] = {
    "json": series_json,
    "mail": series_mail,
    "b4": series_b4,
    "b4-json": series_b4_json,
}
_FAIL_ON = options.fail_on("warning", "is introduced and makes the exit status 1")
_TREE = click.option(
    "--tree",
    type=click.Path(path_type=Path),
    help="The kernel tree; without it the one around the current folder.",
)
_STATUS = """
\b
Exit status:
  0  nothing that counts is introduced
  1  something is
  2  wrong usage, or a patch that does not apply
"""
_DIFF = f"""\b
Examples:
  zaplint diff HEAD~3..
      the last three commits, one by one
  zaplint diff main..topic --format json
      a branch, for programs
  zaplint diff HEAD
      the last commit
{_STATUS}"""
_PATCH = f"""\b
Examples:
  zaplint patch series.mbox
      a series as it came by mail
  b4 am -o - MESSAGE-ID | zaplint patch - --format mail
      the answer to it
  zaplint patch 0001-mm.patch 0002-mm.patch --tree ~/linux
      files of git format-patch, or of quilt
{_STATUS}"""


@dataclass(frozen=True, slots=True)
class Asked:
    """What both commands are asked: a run, and how it is told."""

    request: Request
    style: str
    output: Path | None
    fail_on: str
    color: str


def _asked(command: Callable[..., None]) -> Callable[..., None]:
    """Options of both commands, handed to `command` as its `asked`."""

    @wraps(command)
    def made(
        *args: Any,
        tree: Path | None,
        scopes: tuple[str, ...],
        select: tuple[str, ...],
        ignore: tuple[str, ...],
        rules: tuple[Path, ...],
        release: Release | None,
        style: str,
        output: Path | None,
        fail_on: str,
        color: str,
        **rest: Any,
    ) -> None:
        request = Request(tree or find_root(Path.cwd()), scopes, select, ignore, rules, release)
        command(*args, asked=Asked(request, style, output, fail_on, color), **rest)

    found: Callable[..., None] = made
    style = click.Choice(["text", *_RENDERERS])
    for option in (
        COLOR,
        _FAIL_ON,
        options.OUTPUT,
        click.option("--format", "-f", "style", type=style, default="text", show_default=True),
        options.KERNEL,
        options.RULES,
        options.IGNORE,
        options.SELECT,
        options.SCOPE,
        _TREE,
    ):
        found = option(found)
    return found


@click.command(epilog=_DIFF)
@click.argument("revisions", metavar="RANGE")
@_asked
@click.pass_context
def diff(context: click.Context, revisions: str, asked: Asked) -> None:
    """Tell what each commit of a RANGE introduces, fixes and leaves.

    Commits are read from git; the work tree and the index are not touched. Without --scope it looks
    at the folders of the files that the commits change.
    """
    repository = Repository(asked.request.root)
    commits = repository.commits(revisions)
    if not commits:
        raise UserError(f"{revisions}: no commit in this range", "name one as HEAD~3.. or main..")
    if not commits[0].parent:
        raise UserError(f"{revisions}: begins with a commit without a parent", "begin later")
    changes = (
        TreeChange(each.id, each.author, each.subject, repository.texts(each.id, each.files))
        for each in commits
    )
    overlay = repository.at(commits[0].parent)
    touched = [path for commit in commits for path in commit.files]
    _tell(context, asked, (overlay, touched), lambda _: changes)


@click.command(epilog=_PATCH)
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path, allow_dash=True))
@click.option("--base", metavar="REVISION", help="Apply them to this revision, not to the files.")
@_asked
@click.pass_context
def patch(context: click.Context, files: tuple[Path, ...], base: str | None, asked: Asked) -> None:
    """Tell what each patch of some FILES introduces, fixes and leaves; - is standard input.

    The patches are applied in memory, one on top of the other. Without --scope it looks at the
    folders of the files that they change.
    """
    request = asked.request
    overlay = Repository(request.root).at(base) if base is not None else NOTHING_OVER
    patches = [each for file in files for each in read_patches(_bytes(file), str(file))]
    touched: list[str] = []
    above = overlay
    for each in patches:  # Whether they apply is told before anything takes long.
        texts = applied(each, open_tree(request.root, request.release, above).read)
        touched += texts
        above = above.under(texts)

    def changes(read: Callable[[str], bytes]) -> Iterator[TreeChange]:
        for each in patches:
            yield TreeChange("", each.author, each.subject, applied(each, read), each.text)

    _tell(context, asked, (overlay, touched), changes)


def _bytes(file: Path) -> bytes:
    if str(file) == "-":
        return sys.stdin.buffer.read()
    try:
        return file.read_bytes()
    except OSError as error:
        reason = error.strerror or str(error)
        raise UserError(f"{file}: cannot be read: {reason}", "name a patch or a mailbox") from error


def _tell(
    context: click.Context,
    asked: Asked,
    base: tuple[Overlay, list[str]],
    changes: Callable[[Callable[[str], bytes]], Iterable[TreeChange]],
) -> None:
    """Judges changes on top of a base, which are given what reads a file as those before leave it,
    and tells what they do.
    """
    overlay, touched = base
    request = replace(asked.request, overlay=overlay, scopes=asked.request.scopes or _near(touched))
    findings = findings_of(peace(request, None, None).desk)
    with options.progress_bar() as progress:
        series = Series(replace(request, progress=progress), findings)
        judged = tuple(series.judge(changes(series.read)))
    if asked.style == "text":
        show(series_lines(judged), asked.output, asked.color)
    else:
        text = _RENDERERS[asked.style](judged)
        options.emit(text.encode("utf-8", "surrogateescape"), asked.output)
    new = [finding for each in judged for finding in each.introduced]
    limit = asked.fail_on
    context.exit(int(limit != "never" and any(is_grave(each, Level(limit)) for each in new)))


def _near(touched: list[str]) -> tuple[str, ...]:
    """The folders of the files, and mm, whose rules these are, for a header."""
    folders = {path.rpartition("/")[0] or path for path in touched if path.endswith(".c")}
    if any(path.endswith(".h") for path in touched) or not folders:
        folders.add("mm")
    return tuple(sorted(folders))
