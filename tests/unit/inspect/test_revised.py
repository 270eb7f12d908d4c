"""Edits of whole files are judged as from scratch, and lines are those of the edited files."""

import random
import shutil
from pathlib import Path

import pytest

from analyzer.core import Obligation
from analyzer.inspect.recorded import RecordedRun
from analyzer.inspect.revision import revised_files
from analyzer.pipeline import Request
from tests.cli.command import KERNEL
from tests.unit.inspect.edits import edit_of, edited


@pytest.fixture(scope="module")
def run() -> RecordedRun:
    """The small kernel under the rules of a default run."""
    return _judged(KERNEL)


def _judged(tree: Path) -> RecordedRun:
    request = Request(tree)
    run, _ = RecordedRun.of(request)
    run.judge(request)
    return run


def _scratch(tree: Path, texts: dict[str, str]) -> tuple[Obligation, ...]:
    shutil.copytree(KERNEL, tree)
    for path, text in texts.items():
        (tree / path).write_text(text)
    return _judged(tree).obligations


@pytest.mark.parametrize("seed", range(16))
def test_an_edit_of_a_file_is_judged_as_from_scratch(
    run: RecordedRun, tmp_path: Path, seed: int
) -> None:
    path, kind, text = edit_of(seed)
    files = revised_files(run, {path: text.encode()})
    if files is None:  # The edit decides what exists in the tree.
        assert kind in ("gone", "new", "delete")
        return
    assert files.placed(run.revised(files.revision)) == _scratch(tmp_path / "tree", {path: text})


def test_edits_of_several_files_are_one_revision(run: RecordedRun, tmp_path: Path) -> None:
    dice = random.Random(1)
    paths = ("mm/madvise.c", "mm/mremap.c", "mm/truncate.c")
    texts = {path: edited((KERNEL / path).read_text(), "double", dice) for path in paths}
    files = revised_files(run, {path: text.encode() for path, text in texts.items()})
    assert files is not None
    assert files.placed(run.revised(files.revision)) == _scratch(tmp_path / "tree", texts)


def test_the_text_as_it_was_changes_nothing(run: RecordedRun) -> None:
    path = "mm/madvise.c"
    files = revised_files(run, {path: (KERNEL / path).read_bytes()})
    assert files is not None
    assert (files.revision.new, files.revision.edges) == (frozenset(), False)
    assert files.placed(run.revised(files.revision)) == run.obligations


@pytest.mark.parametrize(
    "more",
    [
        "#define wrapped(page) unwrapped(page)\n",
        "#include <linux/more.h>\n",
        "struct more { int one; };\n",
        "static const struct vm_operations_struct more = { .fault = nothing };\n",
    ],
)
def test_what_is_more_than_functions_is_no_revision(run: RecordedRun, more: str) -> None:
    path = "mm/madvise.c"
    text = (KERNEL / path).read_bytes()
    assert revised_files(run, {path: text + more.encode()}) is None


def test_headers_and_files_that_were_not_read_are_no_revision(run: RecordedRun) -> None:
    assert revised_files(run, {"include/linux/mm.h": b""}) is None
    assert revised_files(run, {"mm/nowhere.c": b""}) is None
