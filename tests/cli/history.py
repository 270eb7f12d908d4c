"""Git repositories that a test makes."""

import subprocess
from pathlib import Path

_AUTHOR = ("-c", "user.name=A Dev", "-c", "user.email=dev@example.org")


def git(tree: Path, *words: str) -> str:
    """What git says to some words in a work tree."""
    done = subprocess.run(
        ["git", "-C", str(tree), *_AUTHOR, *words], check=True, capture_output=True, text=True
    )
    return done.stdout


def commit(tree: Path, subject: str) -> None:
    """Commits what is in the work tree."""
    git(tree, "add", "-A")
    git(tree, "commit", "-qm", subject)
