"""The files of a folder, edited while they are being judged."""

import asyncio
import shutil
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from analyzer.core import Obligation
from analyzer.lsp.desk import Desk
from analyzer.lsp.folder import Folder, Opened
from analyzer.pipeline import Request
from tests.cli.command import KERNEL
from tests.lsp.editor import PATIENCE

_RMAP = "mm/rmap.c"


class _Typist:
    """An editor with one file, whose user types a line at its top whenever it is being judged, and
    does not pause. Hears everything.
    """

    def __init__(self, tree: Path) -> None:
        self.text = (tree / _RMAP).read_bytes()
        self.version = 1
        self.shown: list[tuple[int | None, tuple[int, ...]]] = []
        self.errors: list[Exception] = []
        self.typed = asyncio.Event()

    def opened(self, path: str) -> Opened:
        assert path == _RMAP
        return Opened(b"\n" * (self.version - 1) + self.text, self.version)

    def publish(self, path: str, version: int | None, found: tuple[Obligation, ...]) -> None:
        assert path == _RMAP
        self.shown.append((version, tuple(each.location.line for each in found)))
        self.typed.set()

    @asynccontextmanager
    async def progress(self, title: str) -> AsyncIterator[Callable[[str], None]]:
        yield lambda _text: None

    def failed(self, error: Exception) -> None:
        self.errors.append(error)
        self.typed.set()

    def stamps(self) -> tuple[object, ...]:
        return (1,)

    def read(self) -> None:
        pass

    def findings(self, obligations: tuple[Obligation, ...], text: bytes) -> tuple[Obligation, ...]:
        self.version += 1
        return tuple(each for each in obligations if each.is_finding)


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """A copy of the small kernel."""
    return Path(shutil.copytree(KERNEL, tmp_path / "linux")).resolve()


def test_findings_are_shown_in_the_version_they_are_of(tree: Path) -> None:
    async def talk() -> _Typist:
        typist, desk = _Typist(tree), Desk()
        folder = Folder(Request(tree, ("mm",)), lambda _request: typist, desk, typist)
        for _ in range(3):
            typist.typed.clear()
            folder.touched(_RMAP)
            await asyncio.wait_for(typist.typed.wait(), PATIENCE)
        folder.closed(_RMAP)
        desk.close()
        return typist

    typist = asyncio.run(talk())
    assert typist.errors == []
    first = typist.shown[0][1]
    assert first
    assert typist.shown == [
        (version, tuple(line + version - 1 for line in first)) for version in (1, 2, 3)
    ]
