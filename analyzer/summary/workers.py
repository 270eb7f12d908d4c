"""Runs independent tasks in forked processes, which share what the parent has read."""

import multiprocessing
import traceback
from collections.abc import Callable, Sequence
from multiprocessing.connection import Connection, wait
from typing import NamedTuple, TypeVar

from analyzer.core import BugError

Result = TypeVar("Result")


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

    Raises LostWorker, with what was done, when a process dies.
    """
    if jobs <= 1 or n_tasks < 2:
        results = []
        for number in range(n_tasks):
            results.append(work(number))
            progress(number + 1)
        return results
    context = multiprocessing.get_context("fork")
    readers: dict[Connection, list[int]] = {}
    processes = []
    for worker in range(min(jobs, n_tasks)):
        reader, writer = context.Pipe(duplex=False)
        numbers = list(range(worker, n_tasks, min(jobs, n_tasks)))
        process = context.Process(target=_serve, args=(work, numbers, writer), daemon=True)
        process.start()
        writer.close()
        readers[reader] = numbers
        processes.append(process)
    done: dict[int, Result] = _collect(readers, progress)
    for process in processes:
        process.join()
    missing = tuple(number for number in range(n_tasks) if number not in done)
    if missing:
        raise LostWorker(missing, dict(done))
    return [done[number] for number in range(n_tasks)]


def _serve(work: Callable[[int], Result], numbers: Sequence[int], writer: Connection) -> None:
    for number in numbers:
        try:
            answer: object = work(number)
        except Exception:  # Sent to the parent, which raises it: a bug is one in any process.
            answer = _Failure(traceback.format_exc())
        writer.send((number, answer))
    writer.close()


def _collect(
    readers: dict[Connection, list[int]], progress: Callable[[int], None]
) -> dict[int, Result]:
    done: dict[int, Result] = {}
    open_ones = list(readers)
    while open_ones:
        for ready in wait(open_ones):
            assert isinstance(ready, Connection)
            try:
                number, result = ready.recv()
            except EOFError:
                open_ones.remove(ready)
                continue
            if isinstance(result, _Failure):
                raise BugError(result.text)
            done[number] = result
            progress(len(done))
    return done
