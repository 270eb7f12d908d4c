"""GitHub's fingerprint of a line; zaplint's own is the identity of an obligation, in core."""

import re
from array import array
from collections import Counter
from itertools import accumulate

_BASE = 37
_BLOCK = 100
_MASK = (1 << 64) - 1
_TOP = pow(_BASE, _BLOCK, 1 << 64)
_END_OF_FILE = 0xFFFF
_NEWLINE = 0x0A


def line_hashes(text: str) -> tuple[str, ...]:
    """GitHub's primaryLocationLineHash of every line, the first line first.

    The end of the file is a line of its own when the text ends in a newline. A hash covers the 100
    UTF-16 units that are neither space nor tab from the start of the line on; the number behind it
    counts equal hashes so far. codeql-action, src/fingerprints.ts.
    """
    units = _units(text)
    starts = [0, *(at + 1 for at, unit in enumerate(units[:-1]) if unit == _NEWLINE)]
    units.extend([0] * _BLOCK)
    prefix = list(accumulate(units, _push, initial=0))
    seen: Counter[int] = Counter()
    hashes = []
    for start in starts:
        value = (prefix[start + _BLOCK] - prefix[start] * _TOP) & _MASK
        seen[value] += 1
        hashes.append(f"{value:x}:{seen[value]}")
    return tuple(hashes)


def _units(text: str) -> list[int]:
    """The UTF-16 units that count, with the mark of the end of the file."""
    text = re.sub(r"[ \t]+", "", text.replace("\r\n", "\n").replace("\r", "\n"))
    units = array("H")
    units.frombytes(text.encode("utf-16-le", "surrogatepass"))
    if array("H", b"\x01\x00")[0] != 1:
        units.byteswap()
    return [*units, _END_OF_FILE]


def _push(value: int, unit: int) -> int:
    return (value * _BASE + unit) & _MASK
