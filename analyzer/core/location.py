"""Places in source files, and steps of a path through them."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, order=True)
class Location:
    """One stretch of a file of the analysed tree.

    `path` is relative to the tree's root, with forward slashes. Lines and columns are 1-based;
    columns count UTF-16 code units, as SARIF does by default; `end_column` is one past the last.
    """

    path: str
    line: int
    column: int
    end_line: int
    end_column: int


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a path or one piece of evidence: what happens, where, in which function.

    `proof` marks what a proof stands on: without it there is none; `late` what came too early for
    something that was still due, wherever that was.
    """

    location: Location
    function: str
    text: str
    proof: bool = False
    late: bool = False
