"""The ledger has every site that a count by other means finds: by hand, or by ctags."""

from pathlib import Path

import pytest

from analyzer.core import Report
from tests.real.expected import Expected, functions_with

START = "mmu_notifier_invalidate_range_start(?:_nonblock)?"
END = "mmu_notifier_invalidate_range_(?:only_)?end"
GATHER = "tlb_gather_mmu(?:_fullmm|_vma)?"
FINISH = "tlb_finish_mmu"
PLACES = ("mm", "fs/proc", "kernel/events")


def _sites(report: Report, rule: str) -> frozenset[str]:
    """The functions with a site of a rule, as file:function."""
    return frozenset(
        f"{each.location.path}:{each.function}" for each in report.obligations if each.rule == rule
    )


def _files(linux: Path, *places: str) -> tuple[str, ...]:
    return tuple(
        sorted(
            path.relative_to(linux).as_posix()
            for place in places
            for path in (linux / place).rglob("*.c")
        )
    )


RULES = (
    "device/entry-made-for-file-or-hugetlb",
    "device/rmap-walker-assumes-present",
    "device/zap-without-anon-warning",
    "notifier/hugetlb-range-not-widened",
    "notifier/pte-changed-outside-range",
    "tlb/rmap-or-free-before-flush",
    "tlb/unshare-without-flush",
    "truncate/size-written-after-unmap",
    "truncate/unmap-pass-missing",
    "uffd/marker-cleared-without-pte-same",
    "zap/drop-marker-without-folio-lock",
    "zap/final-unmap-flag-outside-teardown",
    "zap/hugetlb-drop-marker-while-faultable",
    "zap/incomplete-zap-details",
)


@pytest.mark.parametrize("rule", RULES)
def test_known_functions_have_a_site(report: Report, awaited: Expected, rule: str) -> None:
    assert awaited.sites[rule] - _sites(report, rule) == frozenset()


def test_markers_are_dropped_in_five_places(report: Report) -> None:
    setters = [
        each.function
        for each in report.obligations
        if each.rule
        in ("zap/drop-marker-without-folio-lock", "zap/hugetlb-drop-marker-while-faultable")
    ]
    assert sorted(setters) == [
        "hugetlb_unmap_file_folio",
        "hugetlb_unmap_file_folio",
        "hugetlb_vmtruncate",
        "unmap_mapping_folio",
        "unmap_vmas",
    ]


def test_every_notifier_range_is_a_site(report: Report, linux: Path, awaited: Expected) -> None:
    files = _files(linux, *PLACES)
    both = functions_with(linux, files, START, END)
    assert len(both) == awaited.counts["notifier_ranges"]
    assert both - _sites(report, "notifier/unpaired-range") == frozenset()


def test_every_mmu_gather_is_a_site(report: Report, linux: Path, awaited: Expected) -> None:
    files = _files(linux, "mm")
    both = functions_with(linux, files, GATHER, FINISH)
    assert len(both) == awaited.counts["mmu_gathers"]
    assert both - _sites(report, "notifier/unpaired-mmu-gather") == frozenset()


def test_every_page_table_map_is_a_site(report: Report, linux: Path, awaited: Expected) -> None:
    calling = functions_with(linux, _files(linux, "mm"), "|".join(sorted(awaited.maps)))
    missing = calling - _sites(report, "lock/unchecked-page-table-map")
    assert missing == awaited.maps_without_use
    n_sites = sum(each.rule == "lock/unchecked-page-table-map" for each in report.obligations)
    assert n_sites >= awaited.counts["page_table_maps"]
