"""Bugs of the past, put back into Linux 6.1 and 6.12: reported where they are, and only then."""

from pathlib import Path

import pytest

from analyzer.core import Backtest, Bug, Outcome
from analyzer.inspect.backtest import backtest_of, bugs_of
from analyzer.pipeline import Request
from tests.backtest.overlay import SCOPES
from tests.real.expected import RELEASES
from tests.real.once import once

OTHERWISE = {
    "6.1": {
        "a marker goes because it is some marker": Outcome.PRESENT,
        "a walk clears whatever it stopped at": Outcome.PRESENT,
        "fork copies hugetlb entries with their write protection": Outcome.PRESENT,
        "faults come in before the pages are back in the pool": Outcome.UNFIT,
        "a hugetlb VMA is zapped without a bracket": Outcome.UNFIT,
        "the lock of the mapping comes before that of the hugetlb vma": Outcome.UNFIT,
        "the pmd that moves is not tested under its lock": Outcome.UNFIT,
        "the page table goes before the VMA is looked at under the lock": Outcome.UNFIT,
        "a page table map is used untested": Outcome.UNFIT,
        "an unmap of huge pages tells too small a range": Outcome.UNFIT,
        "a range that is ended was never started": Outcome.UNFIT,
        "a migration puts its flush off and tells nobody": Outcome.UNFIT,
        "the dirty mapping of a file is not kept until the flush": Outcome.UNFIT,
        "the page that fork copies early is not write-protected": Outcome.UNFIT,
        "a page of hugetlb loses its write protection when it is unshared": Outcome.PRESENT,
        "a page that is invalidated stays mapped": Outcome.OPEN,
        "ksm takes a device entry for a present one": Outcome.PRESENT,
    },
    "6.12": {
        "a zap of a hugetlb VMA tells too small a range": Outcome.UNFIT,
        "a page table is taken out and nobody is told": Outcome.UNFIT,
        "a page that is invalidated stays mapped": Outcome.OPEN,
        "ksm takes a device entry for a present one": Outcome.PRESENT,
        "a range that is ended was never started": Outcome.OPEN,
    },
}
"""What cannot be put back into a release: its code is of another time, or has the bug. Open is what
only a whole tree tells, for it asks who enters from outside of the folders that are read here, or
what asks a caller that has too many states to be followed.
"""

BUGS: tuple[Bug, ...] = bugs_of(Request(Path()))[0]


def _pairs() -> list[tuple[str, Bug]]:
    """The bugs by release: what is special in one is tried in each, of the rest every other one in
    this and the others in that, for each takes its seconds. `zaplint backtest` tries all.
    """
    special = {name for listed in OTHERWISE.values() for name in listed}
    plain = [bug for bug in BUGS if bug.name not in special]
    chosen = [(RELEASES[at % len(RELEASES)], bug) for at, bug in enumerate(plain)]
    return chosen + [(each, bug) for each in RELEASES for bug in BUGS if bug.name in special]


PAIRS = _pairs()


@pytest.fixture
def history(
    release: str, request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Backtest:
    tree = request.getfixturevalue(f"linux_{release.replace('.', '_')}")
    assert isinstance(tree, Path)
    names = frozenset(bug.name for each, bug in PAIRS if each == release)
    found = once(
        tmp_path_factory,
        f"bugs in {tree}",
        lambda: backtest_of(Request(tree, scopes=SCOPES), names),
    )
    assert not [each for each in found.problems if each.incomplete]
    return found


@pytest.mark.parametrize(
    ("release", "bug"), PAIRS, ids=[f"{each} {bug.name}".replace(" ", "-") for each, bug in PAIRS]
)
def test_a_bug_is_reported_in_its_function(bug: Bug, release: str, history: Backtest) -> None:
    (replay,) = (each for each in history.replays if each.bug.name == bug.name)
    expected = OTHERWISE[release].get(bug.name, Outcome.CAUGHT)
    assert replay.outcome is expected, replay.reason


def test_what_is_listed_is_a_bug() -> None:
    names = {bug.name for bug in BUGS}
    assert {name for listed in OTHERWISE.values() for name in listed} <= names
