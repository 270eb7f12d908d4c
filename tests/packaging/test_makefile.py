"""What make makes of zaplint's exit status, and that CI runs what a developer runs."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
ZAPLINT = """\
#!/bin/bash
printf '%s\\n' "$@" > arguments
exit {status}
"""


def _make(folder: Path, status: int, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Runs make where a zaplint is installed that only exits."""
    shutil.copy(ROOT / "Makefile", folder)
    (folder / "pyproject.toml").touch()
    (folder / ".venv/bin").mkdir(parents=True)
    for stamp in (".made", ".installed"):
        (folder / ".venv" / stamp).touch()
    program = folder / ".venv/bin/zaplint"
    program.write_text(ZAPLINT.format(status=status))
    program.chmod(0o755)
    outside = {name: os.environ[name] for name in os.environ if not name.startswith("MAKE")}
    return subprocess.run(
        ["make", *arguments], cwd=folder, env=outside, capture_output=True, text=True, check=False
    )


@pytest.mark.parametrize(
    ("status", "succeeds"), [(0, True), (1, True), (2, False), (3, False), (4, False)]
)
def test_an_audit_that_ran_is_a_success(tmp_path: Path, status: int, succeeds: bool) -> None:
    done = _make(tmp_path, status, "audit")
    assert (done.returncode == 0) is succeeds, done.stderr


@pytest.mark.parametrize(
    ("given", "expected"),
    [((), "fixtures/kernel"), (("KERNEL=/src/my linux",), "/src/my linux")],
    ids=["default", "named"],
)
def test_the_kernel_is_named_by_the_caller(
    tmp_path: Path, given: tuple[str, ...], expected: str
) -> None:
    _make(tmp_path, 0, "audit", *given)
    assert (tmp_path / "arguments").read_text() == f"audit\n{expected}\n"


def test_ci_runs_make_test() -> None:
    script = ROOT / ".ci/run"
    assert os.access(script, os.X_OK)
    assert script.read_text().rstrip().endswith("export CI=true\nexec make test")
