"""`zaplint check FILE...`: what a pre-commit hook runs."""

from dataclasses import replace
from pathlib import Path

import click

from analyzer.cli import options
from analyzer.cli.audit import FAIL_ON, LEDGER, WITHOUT, status_of
from analyzer.cli.formats import FORMAT, OUTPUTS, Output, Shown
from analyzer.cli.paint import COLOR
from analyzer.cli.peace import BASELINE, CONFIG, peace
from analyzer.core import Release, Report, UserError
from analyzer.core.identity import identities
from analyzer.pipeline import Request
from analyzer.report.findings import by_identity, is_finding
from analyzer.report.sarif import SarifOptions
from analyzer.report.text import TextOptions
from analyzer.source import Repository, find_root, open_tree

_EPILOG = """\b
Examples:
  zaplint check mm/rmap.c mm/memory.c
      these files, as they are
  zaplint check --staged mm/rmap.c
      as it is going to be committed, whatever the work tree holds
  zaplint check --diff mm/rmap.c
      only what is not in the last commit
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
    request = Request(root, (), select, ignore, rules, release, jobs, wanted)
    if staged:
        request = replace(request, overlay=Repository(root).at(""))
    with options.progress_bar() as progress:
        run = peace(request, config, baseline)
        report = run.audit(progress)
        if diff:
            before = replace(request, overlay=Repository(root).at("HEAD"))
            report = _without(report, peace(before, config, baseline).audit(progress))
    sarif = SarifOptions(ledger, "", not without_suppressed)
    read = open_tree(root, release, request.overlay).read
    shown = Shown(style, outputs, color, TextOptions(ledger, table=ledger), sarif)
    shown.show(report, read)
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


def _without(report: Report, before: Report) -> Report:
    """The report without the findings that another has, wherever they stood."""
    known = by_identity(before.obligations)
    named = zip(identities(report.obligations), report.obligations, strict=True)
    left = tuple(each for identity, each in named if not is_finding(each) or identity not in known)
    return replace(report, obligations=left)
