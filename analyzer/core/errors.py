"""The errors that reach a user, each with the exit status that it ends the run with."""


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


class ReleaseError(UserError):
    """A kernel release or a range of releases that cannot be read."""


class BugError(Exception):
    """An invariant of zaplint's own that does not hold; never the user's fault."""

    status = 4
