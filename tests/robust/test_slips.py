"""What a user may do wrong: one clear message, the status 2, and nothing left behind."""

from pathlib import Path

import pytest

from tests.cli.command import KERNEL, Outcome, errors_of, zaplint

RULE = Path(__file__).resolve().parents[2] / "rules" / "notifier" / "unpaired-mmu-gather.toml"


def _assert_told(outcome: Outcome, part: str) -> None:
    """One error that names `part`, perhaps a hint, and nothing else."""
    assert outcome.status == 2
    assert outcome.data == b""
    (error,) = errors_of(outcome)
    assert part in error
    assert outcome.errors.count("hint:") <= 1
    assert len(outcome.errors.splitlines()) <= 2


def _listing(folder: Path) -> list[str]:
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*"))


def test_missing_tree(tmp_path: Path) -> None:
    _assert_told(zaplint("audit", tmp_path / "gone"), "gone")


def test_tree_that_is_a_file(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    _assert_told(zaplint("audit", tmp_path / "file"), "file")


@pytest.mark.parametrize("command", ["audit", "coverage"])
def test_tree_without_makefile(command: str, tmp_path: Path) -> None:
    (tmp_path / "mm").mkdir()
    _assert_told(zaplint(command, tmp_path), "Makefile")


def test_makefile_without_release(tmp_path: Path) -> None:
    (tmp_path / "Makefile").write_text("all:\n\ttrue\n")
    _assert_told(zaplint("audit", tmp_path), "VERSION")


def test_makefile_that_is_a_folder(tmp_path: Path) -> None:
    (tmp_path / "Makefile").mkdir()
    _assert_told(zaplint("audit", tmp_path), "Makefile")


@pytest.mark.parametrize("scope", ["drivers", "mm/gone.c", "include", "../..", "/etc"])
def test_scope_that_matches_nothing(scope: str) -> None:
    _assert_told(zaplint("audit", KERNEL, "--scope", scope), scope)


@pytest.mark.parametrize(
    ("name", "left"),
    [("gone/log.sarif", []), ("folder", ["folder"]), ("file/log", ["file"]), ("x" * 300, [])],
)
def test_output_that_cannot_be_written(name: str, left: list[str], tmp_path: Path) -> None:
    if name == "folder":
        (tmp_path / "folder").mkdir()
    if name == "file/log":
        (tmp_path / "file").write_text("")
    _assert_told(zaplint("audit", KERNEL, "-o", tmp_path / name), name)
    assert _listing(tmp_path) == left


def test_output_on_a_full_disk(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    def full(_handle: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("analyzer.report.output.os.fsync", full)
    (tmp_path / "log").write_text("what was there")
    _assert_told(zaplint("audit", KERNEL, "-o", tmp_path / "log"), "no space left")
    assert _listing(tmp_path) == ["log"]
    assert (tmp_path / "log").read_text() == "what was there"


def _changed(old: str, new: str) -> bytes:
    text = RULE.read_text()
    assert old in text
    return text.replace(old, new).replace('code = "MMN003"', 'code = "OWN001"').encode()


SLIPS = {
    "no TOML": (b"code = \n", "own.toml:1"),
    "not UTF-8": (b'code = "\xff"\n', "own.toml"),
    "empty": (b"", "own.toml"),
    "unknown key": (_changed("says ", "sais "), "sais"),
    "unknown kind": (_changed("[[pair]]", "[[pear]]"), "pear"),
    "broken event": (_changed('open  = "', 'open  = "(('), "own.toml"),
    "code that is taken": (RULE.read_bytes(), "MMN003"),
    "wrong type": (_changed("title = ", "title = 7 #"), "title"),
}


@pytest.mark.parametrize("slip", SLIPS)
@pytest.mark.parametrize("command", [("audit", str(KERNEL)), ("rules",)], ids=["audit", "rules"])
def test_broken_rule(command: tuple[str, ...], slip: str, tmp_path: Path) -> None:
    data, part = SLIPS[slip]
    (tmp_path / "own").mkdir()
    (tmp_path / "own" / "own.toml").write_bytes(data)
    _assert_told(zaplint(*command, "--rules", tmp_path), part)


def test_missing_folder_of_rules(tmp_path: Path) -> None:
    _assert_told(zaplint("audit", KERNEL, "--rules", tmp_path / "gone"), "gone")


def test_folder_without_rules(tmp_path: Path) -> None:
    _assert_told(zaplint("audit", KERNEL, "--rules", tmp_path), tmp_path.name)
