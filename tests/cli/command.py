"""The command line, run within the process of the tests, and the small kernel that it is run on."""

import io
import re
import sys
from collections import Counter
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from unittest.mock import patch

from analyzer.cli.main import main
from analyzer.pipeline import load_book

KERNEL = Path(__file__).resolve().parents[2] / "fixtures" / "kernel"
_PLANTED = re.compile(r"/\* planted: ([\w/-]+) \*/")


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a command ended, and what it wrote."""

    status: int
    data: bytes
    errors: str

    @property
    def output(self) -> str:
        return self.data.decode()


def zaplint(*words: str | Path) -> Outcome:
    """Runs `zaplint` with these words."""
    stdout, stderr = io.TextIOWrapper(io.BytesIO()), io.TextIOWrapper(io.BytesIO())
    status: object = None
    argv = ["zaplint", *map(str, words)]
    with patch.object(sys, "argv", argv), redirect_stdout(stdout), redirect_stderr(stderr):
        try:
            main()
        except SystemExit as end:
            status = end.code
    assert isinstance(status, int)
    stdout.flush()
    stderr.flush()
    assert isinstance(stdout.buffer, io.BytesIO) and isinstance(stderr.buffer, io.BytesIO)
    return Outcome(status, stdout.buffer.getvalue(), stderr.buffer.getvalue().decode())


@cache
def on_kernel(*words: str) -> Outcome:
    """`zaplint audit` of the small kernel with these words, run once."""
    return zaplint("audit", KERNEL, *words)


def planted() -> Counter[tuple[str, int, str]]:
    """Path, line and rule of every bug that is planted in the small kernel for a rule that runs
    unasked.
    """
    preview = {rule.id for rule in load_book().rulebook.rules if rule.preview}
    return Counter(
        (path.relative_to(KERNEL).as_posix(), number, rule)
        for path in KERNEL.rglob("*.c")
        for number, line in enumerate(path.read_text().splitlines(), 1)
        for rule in _PLANTED.findall(line)
        if rule not in preview
    )


def small_tree(folder: Path, text: str, release: str = "6.12") -> Path:
    """A tree of one file, mm/small.c."""
    version, patchlevel = release.split(".")
    (folder / "Makefile").write_text(f"VERSION = {version}\nPATCHLEVEL = {patchlevel}\n")
    (folder / "mm").mkdir()
    (folder / "mm" / "small.c").write_text(text)
    return folder


def errors_of(outcome: Outcome) -> list[str]:
    """The lines of standard error that state an error."""
    return [line for line in outcome.errors.splitlines() if line.startswith("error:")]


def own_rule(folder: Path, needs: str) -> Path:
    """A folder of one rule, own/rule: where a folio is freed, `needs` holds."""
    own = folder / "rules" / "own"
    own.mkdir(parents=True)
    (own / "rule.toml").write_text(
        f"""
title = "frees a folio that may be mapped"
what = "."
why = "."
fix = "."
references = []

[[require]]
at    = "free_it($f)"
needs = "{needs}"
says  = "{{function}}() frees {{f}}"
"""
    )
    return folder / "rules"
