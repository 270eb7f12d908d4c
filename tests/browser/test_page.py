"""The HTML page as somebody meets it: in a browser, with keys, with hostile names, on paper."""

import json
import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from analyzer.core import Obligation, Report, RuleCount, Step
from analyzer.report.lines import Sources
from analyzer.report.page import render_page
from tests.browser.devtools import Browser
from tests.cli.command import KERNEL, on_kernel
from tests.unit.report.example import DROP, PROVED, VIOLATION, WHOLE, at, read

RULE = "lock/contract-not-met"
WIDE = {"width": 1300, "height": 850, "deviceScaleFactor": 1, "mobile": False}

Made = Callable[[Report], Path]


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The page of the small kernel."""
    file = tmp_path_factory.mktemp("page") / "kernel.html"
    file.write_bytes(on_kernel("--ledger", "--format", "html").data)
    return file


@pytest.fixture(scope="module")
def data(page: Path) -> Any:
    """What the page of the small kernel holds."""
    (text,) = re.findall(r'type="application/json">(.*?)</script>', page.read_text(), re.S)
    return json.loads(text)


@pytest.fixture
def made(tmp_path: Path) -> Made:
    """Makes a page of a report."""

    def make(report: Report) -> Path:
        file = tmp_path / "made.html"
        file.write_text(render_page(report, Sources(read), "1.2", ledger=True))
        return file

    return make


@pytest.fixture
def shown(chromium: Browser, page: Path) -> Browser:
    """The browser with the page of the small kernel."""
    chromium.call("Emulation.setDeviceMetricsOverride", **WIDE)
    chromium.open(page)
    return chromium


def _quiet(browser: Browser) -> bool:
    """Whether nothing went wrong in the page and nothing but itself was asked for."""
    asked = {url.partition("#")[0] for url in browser.requests}
    return browser.errors == [] and {url for url in asked if not url.startswith("data:")} <= {
        str(browser.ask("location.href")).partition("#")[0]
    }


def _heading(browser: Browser) -> str:
    return str(browser.ask("byId('heading').textContent"))


def _focus(browser: Browser) -> str:
    return str(browser.ask("document.activeElement.id || document.activeElement.tagName"))


def _number_shown(browser: Browser) -> int:
    found = re.match(r"([\d,]+) of", browser.ask("byId('shown').textContent"))
    assert found
    return int(found[1].replace(",", ""))


def _first(data: Any, verdict: str = "violated", rule: str = RULE) -> Any:
    return next(o for o in data["obligations"] if (o["verdict"], o["rule"]) == (verdict, rule))


def test_it_opens_with_a_summary_and_asks_nobody(shown: Browser, data: Any) -> None:
    assert _heading(shown) == data["summary"]
    counts = [sum(rule["counts"][at] for rule in data["rules"]) for at in range(3)]
    said = shown.ask("document.querySelector('.totals .bar').getAttribute('aria-label')")
    assert said == f"{counts[0]} violated, {counts[1]} open, {counts[2]} proved"
    assert _quiet(shown)


def test_what_is_not_its_own_does_not_run_and_is_not_asked_for(shown: Browser) -> None:
    shown.ask(
        "window.refused = []; document.addEventListener('securitypolicyviolation', "
        "(event) => refused.push(event.effectiveDirective))"
    )
    shown.ask("document.body.append(h('img', {src: 'https://example.org/x.png'}))")
    shown.ask("document.body.append(h('script', {}, 'window.ran = 1'))")
    shown.ask("fetch('https://example.org/').catch(() => 0); 0")
    shown.until("refused.length === 3")
    assert set(shown.ask("refused")) == {"img-src", "script-src-elem", "connect-src"}
    assert shown.ask("window.ran") is None


@pytest.mark.parametrize(
    ("key", "value", "of"),
    [
        ("family", "lock", lambda o: o["rule"].startswith("lock/")),
        ("rule", RULE, lambda o: o["rule"] == RULE),
        ("file", "mm/rmap.c", lambda o: o["place"] == "mm/rmap.c"),
    ],
)
def test_selects_filter(
    shown: Browser, data: Any, key: str, value: str, of: Callable[[Any], bool]
) -> None:
    shown.ask(f"byId('{key}').value = '{value}'; byId('{key}').dispatchEvent(new Event('change'))")
    found = [{**o, "place": data["files"][o["file"]]} for o in data["obligations"]]
    expected = [o for o in found if of(o) and o["verdict"] != "proved"]
    assert _number_shown(shown) == len(expected) > 0
    shown.until(f"decodeURIComponent(location.hash) === '#{key}={value}'")
    shown.ask("byId('is-proved').click()")
    assert _number_shown(shown) == len([o for o in found if of(o)])
    shown.ask("byId('reset').click()")
    assert _number_shown(shown) == len([o for o in found if o["verdict"] != "proved"])


def test_keys_lead_from_the_filter_to_a_finding_and_back(shown: Browser, data: Any) -> None:
    shown.press("/")
    assert _focus(shown) == "query"
    shown.type("contract-not-met without folio_lock")
    assert _number_shown(shown) == 1
    shown.press("Enter")
    assert _focus(shown) == "list"
    shown.press("Enter")
    wanted = _first(data)
    assert (_focus(shown), _heading(shown)) == ("heading", wanted["message"])
    shown.until(f"location.hash.includes('id={wanted['id']}')")
    shown.press("Escape")
    assert _focus(shown) == "list"
    shown.press("Escape")
    assert _heading(shown) == data["summary"]
    assert _quiet(shown)


def test_j_and_k_and_arrows_walk_through_the_findings(shown: Browser, data: Any) -> None:
    violated = [o["message"] for o in data["obligations"] if o["verdict"] == "violated"]
    shown.press("j", "j", "k")
    assert _heading(shown) == data["summary"]
    shown.press("Enter")
    walked = [_heading(shown)]
    for key in ("j", "j", "k"):
        shown.press(key)
        walked.append(_heading(shown))
    assert walked == [violated[number] for number in (0, 1, 2, 1)]
    shown.ask("byId('list').focus()")
    shown.press("ArrowDown")
    assert _heading(shown) == violated[2]
    assert shown.ask("document.querySelector('.item.current .message').textContent") == violated[2]
    shown.press("End")
    assert shown.ask("list.at") == _number_shown(shown) - 1
    assert shown.ask("byId(byId('list').getAttribute('aria-activedescendant')) !== null")


def test_tab_goes_through_everything_and_the_focus_is_seen(shown: Browser) -> None:
    wanted = ["query", "reset", "is-violated", "is-open", "is-proved", "family", "rule", "file"]
    order = []
    while "list" not in order and len(order) < 20:
        shown.press("Tab")
        order.append(_focus(shown))
        # A box is hidden behind its label, which is outlined in its place.
        node = "document.activeElement" + (".nextSibling" if "is-" in order[-1] else "")
        assert shown.ask(f"getComputedStyle({node}).outlineStyle") == "solid", order
    assert order[0] == "A"
    assert order[-9:] == [*wanted, "list"]


def test_a_path_is_followed_through_the_source(shown: Browser, data: Any) -> None:
    wanted = _first(data)
    shown.ask(f"open('{wanted['id']}', true)")
    steps = [data["steps"][number] for number, _ in wanted["path"]]
    assert len({step["function"] for step in steps}) > 2
    for step in steps:
        shown.press("n")
        assert shown.ask("document.querySelector('.note.here .said').textContent") == step["text"]
        file = KERNEL / data["files"][step["file"]]
        source = file.read_text().splitlines()[step["line"] - 1].strip()
        line = "document.querySelector('.note.here').previousElementSibling"
        assert shown.ask(f"{line}.querySelector('code').textContent.trim()") == source
        assert shown.ask(f"{line}.querySelector('.number').textContent") == str(step["line"])
    shown.press("p")
    said = shown.ask("document.querySelector('.note.here .said').textContent")
    assert said == steps[-2]["text"]


def test_the_picture_has_the_calls_and_leads_to_steps(shown: Browser, data: Any) -> None:
    wanted = _first(data)
    shown.ask(f"open('{wanted['id']}', true)")
    nodes = "[...document.querySelectorAll('#reading .calls .node')]"
    names = shown.ask(f"{nodes}.map((node) => node.querySelector('text').textContent)")
    steps = [data["steps"][number] for number, _ in wanted["path"]]
    assert names == list(dict.fromkeys(f"{step['function']}()" for step in steps))
    assert shown.ask("document.querySelectorAll('#reading .edge').length") == len(wanted["calls"])
    assert shown.ask("document.querySelector('#reading .site text').textContent") == (
        f"{wanted['function']}()"
    )
    here = "document.querySelector('.note.here .bead').textContent"
    shown.ask(f"{nodes}[1].dispatchEvent(new MouseEvent('click'))")
    first = next(n for n, step in enumerate(steps) if f"{step['function']}()" == names[1])
    assert shown.ask(here) == str(first + 1)
    shown.ask(f"{nodes}[0].focus()")
    shown.press("Enter")
    assert shown.ask(here) == "1"
    shown.ask(
        "document.querySelector('#reading .bead[data-step=step3]')"
        ".dispatchEvent(new MouseEvent('click', {bubbles: true}))"
    )
    assert shown.ask(here) == "3"
    assert _quiet(shown)


def test_every_obligation_can_be_shown(shown: Browser, data: Any) -> None:
    shown.ask("for (const item of ITEMS) { findingView(item); }")
    for verdict in ("open", "proved"):
        wanted = next(o for o in data["obligations"] if o["verdict"] == verdict)
        shown.ask(f"open('{wanted['id']}', true)")
        text = shown.ask("byId('reading').textContent")
        assert wanted["message"] in text
        assert wanted.get("reason", "") in text
    assert _quiet(shown)


def test_the_address_keeps_finding_and_filters(chromium: Browser, page: Path, data: Any) -> None:
    wanted = _first(data, "proved")
    place = data["files"][wanted["file"]]
    chromium.open(page, f"#id={wanted['id']}&file={place}&verdict=proved")
    assert _heading(chromium) == wanted["message"]
    assert chromium.ask("byId('file').value") == place
    assert [chromium.ask(f"byId('is-{v}').checked") for v in ("violated", "proved")] == [
        False,
        True,
    ]
    chromium.ask("close(false)")
    chromium.until(f"!location.hash.includes('{wanted['id']}')")
    chromium.ask("history.back()")
    chromium.until(f"byId('heading').textContent === {json.dumps(wanted['message'])}")
    chromium.open(page, "#id=none&verdict=nonsense&file=%3Cb%3E&contract=99")
    assert (_heading(chromium), _number_shown(chromium)) == (data["summary"], 0)
    assert _quiet(chromium)


def test_contracts_lead_to_their_calls(shown: Browser, data: Any) -> None:
    wanted = next(each for each in data["contracts"] if each["counts"][0])
    shown.ask(
        "[...document.querySelectorAll('.overview h3')].find((h) => h.textContent.startsWith("
        "'Contracts')).parentElement.querySelector('tbody button').click()"
    )
    assert _number_shown(shown) == sum(wanted["counts"])
    assert f"of the contract of {wanted['function']}()" in shown.ask("byId('shown').textContent")
    assert _focus(shown) == "list"


def test_a_reason_leads_to_what_is_open_for_it(shown: Browser, data: Any) -> None:
    for row, (reason, number) in enumerate(data["reasons"][:5]):
        shown.ask(
            f"document.querySelectorAll('.reasons tr')[{row}].querySelector('button').click()"
        )
        assert (_number_shown(shown), shown.ask("state.q")) == (number, f'"{reason}"')


def _many(number: int) -> Report:
    def one(index: int) -> Obligation:
        place = at(f"mm/f{index // 50:03}.c", 1 + index % 50, 1, 5)
        return replace(PROVED if index % 3 else VIOLATION, function=f"f{index}", location=place)

    counts = (RuleCount(DROP.id, number - number // 3, number // 3, 0),)
    return replace(WHOLE, obligations=tuple(map(one, range(number))), counts=counts)


def test_a_large_audit_stays_quick(chromium: Browser, made: Made) -> None:
    chromium.open(made(_many(6000)), "#verdict=violated.open.proved")
    assert chromium.ask("byId('list').querySelectorAll('.item').length") < 60
    assert chromium.ask("document.querySelectorAll('*').length") < 1500
    chromium.ask("byId('list').focus()")
    chromium.press("End")
    assert chromium.ask(
        "document.querySelector('.item.current').getAttribute('aria-posinset')"
    ) == ("6000")
    spent = chromium.ask(
        "(() => { const start = performance.now(); refresh(); "
        "return performance.now() - start; })()"
    )
    assert spent < 1000
    assert _quiet(chromium)


NAMES = [
    "<script>window.ran = 1</script>",
    "</script><img src=x onerror='window.ran = 1'>",
    "\x1b[31m\x00\u202egnp\u2066\u2028",
]


@pytest.mark.parametrize("name", NAMES, ids=["script", "end of script", "unseen"])
def test_hostile_names_are_text(chromium: Browser, made: Made, name: str) -> None:
    place = replace(VIOLATION.location, path=f"mm/{name}.c")
    bad = replace(
        VIOLATION,
        function=name,
        message=f"{name}() is wrong",
        location=place,
        path=(Step(place, name, f"calls {name}()"), *VIOLATION.path),
    )
    rule = replace(DROP, title=name, what=name, references=(f"javascript:{name}", name))
    file = made(replace(WHOLE, obligations=(bad,), rules=(rule,), branch=name))
    chromium.open(file)
    chromium.press("j", "Enter", "n")
    chromium.ask("byId('the-rule').open = true; byId('help').showModal(); byId('help').close()")
    told = chromium.ask("document.body.innerText + document.title")
    assert not set(told) & set("\x1b\x00\u202e\u2066\u2028")
    if "\x1b" not in name:
        assert f"{name}() is wrong" in told
    elements = "['img', 'script', 'iframe'].map((tag) => document.querySelectorAll(tag).length)"
    assert chromium.ask(elements) == [0, 2, 0]
    links = chromium.ask("[...document.links].map((link) => link.protocol)")
    assert set(links) <= {"file:", "https:"}
    assert chromium.ask("window.ran") is None
    assert _quiet(chromium)


CONTRAST = """
(() => {
  const parse = (text) => {
    const srgb = text.startsWith('color(srgb');
    const all = text.match(/[\\d.]+(?:e-?\\d+)?/g).map(Number);
    return [...all.slice(0, 3).map((v) => srgb ? v * 255 : v), all.length > 3 ? all[3] : 1];
  };
  const over = (top, below) => [0, 1, 2].map((i) => top[i] * top[3] + below[i] * (1 - top[3]));
  const light = (c) => {
    const bent = (v) => v <= .03928 ? v / 12.92 : ((v + .055) / 1.055) ** 2.4;
    const [r, g, b] = c.map((v) => bent(v / 255));
    return .2126 * r + .7152 * g + .0722 * b;
  };
  const behind = (node) => {
    if (!node) return [255, 255, 255];
    const own = parse(getComputedStyle(node).backgroundColor);
    return own[3] === 1 ? own.slice(0, 3) : over(own, behind(node.parentElement));
  };
  const wrong = [];
  for (const node of document.querySelectorAll('#head *, #finder *, #reading *')) {
    if (node instanceof SVGElement || !node.getClientRects().length) continue;
    if (node.closest('option') || node.matches(':disabled, :disabled + span')) continue;
    if (![...node.childNodes].some((child) => child.nodeType === 3 && child.data.trim())) continue;
    const ground = behind(node);
    const color = parse(getComputedStyle(node).color);
    let shade = 1;
    for (let up = node; up; up = up.parentElement) shade *= Number(getComputedStyle(up).opacity);
    color[3] *= shade;
    const [one, other] = [light(over(color, ground)), light(ground)];
    const ratio = (Math.max(one, other) + .05) / (Math.min(one, other) + .05);
    if (ratio < 4.5) wrong.push(`${node.tagName}.${node.className}: ${ratio.toFixed(2)}`);
  }
  return [...new Set(wrong)];
})()
"""


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_text_can_be_read_in_light_and_dark(shown: Browser, data: Any, scheme: str) -> None:
    feature = {"name": "prefers-color-scheme", "value": scheme}
    shown.call("Emulation.setEmulatedMedia", features=[feature])
    try:
        ground = shown.ask("getComputedStyle(document.body).backgroundColor.match(/\\d+/)[0]")
        assert (int(ground) > 128) is (scheme == "light")
        assert shown.ask(CONTRAST) == []
        shown.ask(f"open('{_first(data)['id']}', true)")
        shown.press("n")
        assert shown.ask(CONTRAST) == []
    finally:
        shown.call("Emulation.setEmulatedMedia", features=[])


def test_a_narrow_screen_shows_one_thing_at_a_time(shown: Browser, data: Any) -> None:
    shown.call("Emulation.setDeviceMetricsOverride", **{**WIDE, "width": 390, "mobile": True})
    fits = "document.documentElement.scrollWidth <= innerWidth"
    assert shown.ask(fits)
    shown.ask(f"open('{_first(data)['id']}', true)")
    assert shown.ask(fits)
    assert shown.ask("byId('finder').offsetParent === null")
    assert shown.ask("byId('to-overview').offsetParent !== null")


def test_paper_has_every_violation_in_full(shown: Browser, data: Any) -> None:
    shown.ask(
        "window.addEventListener('afterprint', () => { window.printed = "
        "document.querySelectorAll('#printed .finding').length; }, {capture: true})"
    )
    shown.ask(
        "addEventListener('beforeprint', () => { window.before = "
        "document.querySelectorAll('#printed .finding').length; })"
    )
    printed = shown.printed()
    assert printed.startswith(b"%PDF-")
    n_violated = sum(o["verdict"] == "violated" for o in data["obligations"])
    assert shown.ask("window.before") == n_violated
    assert shown.ask("byId('printed').childElementCount") == 0
    shown.ask(f"open('{_first(data)['id']}', true)")
    shown.printed()
    assert shown.ask("window.before") == 1
    assert _quiet(shown)
