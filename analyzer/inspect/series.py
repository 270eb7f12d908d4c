"""A series of changes of a tree, each judged for what it introduces, fixes and leaves."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import replace
from typing import Final, TypeAlias

from analyzer.core import (
    Coverage,
    JudgedChange,
    JudgedSeries,
    Obligation,
    Report,
    TreeChange,
)
from analyzer.inspect.difference import NewNames, difference, new_gaps, new_problems
from analyzer.inspect.recorded import RecordedRun
from analyzer.inspect.revision import RevisedFiles, revised_files
from analyzer.outcome import coverage_of, problems_of
from analyzer.pipeline import Request
from analyzer.program import Program
from analyzer.source import Overlay, Tree, open_tree

Texts: TypeAlias = Mapping[str, bytes]
Settle: TypeAlias = Callable[[Report, Tree, Texts, Texts], Report]
"""The report of a run in a tree with what is said of its findings; it is given the files that were
read, and those that were not though a change touches them.
"""

_NOTHING: Final = Coverage(0, 0, ())

_MAKEFILE: Final = "Makefile"
"""It tells the release, by which rules apply."""


class Series:
    """The findings of a tree, followed through changes. What a change does not touch is not judged
    again; one that is more than an edit of functions makes the run begin anew.
    """

    def __init__(self, request: Request, settle: Settle) -> None:
        self._request = request
        self._settle = settle
        self._overlay = request.overlay
        self._since: dict[str, bytes] = {}
        self._touched: set[str] = set()
        self._names: frozenset[str] = frozenset()
        self._run: RecordedRun | None = None
        self._rules: tuple[str, ...] = ()
        self._report = self._anew()

    def _begin(self) -> None:
        tree = self._tree(self._overlay)
        self._since = {}
        self._run = None
        scopes = tuple(each for each in self._request.scopes if _has_code(tree, each))
        if scopes or not self._request.scopes:
            request = replace(self._request, overlay=self._overlay, scopes=scopes)
            self._run, self._rules = RecordedRun.of(request)
            self._run.judge(request)

    def judged(self, changes: Iterable[TreeChange]) -> JudgedSeries:
        """The changes, one on top of the other, each with what it does."""
        return JudgedSeries(tuple(self._judge(changes)), self._report)

    def _judge(self, changes: Iterable[TreeChange]) -> Iterator[JudgedChange]:
        for change in changes:
            overlay, before, names = self._overlay, self._report, self._names
            self._overlay = overlay.under(change.texts)
            self._touched.update(path for path in change.texts if path.endswith((".c", ".h")))
            now = self._report = self._after(change.texts)
            yield JudgedChange(
                change,
                difference(before, now, NewNames(names - self._names, self._names - names)),
                new_problems(before, now),
                new_gaps(before, now),
                self._tree(overlay).read,
                self._tree(self._overlay).read,
            )

    def read(self, path: str) -> bytes:
        """A file as the changes so far leave it. Raises OSError."""
        return self._tree(self._overlay).read(path)

    def _tree(self, overlay: Overlay) -> Tree:
        return open_tree(self._request.root, self._request.release, overlay)

    def _anew(self) -> Report:
        self._begin()
        return self._reported(self._run.obligations if self._run else (), None)

    def _after(self, texts: Mapping[str, bytes | None]) -> Report:
        run = self._run
        mattering = {path: text for path, text in texts.items() if self._matters(path, text)}
        there = {path: text for path, text in mattering.items() if text is not None}
        if run is not None and len(there) == len(mattering):
            since = {**self._since, **there}
            revised = revised_files(run, since)
            if revised is not None:
                self._since = since
                return self._reported(revised.placed(run.revised(revised.revision)), revised)
        return self._anew()

    def _matters(self, path: str, text: bytes | None) -> bool:
        """Whether a file was read, or would be now."""
        if self._run is None or path in self._run.world.reading.texts:
            return True
        if path == _MAKEFILE:
            return self._tree(self._overlay).release != self._run.world.tree.release
        if text is None or not path.endswith((".c", ".h")):
            return False
        return bool(Overlay({path: text}).mentioning((path,), self._run.words))

    def _reported(
        self, obligations: tuple[Obligation, ...], revised: RevisedFiles | None
    ) -> Report:
        """What an audit would say of the tree as it is now."""
        tree = self._tree(self._overlay)
        report = Report(
            root=str(tree.root),
            release=tree.release,
            rules=(),
            skipped=(),
            obligations=obligations,
            counts=(),
            problems=(),
            coverage=_NOTHING,
        )
        texts: dict[str, bytes] = {}
        self._names = frozenset()
        if self._run is not None:
            world, rules = self._run.world, self._run.book.rulebook.rules
            texts = {**world.reading.texts, **self._since}
            if revised is not None:
                world = revised.world(world, self._since)
            self._names = _names(world.program)
            report = replace(
                report,
                rules=tuple(rule.info for rule in rules if rule.info.id in self._rules),
                problems=tuple(problems_of(world)),
                coverage=coverage_of(world),
            )
        further: dict[str, bytes] = {}
        for path in sorted(self._touched - texts.keys()):
            with suppress(OSError):  # It is gone.
                further[path] = tree.read(path)
        return self._settle(report, tree, texts, further)


def _has_code(tree: Tree, scope: str) -> bool:
    """Whether there is a C file in a scope: a change may bring the first, or take the last."""
    return any(path.endswith(".c") for path in tree.sources((scope,)))


def _names(program: Program) -> frozenset[str]:
    return frozenset(program.head(ref).name for ref in program.refs)
