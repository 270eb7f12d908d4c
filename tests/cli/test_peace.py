"""Comments, baselines and configurations, on trees, as a user has them."""

import json
import re
import shutil
import tomllib
from pathlib import Path
from typing import Any

import pytest

from analyzer.cfront.directives import directives_in
from analyzer.triage import read_baseline
from tests.cli.command import KERNEL, Outcome, errors_of, on_kernel, small_tree, zaplint

README = (Path(__file__).parents[2] / "README.md").read_text()
RULE = "notifier/unpaired-mmu-gather"
ALLOW = f"/* zaplint: allow {RULE}: it ends with the process */"
TEXT = """
struct mmu_gather { int depth; };
void tlb_gather_mmu(struct mmu_gather *tlb, void *mm);
void tlb_finish_mmu(struct mmu_gather *tlb);
static void quick(void *mm)
{
	struct mmu_gather tlb;

	tlb_gather_mmu(&tlb,
			mm);
}

void slow(void *mm)
{
	struct mmu_gather tlb;

	tlb_gather_mmu(&tlb, mm);
	quick(mm);
	tlb_finish_mmu(&tlb);
}
"""
CALL = "\ttlb_gather_mmu(&tlb,\n\t"
ALLOWED = TEXT.replace(CALL, f"\t{ALLOW}\n{CALL}")
MENDED = TEXT.replace("\t\t\tmm);\n", "\t\t\tmm);\n\ttlb_finish_mmu(&tlb);\n")
OFF = f'[[off]]\nrules = "{RULE}"\nreason = "not here"\n'
NOTE = '[[level]]\nrules = "notifier"\nfiles = "mm"\nlevel = "note"\n'


def results(outcome: Outcome) -> list[dict[str, Any]]:
    """The results of a log."""
    (run,) = json.loads(outcome.data)["runs"]
    found = run["results"]
    assert isinstance(found, list)
    return found


def written(folder: Path, tree: Path, *words: str) -> Path:
    """A baseline of a tree."""
    file = folder / "known"
    assert zaplint("baseline", "write", tree, "-o", file, *words).status == 0
    return file


# Comments. ----------------------------------------------------------------------------------------


def test_a_comment_makes_a_finding_none(tmp_path: Path) -> None:
    assert zaplint("audit", small_tree(tmp_path, TEXT)).status == 1
    (tmp_path / "mm/small.c").write_text(ALLOWED)
    outcome = zaplint("audit", tmp_path)
    assert outcome.status == 0
    assert outcome.output.splitlines()[-3].startswith("No findings.")
    last = "1 finding allowed by comments (zaplint allowances lists them)."
    assert outcome.output.splitlines()[-1] == last


@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_sarif_has_it_suppressed_in_the_source(tmp_path: Path, end: str) -> None:
    tree = small_tree(tmp_path, "")
    (tree / "mm/small.c").write_bytes(ALLOWED.replace("\n", end).encode())
    (one,) = results(zaplint("audit", tree, "--format", "sarif"))
    (by,) = one["suppressions"]
    assert (by["kind"], by["justification"]) == ("inSource", "it ends with the process")
    assert results(zaplint("audit", tree, "--format", "sarif", "--without-suppressed")) == []


def test_a_check_of_the_file_heeds_it(tmp_path: Path) -> None:
    tree = small_tree(tmp_path, ALLOWED)
    assert zaplint("check", tree / "mm/small.c").status == 0


@pytest.mark.parametrize(
    "comment",
    [
        f'pr_info("/* zaplint: allow {RULE}: why */");',
        f"/* Allowed as in zaplint: allow {RULE}: why */",
    ],
)
def test_what_only_looks_like_one_allows_nothing(tmp_path: Path, comment: str) -> None:
    tree = small_tree(tmp_path, TEXT.replace(CALL, f"\t{comment}\n{CALL}"))
    outcome = zaplint("audit", tree)
    assert outcome.status == 1
    assert "allow" not in outcome.output.splitlines()[-1]


def test_one_that_is_not_understood_is_reported(tmp_path: Path) -> None:
    slip = ALLOW.replace("unpaired", "unpared")
    tree = small_tree(tmp_path, TEXT.replace(CALL, f"\t{slip}\n{CALL}"))
    outcome = zaplint("audit", tree)
    assert outcome.status == 1
    told = "mm/small.c:9: allowance: this comment allows nothing: no rule is called"
    assert f"{told} 'notifier/unpared-mmu-gather'; did you mean '{RULE}'?\n" in outcome.output


UNUSED = ALLOWED.replace("\tquick(mm);", f"\t{ALLOW}\n\tquick(mm);")


def test_one_that_is_not_needed_is_reported(tmp_path: Path) -> None:
    outcome = zaplint("audit", small_tree(tmp_path, UNUSED))
    assert outcome.status == 0
    assert f"mm/small.c:19: unused-allowance: nothing breaks {RULE}" in outcome.output


@pytest.mark.parametrize("words", [("--select", "tlb"), ("--ignore", RULE)])
def test_of_a_rule_that_was_left_out_none_is_unused(tmp_path: Path, words: tuple[str, str]) -> None:
    outcome = zaplint("audit", small_tree(tmp_path, UNUSED), *words)
    assert "unused" not in outcome.output


def test_of_a_rule_in_preview_none_is_unused_unless_it_is_named(tmp_path: Path) -> None:
    rule = "lock/unbalanced-lock"
    tree = small_tree(tmp_path, ALLOWED.replace(RULE, rule))
    assert "unused" not in zaplint("audit", tree, "--select", "lock").output
    assert "unused" in zaplint("audit", tree, "--select", rule).output


def test_a_comment_changes_no_contract(tmp_path: Path) -> None:
    tree = tmp_path / "kernel"
    shutil.copytree(KERNEL, tree)
    file = tree / "mm/rmap.c"
    head = re.search(r"^[^\n]*\bevict\(struct[^;]*?\)\n\{", file.read_text(), re.MULTILINE)
    assert head is not None
    above = f"/* zaplint: allow {RULE}: the caller must hold the mmap lock */\n"
    file.write_text(file.read_text().replace(head[0], above + head[0]))
    before = zaplint("contracts", KERNEL, "evict").output
    assert re.sub(r"\d+:", "", zaplint("contracts", tree, "evict").output) == re.sub(
        r"\d+:", "", before
    )


def test_allowances_lists_all(tmp_path: Path) -> None:
    tree = small_tree(tmp_path, UNUSED)
    (tree / "mm/other.c").write_text(f"{ALLOW}\nint nothing;\n")
    (tree / "mm/other.h").write_text("// zaplint: allow\nint nothing;\n")
    outcome = zaplint("allowances", tree)
    assert outcome.status == 0
    listed = [line.split(": ")[0] for line in outcome.output.splitlines() if line[0] == "m"]
    assert listed == ["mm/other.c:1", "mm/small.c:9", "mm/small.c:19", "mm/other.h:1"]
    assert "\n3 allowances: 1 used, 2 unused, 0 open, 0 not judged; 1 comment" in outcome.output
    uses = [
        each["use"]
        for each in json.loads(zaplint("allowances", tree, "--format", "json").data)["allowances"]
    ]
    assert uses == ["unused", "used", "unused"]


@pytest.mark.parametrize(("text", "status"), [(ALLOWED, 0), (UNUSED, 1), (TEXT, 0)])
def test_allowances_may_be_strict(tmp_path: Path, text: str, status: int) -> None:
    assert zaplint("allowances", small_tree(tmp_path, text), "--strict").status == status


# Baselines. ---------------------------------------------------------------------------------------


def test_what_is_known_is_not_reported(tmp_path: Path) -> None:
    tree = small_tree(tmp_path, TEXT)
    known = written(tmp_path, tree)
    for command, place in (("audit", tree), ("check", tree / "mm/small.c")):
        outcome = zaplint(command, place, "--baseline", known)
        assert outcome.status == 0
        assert outcome.output.endswith("1 finding known to the baseline known.\n")
    (one,) = results(zaplint("audit", tree, "--baseline", known, "--format", "sarif"))
    assert [by["kind"] for by in one["suppressions"]] == ["external"]
    assert one["baselineState"] == "unchanged"


def _moved(text: str) -> str:
    """The same function further down, with another one and comments before it."""
    more = TEXT[TEXT.index("void slow") :].replace("slow", "slower").replace("\tquick(mm);\n", "")
    head, rest = text.split("static void quick")
    return f"/* More. */\n\n{head}{more}\nstatic void quick{rest}"


EDITS = {
    "moved": _moved,
    "respelled": lambda text: text.replace("&tlb,\n\t\t\tmm", "&tlb, mm"),
    "renamed beside": lambda text: text.replace("slow(", "sluggish("),
    "commented": lambda text: text.replace(CALL, f"\t/* Late. */\n{CALL}"),
    "other lines": lambda text: text.replace("\n", "\r\n"),
    "in a branch": lambda text: text.replace(CALL, f"\tif (!mm)\n\t\treturn;\n{CALL}"),
}


@pytest.mark.parametrize("name", EDITS)
def test_it_is_known_after_edits_elsewhere(tmp_path: Path, name: str) -> None:
    tree = small_tree(tmp_path, TEXT)
    known = written(tmp_path, tree)
    text = EDITS[name](TEXT)
    assert text != TEXT
    (tree / "mm/small.c").write_bytes(text.encode())
    outcome = zaplint("baseline", "check", tree, "--baseline", known)
    assert outcome.status == 0
    assert outcome.output.startswith("0 new, 1 known, 0 gone, 0 not decided.")


def test_it_is_known_in_another_file(tmp_path: Path) -> None:
    tree = small_tree(tmp_path, TEXT)
    known = written(tmp_path, tree)
    (tree / "mm/small.c").rename(tree / "mm/tiny.c")
    assert zaplint("check", tree / "mm/tiny.c", "--baseline", known).status == 0
    assert zaplint("baseline", "check", tree, "--baseline", known).status == 0
    zaplint("baseline", "write", tree, "-o", known)
    assert "mm/tiny.c:quick()" in known.read_text()


def test_functions_of_one_name_are_known_in_their_files(tmp_path: Path) -> None:
    """A check of one file numbers them as an audit of all does."""
    tree = small_tree(tmp_path, MENDED.replace("slow", "slower"))
    (tree / "mm/tail.c").write_text(TEXT)
    known = written(tmp_path, tree)
    assert zaplint("check", tree / "mm/tail.c", "--baseline", known).status == 0
    (tree / "mm/small.c").write_text(TEXT.replace("slow", "slower"))
    for command, place in (("audit", tree), ("check", tree / "mm/small.c")):
        assert zaplint(command, place, "--baseline", known).status == 1
    assert zaplint("check", tree / "mm/tail.c", "--baseline", known).status == 0


def test_check_says_what_is_new_and_what_is_gone(tmp_path: Path) -> None:
    tree = small_tree(tmp_path, TEXT)
    known = written(tmp_path, tree)
    (tree / "mm/small.c").write_text(TEXT.replace("quick(", "brisk("))
    outcome = zaplint("baseline", "check", tree, "--baseline", known)
    assert outcome.status == 1
    new, gone, count, bare = outcome.output.splitlines()
    assert new.startswith("new: mm/small.c:9:2: error: brisk() does not finish")
    assert f"gone: known:3: {RULE} in quick() of mm/small.c" in gone
    assert gone.endswith(": there is no such place any more; the line can be dropped")
    assert count == "1 new, 0 known, 1 gone, 0 not decided."
    assert bare == "Without a reason: 1 line of known. Write it behind a #."


def test_check_says_what_was_mended(tmp_path: Path) -> None:
    tree = small_tree(tmp_path, TEXT)
    known = written(tmp_path, tree)
    (tree / "mm/small.c").write_text(MENDED)
    outcome = zaplint("baseline", "check", tree, "--baseline", known)
    assert outcome.status == 0
    assert ": it is proved now; the line can be dropped\n" in outcome.output


def test_writing_anew_keeps_reasons_and_drops_what_is_gone(tmp_path: Path) -> None:
    tree = small_tree(tmp_path, TEXT)
    known = written(tmp_path, tree)
    gone = f"{'0' * 32}  {RULE}  mm/small.c:gone()  # once"
    elsewhere = f"{'1' * 32}  own/rule  mm/small.c:other()  # of our own"
    known.write_text(f"{known.read_text().rstrip()}  # it ends\n{gone}\n{elsewhere}\n# note\n")
    outcome = zaplint("baseline", "write", tree, "-o", known)
    assert outcome.errors == "2 lines: 0 new, 1 dropped, 2 kept.\n"
    text = known.read_text()
    assert f"{RULE}  mm/small.c:quick()  # it ends\n" in text
    assert (elsewhere in text, gone in text, "# note\n" in text) == (True, False, True)
    assert written(tmp_path, tree).read_text() == text


def test_what_is_not_judged_is_neither_dropped_nor_gone(tmp_path: Path) -> None:
    tree = small_tree(tmp_path, TEXT)
    known = written(tmp_path, tree)
    before = known.read_text()
    assert written(tmp_path, tree, "--select", "tlb").read_text() == before
    (tree / "mm/empty.c").write_text("int nothing;\n")
    words = ("--scope", "mm/empty.c", "--baseline", known)
    outcome = zaplint("baseline", "check", tree, *words)
    assert outcome.output.splitlines()[0] == "0 new, 0 known, 0 gone, 1 not decided."


def test_baselines_of_two_branches_merge(tmp_path: Path) -> None:
    tree = tmp_path / "kernel"
    shutil.copytree(KERNEL, tree)
    whole = written(tmp_path, tree).read_text()
    ours = written(tmp_path / "kernel", tree, "--select", "uffd").read_text()
    theirs = zaplint("baseline", "write", tree, "--ignore", "uffd").output
    merged = tmp_path / "merged"
    merged.write_text(theirs + ours)
    assert zaplint("audit", tree, "--baseline", merged).status == 0
    zaplint("baseline", "write", tree, "-o", merged)
    assert merged.read_text() == whole


def test_an_incomplete_run_writes_no_baseline(tmp_path: Path) -> None:
    tree = small_tree(tmp_path, TEXT)
    (tree / "mm/lost.c").symlink_to(tree / "mm/gone.c")
    outcome = zaplint("baseline", "write", tree, "-o", tmp_path / "known")
    assert (outcome.status, outcome.data) == (3, b"")
    lost, told = errors_of(outcome)
    assert lost.startswith("error: mm/lost.c: cannot be read")
    assert told == "error: the analysis is incomplete, so nothing is written"
    assert not (tmp_path / "known").exists()


def test_a_slip_in_a_baseline_is_told_before_the_run(tmp_path: Path) -> None:
    tree = small_tree(tmp_path, TEXT)
    (tmp_path / "known").write_text("\nwhat\n")
    for words in (("audit", tree), ("baseline", "check", tree)):
        outcome = zaplint(*words, "--baseline", tmp_path / "known")
        assert (outcome.status, outcome.data) == (2, b"")
        assert errors_of(outcome) == [f"error: {tmp_path}/known:2: not a line of a baseline"]
    outcome = zaplint("baseline", "write", tree, "-o", tmp_path / "known")
    assert (outcome.status, (tmp_path / "known").read_text()) == (2, "\nwhat\n")


def test_a_baseline_that_is_not_there_is_told(tmp_path: Path) -> None:
    tree = small_tree(tmp_path, TEXT)
    outcome = zaplint("audit", tree, "--baseline", tmp_path / "gone")
    assert outcome.status == 2
    assert errors_of(outcome) == [
        f"error: {tmp_path}/gone: cannot be read: no such file or directory"
    ]
    assert zaplint("baseline", "check", tree).status == 2


# The configuration. -------------------------------------------------------------------------------


def test_a_configuration_of_the_tree_is_heeded_and_named(tmp_path: Path) -> None:
    tree = small_tree(tmp_path, TEXT)
    (tree / "zaplint.toml").write_text(NOTE)
    outcome = zaplint("audit", tree)
    assert outcome.status == 0
    assert "mm/small.c:9:2: note: quick()" in outcome.output
    last = "Configured by zaplint.toml: the level of 1 finding changed, 0 findings off."
    assert outcome.output.splitlines()[-1] == last
    log = json.loads(zaplint("check", tree / "mm/small.c", "--format", "sarif").data)
    (run,) = log["runs"]
    used = {"file": "zaplint.toml", "levels": 1, "off": 0}
    assert run["properties"]["configuration"] == used
    assert [item["level"] for item in run["results"]] == ["note"]


def test_a_rule_that_is_off_is_counted(tmp_path: Path) -> None:
    tree = small_tree(tmp_path, TEXT)
    (tree / "zaplint.toml").write_text(OFF)
    outcome = zaplint("audit", tree, "--ledger")
    assert outcome.status == 0
    assert "    off by the configuration at zaplint.toml:1: not here" in outcome.output
    assert outcome.output.endswith("0 findings changed, 1 finding off.\n")
    (one,) = results(zaplint("audit", tree, "--format", "sarif"))
    assert [by["justification"] for by in one["suppressions"]] == ["not here"]


def test_another_configuration_takes_its_place(tmp_path: Path) -> None:
    tree = small_tree(tmp_path, TEXT)
    (tree / "zaplint.toml").write_text("[[none]]\n")
    other = tmp_path.parent / f"{tmp_path.name}.toml"
    other.write_text(OFF)
    outcome = zaplint("audit", tree, "--config", other)
    assert outcome.status == 0
    assert f"Configured by {other.name}:" in outcome.output


def test_a_slip_in_a_configuration_is_told_before_the_run(tmp_path: Path) -> None:
    tree = small_tree(tmp_path, TEXT)
    (tree / "zaplint.toml").write_text(OFF.replace("rules", "rule"))
    outcome = zaplint("audit", tree)
    assert (outcome.status, outcome.data) == (2, b"")
    assert errors_of(outcome)[0] == (f"error: {tree}/zaplint.toml:2: unknown key 'rule' in [[off]]")
    assert "hint: did you mean 'rules'?" in outcome.errors


def test_a_path_that_is_not_in_the_tree_is_told(tmp_path: Path) -> None:
    tree = small_tree(tmp_path, TEXT)
    (tree / "zaplint.toml").write_text(
        OFF + 'files = [\n"mm/small.c",\n"mn/*.c", "mm/*.c", "*_a.c"]\n'
    )
    outcome = zaplint("audit", tree)
    told = "zaplint.toml:6: config: nothing in this tree is called 'mn', so 'mn/*.c' is about no"
    assert [line for line in outcome.output.splitlines() if ": config: " in line] == [
        f"{told} file"
    ]


# The rest. ----------------------------------------------------------------------------------------


def test_without_any_of_them_nothing_is_said() -> None:
    log = on_kernel("--format", "sarif").data
    assert [word for word in (b"suppress", b"baseline", b"configuration") if word in log] == []
    assert not on_kernel().output.splitlines()[-1].startswith("Configured")


def _example(kind: str) -> str:
    section = README.partition("\n## Peace\n")[2].partition("\n## ")[0]
    found = re.search(rf"```{kind}\n(.*?)```", section, re.DOTALL)
    assert found is not None
    return found[1]


def test_the_comment_of_the_readme_is_one() -> None:
    (one,) = directives_in({"mm/f.c": _example("c").encode()})
    assert (one.first, one.last) == (2, 2)


def test_the_configuration_of_the_readme_is_one(tmp_path: Path) -> None:
    tree = small_tree(tmp_path, TEXT)
    text = _example("toml")
    assert len(tomllib.loads(text)) == 2
    (tree / "zaplint.toml").write_text(text)
    assert zaplint("audit", tree).status == 1


def test_the_baseline_of_the_readme_is_one() -> None:
    text = README.partition("<!-- baseline example -->\n```\n")[2].partition("```")[0]
    assert [each.function for each in read_baseline(text, "README").lines] == [
        "take_back",
        "revoke_file",
    ]
