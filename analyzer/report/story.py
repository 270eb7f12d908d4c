"""The story of a verdict, as text and as JSON."""

import json
from collections.abc import Iterator
from typing import Final

from analyzer.core import Step, Story, Verdict
from analyzer.report.wording import one_line, sentence

_INDENT: Final = "  "
_SAYS: Final = {
    Verdict.PROVED: "Proved: on every path that was followed the rule holds here.",
    Verdict.VIOLATED: "Violated: a path breaks the rule.",
    Verdict.OPEN: "Open: not known to hold, and not known to be broken.",
}


def render_stories(found: tuple[Story, ...], style: str) -> str:
    """The stories in `style`: 'text' or 'json'."""
    if style == "json":
        return json.dumps([_json(each) for each in found], indent=2) + "\n"
    return "\n".join("".join(f"{line}\n" for line in _text(each)) for each in found)


def _text(story: Story) -> Iterator[str]:
    each = story.obligation
    code = f" ({story.rule.code})" if story.rule.code else ""
    yield f"{each.location.path}:{each.location.line}: in {each.function}()"
    yield from _quoted(story, each.location.path, each.location.line, 1)
    yield f"{each.rule}{code}: {one_line(story.rule.title)}"
    if each.subject:
        yield f"{_INDENT}here: {one_line(each.subject)}"
    yield ""
    yield "What is demanded, in the words of the rule:"
    yield from (f"{_INDENT}{line}" for line in story.clause.splitlines())
    yield ""
    yield _SAYS[each.verdict]
    if each.condition:
        yield f"{_INDENT}only if {one_line(each.condition)}"
    if each.reason:
        word = "because" if each.verdict is Verdict.OPEN else "as"
        yield f"{_INDENT}{word} {one_line(each.reason)}"
    if each.verdict is Verdict.VIOLATED:
        yield f"{_INDENT}{sentence(each.message)}"
    if each.unread:
        yield f"{_INDENT}callers in files that were not read: {', '.join(each.unread)}"
    yield from _steps(story, "The path:", each.path)
    if each.evidence:
        proved = each.verdict is Verdict.PROVED
        title = "What proves it:" if proved else "What that rests on:"
        yield from _steps(story, title, each.evidence)
    if story.identity:
        yield ""
        yield f"Fingerprint {story.identity}."


def _steps(story: Story, title: str, steps: tuple[Step, ...]) -> Iterator[str]:
    if not steps:
        return
    yield ""
    yield title
    function = ""
    for step in steps:
        if step.function != function:
            function = step.function
            yield f"{_INDENT}in {function}(), {step.location.path}"
        text = one_line(step.text) or "here"
        yield f"{_INDENT * 2}{step.location.line}: {text}"
        yield from _quoted(story, step.location.path, step.location.line, 4)


def _quoted(story: Story, path: str, line: int, depth: int) -> Iterator[str]:
    for quote in story.quotes:
        if (quote.path, quote.line) == (path, line) and quote.text:
            yield f"{_INDENT * depth}| {quote.text}"


def _json(story: Story) -> dict[str, object]:
    each = story.obligation
    quotes = {(quote.path, quote.line): quote.text for quote in story.quotes}

    def steps(found: tuple[Step, ...]) -> list[dict[str, object]]:
        return [
            {
                "path": step.location.path,
                "line": step.location.line,
                "function": step.function,
                "text": step.text,
                "proof": step.proof,
                "source": quotes.get((step.location.path, step.location.line), ""),
            }
            for step in found
        ]

    return {
        "rule": each.rule,
        "title": story.rule.title,
        "clause": story.clause,
        "path": each.location.path,
        "line": each.location.line,
        "source": quotes.get((each.location.path, each.location.line), ""),
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
