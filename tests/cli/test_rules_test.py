"""`zaplint rules test`: a rule of one's own, its fixture, and what is said of either."""

import json
import re
from pathlib import Path

import pytest

from tests.cli.command import errors_of, zaplint

ROOT = Path(__file__).resolve().parents[2]
ID = "own/freed-unlocked"


def written() -> tuple[str, str]:
    """The rule and the fixture that rules/WRITING.md shows."""
    text = (ROOT / "rules" / "WRITING.md").read_text()
    part = text.partition("## A rule of your own, and its test\n")[2]
    rule, fixture = re.findall(r"^```(?:toml|c)\n(.*?)^```$", part, re.MULTILINE | re.DOTALL)[:2]
    return rule, fixture


@pytest.fixture(name="own")
def _own(tmp_path: Path) -> Path:
    """A folder with the rule and the fixture of rules/WRITING.md."""
    folder = tmp_path / "own"
    folder.mkdir()
    rule, fixture = written()
    (folder / "freed-unlocked.toml").write_text(rule)
    (folder / "freed-unlocked.c").write_text(fixture)
    return tmp_path


def change(file: Path, old: str, new: str) -> int:
    """Replaces `old`, which stands there once; gives its 1-based line."""
    text = file.read_text()
    assert text.count(old) == 1
    file.write_text(text.replace(old, new))
    return text[: text.index(old)].count("\n") + 1


def unmet(*words: str | Path) -> list[tuple[str, int, str, str]]:
    """File name, line, expected and got of what is not met."""
    outcome = zaplint("rules", "test", *words, "--format", "json")
    assert (outcome.status, outcome.errors) == (1, "")
    return [
        (Path(each["file"]).name, each["line"], each["expected"], each["got"])
        for rule in json.loads(outcome.data)["rules"]
        for each in rule["unmet"]
    ]


def test_rule_of_the_manual_passes(own: Path) -> None:
    outcome = zaplint("rules", "test", own)
    assert (outcome.status, outcome.errors) == (0, "")
    shown = (ROOT / "rules" / "WRITING.md").read_text()
    assert f"$ zaplint rules test mine\n{outcome.output}```" in shown


@pytest.mark.parametrize("path", ["own", "own/freed-unlocked.toml"])
def test_family_and_file_are_tested_alone(own: Path, path: str) -> None:
    outcome = zaplint("rules", "test", own / path)
    assert (outcome.status, outcome.output.count("passed:")) == (0, 1)


def test_planted_line_that_is_not_reported_fails(own: Path) -> None:
    file = own / "own" / "freed-unlocked.c"
    locked = "folio_lock(folio); pool_free(folio); // expect"
    line = change(file, "pool_free(folio);\t// expect", locked)
    ((name, at, expected, got),) = unmet(own)
    assert (name, at) == ("freed-unlocked.c", line)
    assert expected == f'// expect: {ID} "drop_bad() frees folio"'
    assert got.startswith("proved: ")


def test_another_message_is_told(own: Path) -> None:
    line = change(own / "own" / "freed-unlocked.c", '"drop_bad() frees folio"', '"loses"')
    assert unmet(own) == [
        (
            "freed-unlocked.c",
            line,
            f'// expect: {ID} "loses"',
            "violated: drop_bad() frees folio without its lock",
        )
    ]


def test_finding_that_nothing_expects_fails(own: Path) -> None:
    file = own / "own" / "freed-unlocked.c"
    file.write_text(file.read_text() + "void more(struct folio *f)\n{\n\tpool_free(f);\n}\n")
    line = len(file.read_text().splitlines()) - 1
    got = "violated: more() frees f without its lock"
    assert unmet(own) == [("freed-unlocked.c", line, "no finding", got)]
    assert f"freed-unlocked.c:{line}:\n" in zaplint("rules", "test", own).output


def test_missing_that_is_found_fails(own: Path) -> None:
    file = own / "own" / "freed-unlocked.c"
    more = f"void more(struct folio *f)\n{{\n\tpool_free(f); // missing: {ID}\n}}\n"
    file.write_text(file.read_text() + more)
    ((_, line, expected, _),) = unmet(own)
    assert (line, expected) == (18, "missing, and it is found now: write 'expect:'")


def test_known_false_alarm_stands_in_a_function_that_is_right(own: Path) -> None:
    file = own / "own" / "freed-unlocked.c"
    more = f"void more_ok(struct folio *f)\n{{\n\tpool_free(f); // expect-spurious: {ID}\n}}\n"
    file.write_text(file.read_text() + more)
    assert zaplint("rules", "test", own).status == 0
    line = change(file, f"expect-spurious: {ID}", f"expect: {ID}")
    expected = "a function with a finding ends in _bad"
    assert [each[1:3] for each in unmet(own)] == [(line, expected)]


def test_slips_of_all_clauses_are_told_with_their_lines(own: Path) -> None:
    file = own / "own" / "freed-unlocked.toml"
    top = change(file, "why = ", "wy = ")
    first = change(file, "held(folio_lock,", "held(folio_lok,")
    rule = file.read_text() + '\n[[forbid]]\nat = "f($x)"\nnevr = "true"\n'
    file.write_text(rule)
    second = len(rule.splitlines())
    outcome = zaplint("rules", "test", own)
    assert outcome.status == 2
    lines = [int(each.split(".toml:")[1].split(":")[0]) for each in errors_of(outcome)]
    assert lines == [top, first, second]
    assert "did you mean 'folio_lock'?" in outcome.errors
    assert "did you mean 'never'?" in outcome.errors


def test_rule_without_a_fixture_is_told_what_to_write(own: Path) -> None:
    (own / "own" / "freed-unlocked.c").unlink()
    found = [(line, expected) for _, line, expected, _ in unmet(own)]
    assert found == [(0, "code that the rule reports"), (0, "code that the rule does not report")]


def test_misspelt_comments_are_told(own: Path) -> None:
    file = own / "own" / "freed-unlocked.c"
    line = change(file, "// proved: ", "// prooved: ")
    assert ("freed-unlocked.c", line, f"// proved: {ID}") in [each[:3] for each in unmet(own)]
    change(file, "// expect: own/freed-unlocked", "// expect: own/freed-unloked")
    assert f"no rule is called 'own/freed-unloked'; did you mean '{ID}'?" in [
        each[3] for each in unmet(own)
    ]


def test_examples_of_the_page_are_tests(own: Path) -> None:
    file = own / "own" / "freed-unlocked.toml"
    text = file.read_text()
    file.write_text(text.replace("\tfolio_lock(folio);\n", ""))
    ((name, _, expected, _),) = unmet(own)
    assert (name, expected) == ("freed-unlocked.toml", "the example 'good' is not reported")
    file.write_text(text.replace("{\n\tpool_free", "{\n\tfolio_lock(folio);\n\tpool_free", 1))
    assert [each[2] for each in unmet(own)] == ["the example 'bad' is reported"]


def test_what_was_not_read_of_a_fixture_is_told(own: Path) -> None:
    file = own / "own" / "freed-unlocked.c"
    change(file, "pool_free(folio);\t// proved", ") {{ // proved")
    line = file.read_text().splitlines().index("void drop_ok(struct folio *folio)") + 1
    notes = zaplint("rules", "test", own).output.split("  note: ")[1:]
    assert any(f"freed-unlocked.c:{line}: not parsed" in note for note in notes)


def test_clause_that_no_fixture_exercises_is_told(own: Path) -> None:
    file = own / "own" / "freed-unlocked.toml"
    text = file.read_text() + '\n[[require]]\nat = "pool_drain($p)"\nneeds = "false"\n'
    file.write_text(text)
    outcome = zaplint("rules", "test", own)
    line = text.splitlines().index("[[require]]", text.count("\n") - 4) + 1
    assert outcome.status == 0
    assert f"freed-unlocked.toml:{line}: no fixture has a site of this clause" in outcome.output


def test_catalogue_and_page_are_as_before(own: Path) -> None:
    assert ID in zaplint("rules", "--rules", own).output
    pages = [zaplint("rules", *w).output for w in (("--rules", own, ID), (ID, "--rules", own))]
    assert pages[0] == pages[1]
    assert pages[0].startswith(f"# {ID}: ")
    assert zaplint("rules", "own/freed").status == 2


def test_what_is_no_rule_makes_the_status_2(own: Path) -> None:
    assert zaplint("rules", "test", own / "own" / "freed-unlocked.c").status == 2
    assert zaplint("rules", "test", own / "nowhere").status == 2


def test_shipped_rule_is_tested_in_a_checkout() -> None:
    outcome = zaplint("rules", "test", ROOT / "rules" / "zap" / "incomplete-zap-details.toml")
    assert (outcome.status, outcome.output.count("passed:")) == (0, 1)
