"""Rule files: what is read from them, and what every slip says, with its line."""

from pathlib import Path

import pytest

from analyzer.checkers.patterns import Hole, Number
from analyzer.checkers.property import Compare, Follow, Forbid, Pair, Require
from analyzer.checkers.scope import Exemption
from analyzer.core import Level, Release, ReleaseRange, UserError
from analyzer.rulebook.decode import decode
from analyzer.rulebook.model import Rule
from tests.unit.rulebook.words import WORDS

HEAD = 'title = "does harm"\nwhat = "w"\n'


def _decode(text: str) -> Rule:
    return decode(text, "zap/x", "rules/zap/x.toml", WORDS)


FULL = '''code = "ZAP009"
title = "does harm"
level = "warning"
kernel = ">=5.19"
declares = "first"
in = ["copy_*"]
what = """
What it is.
"""
why = "Because."
fix = "Mend it."
references = ["commit 1"]
bad = """
f();
"""
good = "g();"
census = "Two."
expect_sites = { ">=5.19" = 2, "<5.19" = 1 }

[[require]]
from = "$p = @clear-pte"
at = "use($p)"
needs = "$p != NULL"
look = "function"
says = "{function}() uses {p}"
level = "note"
kernel = "<6.5"
declares = ["second"]
lacks = ["third"]
in = ["@teardown", "move_*"]
files = ["mm/**"]
given = "$p"
unless = "$p == 1"
except = [
    { function = "one", reason = "fine" },
    { function = "two", reason = "unsure", verdict = "open", kernel = ">=6.0" },
]

[[forbid]]
at = "f($x)"
never = "$x == 0"

[[follow]]
after = "f($x)"
then = "g($x)"
before = ["release(i_mmap) || return", "end of iteration"]
held = "i_mmap write"

[[pair]]
open = "acquire(notifier_range, $r)"
close = "release(notifier_range, $r)"
hand_over = [{ open = "ops.pre", close = "ops.post" }]
'''


def test_the_head_of_a_rule_is_read() -> None:
    info = _decode(FULL).info
    assert (info.id, info.code, info.title, info.level) == (
        "zap/x",
        "ZAP009",
        "does harm",
        Level.WARNING,
    )
    assert (info.what, info.why, info.fix) == ("What it is.", "Because.", "Mend it.")
    assert (info.bad, info.good, info.references) == ("f();", "g();", ("commit 1",))
    assert info.kernel == ">=5.19"


def test_the_clauses_stand_in_the_order_of_the_file() -> None:
    rule = _decode(FULL)
    assert [type(clause) for clause in rule.clauses] == [Require, Forbid, Follow, Pair]
    assert [clause.common.line for clause in rule.clauses] == [20, 39, 43, 49]
    assert rule.text.startswith("[[require]]\nfrom")


def test_a_clause_adds_to_the_scope_of_its_file() -> None:
    first, second, *_ = _decode(FULL).clauses
    scope = first.common.scope
    assert scope.kernel == ReleaseRange.parse(">=5.19, <6.5")
    assert (scope.declares, scope.lacks) == (("first", "second"), ("third",))
    assert (scope.functions, scope.files) == (("@teardown", "move_*"), ("mm/**",))
    assert second.common.scope.functions == ("copy_*",)


def test_a_require_clause_is_read() -> None:
    clause = _decode(FULL).clauses[0]
    assert isinstance(clause, Require)
    assert clause.needs == Compare("!=", Hole("p"), Number(0))
    assert clause.start is not None
    assert not clause.callers
    assert (clause.common.level, clause.common.says) == (Level.NOTE, "{function}() uses {p}")
    assert clause.common.exemptions == (
        Exemption("one", "fine", "proved", ReleaseRange()),
        Exemption("two", "unsure", "open", ReleaseRange.parse(">=6.0")),
    )


def test_what_a_clause_leaves_out_comes_from_the_file() -> None:
    common = _decode(FULL).clauses[1].common
    assert (common.level, common.says) == (Level.WARNING, "{function}(): does harm")
    assert (common.given, common.unless, common.exemptions) == (None, None, ())


def test_deadlines_of_a_follow_clause_are_single_events() -> None:
    clause = _decode(FULL).clauses[2]
    assert isinstance(clause, Follow)
    assert (len(clause.before), clause.held) == (3, "i_mmap write")


def test_a_pair_hands_over_between_fields() -> None:
    clause = _decode(FULL).clauses[3]
    assert isinstance(clause, Pair)
    assert clause.hand_over == (("ops.pre", "ops.post"),)


def test_expected_sites_are_by_release_or_for_all() -> None:
    by_release = _decode(FULL).expect_sites
    assert [(Release(6, 1) in releases, n) for releases, n in by_release] == [(True, 2), (False, 1)]
    plain = _decode(HEAD + 'expect_sites = 3\n[[forbid]]\nat = "f()"\nnever = "true"\n')
    assert plain.expect_sites == ((ReleaseRange(), 3),)


def test_a_rule_without_its_clauses_in_preview() -> None:
    first = '[[forbid]]\nat = "f()"\nnever = "true"\n'
    rule = _decode(HEAD + first + '[[forbid]]\nat = "g()"\nnever = "true"\nstage = "preview"\n')
    assert [each.common.preview for each in rule.clauses] == [False, True]
    assert rule.stable().clauses == rule.clauses[:1]
    assert _decode(HEAD + first).stable().clauses == rule.clauses[:1]


def test_clauses_may_be_inline_tables() -> None:
    inline = (
        HEAD + 'require = [{ at = "f($x)", needs = "$x" },\n    { at = "g()", needs = "false" }]\n'
    )
    assert [clause.common.line for clause in _decode(inline).clauses] == [3, 4]


REQUIRE = '[[require]]\nat = "f($d, $folio)"\n'

SLIPS = {
    HEAD + REQUIRE + 'need = "$d"\n': (
        5,
        "unknown key 'need' in [[require]]",
        "did you mean 'needs'?",
    ),
    HEAD + '[[required]]\nat = "f()"\n': (
        3,
        "unknown kind 'required'",
        "one of: require, forbid, follow, pair",
    ),
    HEAD + 'titel = "x"\n' + REQUIRE: (
        3,
        "unknown key 'titel' in the rule",
        "did you mean 'title'?",
    ),
    HEAD + REQUIRE + 'needs = "held(folio_lock, $folo)"\n': (
        5,
        "'needs' uses $folo, which no event binds",
        "did you mean '$folio'? bound here: $d, $folio",
    ),
    HEAD + '[[follow]]\nafter = "@clear-pt"\nthen = "g()"\nbefore = "return"\n': (
        4,
        "role '@clear-pt' is not in the vocabulary",
        "did you mean '@clear-pte'? see rules/models/vocabulary.toml",
    ),
    HEAD + REQUIRE + 'needs = "held(folio, $folio)"\n': (
        5,
        "lock 'folio' is not in the models",
        "did you mean 'folio_lock'? a new lock is a C model, not a rule",
    ),
    HEAD + '[[follow]]\nafter = "f()"\nthen = "g()"\n': (
        3,
        "[[follow]] has 'then' but no 'before'",
        'name the event that is too late, for example "release(pte_lock($slot))"',
    ),
    HEAD + '[[follow]]\nafter = "f()"\nbefore = "return"\n': (
        3,
        "[[follow]] has 'after' but no 'then'",
        "name the event that is due",
    ),
    HEAD + '[[follow]]\nthen = "f()"\nbefore = "return"\n': (
        3,
        "[[follow]] has no 'after'",
        'name the event that starts it, for example "$old = ptep_get_and_clear(_, _, $slot)"',
    ),
    HEAD + '[[pair]]\nopen = "acquire(rcu)"\n': (
        3,
        "[[pair]] has 'open' but no 'close'",
        'name the event that closes, for example "release(notifier_range, $r)"',
    ),
    HEAD + '[[pair]]\nopen = "f($x)"\nclose = "release(rcu)"\n': (
        4,
        "'open' takes no lock of the models",
        'name the event that opens, for example "acquire(notifier_range, $r)"',
    ),
    HEAD + '[[pair]]\nopen = "acquire(rcu)"\nclose = "release(pvmw)"\n': (
        5,
        "'close' does not release rcu",
        'close = "release(rcu, $x)"',
    ),
    HEAD + REQUIRE: (
        3,
        "[[require]] has no 'needs'",
        'name the condition, for example "held(pte_lock, $slot)"',
    ),
    HEAD + REQUIRE + 'needs = "$d"\nexcept = [{ function = "move_ptes" }]\n': (
        6,
        "exception of 'move_ptes' gives no reason",
        'reason = "why this code is correct"',
    ),
    HEAD + REQUIRE + 'needs = "$d"\nexcept = [\n  { reason = "so" },\n]\n': (
        7,
        "an exception has no 'function'",
        'function = "name or glob"',
    ),
    HEAD + REQUIRE + 'needs = "$d"\n[[require.except]]\nfunction = "f"\nresaon = "x"\n': (
        8,
        "unknown key 'resaon' in an exception",
        "did you mean 'reason'?",
    ),
    HEAD
    + REQUIRE
    + 'needs = "$d"\nexcept = [{ function = "f", reason = "r", verdict = "ok" }]\n': (
        6,
        "'ok' is no verdict",
        "one of: proved, open",
    ),
    HEAD + '[[forbid]]\nat = "set_pte_at(mm,, $slot)"\nnever = "true"\n': (
        4,
        "cannot read event 'set_pte_at(mm,, $slot)': argument 2 is empty",
        "write _ for any argument",
    ),
    HEAD
    + '[[forbid]]\nat = "f()"\nnever = "true"\nstage = "preview"\n'
    + '[[forbid]]\nat = "g()"\nnever = "true"\n': (
        7,
        "the clause stands behind one in preview",
        "move those in preview to the end",
    ),
    HEAD + '[[forbid]]\nat = "enter $f"\nnever = "true"\n': (
        4,
        "cannot read event 'enter $f': unknown word 'enter'",
        "events are: ",
    ),
    HEAD + '[[forbid]]\nat = "f($v)"\nnever = """\n$v ||\nclass($v)"""\n': (
        7,
        "cannot read condition '$v || class($v)': 'in' is missing after 'class(..)', or 'disjoint',"
        " at the end",
        "",
    ),
    HEAD + '[[follow]]\nafter = "f()"\nthen = "g()"\nbefore = [\n"return",\n"g(,)"]\n': (
        8,
        "cannot read event 'g(,)': argument 1 is empty",
        "write _ for any argument",
    ),
    HEAD + '[[follow]]\nafter = "f()"\nthen = "g()"\nbefore = "return"\nheld = "i_map"\n': (
        7,
        "lock 'i_map' is not in the models",
        "did you mean 'i_mmap'? a new lock is a C model, not a rule",
    ),
    HEAD + REQUIRE + 'needs = "$d"\ngiven = "$x"\n': (
        6,
        "'given' uses $x, which no event binds",
        "bound here: $d, $folio; write _ for any value",
    ),
    HEAD + REQUIRE + 'needs = "$d"\nunless = "$x"\n': (
        6,
        "'unless' uses $x, which no event binds",
        "bound here: $d, $folio; write _ for any value",
    ),
    HEAD + '[[forbid]]\nat = "f()"\nnever = "$x"\n': (
        5,
        "'never' uses $x, which no event binds",
        "no hole is bound here; write _ for any value",
    ),
    HEAD + REQUIRE + 'needs = "$d"\nsays = "{d} of {foliio}"\n': (
        6,
        "'says' uses {foliio}, which nothing fills in",
        "did you mean '{folio}'? known here: function, callee, lock, demander, outer, inner, d",
    ),
    HEAD + REQUIRE + 'needs = "$d"\nin = ["@teardwn"]\n': (
        6,
        "role '@teardwn' is not in the vocabulary",
        "did you mean '@teardown'? see rules/models/vocabulary.toml",
    ),
    HEAD + REQUIRE + 'needs = "$d"\nin = ["@flush"]\n': (
        6,
        "role '@flush' lists events, not functions",
        "in = names functions",
    ),
    HEAD + REQUIRE + 'needs = "$d"\nkernel = "6.5"\n': (
        6,
        "'6.5' is not a bound on releases",
        'write it as ">=6.5" or ">=5.19, <6.5"',
    ),
    HEAD + REQUIRE + 'needs = "$d"\nlevel = "fatal"\n': (
        6,
        "'fatal' is no level",
        "one of: error, warning, note, ledger",
    ),
    HEAD + REQUIRE + 'needs = "$d"\nlook = "caller"\n': (
        6,
        "'caller' is no look",
        "one of: callers, function",
    ),
    HEAD + REQUIRE + "needs = 3\n": (5, "'needs' is not a text", 'write needs = "..."'),
    HEAD + REQUIRE + 'needs = "$d"\nfiles = [1]\n': (
        6,
        "'files' is not a list of texts",
        'write files = ["...", "..."]',
    ),
    HEAD + '[require]\nat = "f()"\n': (
        3,
        "'require' is not a list of tables",
        "write [[require]] and one key a line",
    ),
    HEAD + 'expect_sites = "3"\n' + REQUIRE + 'needs = "$d"\n': (
        3,
        "'expect_sites' is neither a number nor a table of them",
        'write expect_sites = 3 or expect_sites = { ">=5.19" = 3 }',
    ),
    HEAD + '[[pair]]\nopen = "acquire(rcu)"\nclose = "release(rcu)"\n'
    'hand_over = [{ open = "pre", close = "a.b" }]\n': (
        6,
        "'pre' is no field of a struct",
        'open = "record.field"',
    ),
    HEAD: (
        1,
        "the rule has no clause",
        "write [[require]], [[forbid]], [[follow]], [[pair]], [[contract]] or [[order]]",
    ),
    REQUIRE + 'needs = "$d"\n': (1, "the rule has no 'title'", "say in one line what"),
    HEAD + "at = f()\n": (3, "not TOML: invalid value", "texts stand in quotes"),
    HEAD + 'what = "again"\n': (3, "not TOML: cannot overwrite a value", "texts stand in quotes"),
    HEAD + 'bad = """\nnever ends\n': (5, "not TOML: unterminated string", "texts stand in quotes"),
}


@pytest.mark.parametrize("text", SLIPS)
def test_a_slip_names_file_and_line_and_what_to_do(text: str) -> None:
    line, problem, hint = SLIPS[text]
    with pytest.raises(UserError) as caught:
        _decode(text)
    assert caught.value.message == f"rules/zap/x.toml:{line}: {problem}"
    assert caught.value.hint.startswith(hint)


def test_holes_of_a_done_are_bound_by_it() -> None:
    text = HEAD + '[[require]]\nat = "f($m)"\ngiven = "done(g($m, $b))"\nneeds = "$b == $m"\n'
    assert len(_decode(text).clauses) == 1


def test_holes_of_the_event_due_may_stand_in_conditions_of_follow() -> None:
    text = HEAD + '[[follow]]\nafter = "f($m)"\nthen = "g($b)"\nbefore = "return"\nunless = "!$b"\n'
    assert len(_decode(text).clauses) == 1


def test_the_error_of_a_file_shows_its_hint_below(tmp_path: Path) -> None:
    with pytest.raises(UserError) as caught:
        _decode(HEAD + REQUIRE + 'need = "$d"\n')
    assert str(caught.value) == (
        "rules/zap/x.toml:5: unknown key 'need' in [[require]]\n  hint: did you mean 'needs'?"
    )
