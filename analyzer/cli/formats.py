"""The formats of a report, and where each goes: `--format` and `--output`."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final, TypeAlias

import click

from analyzer import __version__
from analyzer.cli.options import emit
from analyzer.cli.paint import show
from analyzer.core import Report
from analyzer.report.annotations import render_annotations
from analyzer.report.checkpatch import render_checkpatch, render_terse
from analyzer.report.github import render_github
from analyzer.report.gitlab import render_gitlab
from analyzer.report.junit import render_junit
from analyzer.report.lines import Sources
from analyzer.report.output import check_writable
from analyzer.report.page import render_page
from analyzer.report.sarif import SarifOptions, render_sarif
from analyzer.report.text import TextOptions, text_lines

FORMATS: Final = (
    "text",
    "sarif",
    "github",
    "annotations",
    "checkpatch",
    "terse",
    "junit",
    "gitlab",
    "html",
)

FORMAT = click.option(
    "--format",
    "-f",
    "style",
    type=click.Choice(FORMATS),
    default="text",
    show_default=True,
)


@dataclass(frozen=True, slots=True)
class Output:
    """Where a report goes: `style` is empty for that of --format, `file` is None for standard
    output.
    """

    style: str
    file: Path | None


def _outputs(
    _context: click.Context, _parameter: click.Parameter, values: tuple[str, ...]
) -> tuple[Output, ...]:
    outputs = tuple(map(_output, values))
    for each in outputs:  # Now, and not when minutes of work would be lost.
        if each.file is not None:
            check_writable(each.file)
    return outputs


def _output(value: str) -> Output:
    style, colon, name = value.partition(":")
    if not colon or style not in FORMATS:
        style, name = "", value
    if not name:
        raise click.BadParameter(f"'{value}' names no file; write it as {style}:FILE")
    return Output(style, None if name == "-" else Path(name))


OUTPUTS = click.option(
    "-o",
    "--output",
    "outputs",
    multiple=True,
    metavar="[FORMAT:]FILE",
    callback=_outputs,
    help="Write to this file, in this format; - is standard output. Repeatable.",
)


Reader: TypeAlias = Callable[[str], bytes]
"""Reads a file of the tree by its path in it. Raises OSError."""


@dataclass(frozen=True, slots=True)
class Shown:
    """How a report is shown: in which formats, where, and what is in it."""

    style: str
    outputs: tuple[Output, ...]
    color: str
    text: TextOptions
    sarif: SarifOptions

    def show(self, report: Report, read: Reader | None = None) -> None:
        """Writes the report to each output, to standard output if there is none. `read` gives the
        files that it is of; without it they are those on disk.
        """
        read = read or _reader(report)
        sources = Sources(read)
        for each in self.outputs or (Output("", None),):
            style = each.style or self.style
            if style == "text":
                show(text_lines(report, sources, self.text), each.file, self.color)
            else:
                emit(self._rendered(style, report, (read, sources)), each.file)

    def _rendered(self, style: str, report: Report, files: tuple[Reader, Sources]) -> bytes:
        read, sources = files
        match style:
            case "sarif":
                return render_sarif(report, __version__, read, self.sarif)
            case "github":
                return render_github(report, __version__, read, self.sarif.category)
            case "junit":
                return render_junit(report)
            case "annotations":
                text = render_annotations(report)
            case "checkpatch":
                text = render_checkpatch(report, sources)
            case "gitlab":
                text = render_gitlab(report)
            case "html":
                text = render_page(report, sources, __version__, self.text.ledger)
            case _:
                text = render_terse(report)
        return text.encode("utf-8", "surrogateescape")


def _reader(report: Report) -> Reader:
    root = Path(report.root)
    return lambda path: (root / path).read_bytes()
