"""Reading many files and working on many functions: in one process or several, with one answer."""

from analyzer.summary.edit import Unfit, put_in
from analyzer.summary.read import NOTHING_READ, Reading, read_further, read_units
from analyzer.summary.workers import LostWorker, run_tasks

__all__ = [
    "NOTHING_READ",
    "LostWorker",
    "Reading",
    "Unfit",
    "put_in",
    "read_further",
    "read_units",
    "run_tasks",
]
