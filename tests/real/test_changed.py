"""On Linux itself, too, an edit judged by what it touches is judged as from scratch."""

from pathlib import Path

import pytest

from tests.unit.inspect.changed import Both

_FILES = ("mm/hugetlb.c", "mm/memory.c", "mm/mprotect.c", "mm/mremap.c", "mm/rmap.c")
_RULES = ("device", "lock", "notifier", "tlb", "lock/contract-not-met")


@pytest.fixture(scope="module")
def both(linux_6_12: Path) -> Both:
    """A few files of mm that call each other."""
    return Both(linux_6_12, _FILES, _RULES)


@pytest.mark.parametrize("seed", range(3))
def test_an_edit_is_judged_as_from_scratch(both: Both, seed: int) -> None:
    (spot,) = both.spots(1, seed)
    edit = both.edit(spot)
    assert both.run.after(edit) == both.scratch(edit), spot
