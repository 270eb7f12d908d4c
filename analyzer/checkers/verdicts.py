"""Verdicts: what the answers of a function and of its callers come to."""

from analyzer.checkers.callers import Reply
from analyzer.checkers.conditions import Answer, Tri
from analyzer.core import Verdict


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
