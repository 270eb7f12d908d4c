"""`zaplint diff --whole`, `zaplint patch --whole`: what a change does is the difference of audits
of the tree before and after it, files that are read on demand included.
"""

import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from analyzer.core import JudgedChange, Report, TreeChange
from analyzer.inspect.difference import difference
from analyzer.inspect.series import Series
from analyzer.pipeline import Request, audit
from analyzer.source import Overlay, Repository
from tests.cli.command import KERNEL, Outcome, errors_of, zaplint
from tests.cli.history import commit, git
from tests.unit.inspect.edits import edit_of
from tests.unit.rounds.shape import BREAKS, HEADER, KEEPS, MM, written

RULE = "lock/contract-not-met"
LAX = MM.replace("\tmmap_assert_write_locked(mm);\n", "")
ONE = KEEPS.format("one")
MENDED = BREAKS.replace(
    "\twiden(mm);\n", "\tmmap_write_lock(mm);\n\twiden(mm);\n\tmmap_write_unlock(mm);\n"
)
THREE = BREAKS.replace("spread", "spill")
IN_TWO = "fs/two.c __do_sys_spread"
IN_THREE = "fs/three.c __do_sys_spill"
STEPS = (
    ("mm: ask for the lock", "mm/shape.c", MM, [IN_TWO], []),
    ("fs: take it", "fs/two.c", MENDED, [], [IN_TWO]),
    ("mm: a declaration", "include/linux/mm.h", f"{HEADER}int more;\n", [], []),
    ("fs: another caller", "fs/three.c", THREE, [IN_THREE], []),
    ("fs: take it no more", "fs/two.c", BREAKS, [IN_TWO], []),
    ("mm: ask for nothing", "mm/shape.c", LAX, [], [IN_THREE, IN_TWO]),
)
"""Each commit with the file that it leaves otherwise, and what it introduces and fixes. None of the
callers stands in a file that mentions a word of the rule.
"""
RANGE = f"HEAD~{len(STEPS)}.."


@pytest.fixture(scope="module")
def history(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A repository of a small tree whose only callers are in files that are read on demand."""
    root = tmp_path_factory.mktemp("whole") / "linux"
    tree = written(root, {"mm/shape.c": LAX, "fs/one.c": ONE, "fs/two.c": BREAKS})
    git(tree, "init", "-q", "-b", "main")
    commit(tree, "base")
    for subject, path, text, _, _ in STEPS:
        (tree / path).write_text(text)
        commit(tree, subject)
    return tree


def _diff(tree: Path, *words: str) -> Outcome:
    return zaplint("diff", RANGE, "--tree", tree, "--select", RULE, "--format", "json", *words)


def _changes(outcome: Outcome) -> list[dict[str, Any]]:
    found = json.loads(outcome.data)["changes"]
    assert isinstance(found, list)
    return found


def _unsettled(report: Report, *_: object) -> Report:
    """The report as it is: what is said of its findings is another matter."""
    return report


def _named(found: list[dict[str, Any]]) -> list[str]:
    return [f"{each['path']} {each['function']}" for each in found]


def test_callers_in_files_that_are_read_on_demand_are_accused(history: Path) -> None:
    outcome = _diff(history, "--whole")
    told = [
        (each["subject"], _named(each["introduced"]), _named(each["fixed"]))
        for each in _changes(outcome)
    ]
    assert outcome.status == 1
    assert told == [(subject, new, gone) for subject, _, _, new, gone in STEPS]


@pytest.mark.parametrize("words", [(), ("--scope", "mm"), ("--scope", "mm", "--scope", "fs")])
def test_nobody_else_knows_them(history: Path, words: tuple[str, ...]) -> None:
    outcome = _diff(history, *words)
    assert outcome.status == 0
    assert [each["introduced"] + each["fixed"] for each in _changes(outcome)] == [[]] * len(STEPS)


def test_each_commit_is_the_difference_of_two_audits(history: Path) -> None:
    told = _changes(_diff(history, "--whole"))
    repository = Repository(history)
    audits = [
        audit(Request(history, select=(RULE,), overlay=repository.at(f"HEAD~{number}")))
        for number in reversed(range(len(STEPS) + 1))
    ]
    for change, before, after in zip(told, audits[:-1], audits[1:], strict=True):
        wanted = difference(before, after)
        found = [[each.location.path for each in one] for one in (wanted.introduced, wanted.fixed)]
        assert found == [
            [each["path"] for each in change[kind]] for kind in ("introduced", "fixed")
        ]
        assert change["left"] == len(wanted.left)


def test_a_patch_is_told_the_same(history: Path) -> None:
    file = history.parent / "series.mbox"
    file.write_text(git(history, "format-patch", "--stdout", RANGE))
    words = ("--tree", history, "--base", RANGE.rstrip("."), "--select", RULE, "--format", "json")
    found = zaplint("patch", file, *words, "--whole")
    nameless = [{**each, "name": ""} for each in _changes(_diff(history, "--whole"))]
    assert _changes(found) == nameless


def test_the_whole_tree_is_no_scope(history: Path) -> None:
    outcome = _diff(history, "--whole", "--scope", "mm")
    assert (outcome.status, outcome.data) == (2, b"")
    assert errors_of(outcome) == ["error: --whole and --scope exclude each other"]


def test_what_is_read_since_has_no_new_names(tmp_path: Path) -> None:
    names = ("one", "four", "five", "six")
    files = {f"fs/{name}.c": KEEPS.format(name) for name in names}
    held, left = MM + MENDED.replace("spread", "grow"), BREAKS.replace("spread", "shrink")
    tree = written(tmp_path, {**files, "fs/two.c": BREAKS, "mm/shape.c": held + left})
    overlay = {"fs/six.c": None, "mm/shape.c": held.encode()}  # Now there are few callers outside.
    request = Request(tree, select=(RULE,))
    (found,) = Series(request, _unsettled).judged([TreeChange("", "", "", overlay, b"")]).changes
    (new,), (gone,) = found.difference.introduced, found.difference.fixed
    assert (new.function, gone.function) == ("__do_sys_spread", "__do_sys_shrink")


# The small kernel. --------------------------------------------------------------------------------


def _told(judged: JudgedChange) -> tuple[Counter[str], Counter[str]]:
    found = judged.difference
    return Counter(map(repr, found.introduced)), Counter(map(repr, found.fixed))


def test_edits_of_the_small_kernel_are_the_difference_of_audits() -> None:
    edits = {path: text.encode() for path, _, text in map(edit_of, range(5))}
    edits["include/linux/mm.h"] = (KERNEL / "include/linux/mm.h").read_bytes() + b"int more;\n"
    changes = [TreeChange("", "", path, {path: text}, b"") for path, text in edits.items()]
    judged = Series(Request(KERNEL), _unsettled).judged(changes).changes
    overlay, before = Overlay(), audit(Request(KERNEL))
    for each, change in zip(judged, changes, strict=True):
        overlay = overlay.under(change.texts)
        after = audit(Request(KERNEL, overlay=overlay))
        wanted = difference(before, after)
        told = Counter(map(repr, wanted.introduced)), Counter(map(repr, wanted.fixed))
        assert _told(each) == told, change.subject
        before = after
