"""Proofs and what became of them, as text and as JSON."""

import json
from collections import Counter
from collections.abc import Iterator
from typing import Final

from analyzer.core import Deletion, Fate, Location, Obligation, Proofs, Step, Trial
from analyzer.report.wording import counted, one_line

_FALLEN: Final = (Fate.VIOLATED, Fate.OPEN, Fate.GONE)
_LEFT: Final = (Fate.SURVIVED, Fate.UNNAMED)
_WIDTH: Final = 9
_MOST_NAMED: Final = 4
"""Pieces of evidence that are listed of a proof."""


def render_proofs(found: Proofs, style: str) -> str:
    """What is proved, in `style`: 'text' or 'json'; where evidence or releases were deleted, what
    became of it.
    """
    if style == "json":
        return json.dumps(_json(found), indent=2) + "\n"
    if found.trials:
        lines = _trials(found)
    elif found.deletions:
        lines = _deletions(found.deletions)
    else:
        lines = _proved(found)
    lost = (f"{each.path}: {each.text}" for each in found.problems if each.incomplete)
    return "".join(f"{line}\n" for line in (*lines, *lost))


# Text. --------------------------------------------------------------------------------------------


def _proved(found: Proofs) -> Iterator[str]:
    for each in found.proved:
        yield _title(each)
        yield from _evidence(each.evidence)
    if found.proved:
        yield ""
    counts = Counter(each.rule for each in found.proved)
    width = max((len(rule) for rule in found.rules), default=0)
    for rule in found.rules:
        yield f"{rule:{width}}  {counts[rule]:{_WIDTH}}"
    rules = sum(1 for rule in found.rules if counts[rule])
    yield f"{counted(len(found.proved), 'proof')} of {counted(rules, 'rule')}."


def _trials(found: Proofs) -> Iterator[str]:
    for each in found.trials:
        if each.fate in _LEFT:
            yield f"{_title(each.obligation)}: {_says(each)}"
            yield from _evidence(each.deleted, "deleted")
    if any(each.fate in _LEFT for each in found.trials):
        yield ""
    yield from _table(found)
    yield ""
    yield from _share(found.trials)


def _table(found: Proofs) -> Iterator[str]:
    """By rule the proofs, how they fell, and how many did not."""
    fates = tuple(Fate)
    width = max(len(rule) for rule in found.rules)
    names = " ".join(f"{each.value.split()[-1]:>{_WIDTH}}" for each in fates)
    yield f"{'rule':{width}} {'proofs':>{_WIDTH}} {names} {'falls':>{_WIDTH}}"
    counts = Counter((each.obligation.rule, each.fate) for each in found.trials)
    for rule in found.rules:
        row = [counts[rule, fate] for fate in fates]
        if not sum(row):
            continue
        cells = " ".join(f"{number or '-':>{_WIDTH}}" for number in row)
        tried = sum(row) - counts[rule, Fate.STATED]
        fell = sum(counts[rule, fate] for fate in _FALLEN)
        share = f"{100 * fell // tried} %" if tried else "-"
        yield f"{rule:{width}} {sum(row):>{_WIDTH}} {cells} {share:>{_WIDTH}}"


def _share(trials: tuple[Trial, ...]) -> Iterator[str]:
    counts = Counter(each.fate for each in trials)
    tried = len(trials) - counts[Fate.STATED]
    fell = sum(counts[fate] for fate in _FALLEN)
    share = f" ({100 * fell / tried:.1f} %)" if tried else ""
    yield f"{fell} of {counted(tried, 'proof')} fall without their evidence{share}."
    more = sum(1 for each in trials if each.fate in _FALLEN and len(each.deleted) > 1)
    for number, words in (
        (counts[Fate.VIOLATED], "are violated then"),
        (counts[Fate.OPEN], "are open then"),
        (counts[Fate.GONE], "are about a place that is no site of the rule then"),
        (more, "fall only without several pieces of it"),
        (counts[Fate.SURVIVED], "survive"),
        (counts[Fate.UNNAMED], "name no evidence"),
        (counts[Fate.STATED], "are the rule's own word, and were not tried"),
    ):
        if number:
            yield f"{number:{_WIDTH}}  {words}"


def _deletions(found: tuple[Deletion, ...]) -> Iterator[str]:
    for each in found:
        if each.fate is Fate.SURVIVED:
            place = each.place.location
            what = f"{each.place.function}() without {each.place.text}"
            yield f"{place.path}:{place.line}: {what}: nothing is found"
    yield ""
    counts = Counter(each.fate for each in found)
    for fate, words in (
        (Fate.VIOLATED, "a violation, in the function or a caller"),
        (Fate.OPEN, "open, in the function or a caller"),
        (Fate.SURVIVED, "nothing is found"),
    ):
        yield f"{counts[fate]:{_WIDTH}}  {100 * counts[fate] / len(found):5.1f} %  {words}"
    yield f"{counted(len(found), 'release')} deleted, one at a time."


def _title(each: Obligation) -> str:
    place = each.location
    subject = f" of {one_line(each.subject)}" if each.subject else ""
    return f"{place.path}:{place.line}: {each.rule}: {each.function}(){subject}"


def _says(trial: Trial) -> str:
    if trial.fate is Fate.UNNAMED:
        return "the proof names no evidence"
    return f"proved without {counted(len(trial.deleted), 'piece')} of evidence"


def _evidence(steps: tuple[Step, ...], word: str = "") -> Iterator[str]:
    prefix = f"{word}: " if word else ""
    for step in steps[:_MOST_NAMED]:
        place = f"{step.location.path}:{step.location.line}"
        yield f"      {prefix}{place}: {step.function}(): {one_line(step.text)}"
    if len(steps) > _MOST_NAMED:
        yield f"      and {counted(len(steps) - _MOST_NAMED, 'place')} more"


# JSON. --------------------------------------------------------------------------------------------


def _json(found: Proofs) -> dict[str, object]:
    lost = [{"path": p.path, "text": p.text} for p in found.problems if p.incomplete]
    shown: dict[str, object] = {"rules": list(found.rules), "problems": lost}
    if found.trials:
        shown["trials"] = [_trial(each) for each in found.trials]
    elif found.deletions:
        shown["deletions"] = [_deletion(each) for each in found.deletions]
    else:
        shown["proofs"] = [_obligation(each) for each in found.proved]
    return shown


def _obligation(each: Obligation) -> dict[str, object]:
    return {
        "rule": each.rule,
        "location": _place(each.location),
        "function": each.function,
        "subject": each.subject,
        "reason": each.reason,
        "evidence": _steps(each.evidence),
    }


def _trial(each: Trial) -> dict[str, object]:
    return {
        **_obligation(each.obligation),
        "fate": each.fate.value,
        "deleted": _steps(each.deleted),
    }


def _deletion(each: Deletion) -> dict[str, object]:
    found = [
        {"rule": one.rule, "verdict": one.verdict.value, "location": _place(one.location)}
        for one in each.found
    ]
    return {"place": _steps((each.place,))[0], "fate": each.fate.value, "found": found}


def _place(location: Location) -> dict[str, object]:
    return {"path": location.path, "line": location.line, "column": location.column}


def _steps(steps: tuple[Step, ...]) -> list[dict[str, object]]:
    return [
        {
            **_place(step.location),
            "function": step.function,
            "text": step.text,
            "proof": step.proof,
        }
        for step in steps
    ]
