"""Work that takes long, done once for all the processes that run tests."""

import fcntl
import pickle
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path
from typing import TypeVar

import pytest

Result = TypeVar("Result")


def once(factory: pytest.TempPathFactory, name: str, work: Callable[[], Result]) -> Result:
    """The result of `work`, done by the first process that asks for it under this name."""
    folder = factory.getbasetemp()
    if folder.name.startswith("popen-"):
        folder = folder.parent
    file = folder / f"once-{sha256(name.encode()).hexdigest()[:16]}"
    with Path(f"{file}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not file.exists():
            file.write_bytes(pickle.dumps(work()))
        result: Result = pickle.loads(file.read_bytes())
        return result
