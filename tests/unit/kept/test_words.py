"""Whether a run reads a file, told by its words."""

import pytest

from analyzer.kept.words import Words, from_json, to_json

WORDS = Words(frozenset({"zap", "vma.lock"}), ("*_zap_*",), ("mm/**", "fs/one.c"))


@pytest.mark.parametrize(
    ("path", "text", "expected"),
    [
        ("fs/two.c", b"x = zap(y);", True),
        ("fs/two.c", b"x = 9zap;", True),
        ("fs/two.c", b"x = zapped(unzap);", False),
        ("fs/two.c", b"take(&v->vma.lock);", True),
        ("fs/two.c", b"take(&v->vma->lock);", False),
        ("fs/two.c", b"do_zap_it();", True),
        ("fs/two.c", b"do_zap();", False),
        ("fs/two.c", b"\xff\x00", False),
        ("fs/one.c", b"", True),
        ("/src/linux/mm/deep/one.c", b"", True),
        ("../mm/one.c", b"", True),
        ("drivers/comm/one.c", b"", False),
    ],
)
def test_a_file_is_read_for_a_word_or_for_its_place(path: str, text: bytes, expected: bool) -> None:
    assert WORDS.concern(path, text) is expected


def test_words_are_the_same_when_they_were_kept() -> None:
    assert from_json(to_json(WORDS)) == WORDS
