"""Runs Microsoft's sarif-multitool and reads what it says, which its exit status does not."""

import json
import os
import subprocess
from dataclasses import dataclass
from pathlib import Path

_CONFIGURATION = Path(__file__).with_name("multitool.xml")


@dataclass(frozen=True, slots=True)
class Multitool:
    """The program, by its path."""

    program: Path

    def complaints(self, log: bytes, folder: Path) -> list[tuple[str, str, str]]:
        """(level, rule, message) of everything that the general and GitHub's rules say of a log.

        Of a log that it cannot read it says nothing; of ours it has a note on the ids of rules.
        """
        (folder / "in.sarif").write_bytes(log)
        (folder / "out.sarif").unlink(missing_ok=True)
        command = [
            str(self.program),
            "validate",
            "in.sarif",
            "--rule-kind=Sarif;Ghas",
            f"--config={_CONFIGURATION}",
            "--level=Error;Warning;Note",
            "--output=out.sarif",
            "--log=ForceOverwrite",
            "--max-file-size-in-kb=102400",
        ]
        # Without this setting the program needs libicu, which a small machine does not have.
        environment = {**os.environ, "DOTNET_SYSTEM_GLOBALIZATION_INVARIANT": "1"}
        done = subprocess.run(
            command, cwd=folder, env=environment, capture_output=True, text=True, check=False
        )
        written = folder / "out.sarif"
        assert written.exists(), f"sarif-multitool wrote nothing:\n{done.stdout}{done.stderr}"
        (run,) = json.loads(written.read_text("utf-8-sig"))["runs"]
        said = [_complaint(run, result) for result in run["results"]]
        for invocation in run.get("invocations", []):
            for item in invocation.get("toolExecutionNotifications", []):
                said.append(("error", "tool", item["message"]["text"]))
        assert "SARIF2009" in {rule for _, rule, _ in said}, "sarif-multitool did not read the log"
        return said


def _complaint(run: dict[str, object], result: dict[str, object]) -> tuple[str, str, str]:
    message = result["message"]
    assert isinstance(message, dict)
    text = message.get("text") or " | ".join(message.get("arguments", ()))
    return str(result.get("level", "warning")), str(result["ruleId"]), str(text)
