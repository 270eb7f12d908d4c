"""`zaplint diff RANGE` and `zaplint patch FILE...`: what changes introduce, fix and leave."""

import re
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import wraps
from pathlib import Path
from typing import Any, TypeAlias

import click

from analyzer.cfront.directives import directives_in
from analyzer.cli import options
from analyzer.cli.paint import COLOR, show
from analyzer.cli.peace import BASELINE, CONFIG, CONFIG_FILE, Named, own_config, peace
from analyzer.core import JudgedSeries, Level, Release, Report, TreeChange, UserError
from analyzer.inspect.series import Series, Settle, Texts
from analyzer.pipeline import Request
from analyzer.report.findings import is_grave
from analyzer.report.series import (
    problems_at_the_end,
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
    Tree,
    applied,
    find_root,
    open_tree,
    read_patches,
)

_RENDERERS: dict[str, Callable[[JudgedSeries], str]] = {
    "json": series_json,
    "mail": series_mail,
    "b4": series_b4,
    "b4-json": series_b4_json,
}
_INCOMPLETE = 3
_ID = 12
_HASH = re.compile("[0-9a-f]{40}|[0-9a-f]{64}")
Left: TypeAlias = Mapping[str, bytes | None]
"""The files that a change leaves otherwise, None for those that are gone."""

_FAIL_ON = options.fail_on("warning", "is introduced and makes the exit status 1")
_TREE = click.option(
    "--tree",
    type=click.Path(path_type=Path),
    help="The kernel tree; without it the one around the current folder.",
)
_WHOLE = click.option(
    "--whole",
    is_flag=True,
    help="Look at the whole tree, as audit does, and read files on demand; takes longer.",
)
_STATUS = """
\b
Exit status:
  0  nothing that counts is introduced
  1  something is
  2  wrong usage, a patch that does not apply, or a slip in a configuration or a baseline
  3  a file could not be read
"""
_DIFF = f"""\b
Examples:
  zaplint diff HEAD~3..
      the last three commits, one by one
  zaplint diff main..topic --format json
      a branch, for programs
  zaplint diff HEAD
      the last commit
  zaplint diff main.. --baseline zaplint.baseline
      without the findings that are known
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
    whole: bool
    config: Path | None
    baseline: Path | None
    style: str
    output: Path | None
    fail_on: str
    color: str


@dataclass(frozen=True, slots=True)
class Base:
    """What changes stand on: texts above the files on disk, and how errors call the configuration
    there. `touched` are the files that the changes leave otherwise, `settings` the texts of those
    changes that leave another configuration, with how errors call that.
    """

    overlay: Overlay
    place: str
    touched: list[str]
    settings: Sequence[tuple[str, Left]]


def _asked(command: Callable[..., None]) -> Callable[..., None]:
    """Options of both commands, handed to `command` as its `asked`."""

    @wraps(command)
    def made(
        *args: Any,
        tree: Path | None,
        scopes: tuple[str, ...],
        whole: bool,
        select: tuple[str, ...],
        ignore: tuple[str, ...],
        rules: tuple[Path, ...],
        release: Release | None,
        config: Path | None,
        baseline: Path | None,
        style: str,
        output: Path | None,
        fail_on: str,
        color: str,
        **rest: Any,
    ) -> None:
        if whole and scopes:
            raise UserError("--whole and --scope exclude each other", "leave one of them out")
        request = Request(tree or find_root(Path.cwd()), scopes, select, ignore, rules, release)
        asked = Asked(request, whole, config, baseline, style, output, fail_on, color)
        command(*args, asked=asked, **rest)

    found: Callable[..., None] = made
    style = click.Choice(["text", *_RENDERERS])
    for option in (
        COLOR,
        _FAIL_ON,
        options.OUTPUT,
        click.option("--format", "-f", "style", type=style, default="text", show_default=True),
        BASELINE,
        CONFIG,
        options.KERNEL,
        options.RULES,
        options.IGNORE,
        options.SELECT,
        _WHOLE,
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

    Commits are read from git, and zaplint.toml with them; the work tree and the index are neither
    heard nor touched. Without --scope or --whole it looks at the folders of the files that the
    commits change.
    """
    repository = Repository(asked.request.root)
    commits = repository.commits(revisions)
    if not commits:
        raise UserError(f"{revisions}: no commit in this range", "name one as HEAD~3.. or main..")
    if not commits[0].parent:
        raise UserError(f"{revisions}: begins with a commit without a parent", "begin later")
    changes = (
        TreeChange(
            each.id,
            each.author,
            each.subject,
            repository.texts(each.id, each.files),
            repository.difference(each) if asked.style == "mail" else b"",
        )
        for each in commits
    )
    touched = [path for commit in commits for path in commit.files]
    settings = [
        (_in_revision(each.id), repository.texts(each.id, (CONFIG_FILE,)))
        for each in commits
        if CONFIG_FILE in each.files
    ]
    base = Base(*_revision(repository, commits[0].parent), touched, settings)
    _tell(context, asked, base, lambda _: changes)


@click.command(epilog=_PATCH)
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path, allow_dash=True))
@click.option("--base", metavar="REVISION", help="Apply them to this revision, not to the files.")
@_asked
@click.pass_context
def patch(context: click.Context, files: tuple[Path, ...], base: str | None, asked: Asked) -> None:
    """Tell what each patch of some FILES introduces, fixes and leaves; - is standard input.

    The patches are applied in memory, one on top of the other. Without --scope or --whole it looks
    at the folders of the files that they change.
    """
    request = asked.request
    overlay, place = NOTHING_OVER, ""
    if base is not None:
        overlay, place = _revision(Repository(request.root), base)
    patches = [each for file in files for each in read_patches(_bytes(file), _called(file))]
    touched: list[str] = []
    settings: list[tuple[str, Left]] = []
    above = overlay
    for each in patches:  # Whether they apply is told before anything takes long.
        texts = applied(each, open_tree(request.root, request.release, above).read)
        touched += texts
        settings += [(f"'{each.subject}': {CONFIG_FILE}", texts)] if CONFIG_FILE in texts else []
        above = above.under(texts)

    def changes(read: Callable[[str], bytes]) -> Iterator[TreeChange]:
        for each in patches:
            yield TreeChange("", each.author, each.subject, applied(each, read), each.text)

    _tell(context, asked, Base(overlay, place, touched, settings), changes)


def _revision(repository: Repository, revision: str) -> tuple[Overlay, str]:
    """The tree of a revision, with the configuration that it has, and how errors call that."""
    own = repository.texts(revision, (CONFIG_FILE,))
    return repository.at(revision).under(own), _in_revision(revision)


def _in_revision(revision: str) -> str:
    """The configuration of a revision, as git calls a file in one."""
    return f"{revision[:_ID] if _HASH.fullmatch(revision) else revision}:{CONFIG_FILE}"


def _called(file: Path) -> str:
    return "standard input" if str(file) == "-" else str(file)


def _bytes(file: Path) -> bytes:
    if str(file) == "-":
        return sys.stdin.buffer.read()
    try:
        return file.read_bytes()
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise UserError(f"{file}: cannot be read: {reason}", "name a patch or a mailbox") from error


def _tell(
    context: click.Context,
    asked: Asked,
    base: Base,
    changes: Callable[[Callable[[str], bytes]], Iterable[TreeChange]],
) -> None:
    """Judges changes on top of a base, which are given what reads a file as those before leave it,
    and tells what they do.
    """
    request = replace(asked.request, overlay=base.overlay)
    _check_scopes(request, base)
    if not asked.whole:
        request = replace(request, scopes=request.scopes or _near(base.touched))
    settle = _settling(request, asked, base)
    with options.progress_bar() as progress:
        series = Series(replace(request, progress=progress), settle)
        judged = series.judged(changes(series.read))
    if asked.style == "text":
        show(series_lines(judged), asked.output, asked.color)
    else:
        text = _RENDERERS[asked.style](judged)
        options.emit(text.encode("utf-8", "surrogateescape"), asked.output)
    if asked.style not in ("text", "json"):
        for problem in problems_at_the_end(judged.end):
            click.echo(problem, err=True)
    if not judged.end.complete:
        context.exit(_INCOMPLETE)
    new = [finding for each in judged.changes for finding in each.difference.reported]
    limit = asked.fail_on
    context.exit(int(limit != "never" and any(is_grave(each, Level(limit)) for each in new)))


def _settling(request: Request, asked: Asked, base: Base) -> Settle:
    """What says of findings what is to be said, in each tree of a series: by the comments in it
    and, unless one is named, by its own configuration.
    """
    run = peace(request, Named(asked.config, asked.baseline), place=base.place)
    names = run.desk.names
    for place, texts in base.settings if asked.config is None else ():
        own_config(
            open_tree(request.root, request.release, base.overlay.under(texts)), names, place
        )

    def settle(report: Report, tree: Tree, read: Texts, unread: Texts) -> Report:
        desk = run.desk
        if asked.config is None:
            desk = replace(desk, config=own_config(tree, names))
        report = replace(report, directives=directives_in(read))
        return replace(run, desk=desk).settle(report, directives_in(unread), tree)

    return settle


def _check_scopes(request: Request, base: Base) -> None:
    """Raises UserError for a scope that matches nothing, neither before the changes nor in them."""
    tree = open_tree(request.root, request.release, base.overlay)
    for scope in request.scopes:
        within = f"{scope.rstrip('/')}/"
        if not any(path == scope or path.startswith(within) for path in base.touched):
            tree.c_files((scope,))


def _near(touched: list[str]) -> tuple[str, ...]:
    """The folders of the files, and mm, whose rules these are, for a header."""
    folders = {path.rpartition("/")[0] or path for path in touched if path.endswith(".c")}
    if any(path.endswith(".h") for path in touched) or not folders:
        folders.add("mm")
    return tuple(sorted(folders))
