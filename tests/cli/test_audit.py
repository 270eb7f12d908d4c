"""`zaplint audit` on the small kernel: what it finds, how it shows it, how it ends."""

import json
import re
from collections import Counter
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from analyzer.pipeline import Request, audit, load_book
from analyzer.rulebook import Rulebook, chosen
from tests.cli.command import KERNEL, errors_of, on_kernel, planted, small_tree, zaplint

_LINE = re.compile(
    r"^(\S+?):(\d+):\d+: (error|warning|note): .* \[([\w-]+/[\w-]+)\]$", re.MULTILINE
)

CLEAN = """
struct mmu_gather { int depth; };
void tlb_gather_mmu(struct mmu_gather *tlb, void *mm);
void tlb_finish_mmu(struct mmu_gather *tlb);
void quick(void *mm)
{
	struct mmu_gather tlb;

	tlb_gather_mmu(&tlb, mm);
	tlb_finish_mmu(&tlb);
}
"""
LEFT_OPEN = CLEAN.replace("\ttlb_finish_mmu(&tlb);\n", "")
# The warning looks at the VMA: a note, and nothing graver.
NOTE = """
void reap(void *mm, struct vm_area_struct *vma, unsigned long addr, pte_t *slot)
{
	swp_entry_t what = pte_to_swp_entry(*slot);

	if (is_device_private_entry(what)) {
		WARN_ON_ONCE(!vma_is_anonymous(vma));
		pte_clear_not_present_full(mm, addr, slot, 0);
	}
}
"""


def _log(*words: str) -> dict[str, Any]:
    log = json.loads(on_kernel(*words, "--format", "sarif").data)
    assert isinstance(log, dict)
    return log


def _results(log: dict[str, Any], kind: str = "fail") -> Counter[tuple[str, int, str]]:
    return Counter(
        (
            place["artifactLocation"]["uri"],
            place["region"]["startLine"],
            result["ruleId"],
        )
        for result in log["runs"][0]["results"]
        for place in [result["locations"][0]["physicalLocation"]]
        if result["kind"] == kind
    )


def test_findings_are_the_planted_ones() -> None:
    assert _results(_log()) == planted()


def test_text_and_sarif_say_the_same() -> None:
    outcome = on_kernel()
    shown = Counter(
        (path, int(line), rule) for path, line, _, rule in _LINE.findall(outcome.output)
    )
    assert shown == _results(_log())


def test_nothing_is_said_beside_the_answer() -> None:
    assert on_kernel().errors == ""


def test_every_finding_has_its_path_and_function() -> None:
    for result in _log()["runs"][0]["results"]:
        assert result["locations"][0]["logicalLocations"][0]["name"]
        assert result["codeFlows"][0]["threadFlows"][0]["locations"]


def test_run_says_what_it_was() -> None:
    log = _log()
    assert log["version"] == "2.1.0"
    assert log["runs"][0]["invocations"][0]["executionSuccessful"] is True


def test_ledger_adds_what_is_proved_and_open() -> None:
    without = {each["kind"] for each in _log()["runs"][0]["results"]}
    ledger = {each["kind"] for each in _log("--ledger")["runs"][0]["results"]}
    assert without == {"fail"}
    assert {"fail", "pass"} <= ledger <= {"fail", "pass", "open"}


def test_ledger_in_text_counts_every_rule() -> None:
    output = on_kernel("--ledger").output
    assert all(f"\n{rule} " in output for _, _, rule in planted())


def test_output_file_holds_what_would_be_printed(tmp_path: Path) -> None:
    file = tmp_path / "log.sarif"
    outcome = zaplint("audit", KERNEL, "--format", "sarif", "-o", file)
    assert outcome.data == b""
    assert file.read_bytes() == on_kernel("--format", "sarif").data
    assert [each.name for each in tmp_path.iterdir()] == ["log.sarif"]


def test_findings_make_the_status_1() -> None:
    assert on_kernel().status == 1


def test_no_finding_makes_the_status_0(tmp_path: Path) -> None:
    assert zaplint("audit", small_tree(tmp_path, CLEAN)).status == 0


@pytest.mark.parametrize(
    ("text", "statuses"),
    [
        (CLEAN, {"error": 0, "warning": 0, "note": 0, "never": 0}),
        (LEFT_OPEN, {"error": 1, "warning": 1, "note": 1, "never": 0}),
        (NOTE, {"error": 0, "warning": 0, "note": 1, "never": 0}),
    ],
    ids=["clean", "error", "note"],
)
def test_fail_on_sets_the_least_level(tmp_path: Path, text: str, statuses: dict[str, int]) -> None:
    tree = small_tree(tmp_path, text)
    found = {level: zaplint("audit", tree, "--fail-on", level).status for level in statuses}
    assert found == statuses


def test_a_rule_in_preview_runs_if_it_is_named() -> None:
    rulebook = load_book().rulebook
    early = replace(rulebook.rules[0], preview=True)
    some = Rulebook((early, *rulebook.rules[1:]), rulebook.vocabulary)
    family = early.id.partition("/")[0]
    assert early.id not in {rule.id for rule in chosen(some, (), ()).rules}
    assert early.id not in {rule.id for rule in chosen(some, (family,), ()).rules}
    assert [rule.id for rule in chosen(some, (early.id,), ()).rules] == [early.id]
    assert [rule.id for rule in chosen(some, (early.info.code,), ()).rules] == [early.id]


def test_a_clause_in_preview_runs_if_its_rule_is_named() -> None:
    balance = "lock/unbalanced-lock"
    rules = {rule.id: rule for rule in load_book().rulebook.rules}
    stable = len(rules[balance].stable().clauses)
    assert stable < len(rules[balance].clauses)
    named = audit(Request(KERNEL, select=(balance,))).obligations
    unasked = audit(Request(KERNEL)).obligations
    assert {each.clause > stable for each in named} == {False, True}
    assert {each.clause > stable for each in unasked if each.rule == balance} == {False}


@pytest.mark.parametrize(
    ("words", "family"),
    [
        (("--select", "zap"), {"zap"}),
        (("--select", "ZAP001", "--select", "tlb"), {"zap", "tlb"}),
        (("--select", "notifier/unpaired-range"), {"notifier"}),
        (("--select", "zap", "--select", "tlb", "--ignore", "tlb"), {"zap"}),
    ],
)
def test_select_and_ignore_choose_the_rules(words: tuple[str, ...], family: set[str]) -> None:
    log = _log(*words)
    rules = {rule["id"] for rule in log["runs"][0]["tool"]["driver"]["rules"]}
    assert {rule.partition("/")[0] for rule in rules} == family
    assert {rule for _, _, rule in _results(log)} <= rules


@pytest.mark.parametrize("scope", ["mm", "mm/rmap.c", "mm/madvise.c", "fs/hugetlbfs/inode.c"])
def test_scope_limits_where_findings_are(scope: str) -> None:
    """With its callers out of sight a bug may be open; it is not proved to be none."""
    expected = {each for each in planted() if each[0].startswith(scope)}
    found = set(_results(_log("--scope", scope)))
    ledger = _log("--scope", scope, "--ledger")
    open_too = found | set(_results(ledger, "open"))
    assert found <= expected <= open_too


def test_kernel_overrules_the_makefile() -> None:
    rule = "lock/unchecked-page-table-map"
    before_it_could_fail = _results(_log("--select", rule, "--kernel", "6.1"))
    assert before_it_could_fail == Counter()
    assert _results(_log("--select", rule)).total() == 1


def test_rules_of_another_folder_are_added(tmp_path: Path) -> None:
    own = Path(__file__).resolve().parents[2] / "rules" / "notifier" / "unpaired-mmu-gather.toml"
    (tmp_path / "own").mkdir()
    text = own.read_text().replace('code = "MMN003"', 'code = "OWN001"')
    (tmp_path / "own" / "gather.toml").write_text(text)
    log = _log("--rules", str(tmp_path), "--select", "own")
    assert [(path, rule) for path, _, rule in _results(log)] == [("mm/oom_kill.c", "own/gather")]


@pytest.mark.parametrize(
    "words",
    [
        ("--select", "zap/no-such-rule"),
        ("--ignore", "nothing"),
        ("--kernel", "six"),
        ("--jobs", "0"),
        ("--fail-on", "sometimes"),
        ("--format", "pdf"),
        ("--no-such-option",),
    ],
)
def test_slip_in_the_command_makes_the_status_2(words: tuple[str, ...]) -> None:
    outcome = zaplint("audit", KERNEL, *words)
    assert (outcome.status, outcome.data) == (2, b"")
    assert words[-1] in outcome.errors


def test_bug_makes_the_status_4(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(_request: object, _book: object) -> None:
        raise AssertionError("it was thought that this holds")

    monkeypatch.setattr("analyzer.cli.peace.audited", broken)
    outcome = zaplint("audit", KERNEL)
    assert outcome.status == 4
    assert "it was thought that this holds" in outcome.errors
    assert len(errors_of(outcome)) == 1
