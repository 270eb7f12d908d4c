"""A report as one HTML page that needs nothing else: no file, no network, no server.

The page is made of the files in `templates`; the report goes into it as one JSON element.
"""

import base64
import hashlib
import json
import re
from collections.abc import Mapping
from html import escape
from importlib.resources import files
from typing import Final

from analyzer.core import Report
from analyzer.report.lines import Sources
from analyzer.report.pagedata import page_data
from analyzer.report.visible import visible

SCRIPTS: Final = (
    "dom.js",
    "report.js",
    "state.js",
    "source.js",
    "calls.js",
    "finding.js",
    "overview.js",
    "list.js",
    "main.js",
)
"""In the order in which they need each other."""

_SLOT: Final = re.compile(r"\{\{(\w+)\}\}")
_ESCAPED: Final = {"<": "\\u003c", ">": "\\u003e", "&": "\\u0026"}
"""What could end a script element, or begin a comment in it; in JSON it stands in strings alone."""


def render_page(report: Report, sources: Sources, version: str, ledger: bool) -> str:
    """The page, with what is proved and open for `ledger`."""
    style = _template("page.css")
    script = "".join(f"/* {name} */\n{_template(name)}" for name in SCRIPTS)
    values = {
        "title": escape(visible(f"zaplint: Linux {report.release}")),
        "style": style,
        "style_hash": _hash(style),
        "script": script,
        "script_hash": _hash(script),
        "data": _in_script(page_data(report, sources, version, ledger)),
    }
    return _filled(_template("page.html"), values)


def _template(name: str) -> str:
    return (files("analyzer.report") / "templates" / name).read_text("utf-8")


def _filled(template: str, values: Mapping[str, str]) -> str:
    """The template with its slots filled once: what is filled in is not looked at again."""
    return _SLOT.sub(lambda slot: values[slot[1]], template)


def _hash(text: str) -> str:
    """What the policy of the page calls the one style or script that it lets through."""
    return f"sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}"


def _in_script(value: object) -> str:
    """A value as JSON that a script element can hold: ASCII, without what HTML would read."""
    text = json.dumps(value, ensure_ascii=True, separators=(",", ":"))
    return re.sub("[<>&]", lambda sign: _ESCAPED[sign[0]], text)
