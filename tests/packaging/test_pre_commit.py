"""The hooks, run by pre-commit itself: in a small kernel-shaped repository, and by commits in one
with files of Linux 6.12. There a process stays that answers for the hook.
"""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from analyzer.cfront.edits import edited
from analyzer.cfront.macros import MacroTable
from analyzer.cfront.words import MacroWords
from analyzer.inspect.backtest import bugs_of
from analyzer.pipeline import Request
from analyzer.source import open_tree

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
    done = _pre_commit(ROOT, "validate-manifest", ".pre-commit-hooks.yaml", environment={})
    assert (done.returncode, done.stdout) == (0, "")


def test_a_clean_file_passes(hooks: Path, home: Path, tmp_path: Path) -> None:
    kernel = _kernel(tmp_path, hooks, "zaplint", ENDED)
    done = _pre_commit(kernel, "run", "--all-files", environment=_alone(home))
    assert (done.returncode, "Passed" in done.stdout) == (0, True), done.stdout


def test_a_finding_fails_and_is_shown(hooks: Path, home: Path, tmp_path: Path) -> None:
    kernel = _kernel(tmp_path, hooks, "zaplint", NOT_ENDED)
    done = _pre_commit(kernel, "run", "--all-files", environment=_alone(home))
    shown = "mm/walk.c:" in done.stdout and "[notifier/unpaired-range]" in done.stdout
    assert (done.returncode, shown) == (1, True), done.stdout


def test_a_file_anywhere_in_the_tree_is_looked_at(hooks: Path, home: Path, tmp_path: Path) -> None:
    kernel = _kernel(tmp_path, hooks, "zaplint", NOT_ENDED, "drivers/walk.c")
    done = _pre_commit(kernel, "run", "--all-files", environment=_alone(home))
    shown = "drivers/walk.c:" in done.stdout and "[notifier/unpaired-range]" in done.stdout
    assert (done.returncode, shown) == (1, True), done.stdout


def test_the_whole_tree_is_audited_before_a_push(hooks: Path, home: Path, tmp_path: Path) -> None:
    kernel = _kernel(tmp_path, hooks, "zaplint-tree", NOT_ENDED)
    done = _pre_commit(
        kernel, "run", "--all-files", "--hook-stage", "pre-push", environment=_alone(home)
    )
    assert (done.returncode, "[notifier/unpaired-range]" in done.stdout) == (1, True), done.stdout


# Files of Linux. ----------------------------------------------------------------------------------

OOM, HMM, KSM = LINUX = ("mm/oom_kill.c", "mm/hmm.c", "mm/ksm.c")
GATHER = "the gather is not finished when a notifier would block"
MAPPED = "a fault of a device leaves the page table mapped"
SKIPPED = "a miss of the walk skips the end of the range"
"""Bugs of the history, one in each file."""


@pytest.fixture(scope="module")
def committed(
    linux_6_12: Path, hooks: Path, home: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Path]:
    """Some files of Linux with all headers that they include, in a repository with the hook. The
    process that stays is ended at last.
    """
    folder = tmp_path_factory.mktemp("linux")
    for path in ("Makefile", "MAINTAINERS", *LINUX, *open_tree(linux_6_12).headers_of(LINUX)):
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(linux_6_12 / path, folder / path)
    _configure(folder, hooks, "zaplint")
    _commit(folder)
    done = _pre_commit(folder, "install", environment=_alone(home))
    assert done.returncode == 0, done.stdout
    yield folder
    stayed = _daemon(home)
    _daemon(home, "stop")
    assert (stayed.endswith(f"  {folder}\n"), _daemon(home)) == (True, "")


def _daemon(home: Path, *words: str) -> str:
    """What `zaplint daemon` says."""
    program = Path(sys.executable).with_name("zaplint")
    command = [program, "daemon", *words]
    return subprocess.run(
        command, env=_stays(home), capture_output=True, text=True, check=True
    ).stdout


@pytest.fixture
def linux(committed: Path) -> Path:
    """The repository as it was committed first."""
    first = _git(committed, "rev-list", "--max-parents=0", "HEAD").strip()
    _git(committed, "reset", "--quiet", "--hard", first)
    return committed


def test_a_commit_without_a_bug_passes_whatever_else_is_dirty(linux: Path, home: Path) -> None:
    """A bug that is not staged does not matter, in another file or in the same one."""
    text = _comment(linux / OOM)
    _git(linux, "add", OOM)
    dirty = {path: _put_back(linux, bug) for path, bug in ((OOM, GATHER), (KSM, SKIPPED))}
    done = _git_commit(linux, home)
    assert (done.returncode, re.findall(r"zaplint\.+(\w+)", done.stdout + done.stderr)) == (
        0,
        ["Passed"],
    ), done.stderr
    assert _git(linux, "show", f"HEAD:{OOM}") == text
    assert {path: (linux / path).read_text() for path in dirty} == dirty


def test_a_commit_with_a_bug_is_stopped_and_told_why(linux: Path, home: Path) -> None:
    head = _git(linux, "rev-parse", "HEAD")
    text = _put_back(linux, GATHER)
    gather = _line(text, "tlb_gather_mmu(&tlb, mm);")
    fails = _line(text, "if (mmu_notifier_invalidate_range_start_nonblock(&range))")
    leaves = fails + text.splitlines()[fails - 1 :].index("\treturn ret;")
    done = _git_commit(linux, home, "--all")
    told = [line.rstrip() for line in (done.stdout + done.stderr).splitlines()]
    at = told.index(
        f"{OOM}:{gather}:4: error: __oom_reap_task_mm() does not finish the mmu_gather tlb exactly"
        " once [notifier/unpaired-mmu-gather]"
    )
    assert told[at + 1] == f"   {gather} | tlb_gather_mmu(&tlb, mm);"
    path = told[at : told.index("", at)]
    steps = [int(number) for number in re.findall(r"^ {4}(\d+): ", "\n".join(path), re.MULTILINE)]
    assert [step for step in steps if step >= gather] == [gather, fails, leaves], path
    assert (done.returncode, _git(linux, "rev-parse", "HEAD")) == (1, head)


def test_all_files_are_those_of_the_index(linux: Path, home: Path) -> None:
    _put_back(linux, SKIPPED)
    done = _pre_commit(linux, "run", "--all-files", environment=_stays(home))
    assert (done.returncode, "Passed" in done.stdout) == (0, True), done.stdout


def test_all_files_tell_of_every_bug(linux: Path, home: Path) -> None:
    for bug in (GATHER, MAPPED, SKIPPED):
        _put_back(linux, bug)
    _git(linux, "add", "--all")
    done = _pre_commit(linux, "run", "--all-files", environment=_stays(home))
    found = re.findall(r"^([\w/.]+):\d+:\d+: error: .*\[(.*)\]$", done.stdout, re.MULTILINE)
    assert (done.returncode, sorted(found)) == (
        1,
        [
            (HMM, "lock/unbalanced-lock"),
            (KSM, "notifier/unpaired-range"),
            (OOM, "notifier/unpaired-mmu-gather"),
        ],
    ), done.stdout


def _comment(file: Path) -> str:
    """Adds a comment to a file; its text."""
    file.write_text(f"{file.read_text()}\n/* Nothing follows. */\n")
    return file.read_text()


def _put_back(tree: Path, name: str) -> str:
    """Puts a bug of the history back; the text of its file."""
    words = ROOT / "rules" / "models" / "macros.toml"
    macros = MacroTable.build([], MacroWords.parse(words.read_text(), str(words)))
    (change,) = (bug.changes[0] for bug in bugs_of(Request(Path()))[0] if bug.name == name)
    file = tree / change.file
    file.write_bytes(edited(file.read_bytes(), change.function, change.operations, macros))
    return file.read_text()


def _line(text: str, part: str) -> int:
    """The line, from one on, where a part of a text is first."""
    return text[: text.index(part)].count("\n") + 1


def _git_commit(tree: Path, home: Path, *words: str) -> subprocess.CompletedProcess[str]:
    """What `git commit` says, with the hook in its way."""
    author = ("-c", "user.name=x", "-c", "user.email=x@y")
    return subprocess.run(
        ["git", *author, "commit", "--message", "mm: a change", *words],
        cwd=tree,
        env=_stays(home),
        capture_output=True,
        text=True,
        check=False,
    )


# What both have. ----------------------------------------------------------------------------------


def _kernel(folder: Path, hooks: Path, hook: str, text: str, path: str = "mm/walk.c") -> Path:
    """A repository that looks like a kernel, with one source file and the hook."""
    (folder / path).parent.mkdir()
    (folder / path).write_text(text)
    (folder / "Makefile").write_text(MAKEFILE)
    _configure(folder, hooks, hook)
    _commit(folder)
    return folder


def _configure(folder: Path, hooks: Path, hook: str) -> None:
    revision = _git(hooks, "rev-parse", "HEAD").strip()
    (folder / ".pre-commit-config.yaml").write_text(
        f"repos: [{{repo: {hooks}, rev: {revision}, hooks: [{{id: {hook}}}]}}]\n"
    )


def _commit(folder: Path) -> None:
    _git(folder, "init", "--quiet")
    _git(folder, "add", "--all")
    _git(folder, "-c", "user.name=x", "-c", "user.email=x@y", "commit", "--quiet", "-m", "x")


def _git(folder: Path, *arguments: str) -> str:
    done = subprocess.run(
        ["git", *arguments], cwd=folder, capture_output=True, text=True, check=True
    )
    return done.stdout


def _alone(home: Path) -> dict[str, str]:
    """An environment in which nothing stays."""
    return {**os.environ, "PRE_COMMIT_HOME": str(home), "ZAPLINT_DAEMON_SECONDS": "0"}


def _stays(home: Path) -> dict[str, str]:
    """An environment in which a process stays, to be found in a cache of its own."""
    kept = {name: value for name, value in os.environ.items() if name != "CI"}
    return {**kept, "PRE_COMMIT_HOME": str(home), "ZAPLINT_CACHE": str(home / "c")}


def _pre_commit(
    folder: Path, *arguments: str, environment: dict[str, str]
) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "pre_commit", *arguments],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
