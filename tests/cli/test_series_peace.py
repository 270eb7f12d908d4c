"""Comments, baselines and configurations, as `zaplint diff` and `zaplint patch` heed them."""

import json
from difflib import unified_diff
from pathlib import Path
from typing import Any

import pytest

from tests.cli.command import Outcome, errors_of, small_tree, zaplint
from tests.cli.history import commit, git
from tests.cli.test_peace import ALLOWED, MENDED, NOTE, OFF, RULE, TEXT, UNUSED, written

KINDS = ("introduced", "uncovered", "fixed", "allowed")
NOWHERE = '[[off]]\nrules = "zap"\nfiles = "mn/*.c"\nreason = "gone"\n'


def _patch(tree: Path, after: str, *words: str | Path) -> Outcome:
    """What is said of a patch that leaves mm/small.c as `after`."""
    old = (tree / "mm/small.c").read_text()
    lines = [text.splitlines(keepends=True) for text in (old, after)]
    diff = "".join(unified_diff(*lines, "a/mm/small.c", "b/mm/small.c"))
    file = tree.parent / f"{tree.name}.patch"
    file.write_text(f"Subject: one\n\n---\n{diff}")
    return zaplint("patch", file, "--tree", tree, "--scope", "mm", *words)


def _change(outcome: Outcome) -> dict[str, Any]:
    """The one change of a patch, from JSON."""
    (change,) = json.loads(outcome.data)["changes"]
    assert isinstance(change, dict)
    return change


def _counts(change: dict[str, Any]) -> tuple[int, ...]:
    return tuple(len(change[kind]) for kind in KINDS)


def _first(text: str) -> str:
    """A text of which something is left when all else goes."""
    return f"int first;\n{text}"


@pytest.fixture
def history(tmp_path: Path) -> Path:
    """A repository of one file that has a finding."""
    tree = small_tree(tmp_path, _first(TEXT))
    git(tree, "init", "-q", "-b", "main")
    git(tree, "add", "-A")
    git(tree, "commit", "-qm", "base")
    return tree


# Comments. ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("before", "after", "config", "counts"),
    [
        ("", TEXT, "", (1, 0, 0, 0)),
        ("", ALLOWED, "", (0, 0, 0, 1)),
        ("", TEXT, OFF, (0, 0, 0, 0)),
        (TEXT, ALLOWED, "", (0, 0, 0, 1)),
        (ALLOWED, TEXT, "", (0, 1, 0, 0)),
        (TEXT, MENDED, "", (0, 0, 1, 0)),
        (ALLOWED, MENDED, "", (0, 0, 1, 0)),
        (TEXT, MENDED, OFF, (0, 0, 0, 0)),
    ],
)
def test_a_patch_is_told_what_it_does_to_what_is_allowed(
    tmp_path: Path, before: str, after: str, config: str, counts: tuple[int, ...]
) -> None:
    tree = small_tree(tmp_path, _first(before))
    (tree / "zaplint.toml").write_text(config)
    outcome = _patch(tree, _first(after), "--format", "json")
    assert outcome.status == int(counts[0] + counts[1] > 0)
    change = _change(outcome)
    assert (_counts(change), change["left"]) == (counts, 0)


def test_an_allowance_is_shown_with_its_reason_and_is_no_fix(tmp_path: Path) -> None:
    outcome = _patch(small_tree(tmp_path, _first(TEXT)), _first(ALLOWED))
    assert outcome.status == 0
    told = "\n  nothing introduced, nothing fixed\n  allows 1 finding:\n  mm/small.c:11:2: error: "
    assert told in outcome.output
    why = "\n      allowed by the comment at mm/small.c:10: it ends with the process\n"
    assert why in outcome.output
    *_, counts, comments = outcome.output.splitlines()
    assert counts == "1 change: 0 findings introduced, 0 fixed, 1 allowed, 0 there at the end."
    assert comments == "1 finding allowed by comments (zaplint allowances lists them)."


@pytest.mark.parametrize("style", ["text", "mail", "b4"])
def test_an_allowance_that_goes_is_told(tmp_path: Path, style: str) -> None:
    tree = small_tree(tmp_path, _first(ALLOWED))
    outcome = _patch(tree, _first(TEXT), "--format", style)
    assert outcome.status == 1
    assert "was allowed by the comment at mm/small.c:10: it ends with the" in outcome.output


@pytest.mark.parametrize(
    ("after", "said"),
    [
        (UNUSED, f"mm/small.c:20: unused-allowance: nothing breaks {RULE}"),
        (ALLOWED.replace("unpaired-mmu", "unpared-mmu"), "mm/small.c:10: allowance: this comment"),
    ],
)
def test_a_comment_to_no_effect_is_told_of_the_patch_that_brings_it(
    tmp_path: Path, after: str, said: str
) -> None:
    tree = small_tree(tmp_path, _first(ALLOWED))
    change = _change(_patch(tree, _first(after), "--format", "json"))
    assert [problem.startswith(said) for problem in change["problems"]] == [True]
    (tree / "mm/small.c").write_text(_first(after))
    moved = _patch(tree, f"int zero;\n{_first(after)}", "--format", "json")
    assert _change(moved)["problems"] == []


def test_a_mended_place_leaves_its_comment_unused(tmp_path: Path) -> None:
    tree = small_tree(tmp_path, _first(ALLOWED))
    mended = ALLOWED.replace("\t\t\tmm);\n", "\t\t\tmm);\n\ttlb_finish_mmu(&tlb);\n")
    outcome = _patch(tree, _first(mended))
    assert "  fixes 1 finding:\n" in outcome.output
    assert "      was allowed by the comment at mm/small.c:10: it ends with" in outcome.output
    assert f"  mm/small.c:10: unused-allowance: nothing breaks {RULE}" in outcome.output


def test_what_a_patch_leaves_unread_is_told(tmp_path: Path) -> None:
    torn = "void torn(void)\n{\n\tFOO(((;\n}\n"
    outcome = _patch(small_tree(tmp_path, _first(TEXT)), _first(TEXT + torn))
    assert "  mm/small.c:24: not parsed in torn(): FOO(((\n" in outcome.output


@pytest.mark.parametrize("style", ["text", "json", "mail"])
def test_a_file_that_is_lost_makes_it_incomplete(tmp_path: Path, style: str) -> None:
    tree = small_tree(tmp_path, _first(TEXT))
    (tree / "mm/lost.c").symlink_to(tree / "mm/gone.c")
    outcome = _patch(tree, _first(MENDED), "--format", style)
    said = outcome.errors if style == "mail" else outcome.output
    assert (outcome.status, "mm/lost.c: unreadable: cannot be read" in said) == (3, True)


# Baselines. ---------------------------------------------------------------------------------------


def test_what_a_baseline_knows_is_neither_introduced_nor_left(tmp_path: Path) -> None:
    tree = small_tree(tmp_path, _first(TEXT))
    known = written(tmp_path, tree)
    other = TEXT.replace("quick", "brisk").replace("slow", "idle")
    added = _change(_patch(tree, _first(TEXT + other), "--baseline", known, "--format", "json"))
    assert [each["function"] for each in added["introduced"]] == ["brisk"]
    (tree / "mm/small.c").write_text("int first;\n")
    outcome = _patch(tree, _first(TEXT), "--baseline", known)
    assert outcome.status == 0
    assert "  nothing introduced, nothing fixed\n" in outcome.output
    assert outcome.output.endswith(
        "0 fixed, 0 there at the end.\n1 finding known to the baseline known.\n"
    )


def test_a_known_finding_that_is_mended_is_fixed(tmp_path: Path) -> None:
    tree = small_tree(tmp_path, _first(TEXT))
    known = written(tmp_path, tree)
    outcome = _patch(tree, _first(MENDED), "--baseline", known)
    assert "  fixes 1 finding:\n" in outcome.output
    assert "\n      was known to the baseline at known:3\n" in outcome.output
    assert outcome.output.endswith(
        "0 findings known to the baseline known, "
        "1 line of it gone (zaplint baseline check lists them).\n"
    )


def test_a_known_finding_that_a_comment_allows_is_told(tmp_path: Path) -> None:
    tree = small_tree(tmp_path, _first(TEXT))
    known = written(tmp_path, tree)
    outcome = _patch(tree, _first(ALLOWED), "--baseline", known)
    assert "  allows 1 finding:\n" in outcome.output


def test_a_known_finding_is_known_where_a_commit_moves_it(history: Path) -> None:
    known = written(history, history)
    git(history, "mv", "mm/small.c", "mm/tiny.c")
    commit(history, "mm: move")
    words = ("--tree", history, "--baseline", known, "--format", "json")
    outcome = zaplint("diff", "HEAD", *words)
    assert (outcome.status, _counts(_change(outcome))) == (0, (0, 0, 0, 0))


def test_a_slip_in_a_baseline_is_told(tmp_path: Path) -> None:
    tree = small_tree(tmp_path, _first(TEXT))
    (tree / "known").write_text("\nwhat\n")
    outcome = _patch(tree, _first(MENDED), "--baseline", tree / "known")
    assert (outcome.status, outcome.data) == (2, b"")
    assert errors_of(outcome) == [f"error: {tree}/known:2: not a line of a baseline"]


# The configuration. -------------------------------------------------------------------------------


MORE = TEXT + TEXT.replace("quick", "brisk").replace("slow", "idle")


def test_each_commit_is_heard_by_the_configuration_that_it_has(history: Path) -> None:
    (history / "zaplint.toml").write_text(OFF)
    commit(history, "mm: off")
    (history / "mm/small.c").write_text(_first(MORE))
    commit(history, "mm: more")
    (history / "zaplint.toml").write_text(NOTE)
    commit(history, "mm: on")
    (history / "zaplint.toml").write_text("what")
    outcome = zaplint("diff", "HEAD~3..", "--tree", history, "--format", "json")
    told = json.loads(outcome.data)
    assert [_counts(each) for each in told["changes"]] == [
        (0, 0, 0, 1),
        (0, 0, 0, 0),
        (0, 2, 0, 0),
    ]
    assert {each["level"] for each in told["changes"][2]["uncovered"]} == {"note"}
    assert (told["configuration"], outcome.status) == ("zaplint.toml", 0)
    only = zaplint("diff", "HEAD~1", "--tree", history)
    assert only.output.endswith(
        "\nConfigured by zaplint.toml: the level of 0 findings changed, 2 findings off.\n"
    )


def test_a_configuration_that_no_commit_has_is_not_heard(history: Path) -> None:
    (history / "mm/small.c").write_text(_first(MORE))
    commit(history, "mm: more")
    (history / "zaplint.toml").write_text(OFF)
    assert zaplint("diff", "HEAD", "--tree", history).status == 1
    named = zaplint("diff", "HEAD", "--tree", history, "--config", history / "zaplint.toml")
    assert named.status == 0
    assert "\nConfigured by zaplint.toml: " in named.output


def test_a_configuration_that_is_named_takes_the_place_of_every_other(history: Path) -> None:
    (history / "zaplint.toml").write_text("what")
    commit(history, "mm: a slip")
    (history / "mm/small.c").write_text(_first(MORE))
    commit(history, "mm: more")
    other = history.parent / f"{history.name}.toml"
    other.write_text(OFF)
    outcome = zaplint("diff", "HEAD~2..", "--tree", history, "--config", other)
    assert outcome.status == 0
    assert f"\nConfigured by {other.name}: " in outcome.output


@pytest.mark.parametrize("at", ["the base", "a commit"])
def test_a_slip_is_told_with_the_revision_before_the_run(history: Path, at: str) -> None:
    (history / "zaplint.toml").write_text(OFF.replace("rules", "rule"))
    commit(history, "mm: a slip")
    id = git(history, "rev-parse", "HEAD").strip()[:12]
    (history / "zaplint.toml").unlink()
    commit(history, "mm: none")
    revisions = "HEAD" if at == "the base" else "HEAD~2.."
    outcome = zaplint("diff", revisions, "--tree", history)
    assert (outcome.status, outcome.data) == (2, b"")
    assert errors_of(outcome) == [f"error: {id}:zaplint.toml:2: unknown key 'rule' in [[off]]"]
    assert "did you mean 'rules'?" in outcome.errors


def test_a_slip_that_a_patch_makes_is_told_with_its_subject(history: Path) -> None:
    (history / "zaplint.toml").write_text(OFF.replace("rules", "rule"))
    commit(history, "mm: a slip")
    file = history.parent / f"{history.name}.mbox"
    file.write_text(git(history, "format-patch", "--stdout", "HEAD~1"))
    outcome = zaplint("patch", file, "--tree", history, "--base", "HEAD~1")
    assert outcome.status == 2
    assert errors_of(outcome) == [
        "error: 'mm: a slip': zaplint.toml:2: unknown key 'rule' in [[off]]"
    ]
    assert zaplint("patch", file, "--tree", history, "--base", "HEAD").status == 2


@pytest.mark.parametrize("style", ["text", "json", "mail"])
def test_a_setting_about_nothing_is_told(history: Path, style: str) -> None:
    (history / "zaplint.toml").write_text(NOWHERE)
    commit(history, "mm: off")
    outcome = zaplint("diff", "HEAD", "--tree", history, "--format", style)
    said = outcome.errors if style == "mail" else outcome.output
    assert "zaplint.toml:3: config: nothing in this tree is called 'mn', so 'mn/*.c'" in said


def test_a_folder_that_a_commit_takes_away_is_not_there(history: Path) -> None:
    (history / "zaplint.toml").write_text(NOWHERE)
    (history / "mn").mkdir()
    (history / "mn/more.c").write_text("int more;\n")
    commit(history, "mn: more")
    git(history, "rm", "-q", "mn/more.c")
    commit(history, "mn: no more")
    (history / "mn").mkdir(exist_ok=True)
    words = ("--tree", history, "--scope", "mm")
    assert "mn" not in zaplint("diff", "HEAD~1", *words).output.replace("mn: more", "")
    assert "is called 'mn'" in zaplint("diff", "HEAD", *words).output
