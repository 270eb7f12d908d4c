"""Deletions on the flow graph."""

from analyzer.ir import Function
from analyzer.ir.print import print_function
from analyzer.ir.without import blanked, late, places, turned, without
from tests.probes.world import definitions
from tests.unit.dataflow.simulated import analysis

_TEXT = """
struct t { int a, b; };
int f(struct s *s)
{
	struct t t = { .a = 1, .b = 2 };
	if (s->a)
		work();
	s->b = work();
	probe(s->b, t.a);
	switch (s->b) { case 1: work(); }
	return 0;
}
"""


def function() -> tuple[Function, bytes]:
    """The function, and the text of its file."""
    made = analysis(_TEXT)
    ref = definitions(made)["f"]
    return made.program.function(ref), made.program._texts[ref.path]


def at(word: str, nth: int = 0) -> tuple[Function, int]:
    """The function, and where a word of it stands."""
    body, text = function()
    offset = body.start
    for _ in range(nth + 1):
        offset = text.index(word.encode(), offset + 1)
    return body, offset


def lines(body: Function) -> list[str]:
    """The printed function, each line by itself."""
    return [line.strip() for line in print_function(body).splitlines()]


def difference(one: Function, two: Function) -> tuple[list[str], list[str]]:
    """The lines that only one of two functions has."""
    first, second = lines(one), lines(two)
    return [x for x in first if x not in second], [x for x in second if x not in first]


def test_every_place_can_be_deleted() -> None:
    body, _ = function()
    assert places(body)
    for offset in places(body):
        assert without(body, offset) is not body, offset


def test_nothing_stands_in_between() -> None:
    body, offset = at("return")
    assert without(body, offset + 1) is body


def test_a_deleted_call_returns_what_nobody_knows() -> None:
    body, offset = at("probe(")
    gone, new = difference(body, without(body, offset))
    assert (len(gone), len(new)) == (1, 1)
    assert "probe" in gone[0] and "%deleted()" in new[0]


def test_a_deleted_assignment_leaves_the_call_on_its_right() -> None:
    body, offset = at("s->b =")
    gone, new = difference(body, without(body, offset))
    assert (len(gone), new) == (1, [])


def test_a_deleted_entry_of_an_initialiser_leaves_the_others() -> None:
    body, offset = at(".a = 1")
    gone, new = difference(body, without(body, offset))
    assert (".a = 1" in gone[0], ".b = 2" in new[0], ".a" in new[0]) == (True, True, False)


def test_a_deleted_test_tells_nothing() -> None:
    body, offset = at("s->a)")
    gone, new = difference(body, without(body, offset))
    assert "s->a" in gone[0]
    assert any("%deleted()" in line for line in new)


def test_a_test_turned_round_goes_the_other_way() -> None:
    body, offset = at("s->a)")
    again = turned(body, offset)
    assert again is not body
    assert turned(again, offset) == body


def test_only_the_argument_asked_for_is_blanked() -> None:
    body, offset = at("probe(")
    gone, new = difference(body, blanked(body, offset, 1))
    assert "probe(s->b, t.a)" in gone[0]
    assert any("probe(s->b, " in line and "t.a" not in line for line in new)
    assert blanked(body, offset, 2) is body


def test_a_late_call_happens_behind_another() -> None:
    body, offset = at("probe(")
    _, behind = at("work(", 2)
    _, new = difference(body, late(body, offset, behind))
    assert any("probe(s->b, t.a)" in line for line in new)
    assert late(body, offset, behind + 1) is body
