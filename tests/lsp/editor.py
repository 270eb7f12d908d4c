"""An editor for tests: a client of the language server, over its standard input and output."""

import asyncio
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

from lsprotocol import types
from pygls.lsp.client import LanguageClient

from analyzer.pipeline import Request, audit
from analyzer.report.findings import findings
from analyzer.source import Overlay

PATIENCE = 120.0
"""Seconds after which a server is taken to hang."""

Shown = list[tuple[int, str]]
"""Lines, from one on, and rules of what is shown in a file."""


def audited(tree: Path, path: str, text: str | None = None) -> Shown:
    """What an audit finds in a file, under another text of it if one is given."""
    overlay = Overlay({} if text is None else {path: text.encode()})
    found = findings(audit(Request(tree, (path.rpartition("/")[0],), overlay=overlay)))
    here = [each for each in found if each.location.path == path]
    rows = dict.fromkeys((each.location.line, each.rule, each.message) for each in here)
    return [(line, rule) for line, rule, _ in rows]


def line_of(text: str, part: str) -> int:
    """The line, from one on, where a part of a text is first."""
    return text[: text.index(part)].count("\n") + 1


class Editor:
    """A client, and what the server has told it."""

    def __init__(self, tree: Path) -> None:
        self.tree = tree
        self.diagnostics: dict[str, types.PublishDiagnosticsParams] = {}
        self.published: list[tuple[str, int | None]] = []
        self.progress: list[dict[str, str]] = []
        self.messages: list[str] = []
        self.status: int | None = None
        self._client = LanguageClient("editor", "1")
        self._news = asyncio.Condition()
        self._versions: dict[str, int] = {}
        self._listen()

    def _listen(self) -> None:
        @self._client.feature(types.TEXT_DOCUMENT_PUBLISH_DIAGNOSTICS)
        async def published(params: types.PublishDiagnosticsParams) -> None:
            self.diagnostics[params.uri] = params
            self.published.append((params.uri, params.version))
            await self._wake()

        @self._client.feature(types.WINDOW_WORK_DONE_PROGRESS_CREATE)
        def created(_params: types.WorkDoneProgressCreateParams) -> None:
            return None

        @self._client.feature(types.PROGRESS)
        async def went_on(params: types.ProgressParams) -> None:
            self.progress.append(params.value)
            await self._wake()

        @self._client.feature(types.WINDOW_LOG_MESSAGE)
        async def logged(params: types.LogMessageParams) -> None:
            self.messages.append(params.message)
            await self._wake()

        @self._client.feature(types.WINDOW_SHOW_MESSAGE)
        async def said(params: types.ShowMessageParams) -> None:
            self.messages.append(params.message)
            await self._wake()

    async def _wake(self) -> None:
        async with self._news:
            self._news.notify_all()

    async def until(self, condition: Callable[[], bool]) -> None:
        """Waits for the server to have told something."""
        async with self._news:
            await asyncio.wait_for(self._news.wait_for(condition), PATIENCE)

    async def start(self, *words: str) -> types.InitializeResult:
        """Starts the server."""
        program = "from analyzer.cli.main import main; main()"
        await self._client.start_io(sys.executable, "-c", program, "lsp", *words)
        shown = types.PublishDiagnosticsClientCapabilities(related_information=True)
        asked = types.InitializeParams(
            capabilities=types.ClientCapabilities(
                text_document=types.TextDocumentClientCapabilities(publish_diagnostics=shown),
                window=types.WindowClientCapabilities(work_done_progress=True),
                general=types.GeneralClientCapabilities(
                    position_encodings=[
                        types.PositionEncodingKind.Utf8,
                        types.PositionEncodingKind.Utf16,
                    ]
                ),
            ),
            root_uri=self.tree.as_uri(),
        )
        answer = await asyncio.wait_for(self._client.initialize_async(asked), PATIENCE)
        self._client.initialized(types.InitializedParams())
        return answer

    def uri(self, path: str) -> str:
        """The address of a file of the tree."""
        return (self.tree / path).as_uri()

    def open(self, path: str, text: str | None = None) -> None:
        """Opens a file, as it is on disk unless it has another text."""
        self._versions[path] = 1
        text = (self.tree / path).read_text() if text is None else text
        item = types.TextDocumentItem(self.uri(path), "c", 1, text)
        self._client.text_document_did_open(types.DidOpenTextDocumentParams(item))

    def edit(self, path: str, text: str) -> int:
        """Gives a file another text, and the version of it."""
        version = self._versions[path] = self._versions[path] + 1
        self._client.text_document_did_change(
            types.DidChangeTextDocumentParams(
                types.VersionedTextDocumentIdentifier(version, self.uri(path)),
                [types.TextDocumentContentChangeWholeDocument(text)],
            )
        )
        return version

    def replace(self, path: str, at: types.Range, text: str) -> int:
        """Gives a range of a file another text."""
        version = self._versions[path] = self._versions[path] + 1
        self._client.text_document_did_change(
            types.DidChangeTextDocumentParams(
                types.VersionedTextDocumentIdentifier(version, self.uri(path)),
                [types.TextDocumentContentChangePartial(at, text)],
            )
        )
        return version

    def save(self, path: str) -> None:
        """Tells that a file was saved."""
        this = types.TextDocumentIdentifier(self.uri(path))
        self._client.text_document_did_save(types.DidSaveTextDocumentParams(this))

    def close(self, path: str) -> None:
        """Closes a file."""
        this = types.TextDocumentIdentifier(self.uri(path))
        self._client.text_document_did_close(types.DidCloseTextDocumentParams(this))

    async def shown(self, path: str, version: int = 1) -> Shown:
        """What is shown in a version of a file."""
        uri = self.uri(path)
        await self.until(
            lambda: uri in self.diagnostics and self.diagnostics[uri].version == version
        )
        return [
            (each.range.start.line + 1, str(each.code))
            for each in self.diagnostics[uri].diagnostics
        ]

    async def showing(self, path: str, expected: Shown) -> None:
        """Waits until this is shown in a file, whatever its version."""

        def shown() -> Shown:
            found = self.diagnostics[self.uri(path)].diagnostics
            return [(each.range.start.line + 1, str(each.code)) for each in found]

        await self.until(lambda: shown() == expected)

    async def hover(self, path: str, line: int, column: int = 1) -> str:
        """What is told of a place; lines and columns from one on. Empty for nothing."""
        asked = types.HoverParams(
            types.TextDocumentIdentifier(self.uri(path)), types.Position(line - 1, column - 1)
        )
        found = await asyncio.wait_for(self._client.text_document_hover_async(asked), PATIENCE)
        if found is None:
            return ""
        assert isinstance(found.contents, types.MarkupContent)
        return found.contents.value

    async def definition(self, path: str, line: int, column: int = 1) -> list[tuple[str, int]]:
        """Where a place leads: paths and lines."""
        asked = types.DefinitionParams(
            types.TextDocumentIdentifier(self.uri(path)), types.Position(line - 1, column - 1)
        )
        found = await asyncio.wait_for(self._client.text_document_definition_async(asked), PATIENCE)
        top = self.tree.as_uri() + "/"
        assert found is None or isinstance(found, list)
        return [
            (each.uri.removeprefix(top), each.range.start.line + 1)
            for each in found or ()
            if isinstance(each, types.Location)
        ]

    async def stop(self) -> int:
        """Ends the server; its exit status."""
        server = self._client._server
        assert server is not None
        if server.returncode is None:
            await asyncio.wait_for(self._client.shutdown_async(None), PATIENCE)
            self._client.exit(None)
            await asyncio.wait_for(server.wait(), PATIENCE)
        await self._client.stop()
        assert server.returncode is not None
        return server.returncode


@asynccontextmanager
async def editor(tree: Path, *words: str) -> AsyncIterator[Editor]:
    """An editor whose server was started with these words, and ends with it in good order."""
    found = Editor(tree)
    await found.start(*words)
    try:
        yield found
    finally:
        found.status = await found.stop()
