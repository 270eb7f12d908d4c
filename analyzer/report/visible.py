"""Text in which every character can be seen."""

import re
from typing import Final

from analyzer.report.wording import well_formed

_UNSEEN: Final = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u00ad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f"
    "\ud800-\udfff\ufeff\ufff9-\uffff\U000e0000-\U000e0fff]"
)
"""Controls but for tab and newline, marks that turn the direction of text, and what has no width:
with them a name may look like another one, or a line run in another order than it is compiled.
"""

_PICTURES: Final = 0x2400
_DELETE: Final = 0x7F


def visible(text: str) -> str:
    """`text` with a sign in place of each character that is not seen, as wide in UTF-16, so that
    columns stay true.
    """
    return text if text.isprintable() else _UNSEEN.sub(_sign, well_formed(text))


def _sign(found: re.Match[str]) -> str:
    code = ord(found[0])
    if code < 0x20:
        return chr(_PICTURES + code)
    if code == _DELETE:
        return "\u2421"
    return "\ufffd" if code < 0x10000 else "\ufffd\ufffd"
