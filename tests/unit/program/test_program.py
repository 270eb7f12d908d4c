"""Which definition a name means, and who mentions it."""

import pytest

from tests.unit.program.linked import named, program

LINKED = program(
    {
        "include/x.h": "static inline int shared(int n) { return n; }\nint plain(int n);\n",
        "mm/a.c": "static int own(void) { return 1; }\nint plain(int n) { return own(); }\n",
        "mm/b.c": (
            "static int own(void) { return 2; }\n"
            "static int shared(int n) { return own() + n; }\n"
            "int user(void) { return plain(shared(1)); }\n"
        ),
        "mm/c.c": "int other(void) { return own() + shared(2); }\n",
    }
)


@pytest.mark.parametrize(
    ("name", "seen_from", "path"),
    [
        ("own", "mm/a.c", "mm/a.c"),
        ("own", "mm/b.c", "mm/b.c"),
        ("own", "mm/c.c", None),
        ("plain", "mm/b.c", "mm/a.c"),
        ("shared", "mm/b.c", "mm/b.c"),
        ("shared", "mm/c.c", "include/x.h"),
        ("nowhere", "mm/a.c", None),
    ],
)
def test_a_static_function_is_seen_in_its_file_only(
    name: str, seen_from: str, path: str | None
) -> None:
    found = LINKED.resolve(name, seen_from)
    assert (found.path if found else None) == path


def test_of_two_variants_the_one_with_a_body_is_meant() -> None:
    text = """#ifdef CONFIG_A
int f(int n)
{
	return n + 1;
}
#else
int f(int n) { return 0; }
#endif
int g(void) { return f(1); }
"""
    made = program({"mm/a.c": text})
    assert len(made.named("f")) == 2
    found = made.resolve("f", "mm/a.c")
    assert found is not None
    assert made.head(found).condition == "CONFIG_A"
    assert "n + 1" in made.text("mm/a.c", made.head(found).start, made.head(found).end)


SWITCHED = """#ifdef CONFIG_A
int work(int n);
#else
static inline int work(int n) { return 0; }
#endif
static inline int wrap(int n) { return work(n); }
"""


@pytest.mark.parametrize("seen_from", ["include/x.h", "mm/b.c"])
def test_a_stub_of_a_header_is_not_what_a_name_means(seen_from: str) -> None:
    user = "#include <x.h>\nint user(void) { return work(1); }\n"
    here = program({"include/x.h": SWITCHED, "mm/b.c": user})
    assert here.resolve("work", seen_from) is None
    there = program(
        {"include/x.h": SWITCHED, "mm/b.c": user, "mm/a.c": "int work(int n) { return n; }\n"}
    )
    found = there.resolve("work", seen_from)
    assert found is not None and found.path == "mm/a.c"


def test_functions_are_in_the_order_of_files_and_places() -> None:
    backwards = program(
        {"mm/b.c": "int z(void) { }\nint y(void) { }\n", "mm/a.c": "int x(void) { }"}
    )
    assert [backwards.head(ref).name for ref in backwards.refs] == ["x", "z", "y"]


def test_who_mentions_a_name_is_found_without_a_call() -> None:
    made = program({"mm/a.c": "int g(void) { return use(&f); }\nint h(void) { return 1; }\n"})
    assert made.mentions("f") == (named(made, "mm/a.c", "g"),)


def test_functions_in_tables_are_known_by_record_and_field() -> None:
    text = """static int fault(void) { return 0; }
static const struct some_ops ops = { .fault = fault, .open = &fault };
"""
    made = program({"mm/a.c": text})
    assert made.tables == {("some_ops", "fault"): ("fault",), ("some_ops", "open"): ("fault",)}


@pytest.mark.parametrize("name", ["user", "plain", "vma", "vma.vm_mm", "LIMIT"])
def test_names_that_the_tree_has(name: str) -> None:
    text = "#define LIMIT 3\nstruct vma { int vm_mm; };\nint user(void) { return plain(); }\n"
    made = program({"mm/a.c": text})
    assert made.declares(name)
    assert not made.declares(f"{name}_not")


def test_a_body_is_lowered_once() -> None:
    ref = named(LINKED, "mm/b.c", "user")
    assert LINKED.function(ref) is LINKED.function(ref)


def test_callers_of_a_glob_call_what_matches_it() -> None:
    text = """int f(void) { return act_one() + 1; }
int g(void) { return react(); }
int h(int act_now) { return act_now; }
int i(struct ops *ops) { return ops->act(1); }
"""
    made = program({"mm/a.c": text})
    found = [made.head(ref).name for ref in made.calling("act*")]
    assert found == ["f", "i"]
