"""One thread at which everything is done that takes time, one thing after the other."""

import asyncio
import threading
from collections.abc import Awaitable, Callable
from concurrent.futures import Future
from itertools import count
from queue import PriorityQueue
from typing import Final, NamedTuple, TypeVar

Found = TypeVar("Found")

URGENT: Final = 0
"""Somebody waits for it."""
USUAL: Final = 1

_STACK: Final = 256 * 1024 * 1024
"""Bytes. Effects nest as deep as the call graph, in C where the analysis is compiled."""


class Closed(Exception):
    """The server ends; nobody wants to know any more."""


async def guarded(
    work: Awaitable[Found], failed: Callable[[Exception], None], otherwise: Found
) -> Found:
    """What comes of `work`; where it raises, `failed` is told, and it is `otherwise`."""
    try:
        return await work
    except Exception as error:
        # A bug in the answer for one file must not end the server, and with it the findings of all
        # files. It is not lost: `failed` tells it to the editor.
        failed(error)
        return otherwise


class _Job(NamedTuple):
    """Something to do."""

    urgency: int
    number: int
    work: Callable[[], None]


class Desk:
    """Does what is asked for in the order of urgency, and of asking."""

    def __init__(self) -> None:
        self._jobs: PriorityQueue[_Job] = PriorityQueue()
        self._numbers = count()
        self._closed = threading.Event()
        before = threading.stack_size(_STACK)
        # A daemon: whoever ends the server does not wait for what nobody wants to know any more.
        threading.Thread(target=self._serve, name="zaplint", daemon=True).start()
        threading.stack_size(before)

    async def ask(self, work: Callable[[], Found], urgency: int = USUAL) -> Found:
        """What `work` gives, or raises. Raises Closed after the end."""
        future: Future[Found] = Future()

        def run() -> None:
            if not future.set_running_or_notify_cancel():
                return
            try:
                self.check()
                future.set_result(work())
            except Exception as error:
                # Raised again where it is awaited. Here it would end the only thread there is, and
                # whoever asks would wait for ever.
                future.set_exception(error)

        self._jobs.put(_Job(urgency, next(self._numbers), run))
        return await asyncio.wrap_future(future)

    def close(self) -> None:
        """Ends: what is being done stops at its next check, what waits is not begun."""
        self._closed.set()

    def check(self) -> None:
        """Raises Closed after the end."""
        if self._closed.is_set():
            raise Closed

    def _serve(self) -> None:
        while True:
            self._jobs.get().work()
