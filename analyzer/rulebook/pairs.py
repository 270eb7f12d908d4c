"""What is particular to `pair` clauses: families of locks, the two events, callbacks that pair."""

import re
from dataclasses import replace

from analyzer.checkers.property import AnyOf, EventPattern, LockEvent
from analyzer.rulebook.language import Words, parse_lock
from analyzer.rulebook.table import Table

FAMILY_KEYS = ("families", "untold")
_UNTOLD = ("open", "lost")
_OPEN = 'name the event that opens, for example "acquire(notifier_range, $r)"'


def one_each(table: Table, words: Words) -> tuple[Table, ...]:
    """One table for each entry of `families`, with the locks of that entry put for `$lock`.

    Locks of one entry are followed together: a pointer to one may turn out to be of another.
    Raises UserError for a lock that the models do not have.
    """
    found = []
    for number, entry in enumerate(table.texts("families")):
        locks = []
        for name in entry.split():
            lock = table.read(
                name, "lock", lambda text: parse_lock(text, words), "families", number
            )
            locks.append(lock)
        values = dict(table.values)
        for key in ("open", "close"):
            text = table.text(key)
            if "$lock" not in text:
                raise table.error(f"'{key}' has no $lock for the families", _OPEN, key)
            values[key] = " || ".join(text.replace("$lock", lock) for lock in locks)
        values["says"] = table.text("says").replace("{lock}", locks[0])
        found.append(replace(table, values=values))
    return tuple(found)


def is_near(table: Table) -> bool:
    """Whether a lock that is left held in a way that nobody can tell is lost."""
    return table.choice("untold", _UNTOLD, "open") == "lost"


def check_pair(table: Table, opening: EventPattern, closing: EventPattern) -> None:
    """Raises UserError unless a pair takes and releases the same locks of the models."""
    opened, closed = _locks(opening, True), _locks(closing, False)
    if not opened:
        raise table.error("'open' takes no lock of the models", _OPEN, "open")
    if closed != opened:
        raise table.error(
            f"'close' does not release {opened[0]}", f'close = "release({opened[0]}, $x)"', "close"
        )


def _locks(event: EventPattern, acquire: bool) -> tuple[str, ...]:
    parts = event.events if isinstance(event, AnyOf) else (event,)
    found = tuple(
        each.lock for each in parts if isinstance(each, LockEvent) and each.acquire is acquire
    )
    return found if len(found) == len(parts) else ()


def hand_over(table: Table) -> tuple[tuple[str, str], ...]:
    """The callbacks that open and close between them, as (record.field, record.field)."""
    found = []
    for one in table.tables("hand_over", "'hand_over'"):
        one.allow(("open", "close"))
        pair = tuple(one.needed(key, f'{key} = "record.field"') for key in ("open", "close"))
        for text, key in zip(pair, ("open", "close"), strict=True):
            if not re.fullmatch(r"\w+\.\w+", text):
                raise one.error(f"'{text}' is no field of a struct", f'{key} = "record.field"', key)
        found.append((pair[0], pair[1]))
    return tuple(found)
