"""Folders of rules: what is a rule in them, and how two folders meet."""

import os
from pathlib import Path

import pytest

from analyzer.core import UserError
from analyzer.rulebook import load_rules
from tests.unit.rulebook.words import LOCKS, folder

RULE = 'title = "does harm"\n[[forbid]]\nat = "@flush"\nnever = "true"\n'


def test_the_id_is_family_and_name(tmp_path: Path) -> None:
    rules = load_rules((folder(tmp_path / "a", zap__two=RULE, lock__one_more=RULE),), LOCKS).rules
    assert [rule.id for rule in rules] == ["lock/one-more", "zap/two"]


def test_models_and_python_are_no_families(tmp_path: Path) -> None:
    root = folder(tmp_path / "a", zap__one=RULE, python__two=RULE, models__macros="x = 1\n")
    assert [rule.id for rule in load_rules((root,), LOCKS).rules] == ["zap/one"]


def test_a_second_folder_may_use_and_extend_the_vocabulary(tmp_path: Path) -> None:
    first = folder(tmp_path / "a", zap__one=RULE)
    second = tmp_path / "b"
    (second / "own").mkdir(parents=True)
    (second / "vocabulary.toml").write_text('[role.mine]\nevents = ["mine()"]\n')
    (second / "own" / "rule.toml").write_text(RULE.replace("@flush", "@flush || @mine"))
    rules = load_rules((first, second), LOCKS).rules
    assert [rule.id for rule in rules] == ["own/rule", "zap/one"]


def test_two_files_of_one_id_are_refused_by_both_names(tmp_path: Path) -> None:
    first, second = folder(tmp_path / "a", zap__one=RULE), folder(tmp_path / "b", zap__one=RULE)
    with pytest.raises(UserError) as caught:
        load_rules((first, second), LOCKS)
    message = f"{second}/zap/one.toml: rule 'zap/one' is also in {first}/zap/one.toml"
    assert caught.value.message == message


def test_two_rules_of_one_code_are_refused(tmp_path: Path) -> None:
    coded = 'code = "X1"\n' + RULE
    with pytest.raises(UserError, match="code 'X1' is also in"):
        load_rules((folder(tmp_path / "a", zap__one=coded, zap__two=coded),), LOCKS)


def test_a_folder_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(UserError, match=f"{tmp_path}/none: no such folder of rules"):
        load_rules((tmp_path / "none",), LOCKS)


def test_a_file_that_is_no_text_is_named(tmp_path: Path) -> None:
    root = folder(tmp_path / "a", zap__one=RULE)
    (root / "zap" / "one.toml").write_bytes(b"title = \xff")
    with pytest.raises(UserError, match=r"zap/one\.toml: not UTF-8, from byte 8 on"):
        load_rules((root,), LOCKS)


def test_messages_name_files_from_the_current_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = folder(tmp_path / "rules", zap__one=RULE.replace("never", "nevr"))
    monkeypatch.chdir(tmp_path)
    with pytest.raises(UserError) as caught:
        load_rules((root,), LOCKS)
    assert caught.value.message == "rules/zap/one.toml:4: unknown key 'nevr' in [[forbid]]"


def test_the_order_of_files_on_disk_makes_no_difference(tmp_path: Path) -> None:
    first = folder(tmp_path / "a", zap__one=RULE, zap__two=RULE)
    second = folder(tmp_path / "b", zap__two=RULE, zap__one=RULE)
    os.utime(second / "zap" / "two.toml", (0, 0))
    titles = [
        [(rule.id, rule.clauses) for rule in load_rules((root,), LOCKS).rules]
        for root in (first, second)
    ]
    assert titles[0] == titles[1]
