"""What is left of rules in one tree: scopes, roles, predicates, flags, reasons for what is not."""

from collections.abc import Callable
from pathlib import Path

import pytest

from analyzer.checkers.patterns import Anything, CallOf, HasFlag, Hole
from analyzer.checkers.property import (
    AnyOf,
    CallEvent,
    Clause,
    Done,
    Either,
    Follow,
    Forbid,
    Has,
    InFunctions,
    Not,
    Require,
    StoreEvent,
    Truth,
)
from analyzer.core import ProblemKind, Release
from analyzer.rulebook import (
    Resolution,
    Rulebook,
    everywhere,
    load_rules,
    missing_sites,
    resolve,
    site_locks,
    words,
)
from tests.unit.rulebook.words import LOCKS, folder

NAMES = frozenset(
    ["clear_and_get", "clear_only", "old_flush", "drop_all", "test_wp", "test_wp_any", "FLAG_NEW"]
)
X, Y = Hole("x"), Hole("y")


def _book(root: Path, rule: str) -> Rulebook:
    return load_rules((folder(root / "rules", zap__one='title = "does harm"\n' + rule),), LOCKS)


@pytest.fixture
def resolved(tmp_path: Path) -> Callable[..., Resolution]:
    def run(rule: str, release: str = "6.1", names: frozenset[str] = NAMES) -> Resolution:
        return resolve(_book(tmp_path, rule), Release.parse(release), names.__contains__)

    return run


def _only(resolution: Resolution) -> Clause:
    (rule,) = resolution.rules
    ((_, clause),) = rule.clauses
    return clause


def _require(**keys: str) -> str:
    values = {"at": "f($x)", "needs": "$x", **keys}
    return "[[require]]\n" + "".join(f"{key} = '{value}'\n" for key, value in values.items())


Resolver = Callable[..., Resolution]


def test_a_role_becomes_the_events_of_the_tree(resolved: Resolver) -> None:
    clause = _only(resolved(_require(at="@clear-pte(slot=$x, old=$y)", needs="$y")))
    assert isinstance(clause, Require)
    assert clause.at == AnyOf(
        (
            CallEvent("clear_and_get", (Anything(), X), False, Y),
            CallEvent("clear_only", (X,), False),
        )
    )


def test_an_event_of_other_releases_is_left_out(resolved: Resolver) -> None:
    clause = _only(resolved(_require(at="@clear-pte($x)"), "6.5"))
    assert isinstance(clause, Require)
    assert clause.at == CallEvent("clear_and_get", (Anything(), X), False)


def test_a_name_that_the_tree_does_not_have_is_left_out(resolved: Resolver) -> None:
    (rule,) = resolved(_require(at="@clear-pte($x)"), names=frozenset({"clear_only"})).rules
    ((_, clause),) = rule.clauses
    assert isinstance(clause, Require)
    assert clause.at == CallEvent("clear_only", (X,), False)
    assert rule.undeclared == ("clear_and_get",)


def test_the_result_and_outcome_of_a_role_are_those_of_its_events(resolved: Resolver) -> None:
    clause = _only(resolved(_require(at="$x = @clear-pte == 0"), "6.5"))
    assert isinstance(clause, Require)
    expected = CallEvent("clear_and_get", (Anything(), Anything()), False, X, ("==", 0))
    assert clause.at == expected


def test_declares_and_lacks_choose_by_the_tree(resolved: Resolver) -> None:
    rule = '[[follow]]\nafter = "f()"\nthen = "@flush"\nbefore = "return"\n'
    old = _only(resolved(rule))
    assert isinstance(old, Follow)
    assert old.then == CallEvent("old_flush", (Anything(),), False)


def test_declares_choose_the_newer_name(resolved: Resolver) -> None:
    rule = '[[follow]]\nafter = "f()"\nthen = "@flush"\nbefore = "return"\n'
    new = _only(resolved(rule, names=NAMES | {"new_flush"}))
    assert isinstance(new, Follow)
    assert new.then == CallEvent("new_flush", (), False)


def test_a_predicate_becomes_its_spellings(resolved: Resolver) -> None:
    clause = _only(resolved(_require(needs="!@wp($x)")))
    assert isinstance(clause, Require)
    assert clause.needs == Not(
        Either((Truth(CallOf("test_wp", (X,), False)), Truth(CallOf("test_wp_any", (X,), False))))
    )


def test_a_predicate_without_arguments_asks_of_any_value(resolved: Resolver) -> None:
    clause = _only(resolved(_require(needs="@wp"), names=frozenset({"test_wp"})))
    assert isinstance(clause, Require)
    assert clause.needs == Truth(CallOf("test_wp", (Anything(),), False))


def test_functions_of_a_role_are_those_of_the_tree(resolved: Resolver) -> None:
    clause = _only(resolved(_require(needs="in(@teardown) || done(@flush)")))
    assert isinstance(clause, Require)
    flushed = Done(CallEvent("old_flush", (Anything(),), False))
    assert clause.needs == Either((InFunctions("teardown", ("drop_all",)), flushed))


def test_in_of_a_clause_names_functions(resolved: Resolver) -> None:
    clause = _only(resolved(_require() + 'in = ["@teardown", "copy_*"]\n'))
    assert clause.common.scope.functions == ("drop_all", "copy_*")


def test_what_can_never_be_known_leaves_a_condition(resolved: Resolver) -> None:
    clause = _only(
        resolved(_require(needs="$x || in(@teardown)", unless="@wp($x)"), names=frozenset())
    )
    assert isinstance(clause, Require)
    assert (clause.needs, clause.common.unless) == (Truth(X), None)


def test_a_flag_has_the_name_of_the_tree(resolved: Resolver) -> None:
    rule = _require(at="_ <- has FLAG_NEW", needs="_ has FLAG_NEW")
    clause = _only(resolved(rule, names=frozenset({"FLAG_OLD"})))
    assert isinstance(clause, Require)
    assert clause.at == StoreEvent(Anything(), HasFlag("FLAG_OLD"))
    assert clause.needs == Has(Anything(), "FLAG_OLD")


def test_a_flag_of_an_event_in_a_role_is_given_too(resolved: Resolver) -> None:
    clause = _only(resolved(_require(at="@clear-pte(slot=has FLAG_NEW)", needs="false"), "6.5"))
    assert isinstance(clause, Require)
    assert clause.at == CallEvent("clear_and_get", (Anything(), HasFlag("FLAG_NEW")), False)


def test_exemptions_of_other_releases_are_gone(resolved: Resolver) -> None:
    exempt = 'except = [{ function = "a", reason = "r", kernel = "<6.0" },\n'
    exempt += '{ function = "b", reason = "r" }]\n'
    clause = _only(resolved(_require() + exempt))
    assert [one.function for one in clause.common.exemptions] == ["b"]


def test_a_literal_false_is_kept(resolved: Resolver) -> None:
    assert isinstance(_only(resolved(_require(needs="false"))), Require)


def test_clauses_keep_their_numbers(resolved: Resolver) -> None:
    rule = _require() + 'kernel = "<5.0"\n' + _require()
    (found,) = resolved(rule).rules
    assert [number for number, _ in found.clauses] == [2]
    assert [(one.number, one.reason) for one in found.idle] == [(1, "for Linux <5.0")]


FOLLOW = '[[follow]]\nafter = "f()"\nthen = "{}"\nbefore = "{}"\n'

IDLE = {
    'kernel = ">=6.5"\n' + _require(): "for Linux >=6.5",
    _require() + 'declares = "rec.field"\n': "needs rec.field, which this tree does not declare",
    _require() + 'lacks = "test_wp"\n': "for trees without test_wp",
    _require(given="in(@teardown)"): "nothing in this tree could meet 'given'",
    _require(unless="!done(@flush)"): "it is always excused in this tree",
    _require(needs="!in(@teardown)"): "it is always met in this tree",
    _require(needs="in(@teardown)"): "nothing in this tree could meet 'needs'",
    _require(at="@clear-pte($x)"): "no event of 'at' is in this tree",
    _require(at="when @wp($x)"): "no event of 'at' is in this tree",
    _require() + 'in = ["@teardown"]\n': "this tree has no function of @teardown",
    FOLLOW.format("@flush", "return"): "no event of 'then' is in this tree",
    FOLLOW.format("g()", "@flush"): "no event of 'before' is in this tree",
    '[[forbid]]\nat = "f()"\nnever = "done(@flush)"\n': "nothing in this tree could meet 'never'",
}


@pytest.mark.parametrize("rule", IDLE)
def test_a_rule_without_a_clause_is_skipped_with_the_reason(resolved: Resolver, rule: str) -> None:
    names = frozenset({"test_wp"}) if "lacks" in rule else frozenset()
    assert resolved(rule, names=names).skipped == (("zap/one", IDLE[rule]),)


def test_a_deadline_that_is_not_in_the_tree_is_left_out(resolved: Resolver) -> None:
    rule = '[[follow]]\nafter = "f()"\nthen = "g()"\nbefore = ["@flush", "h()"]\n'
    clause = _only(resolved(rule, names=frozenset()))
    assert isinstance(clause, Follow)
    assert clause.before == (CallEvent("h", (), False),)


def test_words_are_the_names_at_sites_in_any_release(tmp_path: Path) -> None:
    rule = (
        _require(at="@clear-pte($x) || escape(&struct tag $x)", needs="done(later())")
        + '[[follow]]\nafter = "when @wp(_)"\nthen = "g()"\nbefore = "h()"\n'
        + '[[forbid]]\nat = "$x.field <- has FLAG_NEW || call ops.open(_)"\nnever = "true"\n'
        + '[[pair]]\nopen = "acquire(rcu)"\nclose = "release(rcu)"\n'
    )
    book = _book(tmp_path, rule)
    assert words(book) == frozenset(
        [
            "clear_and_get",
            "clear_only",
            "tag",
            "test_wp",
            "test_wp_any",
            "field",
            "FLAG_NEW",
            "FLAG_OLD",
            "open",
        ]
    )
    assert site_locks(book) == frozenset({"rcu"})


def test_too_few_sites_are_a_problem_that_says_why(tmp_path: Path) -> None:
    book = _book(tmp_path, 'expect_sites = { ">=5.19" = 3 }\n' + _require(at="@clear-pte($x)"))
    release = Release(6, 1)
    (rule,) = resolve(book, release, frozenset({"clear_only"}).__contains__).rules
    problem = missing_sites(rule, release, 0)
    assert problem is not None
    assert problem.kind == ProblemKind.NO_SITE.value
    assert problem.text == (
        "rule zap/one: no site in this tree; expected 3 or more in Linux >=5.19; "
        "names not declared here: clear_and_get"
    )
    assert missing_sites(rule, release, 3) is None
    assert missing_sites(rule, Release(5, 10), 0) is None


def test_a_forbid_clause_is_resolved(resolved: Resolver) -> None:
    clause = _only(resolved('[[forbid]]\nat = "@flush"\nnever = "@wp(_)"\n'))
    assert isinstance(clause, Forbid)
    assert clause.at == CallEvent("old_flush", (Anything(),), False)


@pytest.mark.parametrize(
    ("at", "globs"),
    [
        ("return", ("*",)),
        ("use($p)", ("*",)),
        ("f() || return", ("*",)),
        ("when $x", ("*",)),
        ("escape(&$x)", ("*",)),
        ("f*(_)", ()),
        ("f()", ()),
        ("when f($x)", ()),
        ("$x.field <- _", ()),
        ("acquire(rcu)", ()),
        ("@clear-pte($x)", ()),
    ],
)
def test_an_event_without_a_word_can_be_in_any_file(
    tmp_path: Path, at: str, globs: tuple[str, ...]
) -> None:
    assert everywhere(_book(tmp_path, _require(at=at, needs="done(later())"))) == globs


@pytest.mark.parametrize(
    ("limit", "globs", "names"),
    [
        ('files = ["mm/h*.c"]', ("mm/h*.c",), frozenset()),
        ('in = ["do_*", "one"]', (), frozenset({"do_*", "one"})),
    ],
)
def test_a_limit_on_files_or_functions_is_one_on_what_is_read(
    tmp_path: Path, limit: str, globs: tuple[str, ...], names: frozenset[str]
) -> None:
    book = _book(tmp_path, f"{_require(at='return', needs='done(later())')}{limit}\n")
    assert everywhere(book) == globs
    assert words(book) == names
