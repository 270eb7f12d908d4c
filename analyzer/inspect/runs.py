"""Runs that are followed through changes of their tree: of some folders, or of all of it."""

from contextlib import nullcontext
from dataclasses import replace
from typing import Final, Protocol, TypeAlias

from analyzer.core import Coverage, Obligation, Report
from analyzer.inspect.recorded import RecordedRun
from analyzer.inspect.revision import RevisedFiles, revised_files
from analyzer.inspect.warm import Now, Texts, Warm
from analyzer.outcome import coverage_of, problems_of
from analyzer.pipeline import Request, World, load_book
from analyzer.source import Overlay, Tree, open_tree

Found: TypeAlias = tuple[Report, World]
"""What a run found in a tree as it is, and what it has read."""

_MAKEFILE: Final = "Makefile"
"""It tells the release, by which rules apply."""

NOTHING: Final = Coverage(0, 0, ())
"""What was read of a tree without C."""


class Run(Protocol):
    """A run of the tree that a request has."""

    def after(self, texts: Texts, overlay: Overlay) -> Found | None:
        """What is found after a change, which leaves files with these texts and the tree with this
        overlay; None where a new run must begin, or there is nothing to run over.
        """


def empty_report(tree: Tree) -> Report:
    """The report of a run over nothing."""
    return Report(str(tree.root), tree.release, (), (), (), (), (), NOTHING)


class ScopedRun:
    """The run of some files and folders, in which nothing is read on demand."""

    def __init__(self, request: Request, scopes: tuple[str, ...]) -> None:
        self._request = request
        self._since: dict[str, bytes] = {}
        self._run: RecordedRun | None = None
        self._rules: tuple[str, ...] = ()
        if scopes:
            request = replace(request, scopes=scopes)
            self._run, self._rules = RecordedRun.of(request)
            self._run.judge(request)

    def after(self, texts: Texts, overlay: Overlay) -> Found | None:
        """What is found after a change."""
        run = self._run
        if run is None:
            return None
        tree = open_tree(self._request.root, self._request.release, overlay)
        mattering = {path: text for path, text in texts.items() if _matters(run, path, text, tree)}
        there = {path: text for path, text in mattering.items() if text is not None}
        if len(there) < len(mattering):
            return None
        since = {**self._since, **there}
        if not since:
            return self._found(run, run.obligations, None, tree)
        revised = revised_files(run, since)
        if revised is None:
            return None
        self._since = since
        found = revised.placed(run.revised(revised.revision))
        return self._found(run, found, revised, tree)

    def _found(
        self,
        run: RecordedRun,
        obligations: tuple[Obligation, ...],
        revised: RevisedFiles | None,
        tree: Tree,
    ) -> Found:
        world = run.world if revised is None else revised.world(run.world, self._since)
        rules = (rule.info for rule in run.book.rulebook.rules)
        report = replace(
            empty_report(tree),
            obligations=obligations,
            rules=tuple(info for info in rules if info.id in self._rules),
            problems=tuple(problems_of(world)),
            coverage=coverage_of(world),
        )
        return report, world


def _matters(run: RecordedRun, path: str, text: bytes | None, tree: Tree) -> bool:
    """Whether a file was read, or would be now."""
    if path in run.world.reading.texts:
        return True
    if path == _MAKEFILE:
        return tree.release != run.world.tree.release
    if text is None or not path.endswith((".c", ".h")):
        return False
    return bool(Overlay({path: text}).mentioning((path,), run.words))


class WholeRun:
    """The run of a whole tree, with the files that are read on demand: what it finds is what an
    audit of the tree finds.
    """

    def __init__(self, request: Request) -> None:
        self._since: dict[str, bytes | None] = {}
        self._warm = Warm(request, load_book(request.rules), nullcontext)
        self._request = replace(request, files=self._warm.files)

    def after(self, texts: Texts, overlay: Overlay) -> Found | None:
        """What is found after a change."""
        since = {**self._since, **texts}
        found = self._warm.audited(self._request, Now(since, lambda: overlay))
        if found is not None:
            self._since = since
        return found
