"""The rule language: text of events, conditions and locks to values of the property module."""

from analyzer.checkers.property import Condition, EventPattern
from analyzer.rulebook.language.conditions import read_any_event, read_condition
from analyzer.rulebook.language.events import COMPARISONS, RESULT, read_lock
from analyzer.rulebook.language.tokens import Cursor, LanguageError, RoleHead, Words, close, tokens

__all__ = [
    "COMPARISONS",
    "RESULT",
    "LanguageError",
    "RoleHead",
    "Words",
    "close",
    "parse_condition",
    "parse_event",
    "parse_lock",
]


def parse_event(text: str, words: Words) -> EventPattern:
    """Reads an event. Raises LanguageError."""
    cursor = Cursor(tokens(text), words)
    event = read_any_event(cursor)
    cursor.finish("the event")
    return event


def parse_condition(text: str, words: Words) -> Condition:
    """Reads a condition. Raises LanguageError."""
    cursor = Cursor(tokens(text), words)
    condition = read_condition(cursor)
    cursor.finish("the condition")
    return condition


def parse_lock(text: str, words: Words) -> str:
    """Reads a lock with its mode and gives it as 'i_mmap write'. Raises LanguageError."""
    cursor = Cursor(tokens(text), words)
    lock, mode, place = read_lock(cursor)
    if place is not None:
        raise cursor.error("the lock has an object here", f"write {lock}")
    cursor.finish("the lock")
    return f"{lock} {mode}" if mode else lock
