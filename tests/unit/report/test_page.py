"""The HTML page as a file: what it holds, and how."""

import json
import re
from dataclasses import replace
from html.parser import HTMLParser
from importlib.resources import files
from typing import Any

import pytest

from analyzer.core import Obligation, Report, Step, Verdict
from analyzer.report.chain import PLACE, calls_of
from analyzer.report.lines import Sources
from analyzer.report.page import SCRIPTS, render_page
from analyzer.report.standing import standings
from analyzer.report.visible import visible
from tests.unit.report.example import CLEAN, PROVED, TROUBLED, VIOLATION, WHOLE, at, read

DATA = re.compile(r'<script id="report" type="application/json">(.*?)</script>', re.S)


def _page(report: Report, ledger: bool = True) -> str:
    return render_page(report, Sources(read), "1.2", ledger)


def _data(page: str) -> Any:
    (text,) = DATA.findall(page)
    return json.loads(text)


class _Elements(HTMLParser):
    """Tags with their attributes, as a browser meets them."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))


def test_a_page_holds_findings_and_with_the_ledger_every_verdict() -> None:
    found = [each["verdict"] for each in _data(_page(WHOLE))["obligations"]]
    assert sorted(found) == ["open", "proved"] + 4 * ["violated"]
    assert [each["level"] for each in _data(_page(WHOLE, ledger=False))["obligations"]] == [
        "note",
        "error",
        "warning",
    ]


def test_counts_are_of_every_verdict_whatever_is_listed() -> None:
    data = _data(_page(WHOLE, ledger=False))
    assert [rule["counts"] for rule in data["rules"]] == [[1, 0, 0], [2, 1, 0], [1, 0, 1]]
    assert sum(sum(each["counts"]) for each in data["byFile"]) == len(WHOLE.obligations)
    assert data["reasons"] == [
        ["ops->end is called through a pointer that is set outside the tree", 1]
    ]


def test_the_source_around_every_step_is_there_and_no_more() -> None:
    data = _data(_page(replace(WHOLE, obligations=(VIOLATION,))))
    files = dict(zip(data["files"], data["sources"], strict=True))
    punch = read("mm/punch.c").decode().split("\n")
    assert files["mm/punch.c"] == [[4, punch[3:]]]
    lines = {
        path: {first + number: line for first, run in runs for number, line in enumerate(run)}
        for path, runs in files.items()
    }
    for step in data["steps"]:
        expected = read(data["files"][step["file"]]).decode().split("\n")[step["line"] - 1]
        assert lines[data["files"][step["file"]]][step["line"]] == expected


def test_a_file_that_is_gone_has_no_source() -> None:
    data = _data(_page(WHOLE))
    assert data["sources"][data["files"].index("mm/gone.c")] == []


def test_neither_a_password_nor_the_place_of_the_tree_is_shown() -> None:
    page = _page(WHOLE)
    assert "secret" not in page
    assert WHOLE.root not in page
    assert "git.example.org" in page


def test_every_script_is_in_the_page() -> None:
    folder = files("analyzer.report") / "templates"
    assert sorted(each.name for each in folder.iterdir()) == sorted(
        [*SCRIPTS, "page.css", "page.html"]
    )


def test_equal_reports_are_equal_pages() -> None:
    assert _page(TROUBLED) == _page(replace(TROUBLED))


@pytest.mark.parametrize("report", [WHOLE, TROUBLED, CLEAN], ids=["whole", "troubled", "clean"])
def test_a_page_asks_for_nothing_and_lets_nothing_else_run(report: Report) -> None:
    elements = _Elements(_page(report)).found
    asking = [
        value
        for _, attributes in elements
        for name, value in attributes.items()
        if name in ("src", "href", "action", "srcset", "data")
    ]
    assert asking == ["data:,", "#list"]
    (policy,) = [
        each["content"] or ""
        for tag, each in elements
        if tag == "meta" and each.get("http-equiv") == "Content-Security-Policy"
    ]
    assert policy.startswith("default-src 'none'; style-src 'sha256-")
    assert "unsafe" not in policy
    asks = re.compile(r"\burl\(|@import|\bfetch\b|XMLHttpRequest|innerHTML|\beval\b")
    assert asks.findall(_code(_page(report))) == []


def _code(page: str) -> str:
    """What is no data of a page."""
    return DATA.sub("", page)


HOSTILE = [
    "</script><script>alert(1)</script>",
    "<!--<script>",
    "a\u2028b\u2029c",
    "\u202egnp.exe",
    "\x00\x1b[31m\x7f\x85",
    "{{script}} {{data}}",
    "]]>&amp;\"'",
    "\udcff\ufeff",
]


@pytest.mark.parametrize("text", HOSTILE)
def test_what_a_tree_says_is_never_code(text: str) -> None:
    path = f"mm/{text}.c"
    bad = replace(
        VIOLATION,
        function=text,
        message=text,
        condition=text,
        location=replace(VIOLATION.location, path=path),
        path=(Step(at(path, 1, 1, 2), text, text),),
    )
    report = replace(WHOLE, obligations=(bad,), branch=text)
    page = render_page(report, Sources(lambda _: text.encode("utf-8", "replace")), "1", True)
    page.encode()
    assert [tag for tag, _ in _Elements(page).found].count("script") == 2
    (found,) = _data(page)["obligations"]
    assert found["message"] == visible(" ".join(text.split()))
    raw = DATA.findall(page)[0]
    assert raw.isascii()
    assert not set("<>&") & set(raw)
    told = [*_strings(_data(page))]
    assert all(visible(each) == each for each in told)
    assert not any(sign in each for each in told for sign in "\u202e\u2028\x1b\x00")


def _strings(value: Any) -> list[str]:
    if isinstance(value, str):
        return [value]
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return [text for each in inner for text in _strings(each)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("plain\ttext\n", "plain\ttext\n"),
        ("näher 😀", "näher 😀"),
        ("a\x1bb\x7f", "a\u241bb\u2421"),
        ("\u202ex\u2066", "\ufffdx\ufffd"),
        ("\U000e0041", "\ufffd\ufffd"),
    ],
)
def test_what_is_not_seen_is_shown_as_wide_as_it_is(text: str, expected: str) -> None:
    assert visible(text) == expected
    assert len(visible(text).encode("utf-16-le")) == len(text.encode("utf-16-le"))


def _steps(*told: tuple[str, str]) -> tuple[Step, ...]:
    return tuple(
        Step(at("a.c", line, 1, 2), function, text) for line, (function, text) in enumerate(told, 1)
    )


def _with(path: tuple[Step, ...], message: str = "it is wrong") -> Obligation:
    return replace(VIOLATION, function="site", message=message, path=path, evidence=())


@pytest.mark.parametrize(
    ("path", "rest", "calls"),
    [
        ((("top", "calls site()"), ("site", "zap(x)")), (), [("top", "site", 0)]),
        ((("top", "runs ops->go"), ("site", "zap(x)")), (), [("top", "site", 0)]),
        (
            (),
            (("up", "calls site()"), ("top", "calls up()")),
            [("up", "site", 0), ("top", "up", 1)],
        ),
        ((("site", "site(x) again"), ("site", "returns")), (), []),
        ((), (("held", "is taken"),), []),
    ],
    ids=["told", "through a pointer", "upwards", "itself", "no call"],
)
def test_calls_are_those_that_steps_tell_of(
    path: tuple[tuple[str, str], ...],
    rest: tuple[tuple[str, str], ...],
    calls: list[tuple[str, str, int]],
) -> None:
    assert list(calls_of(_with(_steps(*path)), _steps(*rest))) == calls


def test_the_message_tells_what_the_place_calls() -> None:
    found = calls_of(_with((), "site() calls needs_it() without"), _steps(("needs_it", "demands")))
    assert found == (("site", "needs_it", PLACE),)


def test_contracts_stand_with_their_calls() -> None:
    (stated,) = _steps(("needs_it", "demands folio_lock: VM_BUG_ON"))
    kept = replace(PROVED, evidence=(*PROVED.evidence, stated))
    broken = _with((*VIOLATION.path, stated))
    assert standings([kept, broken, WHOLE.obligations[0]]) == ((stated, (kept, broken)),)
    assert standings([replace(kept, verdict=Verdict.OPEN)])[0][0] == stated
