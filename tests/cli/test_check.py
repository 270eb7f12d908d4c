"""`zaplint check`: some files of a tree whose root it finds by itself."""

import json
import shutil
import subprocess
from collections import Counter
from pathlib import Path

import pytest

from tests.cli.command import KERNEL, errors_of, planted, zaplint

FILES = sorted({path for path, _, _ in planted()})


def _found(*files: str | Path) -> Counter[tuple[str, int, str]]:
    log = json.loads(zaplint("check", *files, "--format", "sarif").data)
    return Counter(
        (
            result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"],
            result["locations"][0]["physicalLocation"]["region"]["startLine"],
            result["ruleId"],
        )
        for result in log["runs"][0]["results"]
    )


@pytest.mark.parametrize("file", FILES)
def test_findings_are_those_of_the_file(file: str) -> None:
    expected = {each: count for each, count in planted().items() if each[0] == file}
    assert _found(KERNEL / file) == Counter(expected)
    assert zaplint("check", KERNEL / file).status == 1


def test_several_files_are_checked_in_one_run() -> None:
    files = ["mm/oom_kill.c", "mm/rmap.c"]
    expected = {each: count for each, count in planted().items() if each[0] in files}
    assert _found(*(KERNEL / file for file in files)) == Counter(expected)


def test_file_may_be_named_from_within_the_tree(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(KERNEL / "mm")
    assert {path for path, _, _ in _found("oom_kill.c")} == {"mm/oom_kill.c"}


def test_header_alone_is_nothing_to_check() -> None:
    assert zaplint("check", KERNEL / "include/linux/mm.h").status == 0


_PLAIN = "struct idle { int n; };\n\nint idle(struct idle *idle)\n{\n\treturn idle->n;\n}\n"
_CALL = "\tmmu_notifier_invalidate_range_start(&idle->range);\n"
_BUSY = _PLAIN.replace("\treturn", f"{_CALL}\treturn")


@pytest.mark.parametrize("path", ["drivers/idle.c", "drivers/idle.h"])
def test_nothing_is_read_for_a_file_in_which_no_rule_looks(tmp_path: Path, path: str) -> None:
    tree = shutil.copytree(KERNEL, tmp_path / "linux")
    (tree / "drivers").mkdir()
    (tree / path).write_text(_PLAIN)
    found = zaplint("check", tree / path)
    assert (found.status, found.output.splitlines()[-1]) == (0, "0 functions in 0 files read.")
    (tree / path).write_text(_BUSY)
    assert zaplint("check", tree / path).output.splitlines()[-1] != "0 functions in 0 files read."
    (tree / path).write_text(_PLAIN)
    both = zaplint("check", tree / path, tree / "mm/rmap.c")
    assert (both.status, both.output) == (1, zaplint("check", tree / "mm/rmap.c").output)


def test_select_applies() -> None:
    assert zaplint("check", KERNEL / "mm/oom_kill.c", "--select", "tlb").status == 0


def test_fail_on_applies() -> None:
    assert zaplint("check", KERNEL / "mm/oom_kill.c", "--fail-on", "never").status == 0


def test_missing_file_makes_the_status_2(tmp_path: Path) -> None:
    outcome = zaplint("check", tmp_path / "gone.c")
    assert outcome.status == 2
    assert errors_of(outcome) == [f"error: {tmp_path / 'gone.c'}: no such file"]


def test_file_outside_of_any_tree_makes_the_status_2(tmp_path: Path) -> None:
    (tmp_path / "lone.c").write_text("int x;\n")
    outcome = zaplint("check", tmp_path / "lone.c")
    assert outcome.status == 2
    assert len(errors_of(outcome)) == 1


def test_files_of_two_trees_make_the_status_2(tmp_path: Path) -> None:
    (tmp_path / "Makefile").write_text("VERSION = 6\nPATCHLEVEL = 1\n")
    (tmp_path / "other.c").write_text("int x;\n")
    outcome = zaplint("check", tmp_path / "other.c", KERNEL / "mm/rmap.c")
    assert outcome.status == 2
    assert len(errors_of(outcome)) == 1


def test_no_file_at_all_makes_the_status_2() -> None:
    assert zaplint("check").status == 2


UNLOCK = "\tpte_unmap_unlock(start_pte, ptl);\n\treturn 0;\n}\n\n/* Counts"


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """The small kernel as the last commit of a repository."""
    tree = tmp_path / "linux"
    shutil.copytree(KERNEL, tree)
    for words in (("init", "-q"), ("add", "-A"), ("commit", "-qm", "base")):
        git(tree, *words)
    return tree


def git(tree: Path, *words: str) -> None:
    """Runs git in a tree, as somebody."""
    author = ("-c", "user.name=A Dev", "-c", "user.email=dev@example.org")
    subprocess.run(["git", "-C", str(tree), *author, *words], check=True, capture_output=True)


def _break(tree: Path) -> None:
    file = tree / "mm" / "madvise.c"
    text = file.read_text()
    assert text.count(UNLOCK) == 1
    file.write_text("\n\n" + text.replace(UNLOCK, UNLOCK[UNLOCK.index("\treturn") :]))


def test_what_the_last_commit_has_is_left_out(repository: Path) -> None:
    file = repository / "mm" / "madvise.c"
    assert zaplint("check", "--diff", file).status == 0
    _break(repository)
    done = zaplint("check", "--diff", file)
    assert done.status == 1
    assert done.output.count("mm/madvise.c:28:14: error: residence_pmd_entry()") == 2
    assert "swapped_pmd_entry" not in done.output
    assert "swapped_pmd_entry" in zaplint("check", file).output


def test_what_is_staged_counts_and_not_the_work_tree(repository: Path) -> None:
    file = repository / "mm" / "madvise.c"
    _break(repository)
    assert zaplint("check", "--staged", "--diff", file).status == 0
    git(repository, "add", "-A")
    file.write_text("int nothing;\n")
    done = zaplint("check", "--staged", "--diff", file)
    assert done.status == 1
    assert "   28 | start_pte = pte_offset_map_lock(walk->mm, pmd, addr, &ptl);" in done.output
    file.unlink()
    assert zaplint("check", "--staged", "--diff", file) == done


def test_a_file_that_is_not_in_the_index_is_an_error(repository: Path) -> None:
    (repository / "mm" / "new.c").write_text("int new;\n")
    for name in ("none.c", "new.c"):
        done = zaplint("check", "--staged", repository / "mm" / name)
        assert (done.status, errors_of(done)) == (2, [f"error: mm/{name}: not in the index of git"])


_OFF = '[[off]]\nrules = "lock"\nreason = "is known"\n'


def _locks(tree: Path, *words: str | Path) -> int:
    """How many findings of locks are in a file as it is staged."""
    done = zaplint("check", "--staged", tree / "mm" / "madvise.c", "--select", "lock", *words)
    assert done.status == int("[lock/" in done.output)
    return done.output.count("[lock/")


def test_the_configuration_that_is_staged_counts(repository: Path) -> None:
    found = _locks(repository)
    file = repository / "zaplint.toml"
    file.write_text(_OFF)
    assert (found > 0, _locks(repository)) == (True, 0)  # Git does not know it: it is as on disk.
    git(repository, "add", "zaplint.toml")
    file.write_text("[slip]\n")
    assert _locks(repository) == 0
    file.unlink()
    assert _locks(repository) == 0
    git(repository, "rm", "-q", "--cached", "zaplint.toml")
    assert _locks(repository) == found
    assert zaplint("check", repository / "mm" / "madvise.c", "--select", "lock").status == 1


def test_a_slip_in_the_configuration_that_is_staged_says_so(repository: Path) -> None:
    file = repository / "zaplint.toml"
    file.write_text("[slip]\n")
    git(repository, "add", "zaplint.toml")
    file.write_text(_OFF)
    done = zaplint("check", "--staged", repository / "mm" / "madvise.c")
    assert done.status == 2
    assert errors_of(done)[0].startswith("error: index:zaplint.toml:1: ")
    assert zaplint("check", repository / "mm" / "madvise.c", "--select", "lock").status == 0


def test_what_is_named_counts_as_it_is_staged(repository: Path, tmp_path: Path) -> None:
    inside, outside = repository / "known", tmp_path / "known"
    scope = ("--scope", "mm", "--select", "lock")
    assert zaplint("baseline", "write", repository, *scope, "-o", inside).status == 0
    shutil.copy(inside, outside)
    found = _locks(repository)
    assert (found > 0, _locks(repository, "--baseline", inside)) == (True, 0)
    git(repository, "add", "known")
    for file in (inside, outside):
        file.write_text("")
    assert _locks(repository, "--baseline", inside) == 0
    assert _locks(repository, "--baseline", outside) == found
    (repository / "own.toml").write_text(_OFF)
    git(repository, "add", "own.toml")
    (repository / "own.toml").write_text("")
    assert _locks(repository, "--config", repository / "own.toml") == 0


def test_a_configuration_that_is_a_link_is_read_where_it_leads(repository: Path) -> None:
    (repository.parent / "shared.toml").write_text(_OFF)
    (repository / "zaplint.toml").symlink_to("../shared.toml")
    git(repository, "add", "zaplint.toml")
    assert _locks(repository) == 0


def test_staged_wants_a_repository() -> None:
    done = zaplint("check", "--staged", KERNEL / "mm" / "madvise.c")
    assert (done.status, len(errors_of(done))) == (2, 1)
