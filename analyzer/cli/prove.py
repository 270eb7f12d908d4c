"""`zaplint prove TREE`: what is proved, what proves it, and which proofs fall without that."""

import sys
from pathlib import Path

import click

from analyzer.cli import options
from analyzer.core import Fate, Release
from analyzer.inspect.proofs import EVIDENCE, RELEASES, proofs_of
from analyzer.pipeline import Request
from analyzer.report.output import write_atomically
from analyzer.report.proofs import render_proofs

_SURVIVES = 1
_INCOMPLETE = 3
_EPILOG = """\b
Examples:
  zaplint prove ~/linux --scope mm --select tlb
      every proof of the family, and the places that it stands on
  zaplint prove ~/linux --scope mm --select tlb --mutate
      which of them fall when those places are deleted
  zaplint prove ~/linux --scope mm --delete releases
      what the rules say when a call that gives a lock back is deleted

\b
Exit status:
  0  every proof that was tried falls
  1  a proof survives, or names no evidence; with --delete releases never
  2  wrong usage, or a slip in a rule file
  3  the analysis is incomplete: a file or a worker was lost
"""


@click.command(epilog=_EPILOG)
@options.TREE
@options.SCOPE
@options.SELECT
@options.IGNORE
@options.RULES
@options.KERNEL
@options.JOBS
@click.option("--mutate", is_flag=True, help="The same as --delete evidence.")
@click.option(
    "--delete",
    type=click.Choice([EVIDENCE, RELEASES]),
    help="Delete, in memory, the evidence of each proof, or each call that gives a lock back,"
    " and analyse again what depends on it.",
)
@click.option("--format", "-f", "style", type=click.Choice(["text", "json"]), default="text")
@click.option(
    "--output",
    "-o",
    metavar="FILE",
    type=click.Path(path_type=Path),
    help="Write to this file.",
)
@click.pass_context
def prove(
    context: click.Context,
    tree: Path,
    scopes: tuple[str, ...],
    select: tuple[str, ...],
    ignore: tuple[str, ...],
    rules: tuple[Path, ...],
    release: Release | None,
    jobs: int,
    mutate: bool,
    delete: str | None,
    style: str,
    output: Path | None,
) -> None:
    """List what is proved in a kernel TREE and what proves it.

    A proof that stands whatever is deleted proves nothing: with --mutate the evidence of each is
    deleted, one piece at a time, and its place must no longer be proved. For authors of rules.
    """
    with options.progress_bar() as progress:
        request = Request(tree, scopes, select, ignore, rules, release, jobs, (), progress)
        found = proofs_of(request, delete or (EVIDENCE if mutate else ""))
    data = render_proofs(found, style).encode("utf-8", "surrogateescape")
    if output is not None:
        write_atomically(output, data)
    else:
        sys.stdout.buffer.write(data)
        sys.stdout.buffer.flush()
    if any(each.incomplete for each in found.problems):
        context.exit(_INCOMPLETE)
    left = any(each.fate in (Fate.SURVIVED, Fate.UNNAMED) for each in found.trials)
    context.exit(_SURVIVES if left else 0)
