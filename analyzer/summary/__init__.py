"""Reading many files and working on many functions: in one process or several, with one answer."""

from analyzer.summary.read import Reading, read_units
from analyzer.summary.workers import LostWorker, run_tasks

__all__ = ["LostWorker", "Reading", "read_units", "run_tasks"]
