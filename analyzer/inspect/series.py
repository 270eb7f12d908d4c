"""A series of changes of a tree, each judged for what it introduces, fixes and leaves."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from typing import TypeAlias

from analyzer.core import JudgedChange, Obligation, TreeChange
from analyzer.inspect.recorded import RecordedRun
from analyzer.inspect.revision import revised_files
from analyzer.pipeline import Request
from analyzer.source import Overlay, open_tree

Findings: TypeAlias = Callable[
    [tuple[Obligation, ...], Callable[[str], bytes]], dict[str, Obligation]
]
"""The findings among some obligations, by an identity that does not tell where they are; what reads
a file of the tree, for what its comments say of them.
"""


class Series:
    """The findings of a tree, followed through changes. What a change does not touch is not judged
    again; one that is more than an edit of functions makes the run begin anew.
    """

    def __init__(self, request: Request, findings: Findings) -> None:
        self._request = request
        self._findings = findings
        self._overlay = request.overlay
        self._since: dict[str, bytes] = {}
        self._run = self._begun()
        self._found = findings(self._run.obligations, self.read)

    def _begun(self) -> RecordedRun:
        request = replace(self._request, overlay=self._overlay)
        run, _ = RecordedRun.of(request)
        run.judge(request)
        return run

    def judge(self, changes: Iterable[TreeChange]) -> Iterator[JudgedChange]:
        """Each change with what it does, one on top of the other."""
        for change in changes:
            before, known = self._overlay, self._found
            self._overlay = before.under(change.texts)
            now = self._found = self._findings(self._after(change.texts), self.read)
            yield JudgedChange(
                change,
                tuple(each for key, each in now.items() if key not in known),
                tuple(each for key, each in known.items() if key not in now),
                tuple(each for key, each in now.items() if key in known),
                self._reader(before),
                self._reader(self._overlay),
            )

    def read(self, path: str) -> bytes:
        """A file as the changes so far leave it. Raises OSError."""
        return self._reader(self._overlay)(path)

    def _reader(self, overlay: Overlay) -> Callable[[str], bytes]:
        return open_tree(self._request.root, self._request.release, overlay).read

    def _after(self, texts: Mapping[str, bytes | None]) -> tuple[Obligation, ...]:
        mattering = {path: text for path, text in texts.items() if self._matters(path, text)}
        there = {path: text for path, text in mattering.items() if text is not None}
        if len(there) == len(mattering):
            since = {**self._since, **there}
            revised = revised_files(self._run, since)
            if revised is not None:
                self._since = since
                return revised.placed(self._run.revised(revised.revision))
        self._since = {}
        self._run = self._begun()
        return self._run.obligations

    def _matters(self, path: str, text: bytes | None) -> bool:
        """Whether a file was read, or would be now."""
        if path in self._run.world.reading.texts:
            return True
        if text is None or not path.endswith((".c", ".h")):
            return False
        return bool(Overlay({path: text}).mentioning((path,), self._run.words))
