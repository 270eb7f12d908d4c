"""Records of expressions, and what a part of the call graph reaches."""

import pytest

from analyzer.ir import Call
from analyzer.program import Types
from analyzer.program.reach import Edge, reach
from tests.unit.program.linked import named, program

TEXT = """struct ops { int (*fault)(int n); };
struct vma { const struct ops *ops; struct vma *next; };
static int fault(int n) { return target(n); }
static int target(int n) { return n; }
static const struct ops table = { .fault = fault };
int run(struct vma *vma)
{
	struct vma other = *vma;
	return vma->ops->fault(1) + other.next->ops->fault(2) + unknown->fault(3);
}
"""


@pytest.mark.parametrize(("number", "record"), [(0, "ops"), (1, "ops"), (2, "")])
def test_the_record_of_a_call_through_a_field(number: int, record: str) -> None:
    made = program({"mm/a.c": TEXT})
    function = made.function(named(made, "mm/a.c", "run"))
    calls = [
        event.callee
        for block in function.blocks
        for event in block.events
        if isinstance(event, Call)
    ]
    owner = getattr(calls[number], "object", None)
    assert owner is not None
    assert Types((made.file("mm/a.c"),)).record(function, owner) == record


def test_a_field_reaches_what_the_tables_store_in_it() -> None:
    made = program({"mm/a.c": TEXT})
    found = reach(made, ("run",), None, 5)
    assert Edge("run", "fault", "ops.fault") in found.edges
    assert Edge("fault", "target", "") in found.edges


def test_only_what_leads_to_the_end_is_kept() -> None:
    text = "int a(void) { return b() + c(); }\nint b(void) { return d(); }\n"
    made = program({"mm/a.c": f"{text}int c(void) {{ }}\nint d(void) {{ }}\n"})
    found = reach(made, ("a",), "d", 5)
    assert found.edges == (Edge("a", "b", ""), Edge("b", "d", ""))
    assert reach(made, ("a",), None, 1).edges == (Edge("a", "b", ""), Edge("a", "c", ""))
