"""What the parts of a run are made by."""

from collections.abc import Callable
from typing import Final, NamedTuple

from analyzer.checkers.applied import Applied
from analyzer.checkers.check import Checker
from analyzer.checkers.recorded import RecordedChecker
from analyzer.dataflow import Analysis, Linked
from analyzer.dataflow.recorded import Recorder
from analyzer.program import Program


class Makers(NamedTuple):
    """Those that make parts which remember take the place of the plain ones."""

    link: Callable[[Program, bool], Linked]
    analysis: Callable[..., Analysis]
    checker: Callable[..., Checker]


PLAIN: Final = Makers(Linked.of, Analysis, Checker)


def recording(recorder: Recorder, made: Callable[[RecordedChecker], None]) -> Makers:
    """Makers of parts that remember, for `recorder`, what their results were made from; `made` is
    told of each checker.
    """

    def checker(
        analysis: Analysis, clauses: tuple[Applied, ...], flags: dict[str, tuple[str, ...]]
    ) -> RecordedChecker:
        found = RecordedChecker(analysis, clauses, flags)
        made(found)
        return found

    return Makers(recorder.link, recorder.analysis, checker)
