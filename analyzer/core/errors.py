"""The errors that reach a user, each with the exit status that it ends the run with."""

from collections.abc import Callable, Iterable
from typing import TypeVar

_From = TypeVar("_From")
_To = TypeVar("_To")


class UserError(Exception):
    """Something that the user can mend: a path, an option, a rule file.

    The text says where, what and what to do, in that order; `hint` is the last part, on a line of
    its own.
    """

    status = 2

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint

    def __str__(self) -> str:
        return f"{self.message}\n  hint: {self.hint}" if self.hint else self.message


class ManyErrors(UserError):
    """Several things that the user can mend, each told as if it were the only one."""

    def __init__(self, errors: tuple[UserError, ...]) -> None:
        super().__init__(errors[0].message, errors[0].hint)
        self.errors = errors

    def __str__(self) -> str:
        return "\nerror: ".join(str(each) for each in self.errors)


class ReleaseError(UserError):
    """A kernel release or a range of releases that cannot be read."""


class BugError(Exception):
    """An invariant of zaplint's own that does not hold; never the user's fault."""

    status = 4


def every(make: Callable[[_From], _To], of: Iterable[_From]) -> tuple[_To, ...]:
    """What is made of each, in order. Raises all the UserErrors that come up at once."""
    made: list[_To] = []
    errors: list[UserError] = []
    for each in of:
        try:
            made.append(make(each))
        except ManyErrors as several:
            errors += several.errors
        except UserError as error:
            errors.append(error)
    if len(errors) > 1:
        raise ManyErrors(tuple(errors))
    if errors:
        raise errors[0]
    return tuple(made)
