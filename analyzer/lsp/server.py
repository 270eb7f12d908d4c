"""The server: which handler answers what a client asks."""

import asyncio
import sys
import traceback
from collections.abc import AsyncIterator, Callable, Generator
from contextlib import asynccontextmanager, suppress
from dataclasses import replace
from io import FileIO
from pathlib import Path
from typing import Any, Final
from uuid import uuid4

from lsprotocol import types
from pygls.exceptions import JsonRpcException
from pygls.lsp.server import LanguageServer
from pygls.protocol import LanguageServerProtocol, lsp_method

from analyzer import __version__
from analyzer.core import Location, Obligation, UserError
from analyzer.lsp.desk import Closed, Desk, guarded
from analyzer.lsp.folder import Folder, Hearing, Opened
from analyzer.lsp.words import (
    Uris,
    diagnostic_of,
    location_of,
    path_of,
    uri_of,
    word_at,
)
from analyzer.pipeline import Request
from analyzer.source import find_root

_WHOLE: Final = "mm"
"""The folder that is read as a whole for whatever lies in it."""
_PATIENCE: Final = 5.0
"""Seconds that a client has to make room for a progress."""


class Utf16Protocol(LanguageServerProtocol):
    """The protocol with columns in UTF-16, as the analysis counts them, whatever a client likes
    better: every client knows them.
    """

    @lsp_method(types.INITIALIZE)
    def lsp_initialize(
        self, params: types.InitializeParams
    ) -> Generator[Any, Any, types.InitializeResult]:
        """Answers with the capabilities of the server."""
        if params.capabilities.general is not None:
            params.capabilities.general.position_encodings = [types.PositionEncodingKind.Utf16]
        return (yield from super().lsp_initialize(params))


class Server(LanguageServer):
    """Findings, locks and evidence for the files that are open. `request` says by which rules, and
    with scopes in place of the folder of a file; `hearing` what is a finding in a tree.
    """

    def __init__(self, request: Request, hearing: Callable[[Request], Hearing]) -> None:
        super().__init__("zaplint", __version__, protocol_cls=Utf16Protocol, max_workers=1)
        self.request = request
        self._hearing = hearing
        self.was_shut_down = False
        self._desk = Desk()
        self._folders: list[Folder] = []
        self._places: dict[str, tuple[Path, str]] = {}
        self._said = ""
        self._telling = False

    def report_server_error(self, error: Exception, source: object) -> None:
        """Logs what no handler caught; what becomes of an answer when nobody listens any more is
        not told to nobody.
        """
        if not self._telling:
            self.failed(error)

    def failed(self, error: Exception) -> None:
        """Tells of what went wrong: the user, of what the user can mend, once; else the log."""
        again = isinstance(error, UserError) and str(error) == self._said
        if self.was_shut_down or isinstance(error, Closed) or again:
            return
        self._telling = True
        level = types.MessageType.Error
        if isinstance(error, UserError):
            self._said = str(error)
            self.window_show_message(types.ShowMessageParams(level, str(error)))
        else:
            text = "".join(traceback.format_exception(error))
            text = f"a bug in zaplint {__version__}: {text}"
            self.window_log_message(types.LogMessageParams(level, text))
        self._telling = False

    def place_of(self, uri: str) -> tuple[Path, str] | None:
        """The tree and the path in it; None for what is no C file of a kernel."""
        if uri in self._places:
            return self._places[uri]
        file = path_of(uri)
        if file is None or not file.endswith((".c", ".h")):
            return None
        try:
            root = find_root(Path(file)).resolve()
            place = root, Path(file).resolve().relative_to(root).as_posix()
        except (UserError, OSError, ValueError):
            return None
        self._places[uri] = place
        return place

    def folder_of(self, uri: str, make: bool = False) -> tuple[Folder, str] | None:
        """The folder that an open file is in, made if it is not there, and its path."""
        place = self.place_of(uri)
        if place is None:
            return None
        root, path = place
        for folder in self._folders:
            if folder.request.root == root and folder.holds(path):
                return folder, path
        if not make:
            return None
        self._folders = [folder for folder in self._folders if folder.open]
        parent = path.rpartition("/")[0]
        alone = _WHOLE if path.startswith(f"{_WHOLE}/") else parent
        scopes = self.request.scopes or ((alone,) if alone else ())
        request = replace(self.request, root=root, scopes=scopes)
        made = Folder(request, self._hearing, self._desk, Editor(self, root))
        if not made.holds(path):  # Another scope was asked for.
            return None
        self._folders.append(made)
        return made, path

    def end(self) -> None:
        """Ends what is being done."""
        self.was_shut_down = True
        self._desk.close()


class Editor:
    """The client, as the files of one tree need it."""

    def __init__(self, server: Server, root: Path) -> None:
        self._server = server
        self._root = root

    def _uri(self, path: str) -> str:
        """The address of a file, as the client spells it if it is open there."""
        for uri in self._server.workspace.text_documents:
            if self._server.place_of(uri) == (self._root, path):
                return str(uri)
        return uri_of(str(self._root / path))

    def uri(self, path: str) -> str | None:
        """The address of a path of the tree; None for what is no file of it."""
        return self._uri(path) if (self._root / path).is_file() else None

    def opened(self, path: str) -> Opened:
        """An open file as it is now."""
        document = self._server.workspace.get_text_document(self._uri(path))
        return Opened(document.source.encode("utf-8", "surrogateescape"), document.version)

    def publish(self, path: str, version: int | None, found: tuple[Obligation, ...]) -> None:
        """Shows the findings in this version of an open file."""
        self._server.text_document_publish_diagnostics(
            types.PublishDiagnosticsParams(
                uri=self._uri(path),
                version=version,
                diagnostics=[
                    diagnostic_of(each, self.uri, self._shows_steps) for each in _shown(found)
                ],
            )
        )

    @property
    def _shows_steps(self) -> bool:
        document = self._server.client_capabilities.text_document
        shown = document.publish_diagnostics if document is not None else None
        return bool(shown is not None and shown.related_information)

    @asynccontextmanager
    async def progress(self, title: str) -> AsyncIterator[Callable[[str], None]]:
        """Shows that something takes long, if the client can."""
        bar, token = self._server.work_done_progress, str(uuid4())
        if not await self._makes_room(token):
            yield lambda _text: None
            return
        bar.begin(token, types.WorkDoneProgressBegin(title=title, cancellable=False))
        try:
            yield lambda text: bar.report(token, types.WorkDoneProgressReport(message=text))
        finally:
            if not self._server.was_shut_down:
                bar.end(token, types.WorkDoneProgressEnd())

    async def _makes_room(self, token: str) -> bool:
        window = self._server.client_capabilities.window
        if window is None or not window.work_done_progress:
            return False
        try:
            await asyncio.wait_for(self._server.work_done_progress.create_async(token), _PATIENCE)
        except (TimeoutError, JsonRpcException):
            return False
        return True

    def failed(self, error: Exception) -> None:
        """Tells of what went wrong."""
        self._server.failed(error)


def _shown(found: tuple[Obligation, ...]) -> tuple[Obligation, ...]:
    """The findings, those that say the same of the same place once."""
    said = {(each.location, each.rule, each.message): each for each in found}
    return tuple(sorted(said.values(), key=lambda each: each.order))


class _Heard(FileIO):
    """A pipe to a client; what is said when nobody listens any more is lost, and no error: that it
    is gone is seen by what it says no more.
    """

    def write(self, data: object, /) -> int:
        """Writes all of it."""
        assert isinstance(data, bytes)
        done = 0
        with suppress(BrokenPipeError):
            while done < len(data):
                done += super().write(data[done:])
        return len(data)


async def _hover(server: Server, params: types.HoverParams) -> types.Hover | None:
    found = server.folder_of(params.text_document.uri)
    if found is None:
        return None
    folder, path = found
    at = params.position
    text = await folder.hover(path, at.line + 1, _word(server, params))
    if not text.strip():
        return None
    return types.Hover(types.MarkupContent(types.MarkupKind.Markdown, text))


async def _definition(
    server: Server, params: types.DefinitionParams
) -> list[types.Location] | None:
    found = server.folder_of(params.text_document.uri)
    if found is None:
        return None
    folder, path = found
    at = params.position
    places: list[Location] = list(folder.evidence(path, at.line + 1, at.character + 1))
    call = await folder.call(path, _word(server, params))
    if call is not None and call.place is not None:
        places.append(call.place)
    address = Editor(server, folder.request.root).uri
    return _locations(places, address)


def _locations(places: list[Location], address: Uris) -> list[types.Location] | None:
    """Places for a list, one of each line."""
    lines = {(place.path, place.line): place for place in reversed(places)}
    found = (location_of(place, address) for place in reversed(lines.values()))
    return [each for each in found if each is not None] or None


def _word(server: Server, params: types.HoverParams | types.DefinitionParams) -> str:
    lines = server.workspace.get_text_document(params.text_document.uri).lines
    at = params.position
    return word_at(lines[at.line], at.character) if at.line < len(lines) else ""


def server_of(request: Request, hearing: Callable[[Request], Hearing]) -> Server:
    """The server with its handlers."""
    server = Server(request, hearing)

    def touched(uri: str, at_once: bool) -> None:
        found = server.folder_of(uri, make=True)
        if found is not None:
            found[0].touched(found[1], at_once)

    @server.feature(types.TEXT_DOCUMENT_DID_OPEN)
    def opened(params: types.DidOpenTextDocumentParams) -> None:
        touched(params.text_document.uri, at_once=True)

    @server.feature(types.TEXT_DOCUMENT_DID_CHANGE)
    def changed(params: types.DidChangeTextDocumentParams) -> None:
        touched(params.text_document.uri, at_once=False)

    @server.feature(types.TEXT_DOCUMENT_DID_SAVE)
    def saved(params: types.DidSaveTextDocumentParams) -> None:
        touched(params.text_document.uri, at_once=True)

    @server.feature(types.TEXT_DOCUMENT_DID_CLOSE)
    def closed(params: types.DidCloseTextDocumentParams) -> None:
        uri = params.text_document.uri
        found = server.folder_of(uri)
        if found is not None:
            found[0].closed(found[1])
            server.text_document_publish_diagnostics(types.PublishDiagnosticsParams(uri, []))

    @server.feature(types.TEXT_DOCUMENT_HOVER)
    async def hover(params: types.HoverParams) -> types.Hover | None:
        return await guarded(_hover(server, params), server.failed, None)

    @server.feature(types.TEXT_DOCUMENT_DEFINITION)
    async def definition(params: types.DefinitionParams) -> list[types.Location] | None:
        return await guarded(_definition(server, params), server.failed, None)

    @server.feature(types.WORKSPACE_DID_CHANGE_CONFIGURATION)
    def configured(_params: types.DidChangeConfigurationParams) -> None:
        """Nothing is set that way, but some clients say it all the same."""

    @server.feature(types.SHUTDOWN)
    def shut_down(_params: None) -> None:
        server.end()

    return server


def serve(request: Request, hearing: Callable[[Request], Hearing]) -> int:
    """Serves a client over standard input and output until it says that it is enough; the exit
    status: 0 if it was told to shut down.
    """
    server = server_of(request, hearing)
    server.start_io(stdout=_Heard(sys.stdout.fileno(), "wb", closefd=False))
    status = 0 if server.was_shut_down else 1
    server.end()
    return status
