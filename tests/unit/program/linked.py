"""Programs of files that are given as text."""

from collections.abc import Mapping

from analyzer.program import FunctionRef, Program
from tests.unit.cfront.goldens import parse


def program(files: Mapping[str, str]) -> Program:
    """The program of these files, by path."""
    texts = {path: text.encode() for path, text in files.items()}
    return Program({path: parse(data, path) for path, data in texts.items()}, texts)


def named(made: Program, path: str, name: str) -> FunctionRef:
    """The one definition of a function in a file."""
    (found,) = [ref for ref in made.named(name) if ref.path == path]
    return found
