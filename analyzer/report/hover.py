"""What an editor shows of a line and of a function, as Markdown."""

from collections.abc import Iterator

from analyzer.core import CallTold, HeldLock, LineLocks, Obligation, Step, Verdict
from analyzer.report.inspection import demand_words, lock_words, stated_words
from analyzer.report.wording import counted, one_line

_MARKS = "\\`*_{}[]<>|"


def line_markdown(told: LineLocks | None, verdicts: tuple[Obligation, ...]) -> str:
    """The locks at a line, and what rules say of it; empty if neither is known."""
    lines = [] if told is None else list(_locks(told))
    if told is not None and told.contracts:
        lines += ["", f"{_code(told.function + '()')} demands of its callers:", ""]
        lines += [
            f"- {_code(demand_words(each))} ({_plain(stated_words(each, told.path))})"
            for each in told.contracts
        ]
    for each in verdicts:
        lines += ["", *_verdict(each)]
    return "".join(f"{line}\n" for line in lines)


def call_markdown(told: CallTold) -> str:
    """What a call of a function demands and does."""
    return "".join(f"{line}\n" for line in _call(told))


def _locks(told: LineLocks) -> Iterator[str]:
    if told.told != told.line:
        yield f"Nothing happens in this line; this is of line {told.told}."
        yield ""
    if not told.n_states:
        yield "No path leads to this line."
        return
    if not told.held and not told.unsure:
        yield f"**No lock** is held here that {_code(told.function + '()')} takes or asserts."
    always = [each for each in told.held if each.n_states == each.of_states]
    some = [each for each in told.held if each.n_states < each.of_states]
    for title, locks in (("Held on every path:", always), ("Held on some paths:", some)):
        if locks:
            yield f"**{title}**"
            yield ""
            yield from (_held(each, told.path) for each in locks)
            yield ""
    if told.unsure:
        yield f"Too many states to tell of {', '.join(map(_code, told.unsure))}."
    if told.returned:
        yield "**Given back before, though it was the caller's:**"
        yield ""
        yield from (f"- {_code(lock_words(each))}" for each in told.returned)
        yield ""
    if told.changes:
        changes = ", ".join(_plain(each.text) for each in told.changes)
        yield f"The line itself {changes}."


def _held(each: HeldLock, path: str) -> str:
    when = f", when {_code(one_line(each.when))}" if each.when else ""
    some = each.n_states < each.of_states
    share = f" ({each.n_states} of {counted(each.of_states, 'state')})" if some else ""
    since = "; ".join(_step(step, path) for step in each.since)
    return f"- {_code(lock_words(each))}{when}{share}" + (f": {since}" if since else "")


def _verdict(each: Obligation) -> Iterator[str]:
    why = ""
    if each.verdict is Verdict.VIOLATED:
        why = f": {_plain(one_line(each.message))}"
    elif each.reason:
        why = f": {_plain(one_line(each.reason))}"
    yield f"**{each.verdict.value}** {_code(each.rule)}{why}"
    if each.verdict is Verdict.PROVED and each.evidence:
        yield ""
        yield from (f"- {_step(step, each.location.path)}" for step in each.evidence)


def _call(told: CallTold) -> Iterator[str]:
    condition = f", only if {_code(one_line(told.condition))}" if told.condition else ""
    model = " (as its model says)" if told.modelled else ""
    yield f"**{_code(told.function + '()')}**{model}{condition}"
    yield ""
    path = "" if told.place is None else told.place.path
    if told.contracts:
        yield "Demands of its callers:"
        yield ""
        for each in told.contracts:
            yield f"- {_code(demand_words(each))} ({_plain(stated_words(each, path))})"
    else:
        yield "Demands no lock of its callers."
    yield ""
    if told.limit:
        yield told.limit
        return
    moving = [each for each in told.ways if each.takes or each.gives or each.again]
    if not moving:
        yield "Takes no lock for its caller, and gives none back."
        return
    yield "What it leaves behind:"
    yield ""
    for way in told.ways:
        parts = [f"takes {_code(lock)}" for lock in way.takes]
        parts += [f"gives back {_code(lock)}" for lock in way.gives]
        parts += [f"drops and takes again {_code(lock)}" for lock in way.again]
        when = f"when {_code(one_line(way.when))}: " if way.when else ""
        yield f"- {when}{', '.join(parts) or 'nothing'}"


def _step(step: Step, path: str) -> str:
    file = "" if step.location.path == path else f"{step.location.path}:"
    return f"{_plain(file)}{step.location.line}: {_plain(one_line(step.text))}"


def _code(text: str) -> str:
    """Text as code; a backquote in it would end that."""
    return f"`{text.replace('`', chr(39))}`"


def _plain(text: str) -> str:
    """Text in which nothing is markup."""
    return "".join(f"\\{each}" if each in _MARKS else each for each in text)
