"""What `zaplint kbuild` asks when it knows no answer: the whole of zaplint, loaded only then."""

import os
from pathlib import Path

from analyzer.cli.asked import Asked
from analyzer.cli.moments import Means
from analyzer.cli.peace import CONFIG_FILE, Named, peace
from analyzer.cli.stamps import made_of
from analyzer.core import Obligation, UserError
from analyzer.kept.places import stamps
from analyzer.kept.results import Kept, by_file, dump_kept
from analyzer.kept.words import Words, dump_words
from analyzer.pipeline import Book, Request, load_book, silent, vocabulary
from analyzer.report.findings import findings, lost
from analyzer.report.output import write_atomically
from analyzer.rulebook import everywhere
from analyzer.source.state import files_of_run, stamped


def judged(asked: Asked, whole: bool) -> tuple[list[str], Kept]:
    """The findings of a file, or of the whole tree around it, and what was lost of the run. Unless
    something was, they are kept.

    Raises UserError for what the user can mend.
    """
    tree = asked.tree
    files = () if whole else (asked.path,)
    named = [each for each in (asked.config, asked.baseline) if each]
    said = [os.path.abspath(each) for each in (tree.root / CONFIG_FILE, *named)]  # noqa: PTH100
    rules = stamps([*made_of(asked.rules), *said])
    before = stamped(tree, asked.files)
    run = peace(_request(asked, files), Named(asked.config, asked.baseline))
    report, world = run.audited(silent)
    known: dict[str, tuple[Obligation, ...]] = dict.fromkeys(files, ())
    found = by_file(findings(report))
    kept = Kept(
        rules=rules,
        files=files_of_run(tree, before, world.reading.texts),
        words=_words(run.book).also(world.mentions.searched),
        n_functions=report.coverage.n_functions,
        whole=whole,
        found={**known, **{path: found[path] for path in found if whole or path in known}},
    )
    missing = [problem.text for problem in lost(report)]
    if not missing:
        _write(asked.kept, dump_kept(kept))
    return missing, kept


def judged_now(asked: Asked, means: Means) -> tuple[list[str], tuple[Obligation, ...], int]:
    """What was lost, the findings of a file as a process that stays tells them, and how many
    functions it has read. Raises UserError for what the user can mend.
    """
    run = peace(_request(asked, (asked.path,)), Named(asked.config, asked.baseline), means.load)
    report, _ = run.audited(silent, lambda request, book: means.judge(request, book, None))
    found = by_file(findings(report)).get(asked.path, ())
    return [problem.text for problem in lost(report)], found, report.coverage.n_functions


def _request(asked: Asked, files: tuple[str, ...]) -> Request:
    return Request(
        asked.tree.root,
        (),
        asked.select,
        asked.ignore,
        asked.rules,
        jobs=asked.jobs,
        files=files,
    )


def words_for_builds(path: str) -> Words:
    """What a file must hold to be read by a run of the rules that come with zaplint; kept at
    `path`.
    """
    rules = stamps(made_of(()))
    words = _words(load_book())
    _write(path, dump_words(words, rules))
    return words


def _words(book: Book) -> Words:
    words = vocabulary(book)
    globs = frozenset(word for word in words if "*" in word)
    return Words(words - globs, tuple(sorted(globs)), everywhere(book.rulebook))


def _write(path: str, data: bytes) -> None:
    try:
        Path(path).parent.mkdir(parents=True, exist_ok=True)
        write_atomically(Path(path), data)
    except (OSError, UserError):  # A cache that cannot be written is no reason to stop a build.
        return
