"""The second reading of a file: the arms of conditionals that the maximal choice leaves out."""

from typing import NamedTuple

from analyzer.cfront.lexical import spaces
from analyzer.cfront.preproc import Arm, Conditionals, Group, conjunction


class Variants(NamedTuple):
    """A text of nothing but other arms and functions with their other arms, as long as the file.

    `ranges` are the places of what stands there, in order. `conditions` gives the condition of a
    function that stands there a second time, by its offset.
    """

    text: bytes
    conditions: dict[int, str]
    ranges: tuple[tuple[int, int], ...]


def variants(
    choice: Conditionals, maximal: bytes, functions: tuple[tuple[int, int], ...]
) -> Variants | None:
    """What the maximal text leaves out; None if that defines and changes no function."""
    arms: list[Arm] = []
    flips: dict[tuple[int, int], list[tuple[Arm, Arm]]] = {}
    for group in choice.groups:
        span = _around(group, functions)
        if span is None:
            arms += choice.other_arms(group)
            continue
        pair = choice.pair(group) if choice.is_live(group) else None
        if pair is not None and choice.is_outermost(group, span[0]):
            flips.setdefault(span, []).append(pair)
    if not arms and not flips:
        return None
    out = bytearray(spaces(maximal))
    for arm in arms:
        out[arm.start : arm.end] = choice.arm_text(arm)
    conditions = {}
    for span, pairs in flips.items():
        out[span[0] : span[1]] = maximal[span[0] : span[1]]
        for taken, other in pairs:
            out[taken.start : taken.end] = spaces(maximal[taken.start : taken.end])
            out[other.start : other.end] = choice.arm_text(other)
        own = choice.condition(span[0])
        parts = [own] if own else []
        parts += [other.condition for _, other in pairs]
        conditions[span[0]] = conjunction(parts)
    return Variants(
        bytes(out), conditions, _merged([*flips, *((arm.start, arm.end) for arm in arms)])
    )


def _merged(spans: list[tuple[int, int]]) -> tuple[tuple[int, int], ...]:
    """The spans in order; those that overlap become one."""
    found: list[tuple[int, int]] = []
    for start, end in sorted(spans):
        if found and start <= found[-1][1]:
            found[-1] = (found[-1][0], max(end, found[-1][1]))
        else:
            found.append((start, end))
    return tuple(found)


def _around(group: Group, functions: tuple[tuple[int, int], ...]) -> tuple[int, int] | None:
    """The function that holds a group."""
    for start, end in functions:
        if start <= group.start < end:
            return start, end
    return None
