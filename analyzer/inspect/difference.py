"""What becomes of findings, and of what was not seen, from one run to the next."""

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable
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
    identities_in_files,
)

_SAID: Final = (Means.COMMENT, Means.CONFIG)
_AT_THE_END: Final = frozenset({ProblemKind.CONFIG.value, ProblemKind.MODEL.value})
"""What is said of the whole, and not of a change."""


class NewNames(NamedTuple):
    """The names of functions that are not there any more, and of those that were not there."""

    gone: frozenset[str]
    come: frozenset[str]


_NOBODY: Final = NewNames(frozenset(), frozenset())
_Pair: TypeAlias = tuple[Obligation | None, Obligation | None]
_Key: TypeAlias = tuple[object, ...]


def difference(before: Report, after: Report, new: NewNames = _NOBODY) -> Difference:
    """What becomes of the violations of a run in the next one, wherever they stand. A function that
    has a new name is the one that it was, if the same is wrong in it.
    """
    pairs = _pairs(before, after, new)
    there = [(old, each) for old, each in pairs if each is not None]
    gone = [(old, each) for old, each in pairs if old is not None and _is_reproach(old)]
    return Difference(
        tuple(each for old, each in there if each.is_finding and not _is_violation(old)),
        tuple(
            replace(each, suppression=old.suppression)
            for old, each in there
            if each.is_finding and old is not None and old.is_violation and not old.is_finding
        ),
        tuple(old for old, each in gone if not _is_violation(each) and not _is_open(each)),
        tuple(each for old, each in gone if each is not None and old.is_finding and _is_open(each)),
        tuple(each for old, each in there if _is_allowed(old, each)),
        tuple(each for old, each in there if each.is_finding and _is_finding(old)),
    )


def _pairs(before: Report, after: Report, new: NewNames) -> list[_Pair]:
    """The obligations of two runs, each with what it was or has become: in its file, then, for code
    moves, in any, and then in a function of another name. In the order of the next run, with those
    that are gone behind.
    """
    was, now = _named(before), _named(after)
    found: dict[int, int] = {}
    _match(found, _keyed(was, _in_file), _keyed(now, _in_file))
    _match(found, _keyed(was, _in_any), _keyed(now, _in_any))
    old = [(at, each) for at, each in enumerate(was) if each[1].function in new.gone]
    fresh = [(at, each) for at, each in enumerate(now) if each[1].function in new.come]
    _match(
        found,
        [(at, _nameless(each)) for at, (_, each) in old if each.is_violation],
        [(at, _nameless(each)) for at, (_, each) in fresh if each.is_violation],
    )
    rest = set(range(len(was))) - set(found.values())
    pairs: list[_Pair] = [
        (was[found[at]][1] if at in found else None, each) for at, (_, each) in enumerate(now)
    ]
    return [*pairs, *((was[at][1], None) for at in sorted(rest))]


def _named(report: Report) -> list[tuple[str, Obligation]]:
    named = identities_in_files(report.obligations)
    return list(zip(named, report.obligations, strict=True))


def _keyed(
    named: list[tuple[str, Obligation]], key: Callable[[str, Obligation], _Key]
) -> list[tuple[int, _Key]]:
    return [(at, key(*each)) for at, each in enumerate(named)]


def _in_file(identity: str, each: Obligation) -> _Key:
    return identity, each.location.path


def _in_any(identity: str, _: Obligation) -> _Key:
    return (identity,)


def _nameless(each: Obligation) -> _Key:
    """What tells an obligation from others whatever its function is called."""
    subject = re.sub(rf"\b{re.escape(each.function)}\b", "", each.subject)
    return each.rule, each.clause, subject


def _match(found: dict[int, int], was: list[tuple[int, _Key]], now: list[tuple[int, _Key]]) -> None:
    """Adds to what was found, new by old, those of the rest that have one key, in their order."""
    taken = set(found.values())
    waiting: dict[_Key, list[int]] = defaultdict(list)
    for at, key in was:
        if at not in taken:
            waiting[key].append(at)
    for at, key in now:
        if at not in found and waiting.get(key):
            found[at] = waiting[key].pop(0)


def _is_finding(each: Obligation | None) -> bool:
    return each is not None and each.is_finding


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
