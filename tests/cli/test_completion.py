"""What a shell completes, and the version."""

import subprocess
import sys
from pathlib import Path

import pytest

from analyzer.cli.version import rule_set
from tests.cli.command import zaplint

PROGRAM = Path(sys.executable).with_name("zaplint")


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_each_shell_has_a_script(shell: str) -> None:
    outcome = zaplint("completion", shell)
    assert outcome.status == 0
    assert f"_ZAPLINT_COMPLETE={shell}_complete" in outcome.output


def test_bash_takes_the_script() -> None:
    script = zaplint("completion", "bash").output
    done = subprocess.run(["bash", "-n"], input=script, text=True, capture_output=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize(
    ("words", "offered"),
    [
        ("zaplint exp", "plain,explain"),
        ("zaplint audit --sel", "plain,--select"),
        ("zaplint audit --select zap/inc", "plain,zap/incomplete-zap-details"),
        ("zaplint check --ignore trun", "plain,truncate"),
    ],
)
def test_commands_options_and_rules_are_completed(words: str, offered: str) -> None:
    last = len(words.split()) - 1
    asked = {"_ZAPLINT_COMPLETE": "bash_complete", "COMP_WORDS": words, "COMP_CWORD": str(last)}
    done = subprocess.run([PROGRAM], env=asked, text=True, capture_output=True, check=True)
    assert offered in done.stdout.splitlines()


def test_the_version_names_the_rule_set() -> None:
    assert f", rule set {rule_set()}" in zaplint("--version").output
    assert len(rule_set()) == 8
