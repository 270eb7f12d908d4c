"""The GitHub action: its shape, and its script with inputs that mean harm."""

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).parents[2]
ACTION: dict[str, Any] = yaml.safe_load((ROOT / "action.yml").read_text())
INPUTS = {
    "TREE": "linux",
    "SCOPE": "",
    "SELECT": "",
    "IGNORE": "",
    "CONFIG": "",
    "BASELINE": "",
    "FAIL_ON": "error",
    "CATEGORY": "",
    "SARIF_FILE": "out.sarif",
}
ZAPLINT = """\
#!/bin/bash
printf '%s\\n' "$@" > "$ARGUMENTS"
[ "$STATUS" = 4 ] || echo '{}' > out.sarif
exit "$STATUS"
"""


@pytest.mark.parametrize(
    "arguments",
    [["vendor.github-actions", "action.yml"]],
    ids=["action.yml"],
)
def test_the_schema_of_the_vendor_holds(arguments: list[str]) -> None:
    command = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", *arguments]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout


def test_no_script_holds_an_expression() -> None:
    scripts = [step["run"] for step in ACTION["runs"]["steps"] if "run" in step]
    assert [script for script in scripts if "${{" in script] == []


def test_every_input_is_used() -> None:
    steps = str(ACTION["runs"]["steps"])
    assert [name for name in ACTION["inputs"] if f"inputs.{name} " not in steps] == []


def test_lists_become_repeated_options(tmp_path: Path) -> None:
    given = {"SCOPE": "mm\nfs/proc dir\n", "SELECT": "zap\n", "CATEGORY": "mm/nightly"}
    given |= {"BASELINE": "known.txt"}
    assert _audit(tmp_path, given)["arguments"] == [
        "audit",
        "--format",
        "sarif",
        "--without-suppressed",
        "-o",
        "out.sarif",
        "--fail-on",
        "error",
        "--scope=mm",
        "--scope=fs/proc dir",
        "--select=zap",
        "--baseline=known.txt",
        "--category=mm/nightly",
        "--",
        "linux",
    ]


def test_an_input_is_never_run(tmp_path: Path) -> None:
    harm = '"; touch harm; $(touch harm) `touch harm`'
    done = _audit(tmp_path, {"TREE": harm, "SCOPE": harm, "FAIL_ON": harm})
    assert (done["arguments"][-1], (tmp_path / "harm").exists()) == (harm, False)


@pytest.mark.parametrize(
    ("status", "outputs"),
    [(0, "status=0\nwritten=true\n"), (1, "status=1\nwritten=true\n"), (4, "status=4\n")],
)
def test_the_status_is_handed_on_and_only_what_was_written_is_uploaded(
    tmp_path: Path, status: int, outputs: str
) -> None:
    (tmp_path / "out.sarif").write_text("of an earlier run")
    assert _audit(tmp_path, {}, status)["outputs"] == outputs


def _audit(folder: Path, inputs: dict[str, str], status: int = 0) -> dict[str, Any]:
    """Runs the script of the step that audits, with a zaplint that notes what it is called with."""
    (script,) = [step["run"] for step in ACTION["runs"]["steps"] if step.get("id") == "audit"]
    program = folder / "zaplint/bin/zaplint"
    program.parent.mkdir(parents=True)
    program.write_text(ZAPLINT)
    program.chmod(0o755)
    given = {
        "PATH": os.environ["PATH"],
        "RUNNER_TEMP": str(folder),
        "GITHUB_OUTPUT": str(folder / "outputs"),
        "ARGUMENTS": str(folder / "arguments"),
        "STATUS": str(status),
    }
    subprocess.run(
        ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", script],
        cwd=folder,
        env={**given, **INPUTS, **inputs},
        check=True,
    )
    return {
        "arguments": (folder / "arguments").read_text().splitlines(),
        "outputs": (folder / "outputs").read_text(),
    }
