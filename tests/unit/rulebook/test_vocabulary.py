"""The vocabulary: roles, predicates, flags, and the slips in them."""

import pytest

from analyzer.checkers.patterns import Hole
from analyzer.checkers.property import CallEvent, RoleEvent
from analyzer.checkers.scope import Scope
from analyzer.core import ReleaseRange, UserError
from analyzer.dataflow.classtable import ClassTest
from analyzer.rulebook.model import (
    Vocabulary,
)
from analyzer.rulebook.vocabulary import read_vocabulary
from tests.unit.rulebook.words import LOCKS, VOCABULARY


def _read(*texts: str) -> Vocabulary:
    named = [(f"v{n}.toml", text) for n, text in enumerate(texts)]
    return read_vocabulary(named, LOCKS)[0]


def test_a_role_has_its_events_with_their_scopes() -> None:
    role = _read(VOCABULARY).roles[0]
    assert (role.name, role.holes) == ("clear-pte", ("slot", "old"))
    assert [scope for _, scope in role.events] == [
        Scope(),
        Scope(kernel=ReleaseRange.parse("<6.5")),
    ]


def test_a_role_may_list_functions() -> None:
    role = _read(VOCABULARY).roles[2]
    assert [name for name, _ in role.functions] == ["drop_all", "drop_whole"]


CLASSES = """[classes]
names = ["solid", "hollow", "open"]
tests = [
    { test = "is_solid", true = ["solid"] },
    { test = "rings", true = ["hollow", "open"], false = ["any"] },
]
made = [{ function = "make_*", gives = ["solid"] }]
kept = ["painted"]
"""


def test_a_test_of_classes_leaves_the_others_where_it_is_false() -> None:
    classes = _read(CLASSES).classes
    every = frozenset(("solid", "hollow", "open"))
    assert classes.tests == (
        ClassTest("is_solid", frozenset(("solid",)), frozenset(("hollow", "open"))),
        ClassTest("rings", frozenset(("hollow", "open")), every),
    )
    assert classes.makes("make_one") == {"solid"}
    assert classes.makes("take_one") == every
    assert (classes.keeps("painted"), classes.keeps("broken")) == (every, frozenset())


def test_a_file_adds_to_the_classes() -> None:
    more = '[classes]\nnames = ["soft"]\nkept = ["washed"]\n'
    classes = _read(CLASSES, more).classes
    assert classes.names == {"solid", "hollow", "open", "soft"}
    assert classes.kept == ("painted", "washed")


def test_flags_map_other_names_to_the_one_of_the_rules() -> None:
    assert _read(VOCABULARY).flags == (("FLAG_OLD", "FLAG_NEW"),)


def test_a_later_file_adds_to_a_role() -> None:
    more = '[role.clear-pte]\nevents = ["clear_mine($slot)"]\n'
    events = [event for event, _ in _read(VOCABULARY, more).roles[0].events]
    assert events[2] == CallEvent("clear_mine", (Hole("slot"),), False)


def test_a_role_may_name_another_that_stands_further_down() -> None:
    text = '[role.a]\nholes = ["x"]\nevents = ["@b($x)"]\n'
    text += '[role.b]\nholes = ["y"]\nevents = ["f($y)"]\n'
    assert _read(text).roles[0].events[0][0] == RoleEvent("b", (("y", Hole("x")),))


SLIPS = {
    '[rol.a]\nevents = ["f()"]\n': (
        1,
        "unknown key 'rol' in the vocabulary",
        "did you mean 'role'?",
    ),
    '[role.a]\nevent = ["f()"]\n': (2, "unknown key 'event' in [role.a]", "did you mean 'events'?"),
    "[role.a]\nholes = []\n": (1, "[role.a] is empty", 'write events = ["..."]'),
    "[predicate.a]\n": (1, "[predicate.a] is empty", 'write true_when = ["..."]'),
    "[role.a-]\n": (1, "'a-' is no word", "write it in letters and hyphens"),
    '[role.a]\nevents = ["f($x)"]\n': (
        2,
        "$x is no hole of [role.a]",
        "add it to holes, or write _; holes here: none",
    ),
    '[role.a]\nevents = [\n  "f()",\n  "g(,)",\n]\n': (
        4,
        "cannot read event 'g(,)': argument 1 is empty",
        "write _ for any argument",
    ),
    '[role.a]\nevents = [\n  "f()",\n  { event = "g()", were = "6" },\n]\n': (
        4,
        "unknown key 'were' in an entry of 'events'",
        "one of: event, kernel, declares, lacks",
    ),
    '[role.a]\nevents = [\n  "f()",\n  { event = "g(,)", kernel = "<6.1" },\n]\n': (
        4,
        "cannot read event 'g(,)': argument 1 is empty",
        "write _ for any argument",
    ),
    '[role.a]\nevents = [{ kernel = "<6.1" }]\n': (
        2,
        "an entry of 'events' has no 'event'",
        "event =",
    ),
    "[role.a]\nevents = [1]\n": (2, "'events' holds something else than texts", "write events"),
    '[role.a]\nevents = "f()"\n': (2, "'events' is not a list", "write events"),
    '[role.a]\nevents = ["@b"]\n[role.b]\nevents = ["f()", "@a"]\n': (
        1,
        "role '@a' is made of itself",
        "name the functions instead",
    ),
    '[predicate.p]\ntrue_when = ["!@p"]\n': (
        1,
        "predicate '@p' is made of itself",
        "name the functions instead",
    ),
    '[classes]\nnames = ["a"]\ntests = [{ test = "f", true = ["b"] }]\n': (
        3,
        "'b' is no class",
        "the classes are: a",
    ),
    "[flag]\nA = 3\n": (2, "'A' is not a list of texts", "write A ="),
    "role = 3\n": (1, "'role' is not a table", "write [role]"),
}


@pytest.mark.parametrize("text", SLIPS)
def test_a_slip_names_file_and_line(text: str) -> None:
    line, problem, hint = SLIPS[text]
    with pytest.raises(UserError) as caught:
        _read(text)
    assert caught.value.message == f"v0.toml:{line}: {problem}"
    assert caught.value.hint.startswith(hint)
