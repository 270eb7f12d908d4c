"""`zaplint prove TREE`: what is proved, what proves it, and which proofs fall without that."""

from dataclasses import replace
from pathlib import Path

import click

from analyzer.cli import options
from analyzer.core import Fate, UserError
from analyzer.inspect.proofs import EVIDENCE, RELEASES, proofs_of
from analyzer.pipeline import Request
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
@options.run_options
@click.option("--mutate", is_flag=True, help="The same as --delete evidence.")
@click.option(
    "--delete",
    type=click.Choice([EVIDENCE, RELEASES]),
    help="Delete, in memory, the evidence of each proof, or each call that gives a lock back,"
    " and analyse again what depends on it.",
)
@click.option("--format", "-f", "style", type=click.Choice(["text", "json"]), default="text")
@options.OUTPUT
@click.pass_context
def prove(
    context: click.Context,
    request: Request,
    mutate: bool,
    delete: str | None,
    style: str,
    output: Path | None,
) -> None:
    """List what is proved in a kernel TREE and what proves it.

    A proof that stands whatever is deleted proves nothing: with --mutate the evidence of each is
    deleted, one piece at a time, and its place must no longer be proved. For authors of rules.
    """
    if mutate and delete == RELEASES:
        raise UserError("--mutate deletes evidence, --delete releases does not", "give one of them")
    with options.progress_bar() as progress:
        what = delete or (EVIDENCE if mutate else "")
        found = proofs_of(replace(request, progress=progress), what)
    options.emit(render_proofs(found, style).encode("utf-8", "surrogateescape"), output)
    if any(each.incomplete for each in found.problems):
        context.exit(_INCOMPLETE)
    left = any(each.fate in (Fate.SURVIVED, Fate.UNNAMED) for each in found.trials)
    context.exit(_SURVIVES if left else 0)
