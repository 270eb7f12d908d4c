"""A probe file as a tree of its own, analysed for all locks."""

import re
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

from analyzer.dataflow import Analysis
from analyzer.pipeline import Book, Request, analysis_of, load_book, read_world
from analyzer.program import FunctionRef

FIXTURES = Path(__file__).resolve().parents[2] / "fixtures"
PATH = "mm/fixture.c"
_KERNEL = re.compile(r"// kernel: (\d+)\.(\d+)")


@cache
def book() -> Book:
    """The rules and models that come with zaplint; beside them, `probe` is a pure function of what
    it is given.
    """
    found = load_book()
    words = {**found.models.words, "pure": (*found.models.words["pure"], "probe")}
    return Book(found.rulebook, found.models._replace(words=words))


def analyse(text: str, tracked: frozenset[str] | None = None) -> Analysis:
    """The analysis of `text` as the only file of a tree. It follows all locks if none are named."""
    kernel = _KERNEL.match(text)
    assert kernel, "a fixture says its kernel on the first line"
    with TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "mm").mkdir()
        (folder / "Makefile").write_text(f"VERSION = {kernel[1]}\nPATCHLEVEL = {kernel[2]}\n")
        (folder / PATH).write_text(text)
        world = read_world(Request(folder), book(), everything=True)
        return analysis_of(book(), world, tracked)


def definitions(analysis: Analysis) -> dict[str, FunctionRef]:
    """The functions of the fixture by name."""
    return {
        analysis.program.head(ref).name: ref for ref in analysis.program.refs if ref.path == PATH
    }
