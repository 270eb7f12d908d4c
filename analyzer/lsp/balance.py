"""Whether a C text is in the middle of being typed."""

import re
from typing import Final

_APART: Final = re.compile(
    rb"/\*(?P<comment>.*?)(?:\*/|\Z)"
    rb"|//[^\n]*"
    rb'|"(?:\\.|[^"\\\n])*(?P<text>"?)'
    rb"|'(?:\\.|[^'\\\n])*'",
    re.DOTALL,
)
_ARMS: Final = re.compile(rb"^[ \t]*#[ \t]*(if|ifdef|ifndef|endif)\b", re.MULTILINE)
_PAIRS: Final = ((b"{", b"}"), (b"(", b")"), (b"[", b"]"))


def balance(text: bytes) -> tuple[int, ...]:
    """What of a text is open without an end: braces, parentheses, brackets, arms, comments and
    strings. An #else may hold a brace that its #if holds, too, so that not all of it is 0 in every
    text; but it is what it was when an edit is over.
    """
    odd = 0
    for found in _APART.finditer(text):
        comment = found["comment"]
        odd += comment is not None and (b"/*" in comment or not found[0].endswith(b"*/"))
        odd += found["text"] == b""
    bare = _APART.sub(b" ", text)
    arms = [word != b"endif" for word in _ARMS.findall(bare)]
    pairs = (bare.count(first) - bare.count(last) for first, last in _PAIRS)
    return (*pairs, arms.count(True) - arms.count(False), odd)
