"""Steps of a path for a reader: by function, indented as calls are, with lines of the source."""

import re
from collections.abc import Callable, Iterator, Sequence
from typing import Final

from analyzer.core import Step
from analyzer.report.styled import Line, Role, Span, line
from analyzer.report.wording import one_line

Quoted = Callable[[str, int], str]
"""A line of the source, by path and 1-based number, without the white space around it; empty where
there is none."""

_INDENT: Final = 2
_IDLE: Final = re.compile(r"\b(?:if|else|while|return)\b|[\s;{}()]")
"""What makes no difference between a condition and the statement that tests it."""


def unquoted(_path: str, _line: int) -> str:
    """A source of which no line is shown."""
    return ""


def depths(path: Sequence[Step]) -> Iterator[int]:
    """How deep in calls each step is, seen from the function of the first step."""
    stack: list[str] = []
    for item in path:
        if item.function in stack:
            del stack[stack.index(item.function) + 1 :]
        else:
            stack.append(item.function)
        yield len(stack) - 1


def step_lines(
    steps: Sequence[Step], quoted: Quoted, within: tuple[str, str], indent: int
) -> Iterator[Line]:
    """The steps, `indent` columns in. `within` is the path and function where the reader is: a
    function is named where it is another one. A line of the source stands below the first step
    that speaks of it, unless the step says all of it.
    """
    shown: set[tuple[str, int]] = set()
    named = any((step.location.path, step.function) != within for step in steps)
    width = max((len(str(step.location.line)) for step in steps), default=0)
    for step, depth in zip(steps, depths(steps), strict=True):
        here = (step.location.path, step.function)
        margin = " " * (indent + _INDENT * depth)
        if here != within:
            yield _heading(margin, here, within[0])
            within = here
        margin += " " * _INDENT if named else ""
        text = one_line(step.text) or "here"
        yield line(margin, Span(f"{step.location.line:>{width}}: ", Role.PLACE), text)
        place = (step.location.path, step.location.line)
        source = quoted(*place)
        if source and place not in shown and not _says(text, source):
            yield line(margin, f"{'':{width}}| ", Span(source, Role.QUOTE))
        shown.add(place)


def _heading(margin: str, here: tuple[str, str], path: str) -> Line:
    """The function that the steps below are in, with its file where that is another one."""
    file, function = here
    name = Span(f"{function}()" if function else "no function", Role.FUNCTION)
    if file == path:
        return line(margin, "in ", name)
    return line(margin, "in ", name, ", ", Span(file, Role.PLACE))


def _says(text: str, source: str) -> bool:
    """Whether a step's words have all of a line of the source in them, or a part of it."""
    said, wanted = _letters(text), _letters(source)
    return wanted in said or said in wanted


def _letters(text: str) -> str:
    return "".join(_IDLE.split(text))
