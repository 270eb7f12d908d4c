"""What becomes of findings, and of what was not seen, from one run to the next."""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import replace
from typing import Final, NamedTuple, TypeAlias

from analyzer.core import (
    Difference,
    FunctionGap,
    Means,
    Obligation,
    Problem,
    ProblemKind,
    Report,
    Verdict,
    identities,
)

_SAID: Final = (Means.COMMENT, Means.CONFIG)
_AT_THE_END: Final = frozenset({ProblemKind.CONFIG.value, ProblemKind.MODEL.value})
"""What is said of the whole, and not of a change."""

_Known: TypeAlias = dict[str, Obligation]


class NewNames(NamedTuple):
    """The names of functions that are not there any more, and of those that were not there."""

    gone: frozenset[str]
    come: frozenset[str]


NOBODY: Final = NewNames(frozenset(), frozenset())


def difference(before: Report, after: Report, new: NewNames = NOBODY) -> Difference:
    """What becomes of the violations of a run in the next one, wherever they stand. A function that
    has a new name is the one that it was, if the same is wrong in it.
    """
    now = _known(after)
    was = _named_anew(_known(before), now, new)
    pairs = [(was.get(key), each) for key, each in now.items()]
    gone = [(each, now.get(key)) for key, each in was.items() if _is_reproach(each)]
    return Difference(
        tuple(each for old, each in pairs if each.is_finding and not _is_violation(old)),
        tuple(
            replace(each, suppression=old.suppression)
            for old, each in pairs
            if each.is_finding and old is not None and old.is_violation and not old.is_finding
        ),
        tuple(old for old, each in gone if not _is_violation(each) and not _is_open(each)),
        tuple(each for old, each in gone if each is not None and old.is_finding and _is_open(each)),
        tuple(each for old, each in pairs if _is_allowed(old, each)),
        tuple(
            each for old, each in pairs if each.is_finding and old is not None and old.is_finding
        ),
    )


def _named_anew(was: _Known, now: _Known, new: NewNames) -> _Known:
    """The obligations of a run by the identities that they have in the next one, where a violation
    in a function that is gone comes back in one that was not there.
    """
    gone: dict[tuple[str, int, str], list[str]] = defaultdict(list)
    for key, each in was.items():
        if each.is_violation and each.function in new.gone:
            gone[_nameless(each)].append(key)
    found = dict(was)
    for key, each in now.items():
        if each.is_violation and each.function in new.come and gone[_nameless(each)]:
            found[key] = found.pop(gone[_nameless(each)].pop(0))
    return found


def _nameless(each: Obligation) -> tuple[str, int, str]:
    return each.rule, each.clause, re.sub(rf"\b{re.escape(each.function)}\b", "", each.subject)


def _known(report: Report) -> _Known:
    return dict(zip(identities(report.obligations), report.obligations, strict=True))


def _is_violation(each: Obligation | None) -> bool:
    return each is not None and each.is_violation


def _is_open(each: Obligation | None) -> bool:
    return each is not None and each.verdict is Verdict.OPEN


def _is_reproach(each: Obligation) -> bool:
    """Whether it is a violation of a rule that is wanted: to mend it is worth a word."""
    off = each.suppression is not None and each.suppression.means is Means.CONFIG
    return each.is_violation and not off


def _is_allowed(old: Obligation | None, each: Obligation) -> bool:
    """Whether something is said of a violation that was not said before. That a rule was off
    already is not said again of each violation that comes.
    """
    if each.suppression is None or each.suppression.means not in _SAID:
        return False
    if old is None or not old.is_violation:
        return each.suppression.means is Means.COMMENT
    return old.suppression is None or old.suppression.means not in _SAID


def new_problems(before: Report, after: Report) -> tuple[Problem, ...]:
    """What a run says was not seen, or is of no effect, and the one before it does not, wherever
    it stands.
    """
    known = Counter(key for key, _ in _said(before))
    return tuple(each for key, each in _said(after) if not _taken(known, key))


def new_gaps(before: Report, after: Report) -> tuple[FunctionGap, ...]:
    """The functions that a run did not read whole, but for those that it did not before."""
    known = Counter(map(_gap, before.coverage.gaps))
    return tuple(each for each in after.coverage.gaps if not _taken(known, _gap(each)))


def _said(report: Report) -> Iterable[tuple[tuple[str, ...], Problem]]:
    """The problems, each with what tells it from others without its place."""
    reasons = {(each.path, each.line): each.reason for each in report.triage.allowances}
    for each in report.problems:
        if each.incomplete or each.kind in _AT_THE_END:
            continue
        if each.kind == ProblemKind.UNUSED.value:
            yield (each.kind, reasons.get((each.path, each.line), "")), each
        else:
            yield (each.kind, each.text), each


def _gap(gap: FunctionGap) -> tuple[str, ...]:
    return gap.function, gap.construct


def _taken(known: Counter[tuple[str, ...]], key: tuple[str, ...]) -> bool:
    """Whether one more of these is known."""
    known[key] -= 1
    return known[key] >= 0
