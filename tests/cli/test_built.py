"""`--kconfig` and `--compile-commands`: only what one build compiles is reported, and the rest is
counted.
"""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.cli.command import Outcome, errors_of, own_rule, small_tree, zaplint
from tests.cli.test_check import git

START = """\
void walk_%(name)s(struct mm_struct *mm, unsigned long start, unsigned long end)
{
	struct mmu_notifier_range range;

	mmu_notifier_range_init(&range, MMU_NOTIFY_CLEAR, 0, mm, start, end);
	mmu_notifier_invalidate_range_start(&range);
"""
LOST = START + "}\n"
ENDED_BY_CONFIG = f"""\
{START}#ifdef CONFIG_WALK_ENDS
	mmu_notifier_invalidate_range_end(&range);
#else
	walk_on(mm);
#endif
}}
"""
CONFIG = '#\n# Automatically generated file; DO NOT EDIT.\n#\nCONFIG_CC_VERSION_TEXT="gcc"\n'
ENDS = f"{CONFIG}CONFIG_WALK_ENDS=y\n"
LEFT_OUT = "1 finding left out, in code that is not compiled."


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """A tree with a finding in mm/small.c, unless CONFIG_WALK_ENDS is set, and one in fs/own.c."""
    (tmp_path / "linux").mkdir()
    tree = small_tree(tmp_path / "linux", ENDED_BY_CONFIG % {"name": "small"})
    (tree / "fs").mkdir()
    (tree / "fs/own.c").write_text(LOST % {"name": "own"})
    return tree


@pytest.fixture
def build(tmp_path: Path) -> Path:
    """The folder of a build of its own."""
    (tmp_path / "build").mkdir()
    return tmp_path / "build"


def database(build: Path, *files: str | Path, **more: str) -> Path:
    """A compile_commands.json that names these files."""
    entries = [{"command": "gcc", "file": str(each), **more} for each in files]
    file = build / "compile_commands.json"
    file.write_text(json.dumps(entries))
    return file


def functions(outcome: Outcome) -> list[str]:
    """The functions with a finding, by the text of a report."""
    lines = outcome.output.splitlines()
    return [line.split(": error: ")[1].split("(")[0] for line in lines if ": error: " in line]


def _audit(tree: Path, *words: str | Path) -> Outcome:
    return zaplint("audit", tree, *words)


def _check(tree: Path, *words: str | Path) -> Outcome:
    return zaplint("check", tree / "mm/small.c", tree / "fs/own.c", *words)


both = pytest.mark.parametrize("run", [_audit, _check])


# A configuration. ---------------------------------------------------------------------------------


@both
@pytest.mark.parametrize("where", [".config", "config-6.12", ""])
def test_what_a_configuration_excludes_is_counted_and_no_finding(
    tree: Path, build: Path, run: Callable[..., Outcome], where: str
) -> None:
    (build / (where or ".config")).write_text(ENDS)
    outcome = run(tree, "--kconfig", build / where)
    assert (outcome.status, functions(outcome)) == (1, ["walk_own"])
    assert outcome.output.splitlines()[-1] == f"Built by {where or '.config'}: {LEFT_OUT}"


def test_what_it_does_not_exclude_is_reported(tree: Path, build: Path) -> None:
    (build / ".config").write_text(CONFIG)
    outcome = _audit(tree, "--kconfig", build)
    assert functions(outcome) == ["walk_own", "walk_small"]
    assert outcome.output.endswith("0 findings left out, in code that is not compiled.\n")


@pytest.mark.parametrize(("value", "found"), [("m", ["walk_own", "walk_small"]), ("", [])])
def test_what_makefiles_do_not_build_is_left_out(
    tree: Path, build: Path, value: str, found: list[str]
) -> None:
    (tree / "Kbuild").write_text("obj-$(CONFIG_MM) += mm/\nobj-y += fs/\n")
    (tree / "mm/Makefile").write_text("obj-y += small.o\n")
    (tree / "fs/Makefile").write_text("obj-$(CONFIG_MM) += own.o\n")
    (build / ".config").write_text(f"{CONFIG}CONFIG_MM={value}\n" if value else CONFIG)
    outcome = _audit(tree, "--kconfig", build, "--ledger")
    assert functions(outcome) == found
    told = "not compiled, by .config: mm/small.c is compiled only if CONFIG_MM\n"
    assert (told in outcome.output) == (not found)


def test_nothing_left_is_the_status_0(tree: Path, build: Path) -> None:
    (build / ".config").write_text(ENDS)
    outcome = _audit(tree, "--scope", "mm", "--kconfig", build)
    assert (outcome.status, functions(outcome)) == (0, [])
    assert outcome.output.splitlines()[-1] == f"Built by .config: {LEFT_OUT}"


def test_the_configuration_of_the_tree_is_not_asked_unless_it_is_named(tree: Path) -> None:
    (tree / ".config").write_text(ENDS)
    assert functions(_audit(tree)) == ["walk_own", "walk_small"]


def test_the_ledger_shows_what_is_left_out_and_why(tree: Path, build: Path) -> None:
    (build / ".config").write_text(ENDS)
    told = _audit(tree, "--ledger", "--kconfig", build).output
    assert "mm/small.c:6:2: note: suppressed: walk_small() does not end" in told
    assert "    not compiled, by .config: it is compiled only if !CONFIG_WALK_ENDS\n" in told


def _run(outcome: Outcome) -> dict[str, Any]:
    (run,) = json.loads(outcome.data)["runs"]
    assert isinstance(run, dict)
    return run


def test_sarif_has_it_suppressed_with_the_reason(tree: Path, build: Path) -> None:
    (build / ".config").write_text(ENDS)
    words = ("--kconfig", build, "--compile-commands", database(build, tree / "mm/small.c"))
    run = _run(_check(tree, *words, "--format", "sarif"))
    told = {
        result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"]: [
            (each["kind"], each["justification"]) for each in result["suppressions"]
        ]
        for result in run["results"]
    }
    assert told == {
        "fs/own.c": [("external", "fs/own.c is not compiled")],
        "mm/small.c": [("external", "it is compiled only if !CONFIG_WALK_ENDS")],
    }
    names = {"kconfig": ".config", "compileCommands": "compile_commands.json", "files": 1}
    assert run["properties"]["build"] == names
    assert run["properties"]["suppressed"]["build"] == 2
    left = _run(_check(tree, *words, "--format", "github"))
    (note,) = left["invocations"][0]["toolExecutionNotifications"]
    assert (left["results"], note["message"]["text"]) == ([], "2 results left out as suppressed.")


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (None, "cannot be read: no such file or directory"),
        ("", "not a whole .config: it sets no symbol, CONFIG_CC_VERSION_TEXT at least"),
        (
            "CONFIG_WALK_ENDS=y\n",
            "not a whole .config: it leaves out symbols, CONFIG_CC_VERSION_TEXT at least",
        ),
    ],
    ids=["missing", "empty", "a fragment"],
)
@pytest.mark.parametrize("command", ["audit", "check", "kbuild"])
def test_what_is_no_configuration_is_an_error(
    tree: Path, build: Path, text: str | None, told: str, command: str
) -> None:
    file = build / "config"
    if text is not None:
        file.write_text(text)
    elif command == "kbuild":
        return
    outcome = zaplint(command, "--kconfig", file, tree if command == "audit" else tree / "fs/own.c")
    assert (outcome.status, outcome.data) == (2, b"")
    assert errors_of(outcome) == [f"error: {file}: {told}"]
    assert "  hint: name " in outcome.errors


# What is compiled. --------------------------------------------------------------------------------


def _absolute(tree: Path, build: Path) -> Path:
    return database(build, tree / "mm/small.c", directory=str(build))


def _relative(tree: Path, build: Path) -> Path:
    return database(build, "mm/small.c", directory=str(tree))


def _out_of_tree(tree: Path, build: Path) -> Path:
    generated = build / "lib/table.c"
    return database(build, f"../{tree.name}/mm/small.c", generated, directory=str(build))


def _beside_it(tree: Path, _build: Path) -> Path:
    return database(tree, "./mm/../mm/small.c", "arch/x86/entry.S")


def _by_a_link(tree: Path, build: Path) -> Path:
    (build / "source").symlink_to(tree)
    return database(build, "source/mm/small.c").parent


@both
@pytest.mark.parametrize("named", [_absolute, _relative, _out_of_tree, _beside_it, _by_a_link])
def test_only_what_is_compiled_is_reported(
    tree: Path,
    build: Path,
    run: Callable[..., Outcome],
    named: Callable[[Path, Path], Path],
) -> None:
    outcome = run(tree, "--compile-commands", named(tree, build))
    assert (outcome.status, functions(outcome)) == (1, ["walk_small"])
    assert outcome.output.splitlines()[-1] == f"Built by compile_commands.json (1 file): {LEFT_OUT}"


def test_a_file_that_is_there_no_more_is_no_error(tree: Path, build: Path) -> None:
    file = database(build, tree / "mm/gone.c", tree / "mm/small.c")
    assert functions(_audit(tree, "--compile-commands", file)) == ["walk_small"]


def test_what_is_staged_is_compiled_even_if_it_is_not_there(tree: Path, build: Path) -> None:
    git(tree, "init", "-q")
    git(tree, "add", "-A")
    (tree / "mm/small.c").unlink()
    file = database(build, tree / "mm/small.c", tree / "fs/own.c")
    outcome = zaplint("check", "--staged", tree / "mm/small.c", "--compile-commands", file)
    assert functions(outcome) == ["walk_small"]


def test_a_file_that_a_compiled_one_includes_is_compiled(tree: Path, build: Path) -> None:
    (tree / "mm/part.c").write_text(LOST % {"name": "part"})
    with (tree / "mm/small.c").open("a") as small:
        small.write('#include "../fs/own.c"\n # include "part.c"\n')
    outcome = _audit(tree, "--compile-commands", database(build, tree / "mm/small.c"))
    assert functions(outcome) == ["walk_own", "walk_part", "walk_small"]
    assert "(3 files): 0 findings left out" in outcome.output


def test_headers_are_compiled_somewhere(tree: Path, build: Path) -> None:
    (tree / "include/linux").mkdir(parents=True)
    (tree / "include/linux/walk.h").write_text("static inline " + LOST % {"name": "header"})
    own = tree / "fs/own.c"
    own.write_text(f"#include <linux/walk.h>\n{own.read_text()}")
    outcome = _audit(tree, "--compile-commands", database(build, tree / "mm/small.c"))
    assert functions(outcome) == ["walk_header", "walk_small"]


def test_a_caller_that_is_not_compiled_counts(tree: Path, build: Path) -> None:
    (tree / "mm/small.c").write_text("void drop(struct folio *folio)\n{\n\tfree_it(folio);\n}\n")
    calls = "\tdrop(folio);\n\tfree_it(folio);\n"
    own = f"void own(struct folio *folio)\n{{\n\tfolio_lock(folio);\n{calls}}}\n"
    (tree / "fs/own.c").write_text(own)
    rules = own_rule(tree.parent, "held(folio_lock, $f)")
    file = database(build, tree / "mm/small.c")
    words = ("--select", "own", "--rules", rules, "--compile-commands", file)
    assert functions(_audit(tree, *words)) == []
    (tree / "fs/own.c").write_text(own.replace("\tfolio_lock(folio);\n", ""))
    assert functions(_audit(tree, *words)) == ["drop"]


def test_only_what_is_new_and_compiled_counts(tree: Path, build: Path) -> None:
    known = tree / "known"
    assert zaplint("baseline", "write", tree, "--scope", "mm", "-o", known).status == 0
    words = ("--baseline", known, "--compile-commands", database(build, tree / "mm/small.c"))
    outcome = _audit(tree, *words)
    assert outcome.status == 0
    assert outcome.output.splitlines()[-2:] == [
        "1 finding known to the baseline known.",
        f"Built by compile_commands.json (1 file): {LEFT_OUT}",
    ]


def _idle(outcome: Outcome) -> list[str]:
    return [line for line in outcome.output.splitlines() if ": config: " in line]


def test_a_place_where_nothing_is_compiled_is_told(tree: Path, build: Path) -> None:
    words = ("--compile-commands", database(build, tree / "mm/small.c"))
    told = "compile_commands.json: config: nothing of {} is compiled, so that no finding there is"
    outcome = _audit(tree, "--scope", "./fs/", "--scope", "mm", *words)
    assert _idle(outcome) == [f"{told.format('./fs/')} reported"]
    outcome = _check(tree, *words)
    assert _idle(outcome) == [f"{told.format('fs/own.c')} reported"]
    assert _idle(_audit(tree, *words)) == []


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (None, ": cannot be read: no such file or directory"),
        ("[", ":1: not JSON: Expecting value"),
        ("[" * 100_000, ": not JSON in UTF-8"),
        ('["\xff"]', ": not JSON in UTF-8"),
        ("{}", ": not a list of what was compiled"),
        ("[]", ": names no .c file"),
        ("[3]", ": entry 1 is no object with a 'file'"),
        ("[{}]", ": entry 1 names no 'file'"),
        ('[{"file": "a.S"}, {"file": 3}]', ": entry 2: 'file' is no path"),
        ('[{"file": "a.c", "directory": "/\\u0000"}]', ": entry 1: 'directory' is no path"),
        (
            '[{"file": "mm/small.c", "directory": "/src/linux"}]',
            ": names /src/linux/mm/small.c, but none in {tree}",
        ),
        (
            '[{"file": "/src/\\udfff/a.c"}, {"file": "/src/b.c"}, {"file": "/src/c.c"}]',
            ": names /src/\\udfff/a.c and 2 more .c files, but none in {tree}",
        ),
        (
            '[{"file": "mm/gone.c", "directory": "{tree}"}]',
            ": names .c files of {tree}, but none that is there",
        ),
    ],
)
def test_what_names_no_file_of_the_tree_is_an_error(
    tree: Path, build: Path, text: str | None, told: str
) -> None:
    file = build / "compile_commands.json"
    if text is not None:
        file.write_bytes(text.replace("{tree}", str(tree)).encode("latin-1"))
    outcome = _check(tree, "--compile-commands", file)
    assert (outcome.status, outcome.data) == (2, b"")
    assert errors_of(outcome) == [f"error: {file}{told.replace('{tree}', str(tree))}"]
    assert "  hint: " in outcome.errors
