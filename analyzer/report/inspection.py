"""Locks at a line and contracts of functions, as text and as JSON."""

import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from enum import Enum

from analyzer.core import (
    Demanded,
    EntryLock,
    HeldLock,
    LineLocks,
    Obligation,
    Source,
    Standing,
    Step,
    Verdict,
    WayIn,
)
from analyzer.report.wording import counted, one_line

_ORDER = (Verdict.VIOLATED, Verdict.OPEN, Verdict.PROVED)
_MODES = {"read": " for reading", "write": " for writing"}


def render_locks(found: LineLocks, style: str) -> str:
    """The locks at a line in `style`: 'text' or 'json'."""
    if style == "json":
        return json.dumps(_plain(found), indent=2) + "\n"
    return "".join(f"{line}\n" for line in _locks(found))


def render_contracts(found: tuple[Standing, ...], calls: bool, style: str) -> str:
    """Contracts and how they stand, in `style`: 'text' or 'json'; with `calls` each call of
    theirs.
    """
    if style == "json":
        rows = [{**_counts(each), **_contract(each, calls)} for each in found]
        return json.dumps({"contracts": rows}, indent=2) + "\n"
    return "".join(f"{line}\n" for line in _contracts(found, calls))


# Locks at a line. ---------------------------------------------------------------------------------


def _locks(found: LineLocks) -> Iterator[str]:
    yield f"{found.path}:{found.line}: in {found.function}()"
    if found.text:
        yield f"      {one_line(found.text)}"
    if found.condition:
        yield f"      only if {one_line(found.condition)}"
    if found.told != found.line:
        yield f"      nothing happens in this line; the locks are those of line {found.told}"
    yield ""
    yield from _at_line(found)
    if found.changes:
        yield "The line itself:"
        yield from (f"  {each.text}" for each in found.changes)
        yield ""
    yield from _demands(found)
    yield from _way_in(found.way_in, found)


def _at_line(found: LineLocks) -> Iterator[str]:
    if not found.n_states:
        yield "No path leads to this line."
        yield ""
        return
    always = [each for each in found.held if each.n_states == each.of_states]
    some = [each for each in found.held if each.n_states < each.of_states]
    if not found.held:
        yield "Nothing is held that this function takes or asserts."
    if always:
        yield "Held on every path:"
        for each in always:
            yield f"  {lock_words(each)}"
            yield from _steps(each.since, found.path)
    if some:
        yield "Held on some paths:"
        for each in some:
            share = f"{each.n_states} of {counted(each.of_states, 'state')}"
            when = f", when {one_line(each.when)}" if each.when else ""
            yield f"  {lock_words(each)}{when} ({share})"
            yield from _steps(each.since, found.path)
    if found.unsure:
        yield f"Too many states to tell of: {', '.join(found.unsure)}"
    if found.returned:
        yield "Given back before this line, though it was the caller's:"
        for each in found.returned:
            share = "" if each.n_states == each.of_states else " on some paths"
            yield f"  {lock_words(each)}{share}"
            yield from _steps(each.since, found.path)
    yield ""


def lock_words(each: HeldLock | EntryLock) -> str:
    """A lock with its object and, where there are two, its mode."""
    whose = f" of {one_line(each.object)}" if each.object else ""
    mode = _MODES.get(each.mode, "") if each.kind == "rwsem" else ""
    soft = f" ({each.kind})" if each.kind in ("window", "map") else ""
    return f"{each.lock}{whose}{mode}{soft}"


def _demands(found: LineLocks) -> Iterator[str]:
    if not found.contracts:
        yield f"{found.function}() demands no lock of its callers."
    else:
        yield f"{found.function}() demands of its callers:"
        for each in found.contracts:
            yield f"  {demand_words(each)}"
            yield f"      {stated_words(each, found.path)}"
    yield ""


def _way_in(way: WayIn, found: LineLocks) -> Iterator[str]:
    name = found.function
    some = [each for each in way.locks if not each.every]
    rows = (
        (f"Every call of {name}() is made with:", [e for e in way.locks if e.every and e.sure]),
        (
            f"On some ways to {name}(), and not known to be missing on any:",
            [each for each in way.locks if each.every and not each.sure],
        ),
        (f"Some calls of {name}() are made with:", [each for each in some if each.n_calls]),
    )
    yield f"On the way in ({counted(way.n_calls, 'call')} of {name}()):"
    for heading, locks in rows:
        if not locks:
            continue
        yield f"  {heading}"
        for each in locks:
            yield f"    {lock_words(each)}{'' if each.every else _share(each, way)}"
            for number, chain in enumerate(each.chains):
                if number:
                    yield "        or"
                yield from _steps(chain, found.path, "        ")
    if not way.locks:
        yield "  no lock is known to be held"
    further = dict.fromkeys(each.lock for each in some if not each.n_calls)
    if further:
        yield f"  Further up, on some ways only: {', '.join(further)}"
    for root in way.roots:
        yield f"  entered with nothing held: {one_line(root.text)}"
    for reason in way.unknown:
        yield f"  not followed: {one_line(reason)}"


def _share(each: EntryLock, way: WayIn) -> str:
    """Of how many calls it is known."""
    n_unknown = way.n_calls - each.n_calls - each.n_lacking
    parts = [f"in {each.n_calls} of {counted(way.n_calls, 'call')}"]
    if each.n_lacking:
        parts.append(f"not always in {each.n_lacking}")
    if n_unknown > 0:
        parts.append(f"not known of {n_unknown}")
    return f" ({', '.join(parts)})"


def _steps(steps: tuple[Step, ...], path: str, indent: str = "      ") -> Iterator[str]:
    for step in steps:
        file = "" if step.location.path == path else f"{step.location.path}:"
        where = f" in {step.function}()" if indent != "      " else ""
        yield f"{indent}{file}{step.location.line}: {one_line(step.text)}{where}"


# Contracts. ---------------------------------------------------------------------------------------


def demand_words(each: Demanded) -> str:
    """What is demanded, in which case."""
    whose = f" of {one_line(each.object)}" if each.object else ""
    mode = _MODES.get(each.mode, "")
    others = "".join(f", or {other}" for other in each.others)
    guard = f", when {one_line(each.guard)}" if each.guard else ""
    return f"{each.lock}{whose}{mode}{others}{guard}"


def stated_words(each: Demanded, path: str) -> str:
    """Where and how it is stated."""
    place = each.location
    file = "" if place.path == path else place.path
    line = f"{file}:{place.line}" if file and place.line else file or str(place.line)
    if each.source is Source.DECLARED:
        return f"{line}: {each.text}"
    return f"{line}: {each.source.value}: {one_line(each.text)}"


def _contracts(found: tuple[Standing, ...], calls: bool) -> Iterator[str]:
    for each in found:
        demanded = each.demanded
        place = demanded.location
        line = f":{place.line}" if place.line else ""
        yield f"{place.path}{line}: {demanded.function}() demands {demand_words(demanded)}"
        yield f"      {demanded.source.value}: {one_line(demanded.text)}"
        yield f"      {_standing(each)}"
        if calls:
            for obligation in sorted(each.obligations, key=_gravity):
                yield from _call(obligation)
    yield _summary(found)


def _gravity(each: Obligation) -> tuple[int, tuple[str, int, int, str, int, str, str, str]]:
    return _ORDER.index(each.verdict), each.order


def _standing(each: Standing) -> str:
    if not each.judged:
        return f"calls are not judged: no rule asks for {each.demanded.lock} here"
    counts = Counter(obligation.verdict for obligation in each.obligations)
    if not counts:
        return "no call of it was read"
    rest = ", ".join(f"{counts[verdict]} {verdict.value}" for verdict in Verdict)
    return f"{counted(len(each.obligations), 'call')}: {rest}"


def _call(each: Obligation) -> Iterator[str]:
    place = each.location
    yield f"    {place.path}:{place.line}: {each.verdict.value}: in {each.function}()"
    if each.condition:
        yield f"          only if {one_line(each.condition)}"
    if each.verdict is Verdict.OPEN:
        yield f"          open because {one_line(each.reason)}"
        return
    steps = each.path if each.verdict is Verdict.VIOLATED else each.evidence
    if each.reason and each.verdict is Verdict.PROVED:
        yield f"          because {one_line(each.reason)}"
    yield from _steps(steps[:-1], place.path, "          ")


def _summary(found: tuple[Standing, ...]) -> str:
    counts = Counter(each.verdict for standing in found for each in standing.obligations)
    functions = {each.demanded.function for each in found}
    rest = ", ".join(f"{counts[verdict]:,} {verdict.value}" for verdict in Verdict)
    n_calls = counted(sum(counts.values()), "call")
    contracts = counted(len(found), "contract")
    return f"{contracts} of {counted(len(functions), 'function')}; {n_calls}: {rest}."


# JSON. --------------------------------------------------------------------------------------------


def _plain(value: object) -> object:
    """Dataclasses as mappings, enumerations as their values."""
    if is_dataclass(value) and not isinstance(value, type):
        return {each.name: _plain(getattr(value, each.name)) for each in fields(value)}
    if isinstance(value, tuple):
        return [_plain(each) for each in value]
    return value.value if isinstance(value, Enum) else value


def _counts(each: Standing) -> dict[str, object]:
    counts = Counter(obligation.verdict for obligation in each.obligations)
    return {verdict.value: counts[verdict] for verdict in Verdict}


def _contract(each: Standing, calls: bool) -> dict[str, object]:
    found: dict[str, object] = {"judged": each.judged, "contract": _plain(each.demanded)}
    if calls:
        found["calls"] = [
            {
                "location": _plain(one.location),
                "function": one.function,
                "subject": one.subject,
                "verdict": one.verdict.value,
                "reason": one.reason,
                "condition": one.condition,
                "steps": _plain(one.path or one.evidence),
            }
            for one in each.obligations
        ]
    return found
