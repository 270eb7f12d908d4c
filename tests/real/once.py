"""Work that takes long, done once for all the processes that run tests."""

import fcntl
import multiprocessing
import pickle
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path
from typing import TypeVar

import pytest

Result = TypeVar("Result")
_FORK = multiprocessing.get_context("fork")


def once(factory: pytest.TempPathFactory, name: str, work: Callable[[], Result]) -> Result:
    """The result of `work`, done for the first process that asks for it under this name.

    It is done in a process of its own, whose garbage ends with it: looking through that of a whole
    tree takes as long as twenty tests.
    """
    folder = factory.getbasetemp()
    if folder.name.startswith("popen-"):
        folder = folder.parent
    file = folder / f"once-{sha256(name.encode()).hexdigest()[:16]}"
    with Path(f"{file}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not file.exists():
            child = _FORK.Process(target=lambda: file.write_bytes(pickle.dumps(work())))
            child.start()
            child.join()
            assert child.exitcode == 0, f"{name}: it failed, see what it wrote to standard error"
        result: Result = pickle.loads(file.read_bytes())
        return result
