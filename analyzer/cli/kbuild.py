"""`zaplint kbuild`: what `make C=1 CHECK="zaplint kbuild"` runs for each file that it compiles.

The first file of a tree is judged by itself, as `zaplint check` does it. When a second one is asked
for and the tree is as it was, the whole tree is audited once, and what is found is kept for all.
"""

import fcntl
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

from analyzer.cli.asked import Asked
from analyzer.cli.named import text_of
from analyzer.core import Build, Coverage, Kconfig, Level, Obligation, Report, UserError
from analyzer.kept.places import kept_file, unchanged
from analyzer.kept.results import Kept, load_kept
from analyzer.kept.words import WORDS_FILE, kept_words
from analyzer.source import Tree, find_root, open_tree
from analyzer.source.state import as_before

if TYPE_CHECKING:
    from analyzer.cli.moments import Means

_INCOMPLETE: Final = 3
_GRAVITY: Final = (Level.ERROR, Level.WARNING, Level.NOTE)
_WORDS: Final = {Level.ERROR: "warning", Level.WARNING: "warning", Level.NOTE: "note"}
"""What does not end the build is a warning."""

_EPILOG: Final = """\b
Examples:
  make C=2 CHECK="zaplint kbuild" mm/
      checks the files of mm while they are compiled; C=1 only those that are compiled anew
  make C=1 CHECK="zaplint kbuild --fail-on error"
      ends the build at a finding
  make C=1 CHECK="zaplint kbuild --daemon"
      checks the next edit in a second or two
"""


@click.command(epilog=_EPILOG, context_settings={"ignore_unknown_options": True})
@click.argument(
    "words", nargs=-1, required=True, type=click.UNPROCESSED, metavar="[ANYTHING]... FILE.c"
)
@click.option(
    "--format",
    "style",
    type=click.Choice(["text", "checkpatch", "terse"]),
    default="text",
    show_default=True,
)
@click.option(
    "--fail-on",
    type=click.Choice(["error", "warning", "note", "never"]),
    default="never",
    show_default=True,
    help="The least level of a finding that makes the exit status 1, and the build end.",
)
@click.option(
    "--kconfig",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help="The configuration of the kernel; if not given, the .config of the build or of the tree.",
)
@click.option("--select", multiple=True, metavar="ID|FAMILY", help="Apply only these rules.")
@click.option("--ignore", multiple=True, metavar="ID|FAMILY", help="Leave these rules out.")
@click.option(
    "--rules",
    multiple=True,
    metavar="DIR",
    type=click.Path(path_type=Path),
    help="A folder of further rules. Repeatable.",
)
@click.option(
    "--config",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="The configuration of zaplint in place of zaplint.toml at the top of the tree.",
)
@click.option(
    "--baseline",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Do not report the findings that this file knows.",
)
@click.option(
    "--jobs",
    type=click.IntRange(1, 256),
    default=lambda: min(os.cpu_count() or 1, 8),
    show_default="one per processor",
    help="How many processes to use when the tree is audited.",
)
@click.option(
    "--daemon/--no-daemon",
    default=None,
    help="Let a process that stays judge the file, in a checkout of git, or none; without either, "
    "one that is there. See zaplint daemon.",
)
@click.pass_context
def kbuild(
    context: click.Context,
    words: tuple[str, ...],
    style: str,
    fail_on: str,
    kconfig: Path | None,
    select: tuple[str, ...],
    ignore: tuple[str, ...],
    rules: tuple[Path, ...],
    config: Path | None,
    baseline: Path | None,
    jobs: int,
    daemon: bool | None,
) -> None:
    """Check FILE.c as a part of `make C=1` or `make C=2`: findings go to standard error, options of
    the compiler and of sparse are ignored.
    """
    file = words[-1]
    if not Path(file).is_file():
        raise UserError(f"{file}: no such file", "name the source file last, as kbuild does")
    place = _place(file)
    if place is None or (not rules and _is_idle(file)):
        return
    tree = open_tree(place[0])
    files = frozenset(tree.c_files())
    if place[1] not in files:
        return
    asked = Asked(tree, files, place[1], select, ignore, rules, jobs, config, baseline)
    built = Build(_config(kconfig, tree))
    lost, told, n_functions = _told(asked, context.obj)
    for text in lost:
        print(f"{file}: warning: zaplint: {text}", file=sys.stderr)
    if lost:
        context.exit(0 if fail_on == "never" else _INCOMPLETE)
    found = [each for each in told if built.leaves_out(each) is None]
    if style == "text":
        sys.stderr.writelines(f"{_line(each, file, fail_on)}\n" for each in found)
    elif found:
        sys.stderr.write(_rendered(found, style, asked, n_functions))
    context.exit(int(any(_fails(each, fail_on) for each in found)))


def _is_idle(file: str) -> bool:
    """Whether no rule that comes with zaplint has anything to look at in a file. What is needed to
    tell is kept for the next call, which then knows before anything is loaded.
    """
    known = kept_words()
    if known is None:
        from analyzer.cli import judging  # noqa: PLC0415 # It is the whole of zaplint.

        known = judging.words_for_builds(kept_file(WORDS_FILE))
    try:
        return not known.concern(os.path.abspath(file), Path(file).read_bytes())  # noqa: PTH100
    except OSError:
        return False


def _place(file: str) -> tuple[Path, str] | None:
    """The tree around a file, and its path there; None for a file in no tree, as a module that is
    built outside has.
    """
    path = Path(os.path.abspath(file))  # noqa: PTH100 # A link in the tree is a file of the tree.
    try:
        root = find_root(path.parent)
    except UserError:
        return None
    return root, (path.parent.resolve() / path.name).relative_to(root).as_posix()


def _told(asked: Asked, means: "Means | None") -> tuple[list[str], tuple[Obligation, ...], int]:
    """What was lost, the findings of the file, and how many functions were read."""
    if means is not None:
        from analyzer.cli import judging  # noqa: PLC0415 # It is the whole of zaplint.

        return judging.judged_now(asked, means)
    lost, kept = _results(asked)
    return lost, kept.found.get(asked.path, ()), kept.n_functions


def _results(asked: Asked) -> tuple[list[str], Kept]:
    """What is known of the tree; and what was lost, if it had to be judged."""
    known, stands = _standing(asked)
    if known is not None and stands and known.knows(asked.path):
        return [], known
    with _alone(f"{asked.kept}.lock"):
        known, stands = _standing(asked)  # Another process may have been faster.
        if known is not None and stands and known.knows(asked.path):
            return [], known
        from analyzer.cli import judging  # noqa: PLC0415 # It is the whole of zaplint.

        return judging.judged(asked, whole=stands)


def _standing(asked: Asked) -> tuple[Kept | None, bool]:
    """What is kept, and whether it still stands."""
    try:
        kept = load_kept(Path(asked.kept).read_bytes())
    except OSError:
        return None, False
    if kept is None or not unchanged(kept.rules):
        return None, False
    return kept, as_before(asked.tree, asked.files, kept.files, kept.words)


@contextmanager
def _alone(path: str) -> Iterator[None]:
    """Lets one process judge a tree; the others wait, as they do in make -j."""
    lock = Path(path)
    try:
        lock.parent.mkdir(parents=True, exist_ok=True)
        file = lock.open("w")
    except OSError:  # Nothing can be kept there, so that nobody is worth waiting for.
        yield
        return
    with file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def _config(named: Path | None, tree: Tree) -> Kconfig | None:
    """The configuration: the one that is named, that of the build around, that of the tree. Raises
    UserError for one that is named and is none.
    """
    if named is not None:
        return Kconfig.read(text_of(named, "replace"), str(named))
    build = os.environ.get("KCONFIG_CONFIG") or ".config"
    for path in (Path(build), tree.root / ".config"):
        try:
            return Kconfig.parse(path.read_text("utf-8", "replace"))
        except OSError:
            continue
    return None


def _fails(each: Obligation, fail_on: str) -> bool:
    if fail_on == "never":
        return False
    return _GRAVITY.index(each.level) <= _GRAVITY.index(Level(fail_on))


def _line(each: Obligation, file: str, fail_on: str) -> str:
    """A finding as a compiler says it, by the name that make has for the file."""
    from analyzer.report.styled import visible  # noqa: PLC0415 # Only a finding needs it.

    level = "error" if _fails(each, fail_on) else _WORDS[each.level]
    only = f" (only if {each.condition})" if each.condition else ""
    place = f"{file}:{each.location.line}:{each.location.column}"
    return visible(f"{place}: {level}: {' '.join(each.message.split())}{only} [{each.rule}]")


def _rendered(found: list[Obligation], style: str, asked: Asked, n_functions: int) -> str:
    """Findings as scripts/checkpatch.pl writes them."""
    from analyzer.report.checkpatch import render_checkpatch, render_terse  # noqa: PLC0415
    from analyzer.report.lines import Sources  # noqa: PLC0415 # Only a file with findings needs it.

    report = Report(
        root=str(asked.tree.root),
        release=asked.tree.release,
        rules=(),
        skipped=(),
        obligations=tuple(found),
        counts=(),
        problems=(),
        coverage=Coverage(1, n_functions, ()),
    )
    if style == "terse":
        return render_terse(report)
    return render_checkpatch(report, Sources(asked.tree.read))
