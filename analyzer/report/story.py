"""The story of a verdict, as text and as JSON."""

import json
from collections.abc import Iterable, Iterator
from typing import Final

from analyzer.core import Obligation, Step, Story, Verdict
from analyzer.report.levels import role_of
from analyzer.report.steps import Quoted, step_lines
from analyzer.report.styled import Line, Role, Span, line
from analyzer.report.wording import one_line, sentence

_INDENT: Final = "  "
_NOWHERE: Final = ("", "")
_SAYS: Final = {
    Verdict.PROVED: ("Proved", "on every path that was followed the rule holds here."),
    Verdict.VIOLATED: ("Violated", "a path breaks the rule."),
    Verdict.OPEN: ("Open", "not known to hold, and not known to be broken."),
}


def stories_json(found: Iterable[Story]) -> str:
    """The stories as JSON, with a newline at its end."""
    return json.dumps([_json(each) for each in found], indent=2) + "\n"


def story_lines(found: Iterable[Story]) -> Iterator[Line]:
    """The stories line by line, an empty line between them."""
    for number, each in enumerate(found):
        if number:
            yield ()
        yield from _text(each)


def _text(story: Story) -> Iterator[Line]:
    each = story.obligation
    place = each.location
    code = f" ({story.rule.code})" if story.rule.code else ""
    name = Span(f"{each.function}()", Role.FUNCTION)
    yield line(Span(f"{place.path}:{place.line}", Role.PLACE), ": in ", name)
    source = _quoted(story)(place.path, place.line)
    if source:
        yield line(f"{_INDENT}| ", Span(source, Role.QUOTE))
    yield line(Span(each.rule, Role.RULE), f"{code}: {one_line(story.rule.title)}")
    if each.subject:
        yield line(f"{_INDENT}here: {one_line(each.subject)}")
    yield ()
    yield line("What is demanded, in the words of the rule:")
    yield from (line(f"{_INDENT}{text}") for text in story.clause.splitlines())
    yield ()
    verdict, rest = _SAYS[each.verdict]
    yield line(Span(verdict, role_of(each)), f": {rest}")
    yield from map(line, _reasons(each))
    yield from _steps(story, "The path:", each.path)
    if each.evidence:
        proved = each.verdict is Verdict.PROVED
        title = "What proves it:" if proved else "What that rests on:"
        yield from _steps(story, title, each.evidence)
    if story.identity:
        yield ()
        yield line(f"Fingerprint {story.identity}.")


def _reasons(each: Obligation) -> Iterator[str]:
    """What goes with a verdict: its condition, its reason, what is wrong, who was not asked."""
    if each.condition:
        yield f"{_INDENT}only if {one_line(each.condition)}"
    if each.reason:
        word = "because" if each.verdict is Verdict.OPEN else "as"
        yield f"{_INDENT}{word} {one_line(each.reason)}"
    if each.verdict is Verdict.VIOLATED:
        yield f"{_INDENT}{sentence(each.message)}"
    if each.unread:
        yield f"{_INDENT}callers in files that were not read: {', '.join(each.unread)}"


def _steps(story: Story, title: str, steps: tuple[Step, ...]) -> Iterator[Line]:
    if steps:
        yield ()
        yield line(title)
        yield from step_lines(steps, _quoted(story), _NOWHERE, len(_INDENT))


def _quoted(story: Story) -> Quoted:
    known = {(quote.path, quote.line): quote.text for quote in story.quotes}
    return lambda path, number: known.get((path, number), "")


def _json(story: Story) -> dict[str, object]:
    each = story.obligation
    quoted = _quoted(story)

    def steps(found: tuple[Step, ...]) -> list[dict[str, object]]:
        return [
            {
                "path": step.location.path,
                "line": step.location.line,
                "function": step.function,
                "text": step.text,
                "proof": step.proof,
                "source": quoted(step.location.path, step.location.line),
            }
            for step in found
        ]

    return {
        "rule": each.rule,
        "title": story.rule.title,
        "clause": story.clause,
        "path": each.location.path,
        "line": each.location.line,
        "source": quoted(each.location.path, each.location.line),
        "function": each.function,
        "subject": each.subject,
        "verdict": each.verdict.value,
        "message": each.message,
        "reason": each.reason,
        "condition": each.condition,
        "unread": list(each.unread),
        "steps": steps(each.path),
        "evidence": steps(each.evidence),
        "fingerprint": story.identity,
    }
