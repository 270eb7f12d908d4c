"""Verdicts: what the answers of a function and of its callers come to."""

from analyzer.checkers.callers import Reply
from analyzer.checkers.conditions import Answer, Tri
from analyzer.checkers.property import Clause
from analyzer.checkers.scope import Exemption, matches, within
from analyzer.core import Verdict
from analyzer.dataflow import Simulation


def verdict_of(answer: Answer, reply: Reply) -> tuple[Verdict, str]:
    """The verdict of a site from its own answer and its callers', and why one is open."""
    match answer.tri:
        case Tri.TRUE:
            return Verdict.PROVED, ""
        case Tri.FALSE:
            return Verdict.VIOLATED, answer.reason
        case Tri.UNSURE:
            return Verdict.OPEN, answer.reason
        case Tri.ABSENT:
            match reply.tri:
                case Tri.TRUE:
                    return Verdict.PROVED, ""
                case Tri.UNSURE:
                    return Verdict.OPEN, reply.reason
                case _:
                    return Verdict.VIOLATED, reply.reason


def hindrance(run: Simulation) -> str:
    """Why a function must not be accused, '' if it may be."""
    name = run.function.name
    if not run.precise:
        return f"{name}() has too many states to follow"
    return f"{name}() was not read whole" if run.function.gaps else ""


def exemption_of(clause: Clause, path: str, function: str) -> Exemption | None:
    """The exemption of a clause that names a function in the file `path`."""
    for exemption in clause.common.exemptions:
        files, _, names = exemption.function.rpartition(":")
        if matches(function, (names,)) and within(path, (files,) if files else ()):
            return exemption
    return None
