"""An engine that stays: the world of one folder of a tree, judged file by file as it is asked for,
under the texts that an editor has.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import NamedTuple

from analyzer.core import (
    CallTold,
    Demanded,
    HeldLock,
    LineLocks,
    Location,
    Obligation,
)
from analyzer.dataflow import Analysis
from analyzer.dataflow.changed import ChangedWorld
from analyzer.dataflow.recorded import RecordedAnalysis
from analyzer.inspect.calls import call_told
from analyzer.inspect.demands import Demands
from analyzer.inspect.garbage import staying
from analyzer.inspect.locks import LineRequest, locks_within
from analyzer.inspect.recorded import RecordedRun
from analyzer.inspect.revision import RevisedFiles, revised_files
from analyzer.pipeline import Request, World
from analyzer.rounds import in_order
from analyzer.source import Overlay, open_tree


class _Base(NamedTuple):
    """A run, and its analysis that follows all locks."""

    run: RecordedRun
    locks: RecordedAnalysis


class _Now(NamedTuple):
    """The world as the texts have it: that of the base, or what was edited since."""

    revised: RevisedFiles
    changed: ChangedWorld
    world: World


class Resident:
    """The world of one folder of a tree. It is read when it is first looked at; after that, an edit
    of functions costs what it touches, and any other makes it begin anew.

    Not for two threads at a time.
    """

    def __init__(self, request: Request) -> None:
        self._request = request
        self._tree = open_tree(request.root, request.release)
        self._base: _Base | None = None
        self._now: _Now | None = None
        self._above: frozenset[str] = frozenset()
        self._stamps: dict[str, tuple[int, int]] = {}
        self._seen: tuple[dict[str, bytes], dict[str, tuple[int, int]]] | None = None

    def look(self, texts: Mapping[str, bytes], anew: Callable[[], bool] = lambda: True) -> bool:
        """Takes the texts of files that are other than on disk, or may be. False where that is more
        than an edit of functions, and `anew` says that it is not time to begin anew; then all is as
        it was. Raises UserError for what the user can mend.
        """
        if self._base is None:
            self._begin(texts)
            return True
        run = self._base.run
        moved = {
            path: now for path, was in self._stamps.items() if (now := self._stamp(path)) != was
        }
        seen = (dict(texts), moved)
        if seen == self._seen:
            return True
        edits = self._edits(run, texts, frozenset(moved))
        revised = revised_files(run, edits) if edits else None
        if revised is not None or edits == {}:
            self._now = None if revised is None else self._revised(run, revised)
            self._seen = seen
        elif anew():
            self._begin(texts)
        else:
            return False
        return True

    def _begin(self, texts: Mapping[str, bytes]) -> None:
        """Reads everything. What was found before serves until then."""
        with staying():
            above = {path: text for path, text in texts.items() if text != self._on_disk(path)}
            run, _ = RecordedRun.read(replace(self._request, overlay=Overlay(above)))
            self._base, self._now = _Base(run, run.analysis()), None
            self._above = frozenset(above)
            self._stamps = {path: self._stamp(path) for path in run.world.reading.texts}
            self._seen = None

    def _stamp(self, path: str) -> tuple[int, int]:
        return self._tree.stamp(path)

    def _on_disk(self, path: str) -> bytes | None:
        try:
            return self._tree.read(path)
        except OSError:
            return None

    def _edits(
        self, run: RecordedRun, texts: Mapping[str, bytes], moved: frozenset[str]
    ) -> dict[str, bytes] | None:
        """The files of a run that have another text now; None where one is gone, or came. `moved`
        are those that were written on disk since.
        """
        known = run.world.reading.texts
        found = {}
        for path in sorted({*texts, *self._above, *moved}):
            text = texts[path] if path in texts else self._on_disk(path)
            if path in known:
                if text is None:
                    return None
                if text != known[path]:
                    found[path] = text
            elif text is not None and self._would_matter(run, path, text):
                return None
        return found

    def _would_matter(self, run: RecordedRun, path: str, text: bytes) -> bool:
        """Whether a file that was not read would be now."""
        scopes = self._request.scopes
        inside = any(path == scope or path.startswith(f"{scope}/") for scope in scopes)
        if not path.endswith(".c") or (scopes and not inside):
            return False
        return bool(Overlay({path: text}).mentioning((path,), run.words))

    def _revised(self, run: RecordedRun, revised: RevisedFiles) -> _Now:
        reading = run.world.reading
        texts = {**reading.texts, **{path: file.text for path, file in revised.files.items()}}
        laid_out = replace(reading, texts=texts)
        world = replace(run.world, reading=laid_out, program=revised.revision.program)
        return _Now(revised, run.revision(revised.revision), world)

    def obligations(self, files: frozenset[str]) -> tuple[Obligation, ...]:
        """The obligations in some files, in canonical order."""
        run = self._looked().run
        run.plan(files)
        run.judge(self._request, files)
        if self._now is None:
            found = run.obligations
        else:
            found = self._now.revised.placed(in_order(run.inside(self._now.changed, files)))
        return tuple(each for each in found if each.location.path in files)

    def locks(self, path: str, line: int) -> LineLocks | None:
        """The locks at a line; None outside of the functions that were read. Raises UserError where
        there is nothing to tell of one.
        """
        base = self._looked()
        at = line if self._now is None else self._now.revised.laid_out(path, line)
        if at is None or not self._is_in_function(path, at):
            return None
        request = LineRequest(self._request.root, path, at)
        told = locks_within(base.run.book, self._world, request, self._follow)
        return told if self._now is None else _placed(told, self._now.revised)

    def _is_in_function(self, path: str, line: int) -> bool:
        program = self._world.program
        if path not in program.paths:
            return False
        head = program.file(path)
        return any(
            head.lines.line(each.start) <= line <= head.lines.line(max(each.end - 1, 0))
            for each in head.functions
        )

    def call(self, path: str, name: str) -> CallTold | None:
        """What a call of a function in a file demands and does; None for what is no function that
        was read.
        """
        analysis = self._follow(None)
        book = self._looked().run.book
        told = call_told(analysis, Demands(analysis, book, self._world), name, path)
        if told is None or self._now is None:
            return told
        revised = self._now.revised
        place = None if told.place is None else revised.location(told.place)
        contracts = tuple(_demand(each, revised) for each in told.contracts)
        return replace(told, place=place, contracts=contracts)

    @property
    def _world(self) -> World:
        return self._looked().run.world if self._now is None else self._now.world

    def _looked(self) -> _Base:
        if self._base is None:
            self._begin({})
        assert self._base is not None
        return self._base

    def _follow(self, locks: frozenset[str] | None) -> Analysis:
        """The analysis of the world as it is that follows some locks."""
        base = self._looked().locks
        one = base if locks is None else base.narrowed(locks)
        return one if self._now is None else self._now.changed.analysis(one)


def _placed(told: LineLocks, revised: RevisedFiles) -> LineLocks:
    """What is told of a line of a laid out file, where it is in the edited one."""

    def line(number: int) -> int:
        return revised.location(Location(told.path, number, 1, number, 1)).line

    def lock(each: HeldLock) -> HeldLock:
        return replace(each, since=tuple(map(revised.step, each.since)))

    return replace(
        told,
        line=line(told.line),
        told=line(told.told),
        held=tuple(map(lock, told.held)),
        returned=tuple(map(lock, told.returned)),
        changes=tuple(map(revised.step, told.changes)),
        contracts=tuple(_demand(each, revised) for each in told.contracts),
    )


def _demand(each: Demanded, revised: RevisedFiles) -> Demanded:
    return replace(each, location=revised.location(each.location))
