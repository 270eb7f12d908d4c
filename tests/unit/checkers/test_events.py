"""Events and conditions match what the code does, not how it is spelled."""

import pytest

from tests.unit.checkers.audited import verdicts

NEVER = '[[require]]\nat = "{}"\nneeds = "false"\nlook = "function"\nsays = "here"\n'


def sites(event: str, body: str, head: str = "") -> int:
    """How many sites an event has in `f(t, n)` with this body."""
    text = f"{head}\nint f(struct thing *t, int n) {{ {body} return 0; }}\n"
    return len(verdicts(NEVER.format(event), text).get("f", "").split())


@pytest.mark.parametrize(
    "body",
    [
        "act(t);",
        "if (act(t)) work();",
        "n = act(t);",
        "n = !act(t) + 1;",
        "struct thing *u = t; act(u);",
    ],
)
def test_a_call_is_a_call_however_it_stands(body: str) -> None:
    assert sites("act($t)", body) == 1


@pytest.mark.parametrize(
    ("event", "body", "n"),
    [
        ("act($t->next)", "act(t->next); act(t);", 1),
        ("two($x, $x)", "two(t, t); two(t, t->next);", 1),
        ("two(_, ...)", "two(t, t); two(t, t->next);", 2),
        ("two(_, NULL)", "two(t, 0); two(t, t); two(t, n ? 0 : 0);", 2),
        ("$t.state <- _", "t->state = n; t->flags = n;", 1),
        ("$t.state <- 3", "t->state = 3; t->state = 4;", 1),
        ("struct thing *$t->_ <- _", "t->state = n; t->flags = n;", 2),
        ("$t.flags <- has FLAG_A", "t->flags = FLAG_A | FLAG_B; t->flags = FLAG_B;", 1),
        ("_ <- has FLAG_A", "t->flags = FLAG_A; mark(t, FLAG_A | FLAG_B);", 2),
        ("$r = act($t)", "n = act(t);", 1),
    ],
)
def test_events_match_what_happens(event: str, body: str, n: int) -> None:
    head = "#define FLAG_A 1\n#define FLAG_B 2\nint two(struct thing *, struct thing *);"
    assert sites(event, body, f"{head}\nvoid mark(struct thing *, int);") == n


@pytest.mark.parametrize(
    ("condition", "body", "verdict"),
    [
        ("$t->state == 0", "if (t->state) return 0; act(t);", "proved"),
        ("$t->state == 0", "if (t->state) act(t);", "violated"),
        ("$t->state == 3", "if (t->state == 3) act(t);", "proved"),
        ("$t->state != 0", "if (t->state == 3) act(t);", "proved"),
        ("$t->state != 0 && $t->flags != 0", "if (t->state && t->flags) act(t);", "proved"),
        ("$t->state != 0 || $t->flags != 0", "if (t->flags) act(t);", "proved"),
        ("done(begin($t))", "begin(t); act(t);", "proved"),
        ("done(begin($t))", "if (n) begin(t); act(t);", "violated"),
        ("done(begin($t) before end($t))", "begin(t); end(t); act(t);", "proved"),
        ("done(begin($t) before end($t))", "end(t); begin(t); act(t);", "violated"),
        ("done(begin($t))", "begin(t->next); act(t);", "open"),
        ("$t->flags has FLAG_A", "t->flags = FLAG_A | n; act(t);", "proved"),
        ("$t->flags has FLAG_A", "t->flags = 0; act(t);", "violated"),
        ("$t->flags has FLAG_A", "if (t->flags & FLAG_A) act(t);", "proved"),
        ("good($t)", "if (good(t)) act(t);", "proved"),
        ("good($t)", "if (!good(t)) return 0; act(t);", "proved"),
        ("good($t)", "if (good(t->next)) act(t);", "violated"),
        ("good(_)", "if (good(t->next)) act(t);", "proved"),
        ("!good($t)", "if (good(t)) return 0; act(t);", "proved"),
    ],
)
def test_conditions_hold_where_the_path_tells(condition: str, body: str, verdict: str) -> None:
    rule = f"""[[require]]
at = "act($t)"
needs = "{condition}"
look = "function"
says = "here"
"""
    head = "#define FLAG_A 1\nbool good(struct thing *t);"
    text = f"{head}\nint f(struct thing *t, int n) {{ {body} return 0; }}\n"
    assert verdicts(rule, text)["f"] == verdict


def test_a_fact_under_a_lock_is_one_that_was_learned_while_it_was_held() -> None:
    rule = """[[require]]
at = "touch($f)"
needs = "good($f) under folio_lock($f)"
look = "function"
says = "here"
"""
    text = """bool good(struct folio *f);
void inside(struct folio *f) { folio_lock(f); if (good(f)) touch(f); folio_unlock(f); }
void before(struct folio *f) { if (!good(f)) return; folio_lock(f); touch(f); folio_unlock(f); }
void without(struct folio *f) { if (good(f)) touch(f); }
"""
    assert verdicts(rule, text) == {
        "inside": "proved",
        "before": "violated",
        "without": "violated",
    }


@pytest.mark.parametrize(
    ("event", "body", "n"),
    [
        ("ac*($t)", "act(t); work();", 1),
        ("a*t($t)", "act(t);", 1),
        ("ac*($t)", "work();", 0),
    ],
)
def test_a_glob_is_every_function_that_it_fits(event: str, body: str, n: int) -> None:
    assert sites(event, body) == n


@pytest.mark.parametrize(
    ("event", "n"),
    [("call ops.act($t)", 1), ("call other.act($t)", 0), ("call ops.undo($t)", 0)],
)
def test_a_call_through_a_field_is_told_by_its_record(event: str, n: int) -> None:
    head = "struct ops { int (*act)(struct thing *); int (*undo)(struct thing *); };"
    body = "struct ops *ops = find(t); ops->act(t);"
    assert sites(event, body, f"{head}\nstruct ops *find(struct thing *);") == n


def test_a_field_of_a_record_that_is_not_known_may_be_of_any() -> None:
    assert sites("call ops.act($t)", "hidden->act(t); hidden->undo(t);") == 1


@pytest.mark.parametrize(
    ("event", "n"),
    [
        ("when _ == LIMIT", 1),
        ("when LIMIT == _", 1),
        ("when _ != LIMIT", 1),
        ("when !struct thing $t", 1),
        ("when struct thing $t", 1),
        ("when !struct other $t", 0),
    ],
)
def test_a_test_is_told_by_its_operands_and_types(event: str, n: int) -> None:
    body = "if (n == LIMIT) work(); if (!t) work(); if (n) work();"
    assert sites(event, body, "#define LIMIT 7") == n
