"""A run that stays says what an audit of the edited tree says, or that it must be begun anew."""

import random
from dataclasses import replace
from pathlib import Path

import pytest

from analyzer.core import Report
from analyzer.inspect.warm import Now, Texts, Warm
from analyzer.pipeline import Book, Request, audit, load_book
from analyzer.source import Overlay
from tests.cli.command import KERNEL
from tests.unit.checkers.audited import laid_out
from tests.unit.inspect.edits import FILES, edit_of, edited
from tests.unit.rounds.shape import BREAKS, KEEPS, MM, TALKS, written

_RULE = "lock/contract-not-met"
_TOUCHES = '[[require]]\nat = "touch($f)"\nneeds = "held(folio_lock, $f)"\n'
_DROPS = "void drop(struct folio *folio)\n{\n\ttouch(folio);\n}\n"
_KEEPS_IT = """
void keep(struct folio *folio)
{
	folio_lock(folio);
	drop(folio);
	folio_unlock(folio);
}
"""


class _Both:
    """A run that stays, and runs from scratch."""

    def __init__(
        self, root: Path, select: tuple[str, ...] = (), rules: tuple[Path, ...] = ()
    ) -> None:
        self._book: Book = load_book(rules)
        self._request = Request(root, select=select, rules=rules)
        self._warm = Warm(self._request, self._book)

    def warm(self, texts: Texts, *files: str) -> Report | None:
        """What the run that stays says."""
        request = replace(self._request, files=files)
        found = self._warm.audited(request, Now(texts, lambda: Overlay().under(texts)))
        return found and found[0]

    def scratch(self, texts: Texts, *files: str) -> Report:
        """What a run of the edited tree says."""
        overlay = Overlay().under(texts)
        return audit(replace(self._request, files=files, overlay=overlay), self._book)


@pytest.fixture(scope="module")
def small() -> _Both:
    """The small kernel."""
    return _Both(KERNEL)


@pytest.mark.parametrize("seed", range(16))
def test_an_edit_is_judged_as_from_scratch(small: _Both, seed: int) -> None:
    path, kind, text = edit_of(seed)
    texts = {path: text.encode()}
    found = small.warm(texts, path)
    if found is None:  # The edit decides what exists in the tree.
        assert kind in ("gone", "new", "delete")
    else:
        assert found == small.scratch(texts, path)


def test_files_that_nobody_edited_are_judged_under_the_edits(small: _Both) -> None:
    dice = random.Random(7)
    texts = {
        path: edited((KERNEL / path).read_text(), "delete", dice).encode() for path in FILES[:3]
    }
    for path in FILES:
        assert small.warm(texts, path) == small.scratch(texts, path)
    assert small.warm({}, *FILES) == small.scratch({}, *FILES)


@pytest.mark.parametrize("path", ["include/linux/mm.h", "Makefile", "MAINTAINERS", "mm/madvise.c"])
def test_what_says_what_a_tree_is_takes_a_new_run(small: _Both, path: str) -> None:
    assert small.warm({path: None}, "mm/mremap.c") is None


def test_a_file_without_a_word_of_a_rule_is_nothing(small: _Both) -> None:
    texts = {"drivers/idle.c": b"int idle;\n", "lib/none.h": b"", "tools/mm/odd.c": b"folio_lock"}
    assert small.warm(texts, "mm/mremap.c") == small.scratch(texts, "mm/mremap.c")
    new = {"mm/new.c": b"void f(void) { pte_unmap_unlock(pte, ptl); }"}
    assert small.warm(new, "mm/mremap.c") is None


@pytest.fixture(scope="module")
def shape(tmp_path_factory: pytest.TempPathFactory) -> _Both:
    """A tree in which a caller is found in a file that is read on demand."""
    files = {"fs/one.c": KEEPS.format("one"), "fs/talk.c": TALKS}
    return _Both(written(tmp_path_factory.mktemp("shape"), files), (_RULE,))


_CALLS = "void narrow(struct mm_struct *mm)\n{\n\twiden(mm);\n}\n"
_FIRST = "\tmmap_write_lock(mm);\n\twiden(mm);\n"
_LATE = "\twiden(mm);\n\tmmap_write_lock(mm);\n"
_ASKS = "\tmmap_assert_write_locked(mm);\n"
_EDITS = {
    "nothing": {},
    "less is asked": {"mm/shape.c": MM.replace(_ASKS, "")},
    "more is asked": {"mm/shape.c": MM.replace("\treshape(mm);", f"{_ASKS}\treshape(mm);")},
    "another caller": {
        "mm/shape.c": MM + "void narrow(struct mm_struct *mm)\n{\n\twiden(mm);\n}\n"
    },
    "a caller outside is late": {"fs/one.c": KEEPS.format("one").replace(_FIRST, _LATE)},
    "both": {
        "mm/shape.c": MM.replace("map_count++", "map_count--"),
        "fs/one.c": KEEPS.format("one").replace("\twiden(mm);", "\twiden(mm);\n\twiden(mm);"),
    },
    "words outside": {"fs/talk.c": TALKS.replace("idle", "busy")},
}


@pytest.mark.parametrize("edit", [*_EDITS, *reversed(_EDITS)])
def test_callers_in_files_that_are_read_on_demand_are_as_they_are(shape: _Both, edit: str) -> None:
    paths = {path: "" for each in _EDITS.values() for path in each}
    before = {"mm/shape.c": MM, "fs/one.c": KEEPS.format("one"), "fs/talk.c": TALKS}
    # What was edited before is told of, as it is now.
    texts = {path: _EDITS[edit].get(path, before[path]).encode() for path in paths}
    for path in ("mm/shape.c", "fs/one.c"):
        found, scratch = shape.warm(texts, path), shape.scratch(texts, path)
        assert found is not None
        assert found.obligations == scratch.obligations


def test_a_new_caller_outside_takes_a_new_run(shape: _Both) -> None:
    assert shape.warm({}, "mm/shape.c") == shape.scratch({}, "mm/shape.c")
    assert shape.warm({"fs/two.c": BREAKS.encode()}, "mm/shape.c") is None
    assert shape.warm({"fs/one.c": None}, "mm/shape.c") is None
    assert shape.warm({"fs/talk.c": b"int other;\n"}, "mm/shape.c") is None


@pytest.mark.parametrize("other", [{"fs/two.c": BREAKS.encode()}, {"fs/one.c": b"int one;\n"}])
def test_what_was_found_under_other_texts_does_not_stay(tmp_path: Path, other: Texts) -> None:
    tree = _Both(written(tmp_path, {"fs/one.c": KEEPS.format("one")}), (_RULE,))
    found, scratch = tree.warm(other, "mm/shape.c"), tree.scratch(other, "mm/shape.c")
    assert found == scratch
    assert tree.warm(other, "mm/shape.c") == scratch
    assert scratch != tree.scratch({}, "mm/shape.c")
    assert tree.warm({}, "mm/shape.c") is None


@pytest.mark.parametrize("calls", [True, False])
def test_the_last_caller_that_was_read_goes(tmp_path: Path, calls: bool) -> None:
    request = laid_out(tmp_path, _TOUCHES, _DROPS + _KEEPS_IT)
    file = request.root / "mm" / "b.c"
    file.write_text("struct folio;\nvoid use(struct folio *folio)\n{\n\tdrop(folio);\n}\n")
    if not calls:
        file.write_text("struct folio;\n")
    both = _Both(request.root, request.select, request.rules)
    text = (request.root / "mm" / "a.c").read_bytes()
    texts = {"mm/a.c": text.replace(_KEEPS_IT.encode(), b"")}
    found = both.warm(texts, "mm/a.c")
    assert found == both.scratch(texts, "mm/a.c")
    assert [each.verdict.value for each in found.obligations] == ["open" if calls else "violated"]
