"""`zaplint kbuild`: what a build with C=1 or C=2 runs for each file."""

import json
import os
import re
import subprocess
import sys
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest

from analyzer import pipeline
from analyzer.cli import judging, peace
from analyzer.kept.places import kept_file
from tests.cli.command import KERNEL, errors_of, planted, small_tree, zaplint

FILES = sorted({path for path, _, _ in planted()})
FLAGS = [
    *(
        "-D__linux__",
        "-Dlinux",
        "-D__STDC__",
        "-Wbitwise",
        "-Wno-return-void",
        "--arch=x86",
        "-m64",
    ),
    *("-Wp,-MMD,mm/.small.o.d", "-nostdinc", "-I./arch/x86/include", "-I", "./include"),
    *("-include", "./include/linux/kconfig.h", "-D__KERNEL__", "-fcf-protection=none", "-O2"),
    *(
        "--param=allow-store-data-races=0",
        "-std=gnu11",
        "-DKBUILD_MODNAME=kmod_small",
        "-falign=16",
    ),
    *("-Wframe-larger-than=1024", "-DKBUILD_BASENAME='\"small\"'", "-o", "x.o", "-c", "-j", "-h"),
]
LOST = """\
void walk(struct mm_struct *mm, unsigned long start, unsigned long end)
{
	struct mmu_notifier_range range;

	mmu_notifier_range_init(&range, MMU_NOTIFY_CLEAR, 0, mm, start, end);
	mmu_notifier_invalidate_range_start(&range);
#ifdef CONFIG_WALK_ENDS
	mmu_notifier_invalidate_range_end(&range);
#else
	walk_on(mm);
#endif
}
"""
ENDED = LOST.replace("#ifdef CONFIG_WALK_ENDS\n", "").replace("#else\n", "").replace("#endif\n", "")
FOUND = re.compile(r"(.*?):(\d+):\d+: (\w+): .* \[([\w/-]+)\]")
MAKEFILE = """\
VERSION = 6
PATCHLEVEL = 12
objects := mm/small.o mm/clean.o scripts/idle.o
all: $(objects)
%.o: %.c FORCE
\t@$(CHECK) $(CHECKFLAGS) $<
\t@touch $@
FORCE:
.PHONY: FORCE all
"""


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A cache of each test's own."""
    monkeypatch.setenv("ZAPLINT_CACHE", str(tmp_path / "cache"))
    monkeypatch.delenv("KCONFIG_CONFIG", raising=False)
    return tmp_path / "cache"


@pytest.fixture
def runs(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, ...]]:
    """The files of each run over a tree, none for the whole tree."""
    noted: list[tuple[str, ...]] = []
    judge = peace.Peace.audited

    def noting(run: peace.Peace, progress: pipeline.Progress) -> object:
        noted.append(run.request.files)
        return judge(run, progress)

    monkeypatch.setattr(peace.Peace, "audited", noting)
    return noted


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """A tree with a finding in mm/small.c, unless CONFIG_WALK_ENDS is set."""
    (tmp_path / "linux").mkdir()
    return small_tree(tmp_path / "linux", LOST)


def _found(errors: str) -> list[tuple[str, str, str, str]]:
    return FOUND.findall(errors)


def test_findings_are_those_of_an_audit_and_a_tree_is_judged_once(
    runs: list[tuple[str, ...]],
) -> None:
    found: Counter[tuple[str, int, str]] = Counter()
    for file in FILES:
        outcome = zaplint("kbuild", *FLAGS, KERNEL / file)
        assert (outcome.status, outcome.data) == (0, b"")
        for path, number, level, rule in _found(outcome.errors):
            assert (path, level in ("warning", "note")) == (str(KERNEL / file), True)
            found[file, int(number), rule] += 1
    assert found == planted()
    assert runs == [(FILES[0],), ()]


def test_a_line_is_as_a_compiler_says_it(tree: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tree)
    (line,) = zaplint("kbuild", *FLAGS, "mm/small.c").errors.splitlines()
    assert line.startswith("mm/small.c:6:2: warning: walk() does not end")
    assert line.endswith(" (only if !CONFIG_WALK_ENDS) [notifier/unpaired-range]")


def test_a_clean_file_is_passed_in_silence(tree: Path) -> None:
    (tree / "mm/small.c").write_text(ENDED)
    outcome = zaplint("kbuild", *FLAGS, tree / "mm/small.c")
    assert (outcome.status, outcome.data, outcome.errors) == (0, b"", "")


def test_an_edit_is_seen_and_a_touch_costs_nothing(tree: Path, runs: list[tuple[str, ...]]) -> None:
    file = tree / "mm/small.c"
    assert len(_found(zaplint("kbuild", file).errors)) == 1
    os.utime(file)
    assert len(_found(zaplint("kbuild", file).errors)) == 1
    file.write_text(ENDED)
    assert _found(zaplint("kbuild", file).errors) == []
    assert runs == [("mm/small.c",), ("mm/small.c",)]


@pytest.mark.parametrize(
    "damage",
    [lambda path: path.write_text("[]"), lambda path: path.write_bytes(b"\xff"), Path.unlink],
    ids=["another shape", "no text", "gone"],
)
def test_a_cache_may_be_damaged(tree: Path, damage: Callable[[Path], object]) -> None:
    file = tree / "mm/small.c"
    before = zaplint("kbuild", file).errors
    damage(Path(kept_file("words")))
    for path in Path(kept_file("words")).parent.glob("results-*.json"):
        damage(path)
    assert zaplint("kbuild", file).errors == before


def test_a_cache_that_cannot_be_written_is_done_without(tree: Path, cache: Path) -> None:
    cache.write_text("not a folder")
    assert len(_found(zaplint("kbuild", tree / "mm/small.c").errors)) == 1


@pytest.mark.parametrize(("config", "n_found"), [("CONFIG_WALK_ENDS=y\n", 0), ("", 1)])
@pytest.mark.parametrize("where", ["tree", "build", "option"])
def test_a_finding_that_the_configuration_excludes_is_not_reported(
    tree: Path, monkeypatch: pytest.MonkeyPatch, config: str, n_found: int, where: str
) -> None:
    build = tree.parent / "build"
    build.mkdir()
    monkeypatch.chdir(build)
    place = {"tree": tree / ".config", "build": build / ".config", "option": build / "other"}
    place[where].write_text(f'CONFIG_CC_VERSION_TEXT="gcc"\n{config}')
    if where == "option":
        (tree / ".config").write_text("" if config else "CONFIG_WALK_ENDS=y\n")
    options = ["--kconfig", "other"] if where == "option" else []
    outcome = zaplint("kbuild", *FLAGS, *options, tree / "mm/small.c")
    assert len(_found(outcome.errors)) == n_found


@pytest.mark.parametrize(
    ("level", "status", "word"), [("error", 1, "error"), ("never", 0, "warning")]
)
def test_a_build_ends_at_a_finding_if_it_is_asked_to(
    tree: Path, level: str, status: int, word: str
) -> None:
    outcome = zaplint("kbuild", "--fail-on", level, *FLAGS, tree / "mm/small.c")
    assert (outcome.status, [each[2] for each in _found(outcome.errors)]) == (status, [word])


def test_other_formats_and_rules(tree: Path) -> None:
    file = tree / "mm/small.c"
    terse = zaplint("kbuild", "--format", "terse", file).errors
    assert terse.startswith("mm/small.c:6: ERROR:notifier/unpaired-range: walk() does not end")
    whole = zaplint("kbuild", "--format=checkpatch", file).errors.splitlines()
    assert whole[1] == "#1: FILE: mm/small.c:6:"
    assert whole[-1].startswith("total: 1 errors, 0 warnings, 0 checks")
    assert zaplint("kbuild", "--ignore", "notifier", file).errors == ""
    assert zaplint("kbuild", "--select", "tlb", "--format=checkpatch", file).errors == ""


def test_what_is_suppressed_is_not_reported(tree: Path) -> None:
    file = tree / "mm/small.c"
    assert len(_found(zaplint("kbuild", file).errors)) == 1
    baseline = tree / "known"
    assert zaplint("baseline", "write", tree, "-o", baseline).status == 0
    assert zaplint("kbuild", "--baseline", baseline, file).errors == ""
    (tree / "zaplint.toml").write_text('[[off]]\nrules = "notifier"\nreason = "."\n')
    assert zaplint("kbuild", file).errors == ""
    (tree / "zaplint.toml").unlink()
    assert len(_found(zaplint("kbuild", file).errors)) == 1
    start = "\tmmu_notifier_invalidate_range_start"
    allowed = f"\t/* zaplint: allow notifier/unpaired-range: it ends elsewhere */\n{start}"
    file.write_text(LOST.replace(start, allowed))
    assert zaplint("kbuild", file).errors == ""


def test_a_file_in_no_tree_is_not_looked_at(tmp_path: Path) -> None:
    (tmp_path / "module.c").write_text(LOST)
    outcome = zaplint("kbuild", *FLAGS, tmp_path / "module.c")
    assert (outcome.status, outcome.errors) == (0, "")


def test_a_program_of_the_build_is_not_looked_at(tree: Path, runs: list[tuple[str, ...]]) -> None:
    (tree / "scripts").mkdir()
    (tree / "scripts/tool.c").write_text(LOST)
    outcome = zaplint("kbuild", *FLAGS, tree / "scripts/tool.c")
    assert (outcome.status, outcome.errors, runs) == (0, "", [])


def test_a_missing_file_is_wrong_usage(tree: Path) -> None:
    outcome = zaplint("kbuild", *FLAGS, tree / "mm/gone.c")
    assert outcome.status == 2
    assert errors_of(outcome) == [f"error: {tree / 'mm/gone.c'}: no such file"]


def test_a_file_without_a_word_of_a_rule_loads_nothing(tree: Path) -> None:
    (tree / "idle.c").write_text("int x;\n")
    assert zaplint("kbuild", tree / "idle.c").status == 0
    script = (
        "import json, sys\n"
        "from analyzer.cli.start import main\n"
        "main()\n"
        "print(json.dumps(sorted(name for name in sys.modules if '.' not in name)))\n"
        "print(json.dumps(sorted(name for name in sys.modules if name.startswith('analyzer'))))\n"
    )
    command = [sys.executable, "-c", script, "kbuild", *FLAGS, str(tree / "idle.c")]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    every, own = map(json.loads, done.stdout.splitlines())
    assert {"click", "rich", "attr", "tree_sitter", "dataclasses"} & set(every) == set()
    assert own == [
        "analyzer",
        "analyzer.cli",
        "analyzer.cli.start",
        "analyzer.kept",
        "analyzer.kept.places",
        "analyzer.kept.words",
    ]


def test_make_runs_it_as_kbuild_does(tree: Path) -> None:
    (tree / "Makefile").write_text(MAKEFILE)
    (tree / "mm/clean.c").write_text(ENDED)
    (tree / "scripts").mkdir()
    (tree / "scripts/idle.c").write_text("int main(void) { return 0; }\n")
    program = Path(sys.executable).with_name("zaplint")
    flags = " ".join(FLAGS)
    command = ["make", "--no-print-directory", "-j2", "C=2", f"CHECKFLAGS={flags}"]
    command.append(f"CHECK={program} kbuild")
    done = subprocess.run(command, cwd=tree, capture_output=True, text=True, check=False)
    found = [(path, rule) for path, _, _, rule in _found(done.stderr)]
    assert (done.returncode, done.stdout) == (0, "")
    assert found == [("mm/small.c", "notifier/unpaired-range")]
    again = [*command[:-1], f"{command[-1]} --fail-on error"]
    done = subprocess.run(again, cwd=tree, capture_output=True, text=True, check=False)
    assert (done.returncode, "mm/small.o] Error 1" in done.stderr) == (2, True)


def test_every_file_that_an_audit_reads_is_one_of_interest() -> None:
    """Whatever the rules that are chosen and where they look: the words are those of all rules."""
    book = pipeline.load_book()
    words = judging.words_for_builds(kept_file("words"))
    for select in [(), ("tlb",), ("lock/contract-not-met",), ("device",)]:
        request = pipeline.Request(KERNEL)
        chosen = pipeline.Book(pipeline.chosen(book.rulebook, select, ()), book.models)
        read = pipeline.read_world(request, chosen).scope
        assert read
        assert [p for p in read if not words.concern(p, (KERNEL / p).read_bytes())] == []
