"""Whatever the bytes of a file are, the audit ends with a report that can be shown."""

import sys
from functools import cache
from pathlib import Path

import pytest

from analyzer.core import Report, Verdict
from analyzer.pipeline import Book, Request, audit, load_book
from analyzer.report.lines import Sources
from analyzer.report.sarif import render_sarif
from analyzer.report.text import TextOptions, render_text
from tests.robust.variants import cuts, shuffled_lines, splices, tree_of

FIXTURES = Path(__file__).resolve().parents[2] / "fixtures"
SOURCES = sorted(
    path.relative_to(FIXTURES).as_posix()
    for folder in ("rules", "kernel")
    for path in (FIXTURES / folder).rglob("*.c")
)
REAL = (
    "mm/balloon_compaction.c",
    "mm/dmapool.c",
    "mm/early_ioremap.c",
    "mm/fadvise.c",
    "mm/folio-compat.c",
    "mm/hmm.c",
    "mm/interval_tree.c",
    "mm/maccess.c",
    "mm/madvise.c",
    "mm/mapping_dirty_helpers.c",
    "mm/mincore.c",
    "mm/mlock.c",
    "mm/mmu_gather.c",
    "mm/mprotect.c",
    "mm/mremap.c",
    "mm/oom_kill.c",
    "mm/page_vma_mapped.c",
    "mm/pgtable-generic.c",
    "mm/process_vm_access.c",
    "mm/truncate.c",
)


@cache
def _book() -> Book:
    return load_book()


def _report(tree: Path) -> Report:
    """Audits a tree and shows the report in both ways."""
    sys.setrecursionlimit(20_000)
    report = audit(Request(tree), _book())
    sources = Sources(lambda path: (tree / path).read_bytes())
    assert render_text(report, sources, TextOptions(ledger=True, problems=True, table=True))
    assert render_sarif(report, "0", lambda path: (tree / path).read_bytes())
    return report


@pytest.mark.parametrize("name", SOURCES)
def test_damaged_fixtures(name: str, tmp_path: Path) -> None:
    data = (FIXTURES / name).read_bytes()
    texts = cuts(data, 6, name) + splices(data, 6, name) + shuffled_lines(data, 3, name)
    assert _report(tree_of(tmp_path, texts)).complete


@pytest.mark.parametrize("name", REAL)
def test_damaged_real_files(name: str, linux_6_12: Path, tmp_path: Path) -> None:
    data = (linux_6_12 / name).read_bytes()
    texts = cuts(data, 3, name) + splices(data, 3, name) + shuffled_lines(data, 2, name)
    assert _report(tree_of(tmp_path, texts)).complete


def _violations(texts: list[bytes], folder: Path) -> list[tuple[str, int, str]]:
    return sorted(
        (each.rule, each.location.line, each.function)
        for each in _report(tree_of(folder, texts)).obligations
        if each.verdict is Verdict.VIOLATED
    )


HARMLESS = {
    "CRLF": lambda data: data.replace(b"\n", b"\r\n"),
    "Latin-1 in a comment": lambda data: data + b"/* caf\xe9 \xff\xfe */\n",
    "NUL behind it": lambda data: data + b"\0\0\0\n",
    "NUL for a space": lambda data: data.replace(b" {\n", b"\0{\n"),
    "no line end": lambda data: data.rstrip(b"\n"),
    "a mark of the byte order": lambda data: b"\xef\xbb\xbf" + data,
}


@pytest.mark.parametrize("change", HARMLESS)
@pytest.mark.parametrize("name", ["madvise.c", "oom_kill.c", "memory.c"])
def test_harmless_bytes_change_no_finding(name: str, change: str, tmp_path: Path) -> None:
    data = (FIXTURES / "kernel" / "mm" / name).read_bytes()
    plain, changed = tmp_path / "plain", tmp_path / "changed"
    plain.mkdir()
    changed.mkdir()
    expected = _violations([data], plain)
    assert expected != []
    assert _violations([HARMLESS[change](data)], changed) == expected
