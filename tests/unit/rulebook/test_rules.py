"""The rules that come with zaplint: they load, are complete, and their README is current."""

import re
from dataclasses import fields

import pytest

from analyzer.checkers.property import Clause, Predicate, RoleEvent
from analyzer.core import Release
from analyzer.rulebook import Rule, load_rules, page, readme, resolve
from analyzer.rulebook.terms import walk
from tests.unit.rulebook.words import LOCKS, RULES

BOOK = load_rules((RULES,), LOCKS)
SECTIONS = ("## What it finds", "## Why it matters", "## Wrong", "## Right", "## How to fix it")
ids = [rule.id for rule in BOOK.rules]


@pytest.mark.parametrize("rule", BOOK.rules, ids=ids)
def test_a_rule_says_everything_that_its_page_needs(rule: Rule) -> None:
    info = rule.info
    empty = [
        one.name for one in fields(info) if one.name != "kernel" and not getattr(info, one.name)
    ]
    assert empty == []
    assert rule.census
    assert rule.expect_sites


@pytest.mark.parametrize("rule", BOOK.rules, ids=ids)
def test_a_message_names_the_function_and_no_line(rule: Rule) -> None:
    for clause in rule.clauses:
        assert clause.common.says.startswith("{function}() ")
        assert not re.search(r"\bline\b|:\d", clause.common.says)


@pytest.mark.parametrize("rule", BOOK.rules, ids=ids)
def test_titles_and_messages_end_without_a_full_stop(rule: Rule) -> None:
    texts = [rule.info.title, *(clause.common.says for clause in rule.clauses)]
    assert [text for text in texts if text.endswith(".")] == []


@pytest.mark.parametrize("rule", BOOK.rules, ids=ids)
def test_a_page_has_its_sections_in_order(rule: Rule) -> None:
    text = page(rule)
    places = [text.index(section) for section in SECTIONS]
    assert places == sorted(places)
    assert text.startswith(f"# {rule.id}: {rule.info.title}\n")


@pytest.mark.parametrize("rule", BOOK.rules, ids=ids)
def test_a_page_shows_every_exception_with_its_reason(rule: Rule) -> None:
    text = page(rule)
    for clause in rule.clauses:
        for exemption in clause.common.exemptions:
            assert f"- `{exemption.function}` (" in text
            assert exemption.reason in text


def test_readme_is_current() -> None:
    assert (RULES / "README.md").read_text() == readme(BOOK.rules), (
        "rules/README.md is not what the rules give; run: python -m tests.unit.rulebook.readme"
    )


def test_every_word_of_the_vocabulary_is_used() -> None:
    nodes = list(walk((tuple(rule.clauses for rule in BOOK.rules), BOOK.vocabulary)))
    used = {node.role for node in nodes if isinstance(node, RoleEvent)}
    used |= {node.name for node in nodes if isinstance(node, Predicate)}
    texts = "".join(rule.text for rule in BOOK.rules)
    words = [role.name for role in BOOK.vocabulary.roles]
    words += [word.name for word in BOOK.vocabulary.predicates]
    assert [word for word in words if word not in used and f"@{word}" not in texts] == []


@pytest.mark.parametrize("release", ["5.19", "6.1", "6.6", "6.12", "6.18", "7.1"])
def test_every_rule_applies_to_a_tree_that_has_all_names(release: str) -> None:
    resolution = resolve(BOOK, Release.parse(release), lambda name: True)
    assert [rule.rule.id for rule in resolution.rules] == ids


def _applied(release: str, without: frozenset[str]) -> dict[str, tuple[int, ...]]:
    resolution = resolve(BOOK, Release.parse(release), lambda name: name not in without)
    return {
        rule.rule.info.code: tuple(number for number, _ in rule.clauses)
        for rule in resolution.rules
    }


def test_the_flush_of_shared_tables_is_asked_by_the_name_that_the_tree_has() -> None:
    assert _applied("6.12", frozenset())["TLB002"] == (1,)
    assert _applied("6.6", frozenset({"huge_pmd_unshare_flush"}))["TLB002"] == (2,)


def test_private_copies_are_asked_by_the_field_that_the_tree_has() -> None:
    assert _applied("6.12", frozenset({"zap_details.skip_cows"}))["ZAP004"] == (1, 2, 4, 5)
    assert _applied("7.1", frozenset({"zap_details.even_cows"}))["ZAP004"] == (1, 3, 4, 5)


def test_pte_maps_may_fail_from_6_5_on() -> None:
    def maps(release: str) -> bool:
        (rule,) = [
            one
            for one in resolve(BOOK, Release.parse(release), lambda name: True).rules
            if one.rule.info.code == "LCK001"
        ]
        return "pte_offset_map_lock" in _callees(rule.clauses[0][1])

    assert (maps("6.1"), maps("6.5")) == (False, True)


def _callees(clause: Clause) -> set[str]:
    return {str(getattr(node, "callee", "")) for node in walk(clause)}


def test_no_role_or_predicate_is_left_after_resolving() -> None:
    resolution = resolve(BOOK, Release(6, 12), lambda name: True)
    clauses = tuple(clause for rule in resolution.rules for _, clause in rule.clauses)
    left = [node for node in walk(clauses) if isinstance(node, RoleEvent | Predicate)]
    assert left == []
