"""Functions that a file names outside of functions, as values: whoever gets them may call them."""

import re
from collections.abc import Iterable
from typing import Final

_NAME: Final = re.compile(rb"[(),{=&]\s*([A-Za-z_]\w*+)(?=\s*[),};])")
_DIRECTIVE: Final = re.compile(rb"^[ \t]*#(?:[^\n\\]|\\.)*", re.MULTILINE | re.DOTALL)


def named_apart(
    text: bytes, spans: Iterable[tuple[int, int]], functions: frozenset[str]
) -> frozenset[str]:
    """Those of some functions that are values in a text without comments, outside of `spans`, which
    are sorted, and of directives.
    """
    found: set[str] = set()
    at = 0
    for start, end in (*spans, (len(text), len(text))):
        if at < start:
            apart = _DIRECTIVE.sub(b"", text[at:start])
            found.update(name.decode() for name in _NAME.findall(apart))
        at = max(at, end)
    return functions & found
