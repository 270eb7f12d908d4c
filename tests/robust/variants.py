"""Damaged texts: cut, spliced, with other line ends and other bytes."""

import random
from pathlib import Path

_SPLICE = 40


def cuts(data: bytes, count: int, seed: str) -> list[bytes]:
    """The text cut off at `count` places."""
    order = random.Random(f"cut {seed}")
    return [data[: order.randrange(len(data) + 1)] for _ in range(count)]


def splices(data: bytes, count: int, seed: str) -> list[bytes]:
    """The text with random bytes in place of some of its own: `count` texts, one place each."""
    order = random.Random(f"splice {seed}")
    found = []
    for _ in range(count):
        start = order.randrange(len(data) + 1)
        end = min(len(data), start + order.randrange(_SPLICE))
        found.append(data[:start] + order.randbytes(order.randrange(_SPLICE)) + data[end:])
    return found


def shuffled_lines(data: bytes, count: int, seed: str) -> list[bytes]:
    """The text with a stretch of its lines in another order: balanced or not, as it comes."""
    order = random.Random(f"lines {seed}")
    found = []
    for _ in range(count):
        lines = data.splitlines(keepends=True)
        start = order.randrange(len(lines) + 1)
        stretch = lines[start : start + 30]
        order.shuffle(stretch)
        found.append(b"".join(lines[:start] + stretch + lines[start + 30 :]))
    return found


def tree_of(folder: Path, texts: list[bytes], release: str = "6.12") -> Path:
    """A tree whose mm has one file for each text."""
    version, patchlevel = release.split(".")
    (folder / "Makefile").write_text(f"VERSION = {version}\nPATCHLEVEL = {patchlevel}\n")
    (folder / "mm").mkdir()
    for number, text in enumerate(texts):
        (folder / "mm" / f"variant{number}.c").write_bytes(text)
    return folder
