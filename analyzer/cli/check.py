"""`zaplint check FILE...`: what a pre-commit hook runs."""

from dataclasses import replace
from pathlib import Path

import click

from analyzer.cli import options
from analyzer.cli.audit import FAIL_ON, LEDGER, WITHOUT, status_of
from analyzer.cli.formats import FORMAT, OUTPUTS, Output, Shown
from analyzer.cli.moments import PLAIN, Means
from analyzer.cli.named import path_in
from analyzer.cli.paint import COLOR
from analyzer.cli.peace import BASELINE, CONFIG, CONFIG_FILE, Named, peace
from analyzer.core import Release, Report, UserError
from analyzer.core.identity import identities
from analyzer.pipeline import Request
from analyzer.report.findings import by_identity, is_finding
from analyzer.report.sarif import SarifOptions
from analyzer.report.text import TextOptions
from analyzer.source import Repository, find_root

_EPILOG = """\b
Examples:
  zaplint check mm/rmap.c mm/memory.c
      these files, as they are
  zaplint check --staged mm/rmap.c
      as it is going to be committed, whatever the work tree holds
  zaplint check --diff mm/rmap.c
      only what is not in the last commit
  zaplint check --staged --daemon mm/rmap.c
      the same, and quickly the next time; see zaplint daemon
"""


@click.command(epilog=_EPILOG)
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path))
@options.SELECT
@options.IGNORE
@options.RULES
@options.KERNEL
@options.JOBS
@click.option(
    "--staged", is_flag=True, help="Check what the index of git holds, not the work tree."
)
@click.option("--diff", is_flag=True, help="Report only what the last commit has not.")
@click.option(
    "--daemon/--no-daemon",
    default=None,
    help="Let a process that stays do it, so that the next check of this checkout is done in a "
    "second, or none; without either, one that is there.",
)
@CONFIG
@BASELINE
@FORMAT
@OUTPUTS
@LEDGER
@WITHOUT
@FAIL_ON
@COLOR
@click.pass_context
def check(
    context: click.Context,
    files: tuple[Path, ...],
    select: tuple[str, ...],
    ignore: tuple[str, ...],
    rules: tuple[Path, ...],
    release: Release | None,
    jobs: int,
    staged: bool,
    diff: bool,
    daemon: bool | None,
    config: Path | None,
    baseline: Path | None,
    style: str,
    outputs: tuple[Output, ...],
    ledger: bool,
    without_suppressed: bool,
    fail_on: str,
    color: str,
) -> None:
    """Check some FILES of a kernel tree, whose root is found from them; what a pre-commit hook
    runs.
    """
    root, wanted = _placed(files, staged)
    settings = _staged(root, wanted, (config, baseline)) if staged else {}
    request = Request(root, (), select, ignore, rules, release, jobs, wanted)
    means: Means = context.obj or PLAIN
    moment = "" if staged else None
    with options.progress_bar() as progress:
        run = peace(request, Named(config, baseline, settings), means.load)
        report, world = run.audited(
            progress, lambda request, book: means.judge(request, book, moment)
        )
        if diff:
            before, _ = run.audited(
                progress, lambda request, book: means.judge(request, book, "HEAD")
            )
            report = _without(report, before)
    sarif = SarifOptions(ledger, "", not without_suppressed)
    shown = Shown(style, outputs, color, TextOptions(ledger, table=ledger), sarif)
    shown.show(report, world.read)
    context.exit(status_of(report, fail_on))


def _placed(files: tuple[Path, ...], staged: bool) -> tuple[Path, tuple[str, ...]]:
    """The tree that holds all the files, and their paths in it."""
    roots: dict[Path, set[str]] = {}
    for file in files:
        if not file.is_file() and not staged:
            raise UserError(f"{file}: no such file", "name files of a kernel tree")
        root = find_root(file)
        roots.setdefault(root, set()).add(file.resolve().relative_to(root.resolve()).as_posix())
    if len(roots) > 1:
        names = " and ".join(str(root) for root in sorted(roots))
        raise UserError(f"the files belong to several trees: {names}", "check one tree at a time")
    ((root, paths),) = roots.items()
    return root, tuple(sorted(paths))


def _staged(
    root: Path, wanted: tuple[str, ...], named: tuple[Path | None, ...]
) -> dict[str, bytes]:
    """What the index holds of the settings that are files of the tree: of those that are `named`,
    and of the tree's own. Raises UserError for a wanted file that it does not hold: that nothing is
    found in it would say nothing.
    """
    settings = {path_in(root, file) for file in (*named, root / CONFIG_FILE) if file is not None}
    # Of a link it holds where that leads.
    asked = {path for path in settings if path is not None and not (root / path).is_symlink()}
    texts = Repository(root).texts("", (*wanted, *sorted(asked)))
    missing = [path for path in wanted if texts.get(path) is None]
    if missing:
        raise UserError(f"{missing[0]}: not in the index of git", "name files that are staged")
    return {path: text for path in asked if (text := texts.get(path)) is not None}


def _without(report: Report, before: Report) -> Report:
    """The report without the findings that another has, wherever they stood."""
    known = by_identity(before.obligations)
    named = zip(identities(report.obligations), report.obligations, strict=True)
    left = tuple(each for identity, each in named if not is_finding(each) or identity not in known)
    return replace(report, obligations=left)
