"""Macros that wrap calls: which of them are functions, where these stand, what they do."""

import pytest

from analyzer.cfront.unit import Unit
from analyzer.ir import Call, Function
from tests.unit.cfront.goldens import parse, table

FILE = b"""
#define note_all(one, two) note_both(one, two)

static void after(struct folio *folio)
{
	note_all(folio, folio);
}

#define drop_all(lock, /* a comment */ page) do {	\\
	note(page);	/* and another */	\\
	spin_unlock(&(lock)->inner);	\\
} while (0)
#ifdef CONFIG_NOTES
#define last(page) ({ long found = look(page); count(); found; })
#endif"""


def _function(unit: Unit, name: str) -> Function:
    return unit.lower([head.name for head in unit.head.functions].index(name))


def _calls(unit: Unit, name: str) -> list[str]:
    """The text of the file at each call of the function."""
    events = [event for block in _function(unit, name).blocks for event in block.events]
    spans = [(event.start, event.end) for event in events if isinstance(event, Call)]
    return [FILE[start:end].decode() for start, end in spans]


def test_they_stand_among_the_functions_of_the_file() -> None:
    unit = parse(FILE, "mm/a.c")
    heads = unit.head.functions
    assert [head.name for head in heads] == ["note_all", "after", "drop_all", "last"]
    assert [head.macro for head in heads] == [True, False, True, True]
    assert [head.condition for head in heads] == ["", "", "", "CONFIG_NOTES"]
    drop = heads[2]
    assert (drop.static, drop.inline) == (True, True)
    assert [parameter.name for parameter in drop.parameters] == ["lock", "page"]
    assert drop.calls == ("note", "spin_unlock")
    assert FILE[drop.start : drop.end].startswith(b"#define drop_all(")
    assert FILE[drop.start : drop.end].endswith(b"}")
    assert unit.head.lines.line(drop.start) == 9


def test_what_they_call_is_where_the_macro_says_it() -> None:
    unit = parse(FILE, "mm/a.c")
    assert _calls(unit, "note_all") == ["note_both(one, two)"]
    assert _calls(unit, "drop_all") == ["note(page)", "spin_unlock(&(lock)->inner)"]
    assert _calls(unit, "last") == ["look(page)", "count()"]


def test_a_unit_from_another_process_has_them_too() -> None:
    unit = parse(FILE, "mm/a.c")
    again = Unit(FILE, unit.packed(), table())
    assert again.head == unit.head
    for index in range(len(unit.head.functions)):
        assert again.lower(index) == unit.lower(index)


@pytest.mark.parametrize(
    "define",
    [
        "f(x) ((x) + 1)",
        "f(x...) g(x)",
        "f(x, ...) g(x, __VA_ARGS__)",
        "f(x) g_##x()",
        "f(x) g(#x)",
        "f(x) f(x, 1)",
        "f(x) (x = g())",
        "f(x) ((x) += g())",
        "f(x) g(x++)",
        "f(x) g(&x)",
        "f(x) g(&(x).inner)",
        "f(x) g((x).inner)",
        "f(p, x) g((p)->x)",
        "f(x) g(sizeof(x))",
        "f(type, x) g((type *)x, sizeof(type))",
        "f(x) x(1)",
        "f(x) struct a x = g(1)",
        "f(x) do { x; g(); } while (0)",
        "f(x) do { if (g(x)) return; } while (0)",
        "f(x) do { if (g(x)) goto out; } while (0)",
        "f(x) for (g(x); h(x); )",
        "f(x) if (g(x))",
        "f(x) g(x); h(x)",
        "f(x) g(x",
        "f g(1)",
        "BUG_ON(x) g(x)",
    ],
)
def test_others_stay_macros(define: str) -> None:
    unit = parse(f"#define {define}\nvoid after(void) {{}}\n".encode())
    assert [head.name for head in unit.head.functions] == ["after"]


@pytest.mark.parametrize(
    "define",
    [
        "f(x) g(x)",
        "f(x) (g(x) && (x)->inner == 1)",
        "f(x) g(&(x)->inner, &x->inner)",
        "f(x) ((void)g(x))",
        "f(x) do { if ((x) && y) g(x); } while (0);",
        "f() g()",
        "f(x) ({ struct a *y = g(x); y; })",
    ],
)
def test_a_parameter_that_is_used_for_its_value_makes_a_function(define: str) -> None:
    unit = parse(f"#define {define}\nvoid after(void) {{}}\n".encode())
    assert [head.name for head in unit.head.functions] == ["f", "after"]
    assert unit.head.problems == ()
    assert unit.lower(0).gaps == ()


def test_a_function_of_the_same_name_hides_the_macro() -> None:
    text = b"#ifdef A\nvoid f(int x) { g(x); }\n#else\n#define f(x) h(x)\n#endif\n"
    (head,) = parse(text).head.functions
    assert (head.macro, head.calls) == (False, ("g",))
