"""Garbage collection around what is made once and stays."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def staying() -> Iterator[None]:
    """While this lasts, nothing becomes garbage; in what was made, nobody looks for any later."""
    was = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        gc.unfreeze()
        gc.collect()
        gc.freeze()
        if was:
            gc.enable()
