"""The findings of a tree, kept with what tells whether they still stand."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from analyzer.core import Level, Location, Obligation, Verdict
from analyzer.kept.words import Words, from_json, to_json


@dataclass(frozen=True, slots=True)
class Files:
    """The files of a tree as a run found them: stamps of all that it may read, and of those that it
    read, digests.
    """

    stamps: Mapping[str, str]
    digests: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Kept:
    """Findings by file: of every file if `whole`, else of those that were asked for.

    They stand as long as the rules have their stamps, the files that were read say the same, and no
    other file holds one of `words`.
    """

    rules: Mapping[str, str]
    files: Files
    words: Words
    n_functions: int
    whole: bool
    found: Mapping[str, tuple[Obligation, ...]]

    def knows(self, path: str) -> bool:
        """Whether this file was judged."""
        return self.whole or path in self.found


def dump_kept(kept: Kept) -> bytes:
    """What `load_kept` reads."""
    given = {
        "rules": dict(kept.rules),
        "stamps": dict(kept.files.stamps),
        "digests": dict(kept.files.digests),
        "words": to_json(kept.words),
        "n_functions": kept.n_functions,
        "whole": kept.whole,
        "found": {path: [_row(each) for each in found] for path, found in kept.found.items()},
    }
    return json.dumps(given).encode("ascii")


def load_kept(data: bytes) -> Kept | None:
    """What `dump_kept` wrote; None for anything else."""
    try:
        given = json.loads(data)
        return Kept(
            given["rules"],
            Files(given["stamps"], given["digests"]),
            from_json(given["words"]),
            given["n_functions"],
            given["whole"],
            {path: tuple(map(_obligation, rows)) for path, rows in given["found"].items()},
        )
    except (ValueError, KeyError, TypeError, AttributeError):
        return None


def by_file(found: Iterable[Obligation]) -> dict[str, tuple[Obligation, ...]]:
    """The findings of each file that has some."""
    files: dict[str, list[Obligation]] = {}
    for each in found:
        files.setdefault(each.location.path, []).append(each)
    return {path: tuple(some) for path, some in files.items()}


def _row(each: Obligation) -> list[object]:
    """What is printed of a finding without its path."""
    place = each.location
    where = [place.path, place.line, place.column, place.end_line, place.end_column]
    what = [each.rule, each.clause, each.function, each.subject]
    return [where, what, each.level.value, each.message, each.condition]


def _obligation(row: list[Any]) -> Obligation:
    where, (rule, clause, function, subject), level, message, condition = row
    return Obligation(
        rule=rule,
        clause=clause,
        location=Location(*where),
        function=function,
        subject=subject,
        verdict=Verdict.VIOLATED,
        level=Level(level),
        message=message,
        condition=condition,
    )
