"""The files of one folder of a tree that are open in an editor, and what is known of them."""

import asyncio
import time
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import replace
from typing import Final, NamedTuple, Protocol

from analyzer.core import CallTold, LineLocks, Location, Obligation, UserError
from analyzer.inspect.resident import Resident
from analyzer.lsp.balance import balance
from analyzer.lsp.desk import URGENT, Desk, guarded
from analyzer.lsp.words import evidence_of
from analyzer.pipeline import Request
from analyzer.report.hover import call_markdown, line_markdown

_SOON: Final = 0.3
"""Seconds without a key after which an edit is looked at."""
_QUIET: Final = 1.2
"""Further seconds after which an edit of more than functions makes the world begin anew."""
_OFTEN: Final = 0.25
"""Seconds between two reports of a progress."""
_WATCH: Final = 0.5
"""Seconds between two looks at the files that say what is a finding. They count once they have not
been written for as long: an editor may write a file in parts.
"""


class Opened(NamedTuple):
    """An open file as it was at some time, and the number that the editor gave to that."""

    text: bytes
    version: int | None


class Client(Protocol):
    """The editor, as the files of a folder need it. Nothing of it is called in another thread."""

    def opened(self, path: str) -> Opened:
        """An open file as it is now."""

    def publish(self, path: str, version: int | None, found: tuple[Obligation, ...]) -> None:
        """Shows the findings in this version of an open file."""

    def progress(self, title: str) -> AbstractAsyncContextManager[Callable[[str], None]]:
        """Shows that something takes long; what it gives is told how far it is."""

    def failed(self, error: Exception) -> None:
        """Tells of what went wrong."""


class Hearing(Protocol):
    """What says which obligations are findings: files that are read again when they are written."""

    def stamps(self) -> tuple[object, ...]:
        """What tells whether one of the files was written: another value than before."""

    def read(self) -> None:
        """Reads the files as they are now. Raises UserError for a slip in them; then they count as
        they were.
        """

    def findings(self, obligations: tuple[Obligation, ...], text: bytes) -> tuple[Obligation, ...]:
        """The findings among the obligations in a file with this text."""


class Folder:
    """A world, and the files that are open in it, the one that was edited last in front."""

    def __init__(
        self, request: Request, hearing: Callable[[Request], Hearing], desk: Desk, client: Client
    ) -> None:
        self.request = request
        self._make_hearing = hearing
        self._hearing: Hearing | None = None
        self._heard: tuple[object, ...] = ()
        self._stamps: tuple[object, ...] = ()
        self.open: list[str] = []
        self._desk = desk
        self._client = client
        self._loop = asyncio.get_running_loop()
        self._resident = Resident(replace(request, progress=self._report))
        self._found: dict[str, tuple[Obligation, ...]] = {}
        self._timer: asyncio.TimerHandle | None = None
        self._watch: asyncio.TimerHandle | None = None
        self._looking: asyncio.Task[None] | None = None
        self._again = False
        self._anew = False
        self._forced: set[str] = set()
        self._settled: dict[str, Opened] = {}
        self._is_read = False
        self._reading = True
        self._tell: Callable[[str], None] | None = None
        self._told = 0.0

    def holds(self, path: str) -> bool:
        """Whether a file of the tree is in it."""
        scopes = self.request.scopes
        return not scopes or any(path == each or path.startswith(f"{each}/") for each in scopes)

    def touched(self, path: str, at_once: bool = True) -> None:
        """A file was opened or saved, or if not `at_once` edited. An edit that leaves a brace or a
        comment open is not over.
        """
        if at_once:
            self._forced.add(path)
        self.open = [path, *(each for each in self.open if each != path)]
        self._look_in(0.0 if at_once else _SOON, at_once)

    def closed(self, path: str) -> None:
        """A file is not open any more: its text is the one on disk."""
        self.open = [each for each in self.open if each != path]
        self._found.pop(path, None)
        self._settled.pop(path, None)
        if self.open:
            self._look_in(0.0, True)
        elif self._timer is not None:
            self._timer.cancel()

    def _watched(self) -> None:
        """Looks again if what says what is a finding was written, and is not being written now."""
        self._watch = None
        if self._hearing is None or not self.open:
            return
        before, self._stamps = self._stamps, self._hearing.stamps()
        if before == self._stamps != self._heard and self._timer is None:
            self._look_in(0.0, False)
        self._watch = self._loop.call_later(_WATCH, self._watched)

    def _look_in(self, seconds: float, anew: bool) -> None:
        if self._timer is not None:
            self._timer.cancel()
        self._timer = self._loop.call_later(seconds, self._due, anew)

    def _due(self, anew: bool) -> None:
        self._timer = None
        self._again = True
        self._anew = anew
        if self._looking is None:
            self._looking = self._loop.create_task(self._look())

    async def _look(self) -> None:
        """Looks until nothing has changed meanwhile."""
        while self._again:
            self._again = False
            work = self._once(self._anew or not self._is_read)
            await guarded(work, self._client.failed, None)
        self._looking = None

    async def _once(self, anew: bool) -> None:
        settled = self._settle()
        texts = {path: opened.text for path, opened in self._settled.items()}
        if not await self._take(texts, anew):
            self._look_in(_QUIET, True)
            return
        await self._hear()
        for path, opened in settled.items():
            judged = await self._judged(path, texts)
            if self._again:
                return  # Of a text that is gone.
            if judged is None:
                self._look_in(_QUIET, True)
                return
            if path in self.open:
                self._found[path], shown = judged
                self._client.publish(path, opened.version, shown)

    async def _hear(self) -> None:
        """Has what says what is a finding read, unless it was since it was written."""

        def heard() -> tuple[Hearing, tuple[object, ...]]:
            hearing = self._hearing or self._make_hearing(self.request)
            return hearing, hearing.stamps()

        hearing, stamps = await self._desk.ask(heard)
        self._hearing = hearing
        if stamps != self._heard:
            self._heard = stamps
            await guarded(self._desk.ask(hearing.read), self._client.failed, None)
        if self._watch is None:
            self._watch = self._loop.call_later(_WATCH, self._watched)

    def _settle(self) -> dict[str, Opened]:
        """The files of which nothing is in the middle of being typed, or whose user wants to know
        all the same. Of the others the text before that counts, and what was shown stays.
        """
        found = {}
        for path in self.open:
            opened, before = self._client.opened(path), self._settled.get(path)
            now = balance(opened.text)
            asked = path in self._forced or before is None or not any(now)
            if asked or (before is not None and now == balance(before.text)):
                found[path] = opened
        self._forced.clear()
        self._settled |= found
        return found

    async def _take(self, texts: dict[str, bytes], anew: bool) -> bool:
        """Whether these texts were taken."""
        resident = self._resident
        if self._is_read and await self._desk.ask(lambda: resident.look(texts, lambda: False)):
            return True
        if not anew:
            return False
        scopes = ", ".join(self.request.scopes) or "the tree"
        self._reading = True
        try:
            async with self._client.progress(f"zaplint reads {scopes}") as self._tell:
                await self._desk.ask(lambda: resident.look(texts))
        finally:
            self._reading = False
            self._tell = None
        self._is_read = True
        return True

    async def _judged(
        self, path: str, texts: dict[str, bytes]
    ) -> tuple[tuple[Obligation, ...], tuple[Obligation, ...]] | None:
        """The obligations in a file under these texts, and the findings among them; None if that
        takes a new world by now.
        """
        resident = self._resident

        def judged() -> tuple[tuple[Obligation, ...], tuple[Obligation, ...]] | None:
            assert self._hearing is not None
            if not resident.look(texts, lambda: False):  # Who hovers may have looked meanwhile.
                return None
            found = resident.obligations(frozenset((path,)))
            return found, self._hearing.findings(found, texts[path])

        return await self._desk.ask(judged)

    def _report(self, what: str, done: int, total: int) -> None:
        """A progress, in the thread of the desk."""
        self._desk.check()
        now = time.monotonic()
        if now - self._told > _OFTEN:
            self._told = now
            self._loop.call_soon_threadsafe(self._pass_on, f"{what} {done}/{total}")

    def _pass_on(self, text: str) -> None:
        if self._tell is not None:
            self._tell(text)

    def _texts(self) -> dict[str, bytes]:
        return {path: self._client.opened(path).text for path in sorted(self.open)}

    def _at(self, path: str, line: int) -> tuple[Obligation, ...]:
        return tuple(each for each in self._found.get(path, ()) if each.location.line == line)

    async def hover(self, path: str, line: int, word: str) -> str:
        """What is known of a function's name, or of a line; empty for nothing."""
        if self._reading:
            return "zaplint is still reading."
        if not self._is_read:
            return ""
        call = await self.call(path, word)
        if call is not None:
            return call_markdown(call)
        texts, resident = self._texts(), self._resident

        def locks() -> LineLocks | None:
            return resident.locks(path, line) if resident.look(texts, lambda: False) else None

        verdicts = self._at(path, line)
        try:
            return line_markdown(await self._desk.ask(locks, URGENT), verdicts)
        except UserError as error:
            told = line_markdown(None, verdicts)
            return f"{error.message.partition(': ')[2]}\n{told}"

    async def call(self, path: str, word: str) -> CallTold | None:
        """What is known of a function by its name; None for any other word, and while the world is
        read.
        """
        if not word or self._reading or not self._is_read:
            return None
        texts, resident = self._texts(), self._resident

        def told() -> CallTold | None:
            return resident.call(path, word) if resident.look(texts, lambda: False) else None

        return await self._desk.ask(told, URGENT)

    def evidence(self, path: str, line: int, column: int) -> tuple[Location, ...]:
        """Where the verdicts at a place come from."""
        here = self._at(path, line)
        inside = [each for each in here if _covers(each.location, line, column)]
        return tuple(dict.fromkeys(place for each in inside for place in evidence_of(each)))


def _covers(place: Location, line: int, column: int) -> bool:
    after = (place.line, place.column) <= (line, column)
    return after and (line, column) <= (place.end_line, place.end_column)
