"""Paths through whole functions: names of one object, loops, branches that cannot be taken."""

from analyzer.dataflow.values import NEGATIVE, ZERO
from tests.probes.world import analyse, definitions
from tests.unit.dataflow.simulated import probed, run


def test_the_target_of_a_pointer_is_the_variable() -> None:
    assert probed("void f(int n) { int x = n; int *p = &x; probe(*p); *p = 7; probe(x); }") == [
        {"n"},
        {"7"},
    ]


def test_a_field_has_one_name_through_arrow_and_dot() -> None:
    text = """void f(int n) {
        struct s v;
        struct s *p = &v;
        p->a = n; probe(v.a);
        v.b = 2; probe(p->b);
    }"""
    assert probed(text) == [{"n"}, {"2"}]


def test_address_and_dereference_cancel() -> None:
    assert probed("void f(struct s *p) { probe(&*p, (&p->b)); probe((*&p)->a, (&*p)->a); }") == [
        {"p, &p->b"},
        {"p->a, p->a"},
    ]


def test_a_copied_object_has_the_fields_of_the_other() -> None:
    text = "void f(struct s *p) { struct s v = *p; probe(v.a); v.a = 1; probe(p->a, v.a); }"
    assert probed(text) == [{"p->a"}, {"p->a, 1"}]


def test_what_an_initialiser_leaves_out_is_zero() -> None:
    assert probed("void f(void) { struct s v = { .a = 3 }; probe(v.a, v.b); }") == [{"3, NULL"}]


def test_an_object_that_is_written_as_a_whole_loses_its_fields() -> None:
    text = "void f(struct s *p) { struct s v; v.a = 1; v = *p; probe(v.a); }"
    assert probed(text) == [{"p->a"}]


def test_an_unknown_callee_may_write_what_it_is_given_the_address_of() -> None:
    text = "void g(int *p); void f(void) { int x = 1; int y = 2; g(&x); probe(x, y); }"
    assert [", 2" in each for each in probed(text)[0]] == [True]
    assert probed(text) != [{"1, 2"}]


def test_a_branch_that_contradicts_an_earlier_one_is_not_taken() -> None:
    assert probed("void f(int n) { if (n) return; if (n) probe(1); probe(2); }") == [{"2"}]
    assert probed("void f(int n) { int m = n; if (!m) { if (n) probe(1); probe(2); } }") == [{"2"}]


def test_a_flag_that_was_set_on_one_path_tells_it() -> None:
    text = """void f(int n, struct s *p) {
        bool set = 0;
        if (p->a) set = 1;
        if (set) { if (!p->a) probe(1); probe(2); }
    }"""
    assert probed(text) == [{"2"}]


def test_a_case_takes_its_value() -> None:
    text = """void f(int n) {
        switch (n) { case 3: probe(1); break; case 4: if (n == 3) probe(2); probe(3); break; }
    }"""
    assert probed(text) == [{"1"}, {"3"}]


def test_the_result_of_the_last_round_is_another_value() -> None:
    text = """void f(void) {
        int old = 0;
        while (work()) { int now = work(); probe(now, old); old = now; }
    }"""
    (seen,) = probed(text)
    assert all(each.split(", ")[0] != each.split(", ")[1] for each in seen)
    assert "result#2, NULL" in seen


def test_a_test_in_the_last_round_says_nothing_of_this_one() -> None:
    text = """void f(void) {
        int now;
        do { now = work(); if (!now) probe(now); } while (now);
    }"""
    assert len(probed(text)) == 1


def test_what_a_loop_changes_is_not_known_in_it() -> None:
    text = (
        "void f(int n) { int i = 0; while (i < n) { i = i + 1; } if (i == 0) probe(1); probe(2); }"
    )
    assert probed(text) == [{"1"}, {"2"}]


def test_a_counter_that_was_counted_up_is_not_zero_again() -> None:
    text = """void f(int n) {
        int i = 0, done = 0;
        while (n--) { if (work()) { i++; done = 1; } }
        if (done) { if (!i) probe(1); }
        probe(2);
    }"""
    assert probed(text)[-1] == {"2"}


def test_rounds_that_only_the_loop_itself_leads_to_come_to_an_end() -> None:
    text = """void f(int n, int *p, struct s *s) {
        folio_lock(s);
        for (; n; n--, p++) { if (work() && n) folio_unlock(s); if (*p) s->a++; s->b += n; }
    }"""
    assert run(text).precise


def test_what_a_loop_does_not_touch_is_known_behind_it() -> None:
    text = "void f(int n, int m) { if (m) return; while (n--) work(); if (m) probe(1); probe(2); }"
    assert probed(text) == [{"2"}]


def test_a_small_callee_answers_for_its_caller() -> None:
    text = """static int is_set(struct s *p) { return p->a != 0; }
    void f(struct s *p) { if (is_set(p)) { if (!p->a) probe(1); probe(2); } }"""
    assert probed(text) == [{"2"}]


def test_a_function_with_few_paths_is_precise() -> None:
    assert run("void f(int n) { while (n--) if (work()) break; }").precise


def test_a_function_that_never_returns_has_no_outcome() -> None:
    assert run("void f(void) { for (;;) work(); }").effect().outcomes == ()


def test_what_returns_from_one_block_in_several_states_is_one_outcome() -> None:
    text = """// kernel: 6.12
    struct mm_struct { struct rw_semaphore mmap_lock; };
    int down_write_killable(struct rw_semaphore *sem);
    int f(struct mm_struct *mm) { int ret; ret = down_write_killable(&mm->mmap_lock); return ret; }
    """
    made = analyse(text, frozenset(("i_mmap",)))
    effect = made.effect_of(definitions(made)["f"])
    assert effect is not None
    assert [each.mask for each in effect.outcomes] == [NEGATIVE | ZERO]
