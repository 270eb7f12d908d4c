"""The configuration: what it may say, and what is said of a slip in it."""

import pytest

from analyzer.core import Level, UserError
from analyzer.triage import Config, read_config
from tests.unit.triage.names import NAMES

LEVEL = '[[level]]\nrules = "zap"\nlevel = "note"\n'


def config(text: str) -> Config:
    """The configuration of a text."""
    return read_config(text, "zaplint.toml", NAMES)


def level(found: Config, rule: str, path: str) -> Level | None:
    """The level that findings of a rule in a file get."""
    setting = found.level(rule, path)
    return setting.level if setting else None


@pytest.mark.parametrize("rules", ['"zap"', '"ZAP001"', '["tlb/flush", "zap/drop-marker"]'])
def test_rules_are_called_by_id_code_or_family(rules: str) -> None:
    found = config(f'[[level]]\nrules = {rules}\nlevel = "note"\n')
    assert level(found, "zap/drop-marker", "mm/a.c") is Level.NOTE
    assert level(found, "own/rule", "mm/a.c") is None


@pytest.mark.parametrize(
    ("files", "path", "met"),
    [
        ("mm/a.c", "mm/a.c", True),
        ("mm", "mm/a.c", True),
        ("mm/", "mm/kasan/a.c", True),
        ("m", "mm/a.c", False),
        ("mm/*.c", "mm/a.c", True),
        ("mm/*.c", "mm/kasan/a.c", True),
        ("*/ttm_*.c", "drivers/gpu/ttm_bo.c", True),
        ("mm/a.c", "mm/a.cc", False),
        ("fs/*", "mm/a.c", False),
    ],
)
def test_files_are_folders_files_or_globs(files: str, path: str, met: bool) -> None:
    found = config(f'{LEVEL}files = "{files}"\n')
    assert (level(found, "zap/drop-marker", path) is Level.NOTE) is met


def test_the_last_one_that_fits_counts() -> None:
    later = '[[level]]\nrules = "ZAP001"\nlevel = "warning"\n'
    found = config(LEVEL + later)
    assert level(found, "zap/drop-marker", "mm/a.c") is Level.WARNING
    assert level(found, "zap/incomplete", "mm/a.c") is Level.NOTE


def test_off_has_its_line_and_its_reason() -> None:
    found = config(f'{LEVEL}\n[[off]]\nrules = "tlb"\nreason = "see\\n x"\n')
    setting = found.off("tlb/flush", "mm/a.c")
    assert setting is not None
    assert (setting.line, setting.reason, setting.level) == (5, "see x", None)
    assert found.off("zap/drop-marker", "mm/a.c") is None


def test_an_empty_one_says_nothing() -> None:
    assert config("# nothing\n") == Config("zaplint.toml", ())


OFF = '[[off]]\nrules = "zap"\n'


@pytest.mark.parametrize(
    ("text", "told", "hint"),
    [
        (
            '[[levels]]\nrules = "zap"\n',
            "1: unknown key 'levels' in the configuration",
            "did you mean 'level'?",
        ),
        (f'{LEVEL}file = "mm"\n', "4: unknown key 'file' in [[level]]", "did you mean 'files'?"),
        (f'{OFF}reason = "x"\nlevel = "note"\n', "4: unknown key 'level' in [[off]]", "one of"),
        (OFF, "1: [[off]] has no 'reason'", "say why"),
        (f'{OFF}reason = " "\n', "1: [[off]] has no 'reason'", "say why"),
        ('[[level]]\nrules = "zap"\n', "1: [[level]] has no 'level'", "error, warning, note"),
        ('[[level]]\nlevel = "note"\n', "1: [[level]] names no rules", "name rules by id"),
        ('[[level]]\nlevel = "note"\nrules = []\n', "3: [[level]] names no rules", "name rules"),
        (
            '[[level]]\nrules = [\n  "zap",\n  "zap/drop-markr",\n]\nlevel = "note"\n',
            "4: no rule or family is called 'zap/drop-markr'",
            "did you mean 'zap/drop-marker'?",
        ),
        ('[[level]]\nrules = "zap"\nlevel = "info"\n', "3: 'info' is no level", "one of: error"),
        (
            '[[level]]\nrules = "zap"\nlevel = "ledger"\n',
            "3: a finding that is only counted is hidden",
            "[[off]] turns a rule off",
        ),
        ('[level]\nrules = "zap"\n', "1: 'level' is not a list of tables", "write [[level]]"),
        (f"{LEVEL}files = 3\n", "4: 'files' is not a list of texts", "write files ="),
        (f"{LEVEL}files = []\n", "4: 'files' is empty", "leave it out"),
        (f'{LEVEL}files = ["mm", "/mm"]\n', "4: '/mm' is no path within the tree", "from the top"),
        (f'{LEVEL}files = "./mm"\n', "4: './mm' is no path within the tree", "from the top"),
        (f'{LEVEL}files = "../mm"\n', "4: '../mm' is no path within the tree", "from the top"),
        (f'{LEVEL}files = ""\n', "4: '' is no path within the tree", "from the top"),
        (f"{LEVEL}reason = 1\n", "4: 'reason' is not a text", 'write reason = "..."'),
        ("[[level]\n", "1: not TOML", "texts stand in quotes"),
    ],
)
def test_a_slip_is_told_with_its_line_and_what_to_do(text: str, told: str, hint: str) -> None:
    with pytest.raises(UserError) as caught:
        config(text)
    assert caught.value.message.startswith(f"zaplint.toml:{told}")
    assert hint in caught.value.hint


def test_all_slips_are_told_at_once() -> None:
    with pytest.raises(UserError) as caught:
        config('[[levl]]\n[[off]]\nrules = "zpa"\nreason = "x"\n[[level]]\nrules = "zap"\n')
    told = [line for line in f"error: {caught.value}".splitlines() if line.startswith("error:")]
    assert [line.split(":")[2] for line in told] == ["1", "5", "3"]
