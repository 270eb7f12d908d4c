"""Line hashes are GitHub's own; identities live through unrelated edits."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analyzer.core import identities, identities_in_files
from analyzer.report.fingerprint import line_hashes
from tests.unit.report.example import PROVED, VIOLATION, at

GREETINGS = (
    "e9496ae3ebfced30:1",
    "fb7c023a8b9ccb3f:1",
    "ce8ba1a563dcdaca:1",
    "e20e36e16fcb0cc8:1",
    "b3edc88f2938467e:1",
    "c8e28b0b4002a3a0:1",
    "c129715d7a2bc9a3:1",
)
PUBLISHED = {
    "": ("c129715d7a2bc9a3:1",),
    " a\nb\n  \t\tc\n d": (
        "271789c17abda88f:1",
        "54703d4cd895b18:1",
        "180aee12dab6264:1",
        "a23a3dc5e078b07b:1",
    ),
    " hello; \t\nworld!!!\n\n\n  \t\tGreetings\n End": (
        "8b7cf3e952e7aeb2:1",
        "b1ae1287ec4718d9:1",
        "bff680108adb0fcc:1",
        "c6805c5e1288b612:1",
        "b86d3392aea1be30:1",
        "e6ceba753e1a442:1",
    ),
    " hello; \t\nworld!!!\n\n\n  \t\tGreetings\n End\n": GREETINGS,
    " hello; \t\nworld!!!\r\r\r  \t\tGreetings\r End\r": GREETINGS,
    " hello; \t\r\nworld!!!\r\n\r\n\r\n  \t\tGreetings\r\n End\r\n": GREETINGS,
    " hello; \t\nworld!!!\r\n\n\r  \t\tGreetings\r End\r\n": GREETINGS,
    "Lorem ipsum dolor sit amet.\n" * 10: (
        *(f"a7f2ff13bc495cf2:{count}" for count in range(1, 7)),
        "a7f2ff1481e87703:1",
        "a9cf91f7bbf1862b:1",
        "55ec222b86bcae53:1",
        "cc97dc7b1d7d8f7b:1",
        "c129715d7a2bc9a3:1",
    ),
    "x = 2\nx = 1\nprint(x)\nx = 3\nprint(x)\nx = 4\nprint(x)\n": (
        "e54938cc54b302f1:1",
        "bb609acbe9138d60:1",
        "1131fd5871777f34:1",
        "5c482a0f8b35ea28:1",
        "54517377da7028d2:1",
        "2c644846cb18d53e:1",
        "f1b89f20de0d133:1",
        "c129715d7a2bc9a3:1",
    ),
}
"""The vectors of codeql-action, src/fingerprints.test.ts."""


@pytest.mark.parametrize("text", PUBLISHED)
def test_published_vectors_come_out(text: str) -> None:
    assert line_hashes(text) == PUBLISHED[text]


@given(st.text(alphabet="ab; \t\n\r{}é😀", max_size=300))
def test_every_line_is_hashed_as_the_rolling_hash_does(text: str) -> None:
    assert line_hashes(text) == _rolling(text)


def test_a_comment_far_below_leaves_a_hash_alone() -> None:
    text = "x = 1;\n" + "y = 2;\n" * 40
    assert line_hashes(text)[0] == line_hashes(text + "/* z */\n")[0]


def test_an_identity_ignores_place_path_and_wording() -> None:
    moved = replace(
        VIOLATION,
        location=at("mm/other.c", 80, 1, 2),
        message="said otherwise",
        evidence=(),
        path=(),
        condition="",
    )
    assert identities([moved]) == identities([VIOLATION])


@pytest.mark.parametrize(
    "change",
    [{"rule": "zap/other"}, {"clause": 2}, {"function": "f"}, {"subject": "other"}],
    ids=lambda change: next(iter(change)),
)
def test_an_identity_depends_on(change: dict[str, str]) -> None:
    assert identities([replace(VIOLATION, **change)]) != identities([VIOLATION])


def test_equal_obligations_are_told_apart() -> None:
    first, second = identities([VIOLATION, VIOLATION])
    assert first != second


def test_mending_one_site_does_not_rename_the_next() -> None:
    mended = replace(VIOLATION, verdict=PROVED.verdict)
    assert identities([mended, VIOLATION]) == identities([VIOLATION, VIOLATION])


def test_in_its_file_an_identity_ignores_other_files() -> None:
    other = replace(VIOLATION, location=at("mm/0.c", 8, 2, 13))
    alone = identities_in_files([VIOLATION, VIOLATION])
    assert identities_in_files([other, VIOLATION, VIOLATION])[1:] == alone
    assert alone == identities([VIOLATION, VIOLATION])
    assert identities([other, VIOLATION])[1] != alone[0]


def _rolling(text: str) -> tuple[str, ...]:
    """The hash as a window that rolls over the text, one unit at a time, as it is specified."""
    raw = text.encode("utf-16-le")
    units = [int.from_bytes(raw[at : at + 2], "little") for at in range(0, len(raw), 2)]
    kept, after_return = [], False
    for unit in units:
        if unit in (32, 9) or (after_return and unit == 10):
            after_return = False
            continue
        after_return = unit == 13
        kept.append(10 if after_return else unit)
    kept.append(65535)
    starts = [0] + [place + 1 for place, unit in enumerate(kept[:-1]) if unit == 10]
    padded = kept + [0] * 100
    hashes: list[str] = []
    seen: dict[int, int] = {}
    for start in starts:
        value = 0
        for unit in padded[start : start + 100]:
            value = (value * 37 + unit) % 2**64
        seen[value] = seen.get(value, 0) + 1
        hashes.append(f"{value:x}:{seen[value]}")
    return tuple(hashes)
