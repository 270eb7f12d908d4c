"""Reads a file again after an edit of one of its functions."""

from pathlib import Path

from analyzer.cfront.bodies import NotFound
from analyzer.cfront.edits import edited
from analyzer.cfront.guards import GuardUnit
from analyzer.cfront.macros import MacroTable
from analyzer.cfront.words import MacroWords
from analyzer.core import Change
from analyzer.summary.read import Reading


class Unfit(Exception):
    """An edit does not fit: what it is about is not there, or not there exactly once."""


def put_in(known: Reading, change: Change, words: Path) -> Reading:
    """The same files with a change in one of them. Raises Unfit."""
    unit = known.units.get(change.file)
    if unit is None:
        raise Unfit(f"{change.file} is not there, or holds no word of the rule")
    table = MacroTable.build([], MacroWords.parse(words.read_text(encoding="utf-8"), str(words)))
    before = known.texts[change.file]
    try:
        data = edited(before, change.function, change.operations, table)
    except NotFound as error:
        raise Unfit(f"{change.file}: {change.function}(): {error}") from error
    if data == before:
        raise Unfit(f"{change.file}: {change.function}(): nothing is changed")
    units = {**known.units, change.file: GuardUnit.around(unit.again(data))}
    return Reading(units, {**known.texts, change.file: data}, known.problems)
