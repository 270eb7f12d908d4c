"""Releases and ranges of them."""

import pytest

from analyzer.core import Release, ReleaseError, ReleaseRange


@pytest.mark.parametrize("text", ["6.12", "v6.12", " 6.12 ", "6.12.117", "6.12-rc1", "6.12.3-deb"])
def test_a_release_is_its_first_two_numbers(text: str) -> None:
    assert Release.parse(text) == Release(6, 12)


@pytest.mark.parametrize("text", ["", "6", "six.one", "6.x", "6.12rc1", "linux-6.12"])
def test_anything_else_is_refused_with_its_text(text: str) -> None:
    with pytest.raises(ReleaseError, match=f"'{text}' is not a kernel release"):
        Release.parse(text)


def test_releases_are_ordered_as_numbers() -> None:
    assert Release(6, 9) < Release(6, 12) < Release(7, 0)


@pytest.mark.parametrize(
    ("bounds", "inside"),
    [
        (">=6.5", [(6, 5), (6, 12), (7, 0)]),
        (">6.5", [(6, 12), (7, 0)]),
        ("<6.5", [(5, 19), (6, 1)]),
        ("<=6.5", [(5, 19), (6, 1), (6, 5)]),
        ("==6.5", [(6, 5)]),
        (">=5.19, <6.5", [(5, 19), (6, 1)]),
        ("", [(5, 19), (6, 1), (6, 5), (6, 12), (7, 0)]),
    ],
)
def test_a_range_holds_what_meets_all_bounds(bounds: str, inside: list[tuple[int, int]]) -> None:
    every = [(5, 19), (6, 1), (6, 5), (6, 12), (7, 0)]
    found = [each for each in every if Release(*each) in ReleaseRange.parse(bounds)]
    assert found == inside


@pytest.mark.parametrize("text", ["6.5", "=>6.5", ">=6", ">=6.5 <6.9"])
def test_a_bound_that_cannot_be_read_is_refused(text: str) -> None:
    with pytest.raises(ReleaseError, match="is not a bound on releases"):
        ReleaseRange.parse(text)


def test_a_range_is_written_as_it_is_read() -> None:
    assert str(ReleaseRange.parse(" >= 5.19 ,<v6.5")) == ">=5.19, <6.5"
