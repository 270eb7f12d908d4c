"""An engine that stays answers, after any edit, as one that begins with it."""

import random
import shutil
from pathlib import Path

import pytest

from analyzer.core import Obligation
from analyzer.inspect.resident import Resident
from analyzer.pipeline import Request
from tests.cli.command import KERNEL
from tests.unit.inspect.edits import KINDS, edited

_SCOPE = ("mm",)
_PATHS = ("mm/rmap.c", "mm/hugetlb.c", "mm/memory.c", "mm/madvise.c")
_HEADER = "include/linux/fs.h"


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """A copy of the small kernel."""
    return Path(shutil.copytree(KERNEL, tmp_path / "linux"))


def _scratch(tree: Path, texts: dict[str, bytes], path: str) -> tuple[Obligation, ...]:
    """What an engine finds in a file that begins with these texts."""
    begun = Resident(Request(tree, _SCOPE))
    begun.look(texts)
    return begun.obligations(frozenset((path,)))


def test_files_are_judged_one_by_one_as_all_together(tree: Path) -> None:
    mine = Resident(Request(tree, _SCOPE))
    mine.look({})
    one_by_one = [mine.obligations(frozenset((path,))) for path in _PATHS]
    together = Resident(Request(tree, _SCOPE))
    together.look({})
    assert together.obligations(frozenset(_PATHS)) == tuple(
        sorted((each for found in one_by_one for each in found), key=lambda each: each.order)
    )


@pytest.mark.parametrize("seed", range(4))
def test_a_chain_of_edits_comes_to_the_same_as_the_last_alone(tree: Path, seed: int) -> None:
    dice = random.Random(seed)
    mine = Resident(Request(tree, _SCOPE))
    texts = {path: (tree / path).read_bytes() for path in _PATHS}
    mine.look(texts)
    for _ in range(3):
        path, kind = dice.choice(_PATHS), dice.choice(KINDS)
        texts = {**texts, path: edited(texts[path].decode(), kind, dice).encode()}
        mine.look(texts)
        other = dice.choice(_PATHS)
        assert mine.obligations(frozenset((other,))) == _scratch(tree, texts, other)


def test_an_edit_of_more_than_functions_waits_until_it_may_begin_anew(tree: Path) -> None:
    path = "mm/rmap.c"
    mine = Resident(Request(tree, _SCOPE))
    mine.look({})
    before = mine.obligations(frozenset((path,)))
    texts = {path: b"#define MORE 1\n" + (tree / path).read_bytes()}
    assert not mine.look(texts, lambda: False)
    assert mine.obligations(frozenset((path,))) == before
    assert mine.look(texts)
    found = mine.obligations(frozenset((path,)))
    assert [each.location.line - 1 for each in found] == [each.location.line for each in before]
    assert mine.look({}, lambda: False) is False  # The macro goes, and that is more, too.
    assert mine.look({})
    assert mine.obligations(frozenset((path,))) == before


def test_what_is_written_on_disk_by_others_is_seen(tree: Path) -> None:
    path = "mm/rmap.c"
    mine = Resident(Request(tree, _SCOPE))
    mine.look({})
    before = mine.obligations(frozenset((path,)))
    (tree / path).write_text("\n" + (tree / path).read_text())
    assert mine.look({}, lambda: False)
    assert mine.obligations(frozenset((path,))) == _scratch(tree, {}, path) != before
    (tree / _HEADER).write_text((tree / _HEADER).read_text() + "#define MORE 1\n")
    assert not mine.look({}, lambda: False)
    (tree / path).unlink()
    assert mine.look({})
    assert mine.obligations(frozenset((path,))) == ()


def test_a_header_that_is_only_open_is_no_edit(tree: Path) -> None:
    mine = Resident(Request(tree, _SCOPE))
    mine.look({})
    text = (tree / _HEADER).read_bytes()
    assert mine.look({_HEADER: text}, lambda: False)
    assert not mine.look({_HEADER: text + b"/* more */\n"}, lambda: False)


def test_a_file_that_is_new_is_read_once_it_matters(tree: Path) -> None:
    path = "mm/new.c"
    mine = Resident(Request(tree, _SCOPE))
    mine.look({})
    assert mine.look({path: b"int nothing;\n"}, lambda: False)
    assert mine.obligations(frozenset((path,))) == ()
    text = b"void more(struct folio *folio)\n{\n\tfolio_lock(folio);\n\tfolio_unlock(folio);\n}\n"
    assert not mine.look({path: text}, lambda: False)
    assert mine.look({path: text})
    told = mine.locks(path, 4)
    assert told is not None
    assert [(each.lock, each.object) for each in told.held] == [("folio_lock", "folio")]


def test_locks_are_told_where_lines_are_now(tree: Path) -> None:
    path = "mm/rmap.c"
    text = (tree / path).read_text()
    mine = Resident(Request(tree, _SCOPE))
    mine.look({})
    line = next(
        number for number, each in enumerate(text.splitlines(), 1) if each == "\tfolio_lock(folio);"
    )
    before = mine.locks(path, line + 1)
    assert before is not None and before.line == line + 1
    gone = text.splitlines(keepends=True)
    gone[line - 1] = "\n"
    mine.look({path: "".join(("\n\n", *gone)).encode()})
    after = mine.locks(path, line + 3)
    assert after is not None and after.line == line + 3
    assert {each.lock for each in before.held} - {each.lock for each in after.held} == {
        "folio_lock"
    }
    assert mine.locks(path, 1) is None
    assert mine.locks("mm/nowhere.c", 1) is None
