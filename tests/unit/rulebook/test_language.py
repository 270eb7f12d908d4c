"""The rule language: text in, values of the property module out, and what a slip says."""

from collections.abc import Callable

import pytest

from analyzer.checkers.patterns import (
    AddressOf,
    Anything,
    CallOf,
    FieldOf,
    HasFlag,
    Hole,
    Name,
    NotOf,
    Number,
    PointeeOf,
)
from analyzer.checkers.property import (
    Always,
    AnyOf,
    Both,
    CallEvent,
    Compare,
    Condition,
    Done,
    Either,
    EndEvent,
    EscapeEvent,
    EventPattern,
    Has,
    Held,
    InFunctions,
    InitialiseEvent,
    Known,
    LockEvent,
    Not,
    Predicate,
    RoleEvent,
    StoreEvent,
    Truth,
    Under,
    UseEvent,
    WhenEvent,
)
from analyzer.rulebook.language import LanguageError, parse_condition, parse_event, parse_lock
from analyzer.rulebook.language.tokens import Words
from tests.unit.rulebook.words import WORDS

_ = Anything()
A, D, P, S, X = Hole("a"), Hole("d"), Hole("p"), Hole("slot"), Hole("x")

EVENTS: dict[str, EventPattern] = {
    "f()": CallEvent("f", (), False),
    "f(...)": CallEvent("f", (), True),
    "f($x, _, ...)": CallEvent("f", (X, _), True),
    "f(0x10, -1, true, NULL, NAME)": CallEvent(
        "f", (Number(16), Number(-1), Number(1), Number(0), Name("NAME")), False
    ),
    "make_*_entry(_)": CallEvent("make_*_entry", (_,), False),
    "f(&$d, *$p, $x->a.b)": CallEvent(
        "f", (AddressOf(D), PointeeOf(P), FieldOf(FieldOf(X, "a"), "b")), False
    ),
    "f(has FLAG)": CallEvent("f", (HasFlag("FLAG"),), False),
    "WARN(!f($x))": CallEvent("WARN", (NotOf(CallOf("f", (X,), False)),), False),
    "$x = f($p)": CallEvent("f", (P,), False, X),
    "$x = f($p) != NULL": CallEvent("f", (P,), False, X, ("!=", 0)),
    "f(_) == true": CallEvent("f", (_,), False, None, ("==", 1)),
    "call ops.open($x)": CallEvent("ops.open", (X,), False),
    "call ops.open": CallEvent("ops.open", (), True),
    "$x = call ops.open(_)": CallEvent("ops.open", (_,), False, X),
    "$d.flags <- has FLAG": StoreEvent(FieldOf(D, "flags"), HasFlag("FLAG")),
    "_ <- has FLAG": StoreEvent(_, HasFlag("FLAG")),
    "struct tag $d.a <- 1": StoreEvent(FieldOf(D, "a"), Number(1), "tag"),
    "struct tag *$p->_ <- _": StoreEvent(FieldOf(PointeeOf(P), "_"), _, "tag"),
    "(*$p).a <- _": StoreEvent(FieldOf(PointeeOf(P), "a"), _),
    "initialise $d": InitialiseEvent(D),
    "escape(&$d)": EscapeEvent(D),
    "escape(&struct zap_details $d)": EscapeEvent(D, "zap_details"),
    "use($p)": UseEvent(P),
    "when f($x)": WhenEvent(Truth(CallOf("f", (X,), False))),
    "when !@uffd-wp($x) || f($x)": WhenEvent(
        Either((Not(Predicate("uffd-wp", (X,))), Truth(CallOf("f", (X,), False))))
    ),
    "acquire(folio_lock, $x)": LockEvent(True, "folio_lock", "", X),
    "release(pte_lock($slot))": LockEvent(False, "pte_lock", "", S),
    "acquire(i_mmap write)": LockEvent(True, "i_mmap", "write", None),
    "return": EndEvent("return"),
    "return negative": EndEvent("return negative"),
    "end of iteration": EndEvent("end of iteration"),
    "end of scope": EndEvent("end of scope"),
    "@clear-pte": RoleEvent("clear-pte", ()),
    "@clear-pte($x)": RoleEvent("clear-pte", (("slot", X),)),
    "@clear-pte($x, $a)": RoleEvent("clear-pte", (("slot", X), ("old", A))),
    "@clear-pte(old=$a)": RoleEvent("clear-pte", (("old", A),)),
    "$a = @clear-pte($x) != 0": RoleEvent("clear-pte", (("slot", X), ("=", A), ("!=", Number(0)))),
    "f() || (g() || return)": AnyOf(
        (
            CallEvent("f", (), False),
            AnyOf((CallEvent("g", (), False), EndEvent("return"))),
        )
    ),
    "  f(\n  $x )": CallEvent("f", (X,), False),
}


@pytest.mark.parametrize("text", EVENTS)
def test_an_event_is_read(text: str) -> None:
    assert parse_event(text, WORDS) == EVENTS[text]


F_X = Truth(CallOf("f", (X,), False))

CONDITIONS: dict[str, Condition] = {
    "f($x)": F_X,
    "!f($x)": Not(F_X),
    "!!f($x)": Not(Not(F_X)),
    "$x": Truth(X),
    "!$x->vm_ops->open": Not(Truth(FieldOf(FieldOf(X, "vm_ops"), "open"))),
    "$x != NULL": Compare("!=", X, Number(0)),
    "$x == $a.size": Compare("==", X, FieldOf(A, "size")),
    "$x has FLAG": Has(X, "FLAG"),
    "!(_ has FLAG)": Not(Has(_, "FLAG")),
    "$x in {ONE, TWO}": Either((Compare("==", X, Name("ONE")), Compare("==", X, Name("TWO")))),
    "$x in {ONE}": Compare("==", X, Name("ONE")),
    "true": Always(True),
    "false": Always(False),
    "true == $x": Compare("==", Number(1), X),
    "@uffd-wp": Predicate("uffd-wp", ()),
    "@uffd-wp($x)": Predicate("uffd-wp", (X,)),
    "held(folio_lock, $x)": Held("folio_lock", "", X),
    "held(i_mmap write, $x)": Held("i_mmap", "write", X),
    "held(pmd_lock($x))": Held("pmd_lock", "", X),
    "held(rcu)": Held("rcu", "", None),
    "done(f($x))": Done(CallEvent("f", (X,), False)),
    "done(f() before @flush)": Done(CallEvent("f", (), False), RoleEvent("flush", ())),
    "known(f($x))": Known(F_X),
    "in(@teardown)": InFunctions("teardown"),
    "in(dup_mmap)": InFunctions("", ("dup_mmap",)),
    "!f($x) under pmd_lock": Under(Not(F_X), "pmd_lock", None),
    "f($x) under pte_lock($x->pte)": Under(F_X, "pte_lock", FieldOf(X, "pte")),
    "$a || $x && $p": Either((Truth(A), Both((Truth(X), Truth(P))))),
    "($a || $x) && $p": Both((Either((Truth(A), Truth(X))), Truth(P))),
    "$a && $x && $p": Both((Truth(A), Truth(X), Truth(P))),
    "$a || !$x under rcu": Either((Truth(A), Under(Not(Truth(X)), "rcu", None))),
}


@pytest.mark.parametrize("text", CONDITIONS)
def test_a_condition_is_read(text: str) -> None:
    assert parse_condition(text, WORDS) == CONDITIONS[text]


BAD_EVENTS = {
    "set_pte_at(mm,, $slot)": (14, "argument 2 is empty", "write _ for any argument"),
    "f(,)": (2, "argument 1 is empty", "write _ for any argument"),
    "f(_, )": (5, "argument 2 is empty", "write _ for any argument"),
    "f($x": (4, "',' or ')' is missing after argument 1, at the end", ""),
    "f(..., $x)": (5, "'...' stands before another argument", "'...' ends a list"),
    "f($x) g()": (6, "'g' is not understood after the event", ""),
    "": (0, "it stops where an event is due", "events are: f(...)"),
    "f() ||": (6, "it stops where an event is due", "events are: f(...)"),
    "$x": (0, "'$x' is no event, at the end", "events are: f(...)"),
    "$x = 3": (5, "no call after '='", "a store is written $d.field <- value"),
    "f() == NAME": (7, "the outcome of a call is compared with a number", "for example == 0"),
    "enter $f": (0, "unknown word 'enter'", "events are: f(...)"),
    "unlock($ptl)": (0, "unknown word 'unlock'", "write release(LOCK, $x)"),
    "escape($d)": (0, "escape() takes the address of an object", "write escape(&$d)"),
    "escape(&struct t)": (16, "no hole after 'struct t'", "write struct t $x"),
    "use(struct t $p)": (16, "'struct t $p' stands where no type is asked", "types stand in"),
    "end of time": (7, "it ends of nothing, before 'time'", "write 'end of iteration'"),
    "acquire(folio, $x)": (
        8,
        "lock 'folio' is not in the models",
        "did you mean 'folio_lock'? a new lock is a C model, not a rule",
    ),
    "@clear-pt": (
        0,
        "role '@clear-pt' is not in the vocabulary",
        "did you mean '@clear-pte'? see rules/models/vocabulary.toml",
    ),
    "@clear-pte(_, _, _)": (
        17,
        "role '@clear-pte' takes no argument 3",
        "its holes are: slot, old",
    ),
    "@clear-pte(sl=$x)": (11, "role '@clear-pte' has no hole 'sl'", "its holes are: slot, old"),
    "@clear-pte($x, slot=$a)": (15, "hole 'slot' of role '@clear-pte' is given twice", ""),
    "@flush($x)": (7, "role '@flush' takes no argument 1", "it has no holes"),
    "@teardown": (0, "role '@teardown' lists functions, not events", "write in(@teardown)"),
    "f($x) # g": (6, "'#' is not understood", ""),
    "f(pte_*)": (2, "'pte_*' is a glob", "only the function of a call event may be a glob"),
    "when $x < 1 || f()": (5, "'when' asks for more than one test", "join tests"),
    "call $f": (5, "no function after 'call'", "write call record.field($x)"),
    "(f(,) || g())": (3, "argument 1 is empty", "write _ for any argument"),
    "done(f($x))": (0, "'done' begins a condition, not an event", "events are: f(...)"),
    "held(folio_lock, $x)": (0, "'held' begins a condition, not an event", "events are: f(...)"),
    "aquire(folio_lock, $x)": (
        0,
        "'aquire' is given the lock 'folio_lock'",
        "did you mean acquire(folio_lock, ..)?",
    ),
    "f(g*($x))": (2, "'g*' is a glob", "only the function of a call event may be a glob"),
    "call ops.file.open": (13, "'ops.file' has a field of its own", "write call record.field"),
}


def _refused(parse: Callable[[str, Words], object], text: str, slip: tuple[int, str, str]) -> str:
    """The problem of a text that is refused at the right place, with the right hint."""
    offset, _, hint = slip
    with pytest.raises(LanguageError) as caught:
        parse(text, WORDS)
    error = caught.value
    assert error.offset == offset
    assert error.hint.startswith(hint)
    assert bool(error.hint) is bool(hint)
    return error.problem


@pytest.mark.parametrize("text", BAD_EVENTS)
def test_a_slip_in_an_event_says_where_what_and_what_to_do(text: str) -> None:
    assert _refused(parse_event, text, BAD_EVENTS[text]) == BAD_EVENTS[text][1]


BAD_CONDITIONS = {
    "class($v) in {present}": (
        14,
        "class 'present' is not in the vocabulary",
        "the classes are: hollow, solid",
    ),
    "class($v) has {solid}": (10, "'in' is missing after 'class(..)', or 'disjoint'", ""),
    "state($x) is fresh": (0, "unknown word 'state'", "conditions are: held(..)"),
    "tested($x) under rcu": (0, "'tested' asks of something that is read", "write tested(*$p)"),
    "tested($x->y)": (0, "'tested' names no lock", "write tested(..) under LOCK"),
    "derived($x, $a)": (0, "unknown word 'derived'", "conditions are: held(..)"),
    "held(folio_lock write": (21, "')' is missing after the lock, at the end", ""),
    "held(folio_lock($x), $a)": (21, "the lock has two objects", ""),
    "f($x) under i_mmap write": (12, "'under' names a lock without its mode", "write under i_mmap"),
    "in(@clear-pte)": (3, "role '@clear-pte' lists events", "write done(@clear-pte)"),
    "in(@teardow)": (3, "role '@teardow' is not in the vocabulary", "did you mean '@teardown'?"),
    "in(3)": (3, "in() names no function", "write in(@role) or in(name)"),
    "@clear-pte": (0, "'@clear-pte' is a role, not a predicate", "write done(@clear-pte)"),
    "@uffd": (0, "predicate '@uffd' is not in the vocabulary", "did you mean '@uffd-wp'?"),
    "@uffd-wp($x, $a)": (0, "predicate '@uffd-wp' takes no argument 2", "its holes are: v"),
    "@drop($x)": (0, "predicate '@drop' takes no argument 1", "it has no holes"),
    "hold(folio_lock, $x)": (
        0,
        "'hold' is given the lock 'folio_lock'",
        "did you mean held(folio_lock, ..)?",
    ),
    "f(folio_lock)": (0, "'f' is given the lock 'folio_lock'", "locks stand in held()"),
    "folio_lock": (0, "'folio_lock' is a lock, not a condition", "write held(folio_lock)"),
    "$a && !pte_lock($x)": (7, "'pte_lock' is a lock, not a condition", "write held(pte_lock, ..)"),
    "held": (0, "'held' is no condition by itself", "conditions are: held(..)"),
    "return": (0, "'return' is no condition by itself", "conditions are: held(..)"),
    "f*($x)": (0, "'f*' is a glob", "only the function of a call event may be a glob"),
    "$a &&": (5, "it stops where a value is due", ""),
    "$a & $b": (3, "'&' is not understood after the condition", ""),
    "done(f()": (8, "')' is missing after the event of 'done', at the end", ""),
}


@pytest.mark.parametrize("text", BAD_CONDITIONS)
def test_a_slip_in_a_condition_says_where_what_and_what_to_do(text: str) -> None:
    problem = _refused(parse_condition, text, BAD_CONDITIONS[text])
    assert problem.startswith(BAD_CONDITIONS[text][1])


def test_a_lock_is_read_with_its_mode() -> None:
    assert parse_lock(" i_mmap  write ", WORDS) == "i_mmap write"


def test_a_lock_alone_takes_no_object() -> None:
    with pytest.raises(LanguageError, match="the lock has an object here"):
        parse_lock("i_mmap($x)", WORDS)
