"""A series of changes of a tree, each judged for what it introduces, fixes and leaves."""

import gc
from collections import defaultdict
from collections.abc import Callable, Container, Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import replace
from typing import TypeAlias

from analyzer.core import JudgedChange, JudgedSeries, Report, TreeChange
from analyzer.inspect.difference import NewNames, difference, new_gaps, new_problems
from analyzer.inspect.runs import Found, Run, ScopedRun, WholeRun, empty_report
from analyzer.pipeline import Request
from analyzer.program import Program
from analyzer.source import Overlay, Tree, open_tree

Texts: TypeAlias = Mapping[str, bytes]
Settle: TypeAlias = Callable[[Report, Tree, Texts, Texts], Report]
"""The report of a run in a tree with what is said of its findings; it is given the files that were
read, and those that were not though a change touches them.
"""

Names: TypeAlias = Mapping[str, set[str]]
"""The names of functions, by the file that defines them."""


class Series:
    """The findings of a tree, followed through changes: of the scopes of a request, or of the whole
    tree, with the files that are read on demand, if it has none. What a change does not touch is
    not judged again; one that is more than an edit of functions makes the run begin anew.
    """

    def __init__(self, request: Request, settle: Settle) -> None:
        self._request = request
        self._settle = settle
        self._overlay = request.overlay
        self._touched: set[str] = set()
        self._names: Names = {}
        self._run = self._begun()
        self._report = self._reported(self._run.after({}, self._overlay))

    def _begun(self) -> Run:
        request = replace(self._request, overlay=self._overlay)
        if not request.scopes:
            return WholeRun(request)
        tree = self._tree(self._overlay)
        return ScopedRun(request, tuple(each for each in request.scopes if _has_code(tree, each)))

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
                difference(before, now, _new_names(names, self._names, change.texts)),
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

    def _after(self, texts: Mapping[str, bytes | None]) -> Report:
        found = self._run.after(texts, self._overlay)
        if found is None:
            del self._run
            gc.collect()  # What a run has read is more than this takes.
            self._run = self._begun()
            found = self._run.after({}, self._overlay)
        return self._reported(found)

    def _reported(self, found: Found | None) -> Report:
        """What an audit would say of the tree as it is now."""
        tree = self._tree(self._overlay)
        texts: Texts = {}
        if found is None:
            self._names = {}
            report = empty_report(tree)
        else:
            report, world = found
            texts = world.reading.texts
            self._names = _names(world.program)
        further: dict[str, bytes] = {}
        for path in sorted(self._touched - texts.keys()):
            with suppress(OSError):  # It is gone.
                further[path] = tree.read(path)
        return self._settle(report, tree, texts, further)


def _has_code(tree: Tree, scope: str) -> bool:
    """Whether there is a C file in a scope: a change may bring the first, or take the last."""
    return any(path.endswith(".c") for path in tree.sources((scope,)))


def _names(program: Program) -> Names:
    found: dict[str, set[str]] = defaultdict(set)
    for ref in program.refs:
        found[ref.path].add(program.head(ref).name)
    return found


def _new_names(before: Names, after: Names, touched: Container[str]) -> NewNames:
    """The names that are gone, and those that have come. What but one of the runs has read is not
    new for it, unless the change is about it.
    """
    was, now = (frozenset[str]().union(*names.values()) for names in (before, after))

    def of(names: Names, others: Names) -> frozenset[str]:
        paths = (path for path in names if path in others or path in touched)
        return frozenset[str]().union(*(names[path] for path in paths))

    return NewNames(of(before, after) - now, of(after, before) - was)
