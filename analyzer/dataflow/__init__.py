"""Dataflow: states on paths, effects of functions, contracts."""

from analyzer.dataflow.analysis import Analysis
from analyzer.dataflow.effects import Contract, Effect, Outcome
from analyzer.dataflow.intrinsics import asked
from analyzer.dataflow.linked import NO_WORDS, Linked, Words
from analyzer.dataflow.locks import LockClass, LockTable
from analyzer.dataflow.lockset import held
from analyzer.dataflow.models import Models, Phrases
from analyzer.dataflow.outside import Outside
from analyzer.dataflow.simulate import Simulation
from analyzer.dataflow.state import Lock, State
from analyzer.dataflow.values import Value

__all__ = [
    "NO_WORDS",
    "Analysis",
    "Contract",
    "Effect",
    "Linked",
    "Lock",
    "LockClass",
    "LockTable",
    "Models",
    "Outcome",
    "Outside",
    "Phrases",
    "Simulation",
    "State",
    "Value",
    "Words",
    "asked",
    "held",
]
