"""What is shipped: every module, every rule, and a way to find the rules."""

import os
import shutil
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path, PurePosixPath

import pytest

from analyzer.rulebook.folder import rules_folder

ROOT = Path(__file__).parents[2]
RULE_FILES = {".c", ".md", ".py", ".toml"}


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of what a build reads, so that a build leaves nothing in the checkout."""
    copy = tmp_path_factory.mktemp("project")
    ignored = shutil.ignore_patterns("__pycache__")
    for name in ("analyzer", "rules"):
        shutil.copytree(ROOT / name, copy / name, ignore=ignored)
    for name in ("LICENSE", "README.md", "pyproject.toml", "setup.py"):
        shutil.copy(ROOT / name, copy / name)
    return copy


@pytest.fixture(scope="module")
def wheel(project: Path) -> Path:
    """The wheel of that copy."""
    command = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps"]
    command += ["--no-build-isolation", "--wheel-dir", "dist", "."]
    subprocess.run(command, cwd=project, check=True, capture_output=True)
    (made,) = (project / "dist").glob("*.whl")
    return made


def test_a_wheel_holds_every_module_and_every_rule(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        names = {name for name in archive.namelist() if ".dist-info/" not in name}
    assert names == _modules() | _templates() | {f"analyzer/_rules/{name}" for name in _rules()}


def test_a_source_distribution_holds_every_rule(project: Path) -> None:
    build = "import setuptools.build_meta as b; b.build_sdist('sdist')"
    subprocess.run([sys.executable, "-c", build], cwd=project, check=True, capture_output=True)
    (made,) = (project / "sdist").glob("*.tar.gz")
    with tarfile.open(made) as archive:
        names = {str(PurePosixPath(*PurePosixPath(name).parts[1:])) for name in archive.getnames()}
    assert {f"rules/{name}" for name in _rules()} | _templates() <= names
    assert {"LICENSE", "README.md", "pyproject.toml", "setup.py"} - names == set()


def test_an_installed_zaplint_finds_its_rules(wheel: Path, tmp_path: Path) -> None:
    site = tmp_path / "site"
    command = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--no-index"]
    subprocess.run([*command, "--target", site, wheel], check=True, capture_output=True)
    ask = "from analyzer.rulebook.folder import rules_folder; print(rules_folder())"
    done = subprocess.run(
        [sys.executable, "-c", ask],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(site)},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.strip() == str(site / "analyzer/_rules")


def test_a_checkout_finds_its_rules() -> None:
    assert rules_folder() == ROOT / "rules"


def _modules() -> set[str]:
    return {path.relative_to(ROOT).as_posix() for path in (ROOT / "analyzer").rglob("*.py")}


def _templates() -> set[str]:
    """What the HTML page is made of."""
    folder = ROOT / "analyzer/report/templates"
    return {path.relative_to(ROOT).as_posix() for path in folder.iterdir()}


def _rules() -> set[str]:
    folder = ROOT / "rules"
    return {
        path.relative_to(folder).as_posix()
        for path in folder.rglob("*")
        if path.suffix in RULE_FILES and "__pycache__" not in path.parts
    }
