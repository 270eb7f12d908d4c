"""Tasks in several processes: each is done once, whoever dies or fails."""

import os
import signal

import pytest

from analyzer.core import BugError
from analyzer.summary import LostWorker, run_tasks


def _ignore(_done: int) -> None:
    pass


@pytest.mark.parametrize("jobs", [1, 2, 3, 20])
def test_results_are_in_order(jobs: int) -> None:
    assert run_tasks(lambda number: number * number, 12, jobs, _ignore) == [
        number * number for number in range(12)
    ]


@pytest.mark.parametrize("jobs", [1, 2, 3])
def test_progress_counts_every_task(jobs: int) -> None:
    seen: list[int] = []
    run_tasks(lambda number: number, 5, jobs, seen.append)
    assert seen == [1, 2, 3, 4, 5]


def test_no_task() -> None:
    assert run_tasks(lambda number: number, 0, 2, _ignore) == []


def test_large_results() -> None:
    results = run_tasks(lambda number: bytes(1 << 20), 8, 2, _ignore)
    assert [len(result) for result in results] == [1 << 20] * 8


def _deadly(number: int) -> int:
    if number == 3:
        os.kill(os.getpid(), signal.SIGKILL)
    return number


def test_a_worker_that_dies_takes_one_task_with_it() -> None:
    with pytest.raises(LostWorker) as lost:
        run_tasks(_deadly, 40, 2, _ignore)
    assert lost.value.missing == (3,)
    assert sorted(lost.value.done) == [number for number in range(40) if number != 3]


def test_no_worker_is_left() -> None:
    def die(_number: int) -> int:
        os.kill(os.getpid(), signal.SIGKILL)
        return 0

    with pytest.raises(LostWorker) as lost:
        run_tasks(die, 6, 2, _ignore)
    assert lost.value.missing == (0, 1, 2, 3, 4, 5)


def test_what_a_task_raises_is_a_bug() -> None:
    def fail(number: int) -> float:
        return 1 / (number - 2)

    with pytest.raises(BugError, match="ZeroDivisionError"):
        run_tasks(fail, 6, 2, _ignore)
