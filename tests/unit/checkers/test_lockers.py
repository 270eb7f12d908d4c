"""Which functions have to do with a lock, asked of all and of some."""

from functools import cache

import pytest

from analyzer.checkers.lockers import Lockers
from analyzer.dataflow import Analysis
from analyzer.dataflow.effects import Effect
from analyzer.program import FunctionRef
from tests.probes.world import analyse, definitions

TEXT = """// kernel: 6.12
struct folio { int flags; };
void folio_lock(struct folio *folio);
void folio_unlock(struct folio *folio);
int work(void);

static void takes(struct folio *folio) { folio_lock(folio); }
static void hands_over(struct folio *folio) { takes(folio); work(); }
static void keeps(struct folio *folio) { folio_lock(folio); work(); folio_unlock(folio); }
static void drops_if(struct folio *folio, int depth)
{
	if (depth) {
		drops_if(folio, depth - 1);
		return;
	}
	folio_unlock(folio);
}

static void by_wrapper(struct folio *folio) { hands_over(folio); work(); drops_if(folio, 2); }
static void by_keeper(struct folio *folio) { keeps(folio); }
static int by_pointer(void (*act)(struct folio *folio)) { return act == takes; }
static int with_none(void) { return work(); }
"""

FOUND = {"takes", "hands_over", "keeps", "drops_if", "by_wrapper", "by_pointer"}


@cache
def _analysis() -> Analysis:
    return analyse(TEXT)


def test_wrappers_lead_from_the_primitives_to_all() -> None:
    analysis = _analysis()
    own = definitions(analysis)
    found = Lockers(analysis).everywhere("folio_lock")
    assert {name for name, ref in own.items() if ref in found} == FOUND


@pytest.mark.parametrize("asked_before", [False, True])
def test_some_are_told_as_among_all(asked_before: bool) -> None:
    analysis = _analysis()
    lockers = Lockers(analysis)
    if asked_before:
        lockers.everywhere("folio_lock")
    for name, ref in definitions(analysis).items():
        expected = frozenset((ref,)) if name in FOUND else frozenset()
        assert lockers.among("folio_lock", frozenset((ref,))) == expected, name


def test_some_ask_for_no_effect_of_what_they_do_not_mention(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    analysis = _analysis()
    own = definitions(analysis)
    asked: list[FunctionRef] = []
    effect_of = analysis.effect_of

    def noted(ref: FunctionRef) -> Effect | None:
        asked.append(ref)
        return effect_of(ref)

    monkeypatch.setattr(analysis, "effect_of", noted)
    Lockers(analysis).among("folio_lock", frozenset((own["by_keeper"],)))
    assert asked == [own["keeps"]]
