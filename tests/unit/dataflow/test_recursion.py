"""What functions do that call each other in a circle does not depend on who is asked first."""

from itertools import permutations

import pytest

from analyzer.dataflow import Analysis
from analyzer.dataflow.effects import Effect
from analyzer.dataflow.same import same
from tests.probes.world import analyse, definitions

# fault() lets go of the lock where it returns 1; it may come back to pin(), which calls it.
TEXT = """\
// kernel: 6.12
struct rw_semaphore { long count; };
struct mm_struct { struct rw_semaphore mmap_lock; int n; };
void down_read(struct rw_semaphore *sem);
void up_read(struct rw_semaphore *sem);
static inline void mmap_read_lock(struct mm_struct *mm) { down_read(&mm->mmap_lock); }
static inline void mmap_read_unlock(struct mm_struct *mm) { up_read(&mm->mmap_lock); }
int pin(struct mm_struct *mm, int n);

int fault(struct mm_struct *mm, int n)
{
	if (n > 7)
		return pin(mm, n - 1);
	if (n > 3) {
		mmap_read_unlock(mm);
		return 1;
	}
	return 0;
}

int pin_one(struct mm_struct *mm, int n)
{
	if (fault(mm, n))
		return 1;
	return 0;
}

int pin(struct mm_struct *mm, int n)
{
	if (pin_one(mm, n))
		return 1;
	return 0;
}

void around(struct mm_struct *mm, int n)
{
	mmap_read_lock(mm);
	if (!pin(mm, n))
		mmap_read_unlock(mm);
}
"""
NAMES = ("fault", "pin_one", "pin", "around")


def _effects(order: tuple[str, ...]) -> tuple[Analysis, dict[str, Effect | None]]:
    analysis = analyse(TEXT, frozenset({"mmap_lock"}))
    refs = definitions(analysis)
    found = {name: analysis.effect_of(refs[name]) for name in order}
    for name in order:  # Also where a function is run by itself, and its demands are asked for.
        analysis.contracts(refs[name])
    return analysis, found


ANALYSIS, FIRST = _effects(NAMES)


def test_there_is_a_circle() -> None:
    names = {ANALYSIS.program.head(ref).name for edge in ANALYSIS.graph.cut for ref in edge}
    assert names <= set(NAMES) and len(names) == 2


@pytest.mark.parametrize("order", list(permutations(NAMES)))
def test_effects_do_not_depend_on_who_asks_first(order: tuple[str, ...]) -> None:
    _, found = _effects(order)
    assert all(same(found[name], FIRST[name]) for name in NAMES)


@pytest.mark.parametrize("name", ["pin_one", "pin"])
def test_what_is_let_go_of_is_known_where_the_circle_is_closed(name: str) -> None:
    effect = FIRST[name]
    assert effect is not None
    given = {bool(each.given) for each in effect.outcomes}
    assert given == {True, False}
