"""How a run of some files gets at its tree: it reads it, or a process that stays has read it."""

import os
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Final, NamedTuple, TypeAlias

from analyzer.cli.stamps import made_of
from analyzer.core import Report, UserError
from analyzer.inspect.warm import Now, Warm
from analyzer.kept.places import stamps, unchanged
from analyzer.pipeline import Book, Request, World, asked_book, audited, idle, load_book
from analyzer.source import NOTHING_OVER, Checkout, Moment, Overlay, Repository

Judge: TypeAlias = Callable[[Request, Book, Moment], tuple[Report, World]]
"""Judges some files of a tree as it is at a moment. Raises UserError for what the user can mend."""

_MOST: Final = 2
"""So many runs stay at a time: each takes a gigabyte or two."""


def read_anew(request: Request, book: Book, moment: Moment) -> tuple[Report, World]:
    """Reads the tree."""
    return audited(replace(request, overlay=_overlay(request, moment)), book)


def _overlay(request: Request, moment: Moment) -> Overlay:
    return NOTHING_OVER if moment is None else Repository(request.root).at(moment)


class Unknown(BaseException):
    """Unwinds from a command that would have to read the tree where others do that as fast. No
    error: nothing that catches errors may have it.
    """


class Means(NamedTuple):
    """What a command gets at a tree, and at rules, by."""

    judge: Judge
    load: Callable[[tuple[Path, ...]], Book]


PLAIN: Final = Means(read_anew, load_book)
"""Everything is read."""


class _Run(NamedTuple):
    """A run that stays, and the checkout that it was read from."""

    warm: Warm
    checkout: Checkout

    def audited(self, request: Request, moment: Moment) -> tuple[Report, World] | None:
        """What is found in some files; None where that takes a new run."""
        try:
            texts = self.checkout.texts(moment)
        except UserError:  # The commit that it was read from is no more.
            return None
        return self.warm.audited(request, Now(texts, lambda: _overlay(request, moment)))


class Stays:
    """Judges by runs that it keeps: by `means`, where one that an edit has left behind is begun
    anew, or by what is `known`, which raises Unknown instead.
    """

    def __init__(self) -> None:
        self._runs: dict[tuple[object, ...], _Run] = {}
        self._books: dict[tuple[str, ...], tuple[Book, dict[str, str]]] = {}
        self.means = Means(self._judged, self._book)
        self.known = Means(self._recalled, self._book)

    def _book(self, folders: tuple[Path, ...]) -> Book:
        """The rules; those that are as they were are not loaded again."""
        key = _absolute(folders)
        book, rules = self._books.get(key, (None, {}))
        if book is None or not unchanged(rules):
            rules = stamps(made_of(folders))
            book = load_book(folders)
            self._books[key] = book, rules
        return book

    def _judged(self, request: Request, book: Book, moment: Moment) -> tuple[Report, World]:
        """Judges some files. A tree that is no git checkout is read anew each time, and nothing is
        for files without a word of a rule.
        """
        found = self._found(request, book, moment)
        if found is not None:
            return found
        try:
            repository = Repository(request.root)
        except UserError:
            return read_anew(request, book, moment)
        checkout = Checkout(repository, moment)  # First: what is written from here on is noticed.
        now = replace(request, overlay=_overlay(request, moment))
        found = idle(now, asked_book(request, book))
        if found is not None:
            return found
        key = _key(request, book)
        self._runs.pop(key, None)  # Two would take twice the memory.
        while len(self._runs) >= _MOST:
            self._runs.pop(next(iter(self._runs)))
        self._runs[key] = _Run(Warm(now, book), checkout)
        # Whoever writes while the tree is read gets what was there when it was read.
        return self._found(request, book, moment) or read_anew(request, book, moment)

    def _recalled(self, request: Request, book: Book, moment: Moment) -> tuple[Report, World]:
        """Judges some files by what is known."""
        found = self._found(request, book, moment)
        if found is None:
            raise Unknown
        return found

    def _found(self, request: Request, book: Book, moment: Moment) -> tuple[Report, World] | None:
        """What the run of a request finds; None where there is none, or it is left behind."""
        key = _key(request, book)
        run = self._runs.pop(key, None)
        if run is None:
            return None
        self._runs[key] = run  # The last that was asked is the last to go.
        return run.audited(request, moment)


def _key(request: Request, book: Book) -> tuple[object, ...]:
    """What the runs of two requests have in common if they are one."""
    asked = (request.select, request.ignore, request.release)
    return (request.root, *asked, _absolute(request.rules), id(book))


def _absolute(folders: tuple[Path, ...]) -> tuple[str, ...]:
    return tuple(os.path.abspath(each) for each in folders)  # noqa: PTH100
