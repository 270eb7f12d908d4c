"""The guide for rule writers: everything that it shows is understood."""

import re
from pathlib import Path

import pytest

from analyzer.cfront.edits import OPERATIONS
from analyzer.rulebook import load_history
from analyzer.rulebook.decode import decode
from analyzer.rulebook.language import Words, parse_condition, parse_event
from analyzer.rulebook.vocabulary import read_vocabulary
from tests.unit.rulebook.words import LOCKS, RULES

TEXT = (RULES / "WRITING.md").read_text()
RULE, VOCABULARY, _OWN, BUG = re.findall(r"```toml\n(.*?)```", TEXT, re.DOTALL)


def _words() -> Words:
    shipped = (RULES / "models" / "vocabulary.toml").read_text()
    shown = VOCABULARY.replace("[role.teardown]", "[role.teardown-shown]")
    return read_vocabulary([("shipped", shipped), ("shown", shown)], LOCKS)[1]


def _column(title: str, number: int) -> list[str]:
    """The code in one column of the table below a heading; a `\\|` of Markdown is a bar."""
    section = TEXT.split(f"\n## {title}\n")[1].split("\n## ")[0]
    rows = [line for line in section.splitlines() if line.startswith("| ")][1:]
    cells = [row.split(" | ")[number].strip(" |") for row in rows]
    return [code for cell in cells for code in re.findall(r"`([^`]+)`", cell)]


EVENTS = _column("Events", 1)
CONDITIONS = _column("Conditions", 0)


def _plain(text: str) -> str:
    """The text with the stand-ins of the guide replaced by something real."""
    return re.sub(r"\b(EVENT|E1|E2)\b", "f()", text).replace("COND", "$x")


@pytest.mark.parametrize("text", EVENTS)
def test_an_event_of_the_guide_is_understood(text: str) -> None:
    assert parse_event(text.removesuffix(": dereferenced"), _words())


@pytest.mark.parametrize("text", CONDITIONS)
def test_a_condition_of_the_guide_is_understood(text: str) -> None:
    assert parse_condition(_plain(text), _words())


def test_the_tables_of_the_guide_were_found() -> None:
    assert (len(EVENTS) > 25, len(CONDITIONS) > 15) == (True, True)


def test_the_rule_of_the_guide_is_understood() -> None:
    assert len(decode(RULE, "uffd/x", "x.toml", _words()).clauses) == 1


def test_the_guide_names_every_key_of_the_file() -> None:
    for key in ("census", "expect_sites", "references", "lacks", "hand_over", "look", "held"):
        assert f"`{key}" in TEXT


def test_the_bug_of_the_guide_is_understood(tmp_path: Path) -> None:
    file = tmp_path / "history.toml"
    file.write_text(BUG)
    (bug,) = load_history(file, frozenset(("tlb/flush-after-unlock",)))
    (change,) = bug.changes
    assert change.operations == ({"move_call": "pte_unmap_unlock", "before": "flush_tlb_range"},)


def test_every_operation_is_in_the_guide() -> None:
    assert {name.split(" ")[0] for name in _column("Bugs of the past", 0)} == set(OPERATIONS)
