"""That nothing calls a function is said only where nothing does."""

from pathlib import Path

import pytest

from analyzer.pipeline import audit, load_book
from tests.unit.checkers.audited import audited, laid_out

_RULE = """
[[require]]
at = "touch($f)"
needs = "held(folio_lock, $f)"
"""
_DROP = "{0}void drop(struct folio *folio)\n{{\n\ttouch(folio);\n}}\n"
_USE = "struct folio;\nvoid use(struct folio *folio)\n{\n\town_lock(folio);\n\tdrop(folio);\n}\n"


@pytest.mark.parametrize("whole", [True, False])
@pytest.mark.parametrize("calls", [True, False])
def test_a_caller_in_a_file_that_was_not_read(tmp_path: Path, whole: bool, calls: bool) -> None:
    request = laid_out(tmp_path, _RULE, _DROP.format(""))
    use = _USE if calls else _USE.replace("drop(", "leave(")
    (request.root / "mm" / "b.c").write_text(use)
    if whole:
        (request.root / "MAINTAINERS").write_text("")
    report = audit(request, load_book(request.rules))
    (found,) = report.obligations
    assert report.coverage.n_files == 1
    if calls:
        reason = "drop() is called in files that were not read"
        assert (found.verdict.value, found.reason) == ("open", reason)
    else:
        assert (found.verdict.value, found.path[0].text) == ("violated", "nothing calls drop()")


_TABLE = "struct test_case {{ void (*run)(struct folio *folio); }};\n{0}"


@pytest.mark.parametrize(
    "text",
    [
        "#define CASE(name) { .run = name }\nstatic struct test_case all[] = { CASE(drop), {} };\n",
        "static struct test_case all[] = { FOREIGN_CASE(1, drop), {} };\n",
        "REGISTERED(drop);\n",
    ],
)
def test_what_gets_a_function_outside_of_functions_enters_it(text: str) -> None:
    (found,) = audited(_RULE, _DROP.format("static ") + _TABLE.format(text))
    told = "drop() is given away outside of functions"
    assert (found.verdict.value, found.path[0].text) == ("violated", told)


def test_a_macro_that_is_not_followed_may_call_it() -> None:
    text = "#define drop_it(folio) do { drop(folio); folio = 0; } while (0)\n"
    (found,) = audited(_RULE, _DROP.format("static ") + text)
    told = "drop() is named by a macro that is not followed"
    assert (found.verdict.value, found.reason) == ("open", told)


@pytest.mark.parametrize(
    "text",
    [
        "static void drop(struct folio *folio);\n",
        "struct other { int drop; };\n",
        "static struct other one = { .drop = 1 };\n",
        "/* REGISTERED(drop) */\n",
        "#define drop drop\n",
        "#define dropped(folio) undrop(folio)\n",
    ],
)
def test_what_only_has_its_name_does_not(text: str) -> None:
    (found,) = audited(_RULE, _DROP.format("static ") + text)
    assert (found.verdict.value, found.path[0].text) == ("violated", "nothing calls drop()")
