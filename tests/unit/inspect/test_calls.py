"""What a call of a function demands and does, in words."""

from pathlib import Path

import pytest

from analyzer.core import CallTold
from analyzer.inspect.resident import Resident
from analyzer.pipeline import Request
from tests.cli.command import KERNEL


@pytest.fixture(scope="module")
def mine() -> Resident:
    """The small kernel."""
    found = Resident(Request(Path(KERNEL)))
    found.look({})
    return found


def _told(mine: Resident, name: str) -> CallTold:
    told = mine.call("mm/rmap.c", name)
    assert told is not None
    return told


def test_a_function_is_told_with_its_contract_and_its_place(mine: Resident) -> None:
    told = _told(mine, "evict")
    assert [(each.lock, each.object) for each in told.contracts] == [("folio_lock", "folio")]
    assert told.place is not None and told.place.path == "mm/rmap.c"
    assert [(way.takes, way.gives) for way in told.ways] == [((), ())]


def test_ways_to_return_are_told_by_result(mine: Resident) -> None:
    told = _told(mine, "folio_trylock")
    assert told.modelled
    assert {way.when: way.takes for way in told.ways} == {
        "its result == 0": (),
        "folio && its result == 1": ("folio_lock of folio",),
    }


def test_what_the_analysis_alone_has_a_name_for_is_said_to_be_so(mine: Resident) -> None:
    ways = _told(mine, "page_vma_mapped_walk_done").ways
    assert "something that it alone knows" in {way.when for way in ways}
    assert not any(":" in way.when for way in ways)


def test_what_is_no_function_is_not_told(mine: Resident) -> None:
    assert mine.call("mm/rmap.c", "no_such_function") is None
