"""The README says what is there."""

import re
from pathlib import Path

import pytest

from analyzer.cli.main import cli

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text()
LINKS = sorted(set(re.findall(r"\]\((?!https?:|#)([^)#]+)", README)))


@pytest.mark.parametrize("link", LINKS)
def test_a_link_leads_somewhere(link: str) -> None:
    assert (ROOT / link).exists()


def test_every_command_is_named() -> None:
    named = set(re.findall(r"^\| `zaplint (\w+)", README, re.MULTILINE))
    assert named == set(cli.commands)


def test_every_option_of_an_audit_is_named() -> None:
    options = {
        option
        for parameter in cli.commands["audit"].params
        for option in parameter.opts
        if option.startswith("--") and option not in ("--help", "--output")
    }
    assert {option for option in options if f"`{option}" not in README} == set()


def test_no_option_is_named_that_is_not_there() -> None:
    rows = re.findall(r"^\| (`-.*?) \|", README, re.MULTILINE)
    named = {word for row in rows for word in re.findall(r"-{1,2}[a-z][a-z-]*", row)}
    options = {option for parameter in cli.commands["audit"].params for option in parameter.opts}
    assert {word for word in named if word.startswith("--") or word == "-o"} - options == set()
