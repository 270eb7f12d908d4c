"""`zaplint backtest`: bugs are put back, one at a time, and it is told what is said of them."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.cli.command import errors_of, own_rule, small_tree, zaplint

NEEDS = "held(folio_lock, $f)"
TEXT = """
struct folio { int count; };

static void locked(struct folio *folio)
{
	folio_lock(folio);
	free_it(folio);
	folio_unlock(folio);
}

static void wrong(struct folio *folio)
{
	free_it(folio);
}

static void by_caller(struct folio *folio)
{
	VM_BUG_ON(!folio_test_locked(folio));
	free_it(folio);
}

SYSCALL_DEFINE1(enter, int, fd)
{
	struct folio *folio = filemap_get_folio(fd);

	locked(folio);
	wrong(folio);
	folio_lock(folio);
	by_caller(folio);
	folio_unlock(folio);
	return 0;
}

int exported(struct folio *folio, int (*how)(struct folio *))
{
	folio_lock(folio);
	free_it(folio);
	folio_unlock(folio);
	return 0;
}
EXPORT_SYMBOL(exported);
"""

BUG = """
[[bug]]
name    = "{name}"
rule    = "own/rule"
commit  = "0123456789abcdef"
subject = "mm: free what is locked"
cve     = "CVE-2099-1"
[[bug.at]]
file       = "{file}"
function   = "{function}"
operations = [{{ delete_call = "{call}" }}]
"""


def bug(name: str, function: str, call: str, file: str = "mm/small.c") -> str:
    return BUG.format(name=name, function=function, call=call, file=file)


def words(folder: Path, history: str) -> tuple[str | Path, ...]:
    """The words that run the rule of this file and some bugs on the text of this file."""
    rules = own_rule(folder, NEEDS)
    (rules / "history.toml").write_text(history)
    (folder / "tree").mkdir()
    tree = small_tree(folder / "tree", TEXT)
    return ("backtest", tree, "--rules", rules, "--select", "own")


def replayed(folder: Path, history: str) -> dict[str, Any]:
    outcome = zaplint(*words(folder, history), "-f", "json")
    return {each["name"]: each for each in json.loads(outcome.output)["bugs"]}


def test_what_comes_of_each_bug_is_told(tmp_path: Path) -> None:
    found = replayed(
        tmp_path,
        bug("is caught", "locked", "folio_lock")
        + bug("is missed", "locked", "folio_unlock")
        + bug("is there", "wrong", "folio_lock")
        + bug("does not fit", "locked", "spin_lock")
        + bug("has no file", "locked", "folio_lock", "mm/none.c")
        + bug("is open", "exported", "folio_lock"),
    )
    assert {name: each["outcome"] for name, each in found.items()} == {
        "is caught": "caught",
        "is missed": "missed",
        "is there": "present",
        "does not fit": "does not fit",
        "has no file": "does not fit",
        "is open": "open",
    }
    assert found["does not fit"]["reason"] == "mm/small.c: locked(): spin_lock(): 0 calls and not 1"
    (report,) = found["is caught"]["found"]
    assert (report["path"], report["line"], report["function"]) == ("mm/small.c", 7, "locked")
    assert [step["line"] for step in report["steps"]][-1] == 7


def test_a_report_in_another_function_is_not_what_was_asked_for(tmp_path: Path) -> None:
    history = bug("is elsewhere", "locked", "folio_lock") + 'reported_in = ["wrong"]\n'
    found = replayed(tmp_path, history)["is elsewhere"]
    assert found["outcome"] == "elsewhere"
    assert [each["function"] for each in found["found"]] == ["locked"]


def test_the_text_says_what_where_and_how_many(tmp_path: Path) -> None:
    outcome = zaplint(*words(tmp_path, bug("is caught", "locked", "folio_lock")), "--paths")
    assert outcome.status == 0
    lines = outcome.output.splitlines()
    assert lines[0] == "own/rule"
    assert lines[1] == "  caught        is caught"
    assert lines[2].strip() == '0123456789ab ("mm: free what is locked"), CVE-2099-1'
    assert lines[3].strip() == "mm/small.c:7: locked() frees folio"
    assert lines[-1] == "1 of 1 bug put back into Linux 6.12 are reported in their functions."


def test_a_missed_bug_is_a_failure(tmp_path: Path) -> None:
    outcome = zaplint(
        *words(tmp_path, bug("is missed", "locked", "folio_unlock")), "-f", "markdown"
    )
    assert outcome.status == 1
    row = "| is missed | 0123456789ab, CVE-2099-1 | `own/rule` | missed |"
    assert outcome.output.splitlines()[-1] == row


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("own/rule", "own/rul", "history.toml:4: there is no rule 'own/rul'"),
        ("delete_call", "delete_cal", "history.toml:11: an operation names one of the operations"),
        ("[[bug.at]]", "[[bug.here]]", "history.toml:8: unknown key 'here' in [[bug]]"),
        ("subject", "titel", "history.toml:6: unknown key 'titel' in [[bug]]"),
        ("function  ", "functions ", "history.toml:10: unknown key 'functions' in [[bug.at]]"),
    ],
)
def test_a_slip_in_the_file_is_told_with_its_line(
    tmp_path: Path, old: str, new: str, said: str
) -> None:
    history = bug("is caught", "locked", "folio_lock").replace(old, new)
    outcome = zaplint(*words(tmp_path, history))
    assert outcome.status == 2
    (error,) = errors_of(outcome)
    assert said in error


def test_rules_without_a_bug_are_an_error(tmp_path: Path) -> None:
    outcome = zaplint(*words(tmp_path, ""))
    assert (outcome.status, outcome.output) == (2, "")
    assert "no bug is known of these rules" in errors_of(outcome)[0]


def test_a_tree_that_none_fits_is_told_so(tmp_path: Path) -> None:
    outcome = zaplint(*words(tmp_path, bug("does not fit", "locked", "spin_lock")))
    assert outcome.status == 0
    assert "No bug was put back into Linux 6.12: none fits." in outcome.output
    assert "  does not fit  does not fit" in outcome.output
