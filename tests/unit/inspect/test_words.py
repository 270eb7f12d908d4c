"""Conditions and objects in the words of the source."""

import pytest

from analyzer.dataflow import Simulation, State
from analyzer.dataflow.occurrences import Called, Occurrence
from analyzer.dataflow.values import ANY, NEGATIVE, NONZERO, POSITIVE, ZERO, Universe
from analyzer.inspect.words import Names, condition, guard_of, telling
from tests.probes.world import definitions
from tests.unit.dataflow.simulated import analysis


@pytest.mark.parametrize(
    ("text", "mask", "words"),
    [
        ("locked", NONZERO, "locked"),
        ("locked", ZERO, "!locked"),
        ("(flags & HARD)", POSITIVE, "flags & HARD"),
        ("(flags & HARD)", ZERO, "!(flags & HARD)"),
        ("(a == b)", POSITIVE, "a == b"),
        ("(a == b)", ZERO, "a != b"),
        ("(a < b)", ZERO, "a >= b"),
        ("error", NEGATIVE, "error < 0"),
        ("error", ZERO | POSITIVE, "error >= 0"),
        ("error", ANY, ""),
    ],
)
def test_condition_reads_like_a_test_in_c(text: str, mask: int, words: str) -> None:
    assert condition(text, mask) == words


def test_guard_joins_facts_and_cases() -> None:
    make = Universe().make
    hard, soft = make("param", 0, "hard"), make("param", 1, "soft")
    cases = (((hard, NONZERO), (soft, ZERO)), ((soft, NONZERO),))
    assert guard_of(cases, True) == "hard && !soft || soft"


def test_guard_of_always_is_empty() -> None:
    assert guard_of(((),), True) == ""


def test_guard_says_that_it_is_not_all() -> None:
    case = (((Universe().make("param", 0, "hard"), NONZERO),),)
    assert guard_of(case, False) == "hard and something that it alone knows"


class _Kept:
    """The states before each call of probe()."""

    wants_uses = False

    def __init__(self) -> None:
        self.states: dict[str, tuple[State, Called]] = {}

    def observe(self, state: State, occurrence: Occurrence) -> None:
        if not isinstance(occurrence, Called) or occurrence.result is not None:
            return
        if occurrence.name == "probe":
            self.states[repr(occurrence.args[0])] = (state.copy(), occurrence)


def _probed(text: str) -> tuple[Names, dict[str, tuple[State, Called]]]:
    """The states at the probes of f(), by their first argument."""
    made = analysis(text)
    ref = definitions(made)["f"]
    kept = _Kept()

    def attach(_run: Simulation) -> _Kept:
        return kept

    made.simulate(ref, attach)
    return Names(made.program, ref), kept.states


@pytest.mark.parametrize(
    ("code", "argument", "words"),
    [
        ("", "p", "p"),
        ("", "p->next", "p->next"),
        ("", "&p->a", "&p->a"),
        ("int x = work();", "x", "x"),
        ("struct s t; t.a = work();", "t.a", "t.a"),
        ("p->b = work();", "p->b", "p->b"),
        ("", "work()", "work()"),
        ("", "&p[p->a]", "&p[p->a]"),
        ("struct s t[4];", "&t[p->a]", "&t[p->a]"),
    ],
)
def test_value_is_called_what_the_source_calls_it(code: str, argument: str, words: str) -> None:
    names, states = _probed(f"void f(struct s *p) {{ {code} probe(1, {argument}); }}")
    state, call = states["1"]
    assert names.name(state, call.args[1]) == words


def test_what_tells_states_apart_is_a_variable_or_what_was_tested() -> None:
    text = """
    void f(struct s *p, int hard) {
        int done = 0;
        if (p->a) { done = 1; probe(1); } else probe(2);
        if (done) work();
    }
    """
    names, states = _probed(text)
    one, two = states["1"][0], states["2"][0]
    assert telling(names, [one], [two]) == "done"
    assert telling(names, [two], [one]) == "!done"


def test_nothing_is_told_of_states_that_differ_in_nothing() -> None:
    names, states = _probed("void f(int a) { probe(1); probe(2); }")
    assert telling(names, [states["1"][0]], [states["2"][0]]) == ""
