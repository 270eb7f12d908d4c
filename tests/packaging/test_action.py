"""The GitHub action: its shape, and its script with inputs that mean harm."""

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).parents[2]
ACTION: dict[str, Any] = yaml.safe_load((ROOT / "action.yml").read_text())
README = (ROOT / "README.md").read_text()
WORKFLOW = README.partition("## On GitHub")[2].partition("```yaml\n")[2].partition("```")[0]
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


def test_the_action_is_as_its_schema_says() -> None:
    assert _schema_errors("vendor.github-actions", ROOT / "action.yml") == ""


def test_the_workflow_of_the_readme_is_as_its_schema_says(tmp_path: Path) -> None:
    (tmp_path / "zaplint.yml").write_text(WORKFLOW)
    assert _schema_errors("vendor.github-workflows", tmp_path / "zaplint.yml") == ""


def test_the_workflow_of_the_readme_may_upload() -> None:
    job = yaml.safe_load(WORKFLOW)["jobs"]["zaplint"]
    assert job["permissions"] == {"contents": "read", "security-events": "write"}
    assert len(WORKFLOW.splitlines()) == 6


def test_a_schema_sees_a_slip(tmp_path: Path) -> None:
    (tmp_path / "zaplint.yml").write_text(WORKFLOW.replace("runs-on", "run-on"))
    assert "run-on" in _schema_errors("vendor.github-workflows", tmp_path / "zaplint.yml")


def test_actions_of_others_are_pinned_to_a_commit() -> None:
    used = [step["uses"] for step in ACTION["runs"]["steps"] if "uses" in step]
    assert (
        used and [name for name in used if not re.fullmatch(r"[\w/.-]+@[0-9a-f]{40}", name)] == []
    )


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
        "github",
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


def test_the_steps_audit_a_repository_and_upload_what_they_found(tmp_path: Path) -> None:
    """The small kernel, by the runner below; the action is what a clone of zaplint holds."""
    shutil.copytree(ROOT / "fixtures/kernel", tmp_path / "work/linux")
    runner = _Runner(tmp_path, {"tree": "linux", "scope": "mm\n", "category": "mm/nightly"})
    assert (runner.run(), runner.skipped) == (1, [])
    (uploaded,) = runner.used["github/codeql-action/upload-sarif"]
    (run,) = json.loads((tmp_path / "work" / uploaded["sarif_file"]).read_text())["runs"]
    uris = {
        result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"]
        for result in run["results"]
    }
    assert uris and {uri.partition("/")[0] for uri in uris} == {"mm"}
    assert run["automationDetails"] == {"id": "mm/nightly/"}
    assert runner.outputs() == {"sarif-file": "zaplint.sarif", "status": "1"}


class _Runner:
    """Runs the steps of the action one after the other, as shell; an action of others is noted
    with its inputs and not run.
    """

    def __init__(self, folder: Path, inputs: dict[str, str]) -> None:
        self.used: dict[str, list[dict[str, str]]] = {}
        self.skipped: list[str] = []
        self._folder = folder
        self._values = {
            f"inputs.{name}": str(given.get("default", ""))
            for name, given in ACTION["inputs"].items()
        }
        self._values |= {f"inputs.{name}": value for name, value in inputs.items()}
        self._values["github.action_path"] = str(self._clone())

    def run(self) -> int:
        """The status of the first step that fails, 0 if none does."""
        for step in ACTION["runs"]["steps"]:
            if self._filled(step.get("if", "${{ true }}")) not in ("true", "True"):
                self.skipped.append(step["name"])
            elif "uses" in step:
                given = {name: self._filled(text) for name, text in step.get("with", {}).items()}
                self.used.setdefault(step["uses"].partition("@")[0], []).append(given)
            elif status := self._shell(step):
                return status
        return 0

    def outputs(self) -> dict[str, str]:
        """What the action gives to the steps after it."""
        return {name: self._filled(each["value"]) for name, each in ACTION["outputs"].items()}

    def _clone(self) -> Path:
        """What a runner fetches of this repository: no test, no virtual environment."""
        clone = self._folder / "action"
        for name in ("analyzer", "rules"):
            shutil.copytree(ROOT / name, clone / name, ignore=shutil.ignore_patterns("__pycache__"))
        for name in ("LICENSE", "README.md", "pyproject.toml", "setup.py"):
            shutil.copy(ROOT / name, clone / name)
        return clone

    def _shell(self, step: dict[str, Any]) -> int:
        written = self._folder / "output"
        written.write_text("")
        given = {name: self._filled(text) for name, text in step.get("env", {}).items()}
        bin_of_python = Path(sys.executable).parent
        done = subprocess.run(
            ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", step["run"]],
            cwd=self._folder / "work",
            env={
                **os.environ,
                "PATH": f"{bin_of_python}:{os.environ['PATH']}",
                "RUNNER_TEMP": str(self._folder),
                "GITHUB_OUTPUT": str(written),
                **given,
            },
            check=False,
        )
        for line in written.read_text().splitlines():
            name, _, value = line.partition("=")
            self._values[f"steps.{step['id']}.outputs.{name}"] = value
        return done.returncode

    def _filled(self, text: str) -> str:
        """`text` with its expressions worked out: names, texts, == and &&."""
        return re.sub(r"\$\{\{ (.*?) \}\}", lambda match: self._value(match[1]), text)

    def _value(self, expression: str) -> str:
        if "&&" in expression:
            parts = [self._value(part.strip()) for part in expression.split("&&")]
            return str(all(part in ("true", "True") for part in parts))
        if "==" in expression:
            left, right = (self._value(part.strip()) for part in expression.split("=="))
            return str(left == right)
        if expression == "true":
            return "true"
        return expression.strip("'") if "'" in expression else self._values.get(expression, "")


def _schema_errors(schema: str, file: Path) -> str:
    command = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", schema, str(file)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    return "" if done.returncode == 0 else done.stdout


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
