"""A rule that finds nothing to check in a whole kernel says so; in a part of one it does not."""

from pathlib import Path

from analyzer.pipeline import Request, audit


def _kinds(folder: Path) -> set[str]:
    (folder / "mm").mkdir(exist_ok=True)
    (folder / "Makefile").write_text("VERSION = 6\nPATCHLEVEL = 12\n")
    (folder / "mm" / "part.c").write_text("void part(void) { tlb_finish_mmu(0); }\n")
    return {problem.kind for problem in audit(Request(folder)).problems}


def test_a_part_of_a_kernel_is_not_expected_to_have_sites(tmp_path: Path) -> None:
    assert _kinds(tmp_path) == set()


def test_a_whole_kernel_is(tmp_path: Path) -> None:
    (tmp_path / "MAINTAINERS").touch()
    assert _kinds(tmp_path) == {"no-site"}
