"""`zaplint explain FILE:LINE|FINGERPRINT`: the story of a verdict."""

import re
from pathlib import Path

import click

from analyzer.cli import options
from analyzer.cli.paint import COLOR, show
from analyzer.cli.places import TOP, line_in_tree
from analyzer.core import Release, Story, UserError, identities
from analyzer.inspect.explain import stories_at, story_of
from analyzer.pipeline import Request, audit
from analyzer.report.story import stories_json, story_lines
from analyzer.source import find_root

_EPILOG = """\b
Examples:
  zaplint explain mm/memory.c:1642
      all verdicts at this line, in a kernel tree, from anywhere in it
  zaplint explain --tree ~/linux mm/memory.c:1642 --select tlb
      those of one family, of a tree that is named
  zaplint explain --tree ~/linux 3f2a9c01b6d4
      the verdict with this fingerprint; the whole tree is audited for it
"""
_IDENTITY = re.compile(r"[0-9a-f]{8,32}")


@click.command(epilog=_EPILOG)
@click.argument("place", metavar="FILE:LINE|FINGERPRINT")
@TOP
@options.SCOPE
@options.SELECT
@options.IGNORE
@options.RULES
@options.KERNEL
@options.JOBS
@click.option("--format", "-f", "style", type=click.Choice(["text", "json"]), default="text")
@COLOR
def explain(
    place: str,
    top: Path | None,
    scopes: tuple[str, ...],
    select: tuple[str, ...],
    ignore: tuple[str, ...],
    rules: tuple[Path, ...],
    release: Release | None,
    jobs: int,
    style: str,
    color: str,
) -> None:
    """Tell the story of a verdict: what is demanded there and by whom, where it is met or broken,
    along which chain of calls, with the lines of the source. Of what is proved, too.
    """
    found = line_in_tree(place, top)
    if found is None and _IDENTITY.fullmatch(place) is None:
        hint = "write it as mm/memory.c:1642, or give 8 to 32 digits of a fingerprint"
        raise UserError(f"{place}: neither a line nor a fingerprint", hint)
    root = found[0] if found else top or find_root(Path.cwd())
    with options.progress_bar() as progress:
        request = Request(root, scopes, select, ignore, rules, release, jobs, progress=progress)
        if found is not None:
            told = stories_at(request, *found[1:])
        else:
            told = (_with_identity(request, place),)
    if style == "json":
        click.echo(stories_json(told), nl=False)
    else:
        show(story_lines(told), None, color)


def _with_identity(request: Request, identity: str) -> Story:
    """The story of the obligation whose fingerprint begins so."""
    obligations = audit(request).obligations
    pairs = zip(obligations, identities(obligations), strict=True)
    found = [(each, given) for each, given in pairs if given.startswith(identity)]
    if len(found) != 1:
        problem = "no obligation has" if not found else f"{len(found)} obligations have"
        hint = "take it from an audit of this tree, with the same rules and the same scope"
        raise UserError(f"{identity}: {problem} a fingerprint that begins so", hint)
    return story_of(request, *found[0])
