"""The hooks, run by pre-commit itself in a small kernel-shaped repository."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
MAKEFILE = "VERSION = 6\nPATCHLEVEL = 12\nSUBLEVEL = 0\n"
ENDED = """\
void mmu_notifier_range_init(struct mmu_notifier_range *range, int event, unsigned int flags,
	struct mm_struct *mm, unsigned long start, unsigned long end);
void mmu_notifier_invalidate_range_start(struct mmu_notifier_range *range);
void mmu_notifier_invalidate_range_end(struct mmu_notifier_range *range);

void walk_ok(struct mm_struct *mm, unsigned long start, unsigned long end)
{
	struct mmu_notifier_range range;

	mmu_notifier_range_init(&range, MMU_NOTIFY_CLEAR, 0, mm, start, end);
	mmu_notifier_invalidate_range_start(&range);
	mmu_notifier_invalidate_range_end(&range);
}
"""
NOT_ENDED = ENDED.replace("walk_ok", "walk_bad").replace(
    "\tmmu_notifier_invalidate_range_end(&range);\n", ""
)


@pytest.fixture(scope="module")
def hooks(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A repository with the checkout as it is, committed or not."""
    repository = tmp_path_factory.mktemp("hooks")
    for name in ("analyzer", "rules"):
        shutil.copytree(
            ROOT / name, repository / name, ignore=shutil.ignore_patterns("__pycache__")
        )
    for name in (".pre-commit-hooks.yaml", "LICENSE", "README.md", "pyproject.toml"):
        shutil.copy(ROOT / name, repository / name)
    _commit(repository)
    return repository


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where pre-commit installs the hooks, once for all tests."""
    return tmp_path_factory.mktemp("home")


def test_the_manifest_is_valid() -> None:
    done = _pre_commit(ROOT, "validate-manifest", ".pre-commit-hooks.yaml")
    assert (done.returncode, done.stdout) == (0, "")


def test_a_clean_file_passes(hooks: Path, home: Path, tmp_path: Path) -> None:
    kernel = _kernel(tmp_path, hooks, "zaplint", ENDED)
    done = _pre_commit(kernel, "run", "--all-files", home=home)
    assert (done.returncode, "Passed" in done.stdout) == (0, True), done.stdout


def test_a_finding_fails_and_is_shown(hooks: Path, home: Path, tmp_path: Path) -> None:
    kernel = _kernel(tmp_path, hooks, "zaplint", NOT_ENDED)
    done = _pre_commit(kernel, "run", "--all-files", home=home)
    shown = "mm/walk.c:" in done.stdout and "[notifier/unpaired-range]" in done.stdout
    assert (done.returncode, shown) == (1, True), done.stdout


def test_a_file_outside_mm_and_fs_is_not_looked_at(hooks: Path, home: Path, tmp_path: Path) -> None:
    kernel = _kernel(tmp_path, hooks, "zaplint", NOT_ENDED, "drivers/walk.c")
    done = _pre_commit(kernel, "run", "--all-files", home=home)
    assert (done.returncode, "no files to check" in done.stdout) == (0, True), done.stdout


def test_the_whole_tree_is_audited_before_a_push(hooks: Path, home: Path, tmp_path: Path) -> None:
    kernel = _kernel(tmp_path, hooks, "zaplint-tree", NOT_ENDED)
    done = _pre_commit(kernel, "run", "--all-files", "--hook-stage", "pre-push", home=home)
    assert (done.returncode, "[notifier/unpaired-range]" in done.stdout) == (1, True), done.stdout


def _kernel(folder: Path, hooks: Path, hook: str, text: str, path: str = "mm/walk.c") -> Path:
    """A repository that looks like a kernel, with one source file and the hook."""
    revision = _git(hooks, "rev-parse", "HEAD").strip()
    (folder / path).parent.mkdir()
    (folder / path).write_text(text)
    (folder / "Makefile").write_text(MAKEFILE)
    (folder / ".pre-commit-config.yaml").write_text(
        f"repos: [{{repo: {hooks}, rev: {revision}, hooks: [{{id: {hook}}}]}}]\n"
    )
    _commit(folder)
    return folder


def _commit(folder: Path) -> None:
    _git(folder, "init", "--quiet")
    _git(folder, "add", "--all")
    _git(folder, "-c", "user.name=x", "-c", "user.email=x@y", "commit", "--quiet", "-m", "x")


def _git(folder: Path, *arguments: str) -> str:
    done = subprocess.run(
        ["git", *arguments], cwd=folder, capture_output=True, text=True, check=True
    )
    return done.stdout


def _pre_commit(
    folder: Path, *arguments: str, home: Path | None = None
) -> subprocess.CompletedProcess[str]:
    settings = {"PRE_COMMIT_HOME": str(home)} if home else {}
    return subprocess.run(
        [sys.executable, "-m", "pre_commit", *arguments],
        cwd=folder,
        env={**os.environ, **settings},
        capture_output=True,
        text=True,
        check=False,
    )
