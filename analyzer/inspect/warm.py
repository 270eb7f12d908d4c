"""A run that stays: it judges files of a tree as `audit` does, and after an edit again, by what the
edit touches.
"""

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import replace
from functools import cached_property
from typing import NamedTuple, TypeAlias

from analyzer.checkers.applied import asks_callers
from analyzer.core import Report
from analyzer.dataflow import Analysis, Outside
from analyzer.dataflow.changed import ChangedWorld
from analyzer.dataflow.recorded import RecordedAnalysis
from analyzer.inspect.garbage import staying
from analyzer.inspect.recorded import RecordedRun
from analyzer.inspect.revision import RevisedFiles, laid_out, revised_files
from analyzer.outcome import report_of
from analyzer.pipeline import (
    Book,
    Request,
    World,
    allow_depth,
    applied_clauses,
    asked_book,
    brings_in,
    declares_of,
    enlarged,
    idle,
    look_outside,
    read_world,
    silent,
)
from analyzer.rounds import EVERYTHING, About, NextRound, Round, asked, further, uncalled
from analyzer.rulebook import resolve
from analyzer.source import SKIPPED, Mentions, Overlay, Tree, header_places

_DECIDING = frozenset({"Makefile", "MAINTAINERS"})
"""What is no source and says what a tree is."""

Around: TypeAlias = Callable[[], AbstractContextManager[None]]
Texts: TypeAlias = Mapping[str, bytes | None]
"""What files hold; None for one that is not there."""


class Now(NamedTuple):
    """A tree as it is: the texts of all files that may be other than when it was read; and what
    gives those that are other than on disk, should a further file be read.
    """

    texts: Texts
    overlay: Callable[[], Overlay]


class _More(Exception):
    """Unwinds from an edit that is more than one of functions."""


class _Layer(NamedTuple):
    """A run, and what is other in it now."""

    run: RecordedRun
    revised: RevisedFiles | None = None
    changed: ChangedWorld | None = None

    @property
    def analyses(self) -> tuple[Analysis, ...]:
        """The analyses of the checkers, as they are now."""
        return tuple(map(self.of, (each.base for each in self.run.checkers)))

    def of(self, base: RecordedAnalysis) -> Analysis:
        """An analysis of the run, as it is now."""
        return base if self.changed is None else self.changed.analysis(base)

    @property
    def outside(self) -> Outside:
        """What is known of files that were not read."""
        found = self.analyses
        return found[0].outside if found else Outside()


class Warm:
    """A run of the whole tree of a request. What is asked of a file is found out when it is first
    asked for, and then known.

    Not for two threads at a time. `around` is entered while something is made that stays.
    """

    def __init__(self, request: Request, book: Book, around: Around = staying) -> None:
        allow_depth()
        self._around = around
        self._request = replace(request, progress=silent)
        self._book = asked_book(request, book)
        with self._around():
            world = read_world(request, self._book)
            self._resolution = resolve(
                self._book.rulebook, world.tree.release, declares_of(world, self._book)
            )
            self._applied = applied_clauses(self._resolution)
            self._run = RecordedRun.linked(self._book, world, self._applied, None)
        self._looked: frozenset[str] = frozenset()
        self._aside: frozenset[str] = frozenset()
        """Files that were not read and were other than at first when names were looked for."""
        self._further: dict[frozenset[str], RecordedRun] = {}

    @property
    def files(self) -> tuple[str, ...]:
        """The files that were read before anything was asked, sorted."""
        return tuple(sorted(self._run.world.program.paths))

    def audited(self, request: Request, now: Now) -> tuple[Report, World] | None:
        """What `audited` gives for the files of a request, at least one, in the tree as it is now;
        None where it is more than an edit of functions since it was read.
        """
        files = frozenset(request.files)
        quiet = idle(replace(request, overlay=self._texts(files, now)), self._book)
        if quiet is not None:
            return quiet
        try:
            layer = self._layer(self._edits(self._others(now)))
            self._look(layer, files, now)
            self._run.plan(files)
            self._run.judge(request, files)
            judged = self._run.found(files)
            if layer.changed is not None:
                judged = self._run.inside(layer.changed, files)
            last = further(
                Round(layer, judged, [], layer.outside),
                lambda before, demand: self._again(before, demand, now),
            )
        except _More:
            return None
        found = last.obligations
        if layer.revised is not None:
            found = layer.revised.placed(found)
        world = last.world.run.world
        if last.world.revised is not None:
            world = last.world.revised.world(world, now.texts)
        return report_of(world, self._resolution, found, [], everything=False), world

    def _texts(self, files: frozenset[str], now: Now) -> Overlay:
        """The texts of some files."""
        read = self._run.world.reading.texts
        if not files <= now.texts.keys() | read.keys():
            return now.overlay()
        return Overlay().under({path: now.texts.get(path, read.get(path)) for path in files})

    def _others(self, now: Now) -> Texts:
        """The texts of all files that may be other than when what is known of them was found."""
        absent = self._aside - now.texts.keys()
        if not absent:
            return now.texts
        tree = _tree(self._run.world, now)
        return {**{path: _text(tree, path) for path in sorted(absent)}, **now.texts}

    def _edits(self, texts: Texts) -> dict[str, bytes]:
        """The files that were read and have another text. Raises _More where more is other."""
        known = self._run.world.reading.texts
        self._forget(texts)
        found = {}
        for path, text in texts.items():
            if path in known and text is not None:
                if text != known[path]:
                    found[path] = text
            elif path in known or path in _DECIDING or self._matters(path, text):
                raise _More
        return found

    def _forget(self, texts: Texts) -> None:
        """Drops the runs for which files were read further that are others by now, or of which the
        others say something else.
        """
        first = self._run.world.reading.texts
        for key, run in tuple(self._further.items()):
            read = run.world.reading.texts
            others = ((path, text) for path, text in texts.items() if path not in first)
            if not all(
                text == read[path] if path in read else _tells(run.world.mentions, path, text)
                for path, text in others
            ):
                del self._further[key]

    def _matters(self, path: str, text: bytes | None) -> bool:
        """Whether a file that was not read would be now, or says something else to those that
        were.
        """
        if path.endswith(".h"):
            return path in self._headers
        if not _tells(self._run.world.mentions, path, text):
            return True
        return text is not None and brings_in(self._book, path, Overlay({path: text}))

    @cached_property
    def _headers(self) -> frozenset[str]:
        """Where headers are looked for."""
        return header_places(self._run.world.reading.texts)

    def _layer(self, edits: dict[str, bytes]) -> _Layer:
        """The first run as it is now."""
        if not edits:
            return _Layer(self._run)
        revised = revised_files(self._run, edits)
        if revised is None:
            raise _More
        return _Layer(self._run, revised, self._run.revision(revised.revision))

    def _look(self, layer: _Layer, files: frozenset[str], now: Now) -> None:
        """Looks for who else may call those that may be asked for a lock, or that nothing calls
        which was read, for what is found in some files.
        """
        new, changed, world = files - self._looked, layer.changed, self._run.world
        whole = files.issuperset(world.program.paths)
        names: frozenset[str] = frozenset()
        if new:
            names |= self._who(_Layer(self._run), EVERYTHING if whole else About(files=new))
        # Of all files it is asked what contracts there are, which an edit of any function decides.
        if changed is not None and (whole or changed.graph is not None):
            names |= self._who(layer, EVERYTHING if whole else About(files=files))
        self._looked |= files
        if not names <= world.mentions.searched:
            self._aside |= now.texts.keys() - world.reading.texts.keys()
            mentions = world.mentions.on(_tree(world, now))
            world = self._run.world = replace(world, mentions=mentions)
        elif not new:
            return
        look_outside(world, (*_Layer(self._run).analyses, *layer.analyses), names)

    def _who(self, layer: _Layer, about: About) -> frozenset[str]:
        """The functions that other files may call, among those that may be asked for a lock and
        those that nothing calls which was read.
        """
        asking = [layer.of(each.base) for each in self._run.checkers if asks_callers(each.clauses)]
        if about.files:  # Their contracts do not matter, so that one tells what all would.
            asking = asking[:1]
        found = [asked(each, about) for each in asking]
        found += [uncalled(each.program, each.graph, about) for each in layer.analyses[:1]]
        return frozenset[str]().union(*found)

    def _again(self, before: _Layer, demand: NextRound, now: Now) -> Round[_Layer]:
        """The round in which some files were read, too."""
        run = self._enlarged(before.run.world, demand, now)
        layer = _Layer(run)
        if before.revised is not None:
            revised = laid_out(run, before.revised.files)
            if revised is None:
                raise _More
            layer = _Layer(run, revised, run.revision(revised.revision))
        return Round(layer, run.again(demand.wanted, layer.changed), [], layer.outside)

    def _enlarged(self, world: World, demand: NextRound, now: Now) -> RecordedRun:
        """The run of a world in which the files that are asked for were read, too."""
        files = frozenset((*world.scope, *demand.files))
        known = self._further.get(files)
        names = demand.names | world.mentions.searched
        if known is None or not names <= known.world.mentions.searched:
            with self._around():
                tree = _tree(world, now)
                world = replace(world, tree=tree, mentions=world.mentions.on(tree))
                more = enlarged(self._request, self._book, world, demand.files)
                more.mentions.outside(frozenset(more.program.paths), names)
                known = RecordedRun.linked(self._book, more, self._applied)
            self._further[files] = known
        return known


def _tells(mentions: Mentions, path: str, text: bytes | None) -> bool:
    """Whether what is known of a file that was not read still holds."""
    if not path.endswith(".c") or path.partition("/")[0] in SKIPPED:
        return True
    own = Overlay({} if text is None else {path: text})
    return mentions.tells(path, own.words_of(path, mentions.searched))


def _text(tree: Tree, path: str) -> bytes | None:
    """The text of a file; None if there is none."""
    try:
        return tree.read(path)
    except OSError:
        return None


def _tree(world: World, now: Now) -> Tree:
    """The tree, whose files that were not read are what they are now."""
    return replace(world.tree, overlay=now.overlay())
