"""Each kind of clause, by a rule of a user's own."""

from pathlib import Path

import pytest

from analyzer.pipeline import audit
from tests.unit.checkers.audited import audited, laid_out, verdicts

REQUIRE = """[[require]]
at = "touch($f)"
needs = "held(folio_lock, $f)"
look = "function"
says = "{function}() touches {f} without its lock"
"""
CALLERS = REQUIRE.replace('look = "function"\n', "")
FORBID = """[[forbid]]
at = "act($t)"
never = "$t->state == 0"
says = "{function}() acts on {t}, which is idle"
"""
FOLLOW = """[[follow]]
after = "begin($t)"
then = "end($t)"
before = ["return"]
says = "{function}() begins {t} and does not end it"
"""
PAIR = """[[pair]]
open = "acquire(folio_lock, $f)"
close = "release(folio_lock, $f)"
says = "{function}() leaves {f} locked"
"""


def test_a_folder_of_rules_is_added_to_those_of_zaplint(tmp_path: Path) -> None:
    report = audit(laid_out(tmp_path, REQUIRE, "void f(struct folio *f) { touch(f); }"))
    assert [rule.id for rule in report.rules] == ["own/rule"]
    assert [each.verdict.value for each in report.obligations] == ["violated"]


def test_what_is_required_holds_on_every_path() -> None:
    text = """
void held(struct folio *f) { folio_lock(f); touch(f); folio_unlock(f); }
void late(struct folio *f) { touch(f); folio_lock(f); folio_unlock(f); }
void other(struct folio *f, struct folio *g) { folio_lock(g); touch(f); folio_unlock(g); }
void tried(struct folio *f) { if (folio_trylock(f)) { touch(f); folio_unlock(f); } }
void unsure(struct folio *f) { folio_trylock(f); touch(f); }
"""
    assert verdicts(REQUIRE, text) == {
        "held": "proved",
        "late": "violated",
        "other": "open",
        "tried": "proved",
        "unsure": "violated",
    }


def test_a_violation_says_what_and_how_in_the_words_of_the_source() -> None:
    text = """
int wrong(struct folio *page, int n)
{
	if (n)
		return 0;
	return touch(page);
}
"""
    (found,) = audited(REQUIRE, text)
    assert found.message == "wrong() touches page without its lock"
    assert found.subject == "touch f=page"
    assert [step.text for step in found.path] == ["goes on when n is false", "touch(page)"]
    assert (found.location.path, found.function) == ("mm/a.c", "wrong")


def test_callers_are_asked_for_what_a_function_does_not_establish() -> None:
    text = """
static void inner(struct folio *f) { touch(f); }
void outer(struct folio *f) { folio_lock(f); inner(f); folio_unlock(f); }
"""
    (found,) = audited(CALLERS, text)
    assert (found.function, found.verdict.value) == ("inner", "proved")
    assert [step.function for step in found.evidence] == ["outer", "outer"]


def test_a_parameter_called_like_a_function_is_no_pointer_to_it() -> None:
    text = """
void lone(struct folio *lone) { touch(lone); }
void passed(struct folio *folio) { touch(folio); }
void passes(void) { give(passed); }
"""
    assert verdicts(CALLERS, text) == {"lone": "violated", "passed": "open"}


def test_the_result_of_a_callee_tells_what_it_has_asked() -> None:
    text = """
static int fits(struct folio *f) { return small(f) && !busy(f); }
static int early(struct folio *f) { if (!small(f)) return 0; return !busy(f); }
static int unfit(struct folio *f) { return !small(f) || busy(f); }
static int half(struct folio *f) { return small(f) || !busy(f); }
void asked(struct folio *f) { if (fits(f)) touch(f); }
void kept(struct folio *f) { int fit = fits(f); if (fit) touch(f); }
void left(struct folio *f) { if (!fits(f)) return; touch(f); }
void denied(struct folio *f) { if (!unfit(f)) touch(f); }
void quick(struct folio *f) { if (early(f)) touch(f); }
void slow(struct folio *f) { int fit = 0; if (small(f)) fit = !busy(f); if (fit) touch(f); }
void hasty(struct folio *f) { if (!early(f)) touch(f); }
void turned(struct folio *f) { if (!fits(f)) touch(f); }
void either(struct folio *f) { if (half(f)) touch(f); }
void other(struct folio *f, struct folio *g) { if (fits(g)) touch(f); }
"""
    needs = REQUIRE.replace("held(folio_lock, $f)", "small($f) && !busy($f)")
    assert verdicts(needs, text) == {
        "asked": "proved",
        "kept": "proved",
        "left": "proved",
        "denied": "proved",
        "quick": "proved",
        "slow": "proved",
        "hasty": "violated",
        "turned": "violated",
        "either": "violated",
        "other": "violated",
    }


def test_one_caller_that_does_not_is_enough() -> None:
    text = """
static void inner(struct folio *f) { touch(f); }
static int fault(struct folio *f) { inner(f); return 0; }
struct operations { int (*fault)(struct folio *f); };
static const struct operations table = { .fault = fault };
void outer(struct folio *f) { folio_lock(f); inner(f); folio_unlock(f); }
"""
    (found,) = audited(CALLERS, text)
    assert found.verdict.value == "violated"
    assert [step.function for step in found.path][:2] == ["fault", "fault"]
    assert found.path[0].text == "fault() is entered through operations.fault"


def test_what_is_forbidden_must_be_known_to_be_reported() -> None:
    text = """
void idle(struct thing *t) { if (!t->state) act(t); }
void busy(struct thing *t) { if (t->state) act(t); }
void unknown(struct thing *t) { act(t); }
"""
    assert verdicts(FORBID, text) == {"idle": "violated", "busy": "proved", "unknown": "open"}


def test_what_must_follow_comes_on_every_path() -> None:
    text = """
void straight(struct thing *t) { begin(t); work(); end(t); }
void forgotten(struct thing *t) { begin(t); if (work()) return; end(t); }
void other(struct thing *t, struct thing *u) { begin(t); end(u); }
void equal(struct thing *t, int n) { if (n) begin(t); work(); if (n) end(t); }
void looped(struct thing *t, int n) { while (n--) { begin(t); end(t); } }
"""
    assert verdicts(FOLLOW, text) == {
        "straight": "proved",
        "forgotten": "violated",
        "other": "violated",
        "equal": "proved",
        "looped": "proved",
    }


def test_a_deadline_inside_the_function() -> None:
    rule = FOLLOW.replace('"return"', '"work()"')
    text = """
void early(struct thing *t) { begin(t); work(); end(t); }
void past(struct thing *t) { work(); begin(t); }
void without(struct thing *t) { begin(t); }
"""
    assert verdicts(rule, text) == {"early": "violated", "past": "proved"}


def test_a_deadline_in_a_callee_leaves_open_what_came_first() -> None:
    follow = FOLLOW.replace('["return"]', '["act($t)"]')
    text = """
static void acts(struct thing *t) { act(t); }
static void acts_at_last(struct thing *t) { end(t); act(t); }
void early(struct thing *t) { begin(t); acts(t); end(t); }
void late(struct thing *t) { begin(t); end(t); acts(t); }
void within(struct thing *t) { begin(t); acts_at_last(t); }
void here(struct thing *t) { begin(t); act(t); end(t); }
"""
    found = verdicts(follow, text)
    assert (found["early"], found["late"], found["here"]) == ("open", "proved", "violated")
    assert found["within"] != "violated"


def test_a_helper_that_is_given_the_result_may_have_done_what_follows() -> None:
    rule = """
[[follow]]
after = "$r = act($t)"
then = "begin(_)"
before = ["work()"]
says = "x"
"""
    text = """
static void perhaps(int r, struct thing *t) { if (r > 3) begin(t); }
static void never(int r, struct thing *t) { if (r > 3) end(t); }
void given(struct thing *t) { int r = act(t); perhaps(r, t); work(); }
void kept(struct thing *t) { int r = act(t); perhaps(0, t); work(); if (r) end(t); }
void told(struct thing *t) { int r = act(t); never(r, t); work(); }
void late(struct thing *t) { int r = act(t); work(); perhaps(r, t); }
"""
    assert verdicts(rule, text) == {
        "given": "open",
        "kept": "violated",
        "told": "violated",
        "late": "violated",
    }


def test_what_a_branch_told_of_an_obligation_is_kept_where_paths_join() -> None:
    rule = FOLLOW + 'given = "$t->state == 3"\nunless = "$t->flags == 2"\n'
    text = """
void armed(struct thing *t) { begin(t); if (t->state == 3) work(); work(); }
void none(struct thing *t) { begin(t); if (t->state == 0) work(); else return; work(); }
void excused(struct thing *t) {
    if (t->state == 3) { begin(t); if (t->flags != 2) end(t); }
    work();
}
void both(struct thing *t) { begin(t); if (t->state == 3 && t->flags == 2) work(); end(t); }
void half(struct thing *t) { begin(t); if (t->state == 3) { if (t->flags == 2) end(t); } }
"""
    assert verdicts(rule, text) == {
        "armed": "violated",
        "none": "proved",
        "excused": "proved",
        "both": "proved",
        "half": "violated",
    }


def test_what_was_tested_before_the_lock_is_not_tested_under_it() -> None:
    rule = """[[require]]
at = "touch($f)"
needs = "tested($f->flags) under folio_lock"
look = "function"
says = "{function}() touches {f} unseen"
"""
    text = """
void under(struct folio *f) { folio_lock(f); if (f->flags) touch(f); folio_unlock(f); }
void again(struct folio *f) {
    if (!f->flags) return;
    folio_lock(f);
    if (f->flags) touch(f);
    folio_unlock(f);
}
void before(struct folio *f) {
    if (!f->flags) return;
    folio_lock(f);
    touch(f);
    folio_unlock(f);
}
void copy(struct folio *f) {
    int flags = f->flags;
    folio_lock(f);
    if (flags) touch(f);
    folio_unlock(f);
}
void retaken(struct folio *f) {
    folio_lock(f);
    if (!f->flags) return;
    folio_unlock(f);
    folio_lock(f);
    touch(f);
    folio_unlock(f);
}
void other(struct folio *f, struct folio *g) {
    folio_lock(f);
    if (g->flags) touch(f);
    folio_unlock(f);
}
"""
    assert verdicts(rule, text) == {
        "under": "proved",
        "again": "proved",
        "before": "violated",
        "copy": "violated",
        "retaken": "violated",
        "other": "violated",
    }


def test_what_is_opened_is_closed_or_handed_over() -> None:
    text = """
static struct folio *get(void);
void closed(struct folio *f) { folio_lock(f); folio_unlock(f); }
void local(void) { struct folio f; folio_lock(&f); work(); }
static void handed(struct folio *f) { folio_lock(f); }
void taker(struct folio *f) { handed(f); folio_unlock(f); }
"""
    found = verdicts(PAIR, text)
    assert (found["closed"], found["local"], found["handed"]) == ("proved", "violated", "proved")


def test_a_hand_over_is_earned_by_whoever_closes() -> None:
    text = """
static void deep(struct folio *f) { folio_lock(f); }
static void wrapper(struct folio *f) { deep(f); }
void closes(struct folio *f) { wrapper(f); folio_unlock(f); }
static void kept(struct folio *f) { folio_lock(f); }
void forgets(struct folio *f) { kept(f); }
"""
    found = verdicts(PAIR, text)
    assert (found["deep"], found["kept"]) == ("proved", "open")


def test_what_a_callback_opens_its_partner_in_the_table_closes() -> None:
    rule = PAIR + 'hand_over = [{ open = "ops.pre", close = "ops.post" }]\n'
    text = """
struct ops { void (*pre)(struct folio *f); void (*post)(struct folio *f); };
static void begin(struct folio *f) { folio_lock(f); }
static void end(struct folio *f) { folio_unlock(f); }
static const struct ops good = { .pre = begin, .post = end };
static void start(struct folio *f) { folio_lock(f); }
static void idle(struct folio *f) { work(); }
static const struct ops bad = { .pre = start, .post = idle };
"""
    found = verdicts(rule, text)
    assert (found["begin"], found["start"]) == ("proved", "open")


UNDER_LOCK = """
[[follow]]
after = "start_it($f)"
then = "finish_it($f)"
before = ["release(folio_lock)"]
says = "x"
"""


def test_a_deadline_that_a_caller_brings_is_looked_for_there() -> None:
    text = """
void here(struct folio *f) { folio_lock(f); start_it(f); finish_it(f); folio_unlock(f); }
void late(struct folio *f) { folio_lock(f); start_it(f); folio_unlock(f); finish_it(f); }
static void begin(struct folio *f) { start_it(f); }
void above(struct folio *f) { folio_lock(f); begin(f); finish_it(f); folio_unlock(f); }
static void hurry(struct folio *f) { start_it(f); }
static void pass_on(struct folio *f) { hurry(f); }
void far_above(struct folio *f) { folio_lock(f); pass_on(f); folio_unlock(f); finish_it(f); }
"""
    assert verdicts(UNDER_LOCK, text) == {
        "here": "proved",
        "late": "violated",
        "begin": "proved",
        "hurry": "violated",
    }


def test_the_path_of_what_a_caller_does_too_early_ends_there() -> None:
    text = """
static void begin(struct folio *f) { start_it(f); }
void above(struct folio *f) { folio_lock(f); begin(f); folio_unlock(f); }
"""
    (found,) = audited(UNDER_LOCK, text)
    assert [(step.function, step.text) for step in found.path] == [
        ("above", "folio_lock(f) takes folio_lock"),
        ("above", "begin(f)"),
        ("above", "folio_unlock(f) gives back folio_lock"),
        ("begin", "start_it(f)"),
        ("above", "folio_unlock(f) comes first"),
    ]


def test_what_is_pending_under_no_lock_is_no_site() -> None:
    text = """
void alone(struct folio *f) { start_it(f); }
static void begin(struct folio *f) { start_it(f); }
void early(struct folio *f) { begin(f); folio_lock(f); folio_unlock(f); }
"""
    assert verdicts(UNDER_LOCK, text) == {}


def test_who_names_another_object_finishes_nothing() -> None:
    text = """
static void begin(struct folio *f) { start_it(f); }
void above(struct folio *f, struct folio *g) {
	folio_lock(f); begin(f); finish_it(g); folio_unlock(f);
}
static void start_own(struct folio *f) { struct folio *own = find_it(f); start_it(own); }
void unknown(struct folio *f) { folio_lock(f); start_own(f); folio_unlock(f); }
"""
    assert verdicts(UNDER_LOCK, text) == {"begin": "violated", "start_own": "open"}


def test_a_lock_that_is_held_by_word_alone_leaves_it_open() -> None:
    text = """
/* The caller must hold the folio lock. */
static void begin(struct folio *f) { start_it(f); }
void above(struct folio *f) { begin(f); }
static void passed(struct folio *f) { start_it(f); }
void gives(struct folio *f) { folio_lock(f); call_it(passed, f); folio_unlock(f); }
"""
    assert verdicts(UNDER_LOCK, text) == {"begin": "open", "passed": "open"}


def test_a_function_that_the_clause_excuses_answers_for_its_callees() -> None:
    rule = UNDER_LOCK + 'except = [{ function = "above", reason = "nobody else is there" }]\n'
    text = """
static void begin(struct folio *f) { start_it(f); }
void above(struct folio *f) { folio_lock(f); begin(f); folio_unlock(f); }
"""
    assert verdicts(rule, text) == {}


@pytest.mark.parametrize(
    ("word", "tested", "untested"),
    [("given", "violated", None), ("unless", "proved", "violated")],
)
def test_given_and_unless_count_only_where_they_are_known(
    word: str, tested: str, untested: str | None
) -> None:
    rule = f'{REQUIRE}{word} = "$f->flags != 0"\n'
    text = """
void tested(struct folio *f) { if (f->flags) touch(f); }
void untested(struct folio *f) { touch(f); }
"""
    found = verdicts(rule, text)
    assert (found.get("tested"), found.get("untested")) == (tested, untested)


def test_an_exception_needs_no_evidence_but_a_reason() -> None:
    except_ = 'except = [{ function = "known_*", reason = "the lock is held by hand" }]'
    text = (
        "void known_one(struct folio *f) { touch(f); }\nvoid two(struct folio *f) { touch(f); }\n"
    )
    found = {each.function: each for each in audited(f"{REQUIRE}{except_}\n", text)}
    assert found["known_one"].verdict.value == "proved"
    assert found["known_one"].reason == "the lock is held by hand"
    assert found["two"].verdict.value == "violated"


def test_a_site_in_one_arm_of_a_conditional_names_its_condition() -> None:
    text = """
#ifdef CONFIG_A
void f(struct folio *f) { touch(f); }
#endif
"""
    (found,) = audited(REQUIRE, text)
    assert found.condition == "CONFIG_A"


def test_a_function_that_was_not_read_whole_is_never_violated() -> None:
    text = "void f(struct folio *f) { FOO bar baz(; touch(f); }\n"
    found = audited(REQUIRE, text)
    assert {each.verdict.value for each in found} <= {"open", "proved"}


def test_a_caller_that_contradicts_the_way_does_not_come_that_way() -> None:
    text = """
static void last(struct folio *f, int lock) { if (lock) { touch(f); folio_unlock(f); } }
static void first(struct folio *f, int lock) { if (lock) folio_lock(f); }
void caller(struct folio *f, int lock) { first(f, lock); last(f, lock); }
"""
    assert verdicts(CALLERS, text) == {"last": "proved"}
    turned = text.replace("first(f, lock);", "first(f, !lock);")
    assert verdicts(CALLERS, turned) == {"last": "violated"}


def test_what_is_forbidden_may_be_known_by_a_caller_alone() -> None:
    text = """
static void inner(struct thing *t) { act(t); }
void idle(struct thing *t) { if (t->state == 0) inner(t); }
static void other(struct thing *t) { act(t); }
void busy(struct thing *t) { if (t->state != 0) other(t); }
static void anybody(struct thing *t) { act(t); }
void unknown(struct thing *t) { anybody(t); }
"""
    rule = FORBID + 'look = "callers"\n'
    assert verdicts(rule, text) == {"inner": "violated", "other": "proved", "anybody": "open"}
    assert verdicts(FORBID, text) == {"inner": "open", "other": "open", "anybody": "open"}


FAMILY = """
[[pair]]
families = ["hugetlb_vma_lock"]
untold = "lost"
open = "acquire($lock, $x)"
close = "release($lock, $x)"
says = "{function}() does not give back {lock}({x})"
"""
TRYLOCK = """
struct rw_semaphore { long count; };
struct hugetlb_vma_lock { struct rw_semaphore rw_sema; };
struct vm_area_struct { struct hugetlb_vma_lock *vm_private_data; };
int down_write_trylock(struct rw_semaphore *sem);
void up_write(struct rw_semaphore *sem);
int busy(struct vm_area_struct *vma);
int hugetlb_vma_trylock_write(struct vm_area_struct *vma)
{
    struct hugetlb_vma_lock *lock = vma->vm_private_data;
    if (!down_write_trylock(&lock->rw_sema))
        return 0;
    if (busy(vma)) {
        %s
        return 0;
    }
    return 1;
}
void hugetlb_vma_unlock_write(struct vm_area_struct *vma)
{
    up_write(&vma->vm_private_data->rw_sema);
}
void user(struct vm_area_struct *vma)
{
    if (hugetlb_vma_trylock_write(vma))
        hugetlb_vma_unlock_write(vma);
}
"""


def test_a_function_that_has_a_model_is_balanced_as_the_model_says() -> None:
    name = "hugetlb_vma_trylock_write"
    assert verdicts(FAMILY, TRYLOCK % "up_write(&lock->rw_sema);")[name] == "proved"
    assert verdicts(FAMILY, TRYLOCK % "work();")[name] == "violated"


def test_the_body_of_a_model_with_a_lock_of_its_own_is_not_judged() -> None:
    text = """
typedef struct { int x; } spinlock_t;
typedef struct { long pmd; } pmd_t;
struct mm_struct { int users; };
struct page_vma_mapped_walk { struct mm_struct *mm; pmd_t *pmd; spinlock_t *ptl; };
spinlock_t *pmd_lock(struct mm_struct *mm, pmd_t *pmd);
bool %s(struct page_vma_mapped_walk *pvmw)
{
    pvmw->ptl = pmd_lock(pvmw->mm, pvmw->pmd);
    return work() ? 1 : 0;
}
"""
    family = FAMILY.replace("hugetlb_vma_lock", "pmd_lock pvmw")
    assert "some_walk" in verdicts(family, text % "some_walk")
    assert "page_vma_mapped_walk" not in verdicts(family, text % "page_vma_mapped_walk")


def test_clauses_that_are_too_much_together_are_checked_apart() -> None:
    numbers = range(9)
    rule = "".join(
        f'[[follow]]\nafter = "begin{n}($t)"\nthen = "end($t)"\nbefore = ["return"]\nsays = "x"\n'
        for n in numbers
    )
    calls = "".join(f"    if (act(t)) begin{n}(t);\n" for n in numbers)
    text = "".join(f"void begin{n}(struct thing *t);\n" for n in numbers)
    text += f"void all(struct thing *t) {{\n{calls}}}\n"
    assert verdicts(rule, text) == {"all": " ".join(["violated"] * len(numbers))}
