"""A zaplint that is compiled answers as the sources do."""

import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from tests.real.once import once

ROOT = Path(__file__).parents[2]
KERNEL = ROOT / "fixtures/kernel"
MAIN = "from analyzer.cli.main import main; main()"


@pytest.fixture(scope="module")
def compiled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder that holds zaplint compiled, without optimisation: a minute or two."""
    folder = tmp_path_factory.mktemp("compiled")
    # The processes that run tests share what the first of them has built.
    return once(tmp_path_factory, "zaplint, compiled", lambda: _built(folder))


def _built(folder: Path) -> Path:
    project, site = folder / "project", folder / "site"
    ignored = shutil.ignore_patterns("__pycache__")
    for name in ("analyzer", "rules"):
        shutil.copytree(ROOT / name, project / name, ignore=ignored)
    for name in ("LICENSE", "README.md", "pyproject.toml", "setup.py"):
        shutil.copy(ROOT / name, project / name)
    command = [sys.executable, "-m", "pip", "wheel", "--no-deps", "--no-build-isolation"]
    command += ["--wheel-dir", "dist", "."]
    wanted = {"ZAPLINT_COMPILE": "1", "MYPYC_OPT_LEVEL": "0"}
    built = subprocess.run(
        command, cwd=project, env={**os.environ, **wanted}, capture_output=True, check=False
    )
    assert built.returncode == 0, built.stdout[-4000:] + built.stderr[-4000:]
    (made,) = (project / "dist").glob("*.whl")
    zipfile.ZipFile(made).extractall(site)
    return site


def _zaplint(home: Path, *words: str) -> str:
    """What a zaplint says that lies in a folder."""
    done = subprocess.run(
        [sys.executable, "-c", MAIN, *words],
        cwd=home,
        env={**os.environ, "PYTHONPATH": str(home)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode in (0, 1), done.stderr
    return done.stdout


def test_it_says_that_it_is_compiled(compiled: Path) -> None:
    assert _zaplint(compiled, "--version") == _zaplint(ROOT, "--version").strip() + ", compiled\n"


@pytest.mark.parametrize("jobs", [1, 2])
def test_it_finds_the_same_in_the_small_kernel(compiled: Path, jobs: int) -> None:
    words = ("audit", str(KERNEL), f"--jobs={jobs}", "--format=sarif")
    assert _zaplint(compiled, *words) == _zaplint(ROOT, *words)


def test_it_judges_edits_the_same(compiled: Path) -> None:
    """What is recorded and made again from an edit is compiled, too."""
    words = ("prove", str(KERNEL), "--mutate", "--select=zap")
    assert _zaplint(compiled, *words) == _zaplint(ROOT, *words)
