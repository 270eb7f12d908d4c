"""What a comment must say to allow something, and what is said of one that does not."""

import pytest

from analyzer.core import Allowance, Directive, Flaw
from analyzer.triage import understood
from tests.unit.triage.names import NAMES, comment


def read(directive: Directive) -> Allowance | str:
    """What is made of a comment: what it allows, or what is wrong."""
    allowed, slips = understood([directive], NAMES)
    return allowed[0] if allowed else slips[0].problem.text


@pytest.mark.parametrize("word", ["zap/drop-marker", "ZAP001"])
def test_a_rule_is_called_by_id_or_code(word: str) -> None:
    found = read(comment(4, f"allow {word}: under invalidate_lock: see a/b"))
    reason = "under invalidate_lock: see a/b"
    assert found == Allowance("mm/a.c", 4, "zap/drop-marker", reason, 5, 5)


@pytest.mark.parametrize(
    ("says", "what", "hint"),
    [
        ("allow", "it names no rule", "write it as /* zaplint: allow <rule>: <reason> */"),
        ("allow : why", "it names no rule", "write it as"),
        ("allow zap/drop-marker", "it gives no reason why zap/drop-marker may be", "write it as"),
        ("allow zap/drop-marker:", "it gives no reason", "write it as"),
        ("allow ZAP001: ...", "it gives no reason why ZAP001", "write it as"),
        ("allow zap/drop-marker the why", "'zap/drop-marker' is not followed by a colon", "write"),
        ("allow zap/drop-marker zap is fine: why", "is not followed by a colon", "write it as"),
        ("allow zap/drop-marker, TLB001: why", "it names several rules", "a comment of its own"),
        ("allow zap/drop-marker TLB001: why", "it names several rules", "a comment of its own"),
        (
            "allow ZAP001: why zaplint: allow TLB001: why",
            "it names several rules",
            "a comment of its own",
        ),
        ("allow zap/drop-markr: why", "no rule is called 'zap/drop-markr'", "mean 'zap/drop-mark"),
        ("allow own/rule: why", "no rule is called 'own/rule'", "--rules names a folder"),
        ("allow zap: why", "'zap' is a family", "name one rule of it"),
        ("ignore ZAP001: why", "'ignore' is no word of zaplint", "did you mean 'allow'?"),
        ("alow ZAP001: why", "'alow' is no word of zaplint", "did you mean 'allow'?"),
        ("a tool for locks", "'a' is no word of zaplint", "write it as"),
    ],
)
def test_a_slip_says_what_is_wrong_and_what_to_do(says: str, what: str, hint: str) -> None:
    text = read(comment(4, says))
    assert isinstance(text, str)
    before, _, after = text.partition("; ")
    assert before.startswith("this comment allows nothing: ")
    assert what in before
    assert hint in after


@pytest.mark.parametrize(
    "text", ["Zaplint: allow ZAP001: why", "zaplint:allow ZAP001: why", "zaplint allow ZAP001"]
)
def test_the_beginning_is_strict(text: str) -> None:
    found = read(Directive("mm/a.c", 4, text, 5, 5))
    assert "it does not begin with 'zaplint: allow'" in str(found)


@pytest.mark.parametrize(
    ("flaw", "hint"),
    [
        (Flaw.BEHIND_CODE, "put it on a line of its own above the statement"),
        (Flaw.ABOVE_NOTHING, "with no blank line between"),
        (Flaw.INSIDE, "give it a comment of its own"),
    ],
)
def test_where_it_stands_is_strict(flaw: Flaw, hint: str) -> None:
    assert hint in str(read(comment(4, "allow ZAP001: why", flaw=flaw)))


def test_a_slip_is_a_problem_with_its_line() -> None:
    _, (slip,) = understood([comment(4, "allow")], NAMES)
    assert (slip.problem.path, slip.problem.line, slip.problem.kind) == ("mm/a.c", 4, "allowance")
    assert not slip.problem.incomplete
