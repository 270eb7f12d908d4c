"""What is started and never ended is reported in every function that starts it, not in some only.

All calls that end something are renamed at once; the functions are those in which ctags and a plain
search see both ends.
"""

import re
import sys
from pathlib import Path

import pytest

from analyzer.core import Report, Verdict
from analyzer.pipeline import Request, audit
from tests.backtest.overlay import SCOPES, overlay
from tests.real.expected import RELEASES, functions_with
from tests.real.once import once

# Rule: what starts it, what ends it.
ENDS = {
    "notifier/unpaired-range": (
        "mmu_notifier_invalidate_range_start(?:_nonblock)?",
        "mmu_notifier_invalidate_range_(?:only_)?end",
    ),
    "notifier/unpaired-mmu-gather": ("tlb_gather_mmu(?:_fullmm)?", "tlb_finish_mmu"),
    "tlb/unshare-without-flush": ("huge_pmd_unshare", "huge_pmd_unshare_flush"),
}
# A call of one of the ends: its arguments do not begin with a type.
_CALL = re.compile("|".join(rf"\b{end}(?=\(&?\w+[,)])" for _, end in ENDS.values()))
_DEPTH = 20_000


@pytest.fixture(params=RELEASES)
def linux(request: pytest.FixtureRequest) -> Path:
    found = request.getfixturevalue(f"linux_{request.param.replace('.', '_')}")
    assert isinstance(found, Path)
    return found


def _files(linux: Path) -> tuple[str, ...]:
    roots = [linux / scope for scope in SCOPES]
    paths = [path for root in roots for path in ([root] if root.is_file() else root.rglob("*.c"))]
    return tuple(sorted(path.relative_to(linux).as_posix() for path in paths))


def _without_ends(linux: Path, folder: Path) -> Report:
    """The report of a tree in which nothing is ended."""
    sys.setrecursionlimit(_DEPTH)
    texts = {path: (linux / path).read_bytes().decode("latin-1") for path in _files(linux)}
    replaced = {
        path: _CALL.sub("forget", text).encode("latin-1")
        for path, text in texts.items()
        if _CALL.search(text)
    }
    return audit(Request(overlay(linux, folder, replaced), scopes=SCOPES, select=tuple(ENDS)))


@pytest.mark.parametrize("rule", ENDS)
def test_every_missing_end_is_reported(
    rule: str, linux: Path, tmp_path: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    report = once(tmp_path_factory, f"no ends {linux}", lambda: _without_ends(linux, tmp_path))
    found = {
        f"{each.location.path}:{each.function}"
        for each in report.obligations
        if each.rule == rule and each.verdict is Verdict.VIOLATED
    }
    expected = functions_with(linux, _files(linux), *ENDS[rule])
    assert len(expected) >= 5
    assert expected - found == frozenset()
