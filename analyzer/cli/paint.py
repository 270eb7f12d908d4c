"""Colours: lines of a report as bytes for a terminal, or without colour for a file."""

import os
import sys
from collections.abc import Iterable
from io import StringIO
from pathlib import Path
from typing import Final, Literal, cast

import click
from rich.console import Console
from rich.text import Text

from analyzer.cli.options import emit
from analyzer.report.styled import Line, Role, plain, visible

_STYLES: Final = {
    Role.PLAIN: "",
    Role.PLACE: "bold",
    Role.FUNCTION: "bold",
    Role.ERROR: "bold red",
    Role.WARNING: "bold magenta",
    Role.NOTE: "bold cyan",
    Role.PROVED: "bold green",
    Role.OPEN: "bold yellow",
    Role.RULE: "cyan",
    Role.QUOTE: "dim",
}
COLOR = click.option(
    "--color",
    type=click.Choice(["auto", "always", "never"]),
    default="auto",
    show_default=True,
    help="Colours: on a terminal, always or never. NO_COLOR and FORCE_COLOR are heeded.",
)

_Depth = Literal["standard", "256", "truecolor"]


def show(lines: Iterable[Line], output: Path | None, color: str) -> None:
    """Writes lines to a file, or to standard output if there is none; coloured where `color`,
    one of auto, always and never, has it so.
    """
    depth = _depth(color, output)
    text = "".join(f"{plain(each)}\n" for each in lines) if depth is None else _paint(lines, depth)
    emit(text.encode("utf-8", "surrogateescape"), output)


def _depth(color: str, output: Path | None) -> _Depth | None:
    """How many colours there are, None for none."""
    if color == "never" or (color == "auto" and (output is not None or _is_off())):
        return None
    forced = True if color == "always" else None
    found = Console(file=sys.stdout, force_terminal=forced).color_system
    if found is None and forced:
        return "standard"
    return cast("_Depth | None", found)


def _is_off() -> bool:
    """Whether the environment asks for no colour; an empty NO_COLOR asks for nothing."""
    return bool(os.environ.get("NO_COLOR"))


def _paint(lines: Iterable[Line], depth: _Depth) -> str:
    text = StringIO()
    console = Console(file=text, force_terminal=True, color_system=depth, highlight=False)
    for each in lines:
        parts = ((visible(part.text), _STYLES[part.role]) for part in each)
        console.print(Text.assemble(*parts), soft_wrap=True, markup=False)
    return text.getvalue()
