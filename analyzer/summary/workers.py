"""Runs independent tasks in forked processes, which share what the parent has read."""

import multiprocessing
import traceback
from collections import deque
from collections.abc import Callable
from itertools import pairwise
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess
from typing import Final, NamedTuple, TypeVar

from analyzer.core import BugError

Result = TypeVar("Result")

_AHEAD: Final = 2
"""Tasks that a worker is given at a time, so that it need not wait for the next."""


class _Failure(NamedTuple):
    """What a task raised, as text."""

    text: str


class LostWorker(Exception):
    """A worker ended before it had answered; `missing` are the numbers of the tasks it had left."""

    def __init__(self, missing: tuple[int, ...], done: dict[int, object]) -> None:
        super().__init__(f"{len(missing)} tasks lost")
        self.missing = missing
        self.done = done


def run_tasks(
    work: Callable[[int], Result], n_tasks: int, jobs: int, progress: Callable[[int], None]
) -> list[Result]:
    """The results of `work(0)` to `work(n_tasks - 1)`, in that order, from at most `jobs`
    processes.

    Neighbours go to one worker as far as may be: what it keeps of one task serves the next. Raises
    LostWorker, with what was done, when a process dies.
    """
    if jobs <= 1 or n_tasks < 2:
        results = []
        for number in range(n_tasks):
            results.append(work(number))
            progress(number + 1)
        return results
    pool = _Pool(work, n_tasks, min(jobs, n_tasks))
    try:
        done: dict[int, Result] = pool.collect(progress)
    finally:
        pool.end()
    missing = tuple(number for number in range(n_tasks) if number not in done)
    if missing:
        raise LostWorker(missing, dict(done))
    return [done[number] for number in range(n_tasks)]


class _Queue:
    """The tasks that are left: a stretch for each worker. Who has come to the end of his takes from
    the end of the longest.
    """

    def __init__(self, n_tasks: int, n_workers: int) -> None:
        starts = [n_tasks * worker // n_workers for worker in range(n_workers + 1)]
        self._left = [deque(range(*ends)) for ends in pairwise(starts)]

    def take(self, worker: int) -> int | None:
        """The next task of a worker; None if there is no more."""
        own = self._left[worker]
        if own:
            return own.popleft()
        longest = max(self._left, key=len)
        return longest.pop() if longest else None

    def put_back(self, worker: int, tasks: deque[int]) -> None:
        """Tasks that a worker was given and that it did not come to."""
        self._left[worker].extendleft(reversed(tasks))


class _Pool:
    """Workers, each with a pipe for tasks and results."""

    def __init__(self, work: Callable[[int], Result], n_tasks: int, n_workers: int) -> None:
        context = multiprocessing.get_context("fork")
        self._queue = _Queue(n_tasks, n_workers)
        self._pipes: list[Connection] = []
        self._given: list[deque[int]] = [deque() for _ in range(n_workers)]
        self._processes: list[BaseProcess] = []
        for _ in range(n_workers):
            ours, theirs = context.Pipe()
            self._pipes.append(ours)
            args = (work, theirs, tuple(self._pipes))
            process = context.Process(target=_serve, args=args, daemon=True)
            process.start()
            theirs.close()
            self._processes.append(process)

    def collect(self, progress: Callable[[int], None]) -> dict[int, Result]:
        """Hands out all tasks; the results by number. Of a worker that dies the task at hand is
        lost, the others go to those that are left.
        """
        done: dict[int, Result] = {}
        alive = set(range(len(self._pipes)))
        for worker in sorted(alive):
            for _ in range(_AHEAD):
                self._give(worker)
        while busy := [self._pipes[worker] for worker in sorted(alive) if self._given[worker]]:
            for ready in wait(busy):
                assert isinstance(ready, Connection)
                worker = self._pipes.index(ready)
                try:
                    number, result = ready.recv()
                except (EOFError, ConnectionResetError):
                    alive.discard(worker)
                    self._given[worker].popleft()
                    self._queue.put_back(worker, self._given[worker])
                    self._given[worker] = deque()
                    for other in sorted(alive):
                        if not self._given[other]:
                            self._give(other)
                    continue
                if isinstance(result, _Failure):
                    raise BugError(result.text)
                self._given[worker].remove(number)
                done[number] = result
                progress(len(done))
                self._give(worker)
        return done

    def _give(self, worker: int) -> None:
        number = self._queue.take(worker)
        if number is None:
            return
        self._given[worker].append(number)
        try:
            self._pipes[worker].send(number)
        except OSError:  # It has died; its end of the pipe will say so.
            return

    def end(self) -> None:
        """Ends the workers: nobody waits for an answer any more."""
        for pipe, given, process in zip(self._pipes, self._given, self._processes, strict=True):
            pipe.close()
            if given:
                process.kill()
            process.join()


def _serve(work: Callable[[int], object], pipe: Connection, others: tuple[Connection, ...]) -> None:
    for other in others:  # The parent's ends: open here, they would hide that the parent is gone.
        other.close()
    while True:
        try:
            number = pipe.recv()
        except EOFError:
            return
        try:
            answer: object = work(number)
        except Exception:  # Sent to the parent, which raises it: a bug is one in any process.
            answer = _Failure(traceback.format_exc())
        pipe.send((number, answer))
