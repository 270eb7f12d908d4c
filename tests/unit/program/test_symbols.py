"""An index and a graph of calls that are made of known ones are those made from scratch."""

import pytest

from analyzer.inspect.recorded import RecordedRun
from analyzer.inspect.revision import revised_files
from analyzer.pipeline import Request
from analyzer.program import CallGraph, Program
from tests.cli.command import KERNEL
from tests.unit.inspect.edits import FILES, edit_of


@pytest.fixture(scope="module")
def run() -> RecordedRun:
    """The small kernel, read."""
    return RecordedRun.of(Request(KERNEL))[0]


@pytest.mark.parametrize("seed", range(24))
def test_an_edit_gives_what_scratch_gives(run: RecordedRun, seed: int) -> None:
    path, kind, text = edit_of(seed)
    files = revised_files(run, {path: text.encode()})
    if files is None:  # The edit decides what exists in the tree.
        assert kind in ("gone", "new", "delete")
        return
    before, after = run.world.program, files.revision.program
    before.typed("vm_area_struct")  # So that there is an index of types to be taken over.
    units = {**run.world.reading.units, path: files.files[path].unit}
    scratch = Program(units, {**run.world.reading.texts, path: files.files[path].text})
    made, graph = CallGraph(after, CallGraph(before)), CallGraph(scratch)
    _same_names(after, scratch)
    assert (made.callees, made.cut) == (graph.callees, graph.cut)
    assert list(made.callees) == list(graph.callees)
    for ref in scratch.refs:
        assert made.callers(ref) == graph.callers(ref)
        name = frozenset((scratch.head(ref).name,))
        assert made.reaching(name) == graph.reaching(name)


def _same_names(one: Program, two: Program) -> None:
    assert one.refs == two.refs
    heads = [two.head(ref) for ref in two.refs]
    for name in {word for head in heads for word in (head.name, *head.names)}:
        assert one.named(name) == two.named(name)
        assert one.mentions(name) == two.mentions(name)
        assert all(one.resolve(name, path) == two.resolve(name, path) for path in FILES)
    for word in {w for head in heads for each in head.parameters for w in each.type.split()}:
        assert one.typed(word) == two.typed(word)
    for field in ("flags", "vm_flags", "mm", "ptl", "start", "lru"):
        for parent in ("", "vma", "page", "folio", "range"):
            assert one.unassigned(parent, field) == two.unassigned(parent, field)
