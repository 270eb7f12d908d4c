"""`zaplint audit TREE` and `zaplint check FILE...`."""

from pathlib import Path

import click

from analyzer.cli import options
from analyzer.cli.formats import FORMAT, OUTPUTS, Output, Shown
from analyzer.cli.paint import COLOR
from analyzer.cli.peace import BASELINE, CONFIG, peace
from analyzer.core import Level, Release, Report, UserError
from analyzer.pipeline import Request
from analyzer.report.findings import has_finding
from analyzer.report.sarif import SarifOptions
from analyzer.report.text import TextOptions
from analyzer.source import find_root

_INCOMPLETE = 3

_LEDGER = click.option("--ledger", is_flag=True, help="Show what is proved and what is open, too.")
_FAIL_ON = click.option(
    "--fail-on",
    type=click.Choice(["error", "warning", "note", "never"]),
    default="warning",
    show_default=True,
    help="The least level of a finding that makes the exit status 1.",
)
_CATEGORY = click.option(
    "--category", default="", help="Keep SARIF uploads of one repository apart by this name."
)
_WITHOUT = click.option(
    "--without-suppressed",
    is_flag=True,
    help="Leave out of SARIF what is suppressed; code scanning would open an alert for it.",
)
_PROBLEMS = click.option("--problems", is_flag=True, help="List every function not read whole.")


@click.command()
@options.run_options
@CONFIG
@BASELINE
@FORMAT
@OUTPUTS
@_LEDGER
@_PROBLEMS
@_WITHOUT
@_CATEGORY
@_FAIL_ON
@COLOR
@click.pass_context
def audit(
    context: click.Context,
    request: Request,
    config: Path | None,
    baseline: Path | None,
    style: str,
    outputs: tuple[Output, ...],
    ledger: bool,
    problems: bool,
    without_suppressed: bool,
    category: str,
    fail_on: str,
    color: str,
) -> None:
    """Audit a kernel TREE: report every place where a rule is violated."""
    run = peace(request, config, baseline)
    with options.progress_bar() as progress:
        report = run.audit(progress)
    text = TextOptions(ledger, problems, table=True)
    sarif = SarifOptions(ledger, category, not without_suppressed)
    Shown(style, outputs, color, text, sarif).show(report)
    context.exit(_status(report, fail_on))


@click.command()
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path))
@options.SELECT
@options.IGNORE
@options.RULES
@options.KERNEL
@options.JOBS
@CONFIG
@BASELINE
@FORMAT
@OUTPUTS
@_LEDGER
@_WITHOUT
@_FAIL_ON
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
    roots: dict[Path, list[str]] = {}
    for file in files:
        if not file.is_file():
            raise UserError(f"{file}: no such file", "name files of a kernel tree")
        root = find_root(file)
        roots.setdefault(root, []).append(file.resolve().relative_to(root.resolve()).as_posix())
    if len(roots) > 1:
        names = " and ".join(str(root) for root in sorted(roots))
        raise UserError(f"the files belong to several trees: {names}", "check one tree at a time")
    (root, paths), *_ = roots.items()
    wanted = tuple(sorted(set(paths)))
    run = peace(Request(root, (), select, ignore, rules, release, jobs, wanted), config, baseline)
    with options.progress_bar() as progress:
        report = run.audit(progress)
    sarif = SarifOptions(ledger, "", not without_suppressed)
    Shown(style, outputs, color, TextOptions(ledger, table=ledger), sarif).show(report)
    context.exit(_status(report, fail_on))


def _status(report: Report, fail_on: str) -> int:
    if not report.complete:
        return _INCOMPLETE
    if fail_on == "never":
        return 0
    return int(has_finding(report, Level(fail_on)))
