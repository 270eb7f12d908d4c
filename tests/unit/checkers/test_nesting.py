"""The kind `order`: edges, what exempts them, which order holds, how a chain is followed."""

from pathlib import Path

import pytest

from analyzer.checkers.chains import Edge
from analyzer.checkers.order import Tables
from analyzer.core import Obligation, UserError, Verdict
from analyzer.pipeline import Request, audit, load_book
from analyzer.rulebook.decode import decode
from tests.unit.rulebook.words import WORDS

KERNEL = """
struct rw_semaphore { long count; };
struct mm { struct rw_semaphore mmap_lock; };
struct address_space { struct rw_semaphore i_mmap_rwsem; };
struct folio { int refs; };
void down_read(struct rw_semaphore *sem);
void up_read(struct rw_semaphore *sem);
int down_read_trylock(struct rw_semaphore *sem);
void folio_lock(struct folio *folio);
void folio_unlock(struct folio *folio);
int is_odd(struct folio *folio);
"""

RULE = """
title = "takes a lock out of order"
what = "w"
[[order]]
levels = ["mmap_lock", "folio_lock", "i_mmap"]
says = "{function}: {inner} inside {outer} by {callee}"
"""

SWITCHED = (
    RULE
    + """
[order.switch]
when = "is_odd(_)"
levels = ["i_mmap", "folio_lock"]
"""
)


def audited(folder: Path, code: str, rule: str = RULE) -> tuple[Obligation, ...]:
    """The obligations of one made-up rule in one made-up file."""
    tree, rules = folder / "tree", folder / "rules"
    (tree / "mm").mkdir(parents=True)
    (tree / "Makefile").write_text("VERSION = 6\nPATCHLEVEL = 12\nSUBLEVEL = 0\n")
    (tree / "mm" / "file.c").write_text(KERNEL + code)
    (rules / "own").mkdir(parents=True)
    (rules / "own" / "order.toml").write_text(rule)
    request = Request(tree, select=("own/order",), rules=(rules,))
    return audit(request, load_book((rules,))).obligations


def said(found: tuple[Obligation, ...]) -> list[tuple[str, str, Verdict]]:
    return [(each.function, each.subject, each.verdict) for each in found]


def test_an_edge_that_agrees_is_proved_and_one_against_the_order_is_not(tmp_path: Path) -> None:
    code = """
    void right(struct folio *f, struct address_space *m)
    { folio_lock(f); down_read(&m->i_mmap_rwsem); up_read(&m->i_mmap_rwsem); folio_unlock(f); }
    void wrong(struct folio *f, struct address_space *m)
    { down_read(&m->i_mmap_rwsem); folio_lock(f); folio_unlock(f); up_read(&m->i_mmap_rwsem); }
    """
    assert said(audited(tmp_path, code)) == [
        ("right", "folio_lock -> i_mmap", Verdict.PROVED),
        ("wrong", "i_mmap -> folio_lock", Verdict.VIOLATED),
    ]


def test_a_violation_shows_both_locks_and_the_calls_between_them(tmp_path: Path) -> None:
    code = """
    static void inner(struct folio *f) { folio_lock(f); folio_unlock(f); }
    static void middle(struct folio *f) { inner(f); }
    void outer(struct folio *f, struct address_space *m)
    { down_read(&m->i_mmap_rwsem); middle(f); up_read(&m->i_mmap_rwsem); }
    """
    (found,) = audited(tmp_path, code)
    steps = [(step.function, step.text) for step in found.path]
    assert steps[0] == ("outer", "takes i_mmap")
    assert steps[-3:] == [
        ("outer", "calls middle()"),
        ("middle", "calls inner()"),
        ("inner", "takes folio_lock"),
    ]


@pytest.mark.parametrize(
    "body",
    [
        "if (down_read_trylock(&m->i_mmap_rwsem)) up_read(&m->i_mmap_rwsem);",
        "up_read(&m->i_mmap_rwsem); folio_lock(f); folio_unlock(f); down_read(&m->i_mmap_rwsem);",
    ],
)
def test_trying_and_giving_back_first_are_no_edges(tmp_path: Path, body: str) -> None:
    code = f"""
    static void inside(struct folio *f, struct address_space *m) {{ {body} }}
    void outer(struct folio *f, struct address_space *m)
    {{ down_read(&m->i_mmap_rwsem); inside(f, m); up_read(&m->i_mmap_rwsem); }}
    """
    assert audited(tmp_path, code) == ()


def test_an_argument_decides_whether_the_callee_waits(tmp_path: Path) -> None:
    code = """
    static void may(struct folio *f, int wait) { if (wait) { folio_lock(f); folio_unlock(f); } }
    void no(struct folio *f, struct address_space *m)
    { down_read(&m->i_mmap_rwsem); may(f, 0); up_read(&m->i_mmap_rwsem); }
    void yes(struct folio *f, struct address_space *m)
    { down_read(&m->i_mmap_rwsem); may(f, 1); up_read(&m->i_mmap_rwsem); }
    void told(struct folio *f, struct address_space *m, int wait)
    { down_read(&m->i_mmap_rwsem); may(f, wait); up_read(&m->i_mmap_rwsem); }
    """
    assert said(audited(tmp_path, code)) == [
        ("yes", "i_mmap -> folio_lock", Verdict.VIOLATED),
        ("told", "i_mmap -> folio_lock", Verdict.OPEN),
    ]


def test_a_test_tells_which_order_holds(tmp_path: Path) -> None:
    nested = (
        "folio_lock(f); down_read(&m->i_mmap_rwsem); up_read(&m->i_mmap_rwsem); folio_unlock(f);"
    )
    arguments = "struct folio *f, struct address_space *m"
    code = f"""
    void odd({arguments}) {{ if (is_odd(f)) {{ {nested} }} }}
    void even({arguments}) {{ if (!is_odd(f)) {{ {nested} }} }}
    void any({arguments}) {{ {nested} }}
    """
    assert [each.verdict for each in audited(tmp_path, code, SWITCHED)] == [
        Verdict.VIOLATED,
        Verdict.PROVED,
        Verdict.OPEN,
    ]


def test_tables_compare_what_both_orders_say() -> None:
    tables = Tables({"a": 0, "b": 1, "c": 1}, {"b": 0, "a": 1})
    assert tables.possible(Edge("a", "b")) == {True, False}
    assert tables.possible(Edge("b", "c")) == set()
    assert tables.agree(Edge("c", "a"), False) is False
    assert tables.agree(Edge("c", "a"), True) is None


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        ("", "needs either 'levels' or 'release_first'"),
        ('levels = ["mmap_lock"]', "'levels' has one level"),
        ('levels = ["folio_lock", "folio_lock"]', "lock 'folio_lock' is in two levels"),
        ('release_first = [["folio_lock"]]', "'release_first' is not a list of pairs"),
        (
            'levels = ["mmap_lock", "folio_lock"]\nleaves = ["i_mmap"]',
            "lock 'i_mmap' is in no level",
        ),
    ],
)
def test_slips_are_named(line: str, problem: str) -> None:
    with pytest.raises(UserError) as caught:
        decode(f'title = "t"\n[[order]]\n{line}\n', "own/x", "rules/own/x.toml", WORDS)
    assert problem in caught.value.message
