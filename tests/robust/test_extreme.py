"""Extreme files, each in a process of its own: no crash, no traceback, bounded time, named."""

from pathlib import Path
from subprocess import CompletedProcess

import pytest

from tests.robust.process import run
from tests.robust.variants import tree_of

SECONDS = 120
DEPTH = 100_000
MEGABYTES = 50
CALL = b"tlb_gather_mmu(&tlb, mm);"
HEAD = b"void deep(struct mm_struct *mm)\n{\n\tstruct mmu_gather tlb;\n\t" + CALL + b"\n\t"

DEEP = {
    "parentheses": b"x = " + b"(" * DEPTH + b"1" + b")" * DEPTH + b";",
    "braces": b"{" * DEPTH + b"}" * DEPTH,
    "brackets": b"x = y" + b"[y" * DEPTH + b"]" * DEPTH + b";",
    "open parentheses": b"(" * DEPTH,
    "nots": b"x = " + b"!" * DEPTH + b"y;",
    "stars": b"x = " + b"*" * DEPTH + b"y;",
    "sums": b"x = 1" + b" + 1" * DEPTH + b";",
    "conditions": b"x = " + b"y ? 1 : " * DEPTH + b"0;",
    "fields": b"x = y" + b"->y" * DEPTH + b";",
    "calls": b"f()" + b"()" * DEPTH + b";",
    "casts": b"x = " + b"(int)" * DEPTH + b"1;",
    "else ifs": b"if (x) y();" + b" else if (x) y();" * DEPTH,
    "ifs": b"if (x) " * DEPTH + b";",
    "fors": b"for (;;) " * DEPTH + b";",
    "labels": b"".join(b"l%d: " % number for number in range(DEPTH)) + b";",
    "arms": b"\n#ifdef A\n" * DEPTH + b"\n#endif\n" * DEPTH,
}
LARGE = {
    "one line": b"x " * (MEGABYTES << 19),
    "functions": (HEAD + b"}\n") * ((MEGABYTES << 20) // (len(HEAD) + 2)),
    "nothing": b"\0" * (MEGABYTES << 20),
    "a comment": b"/* tlb_gather_mmu " + b"*" * (MEGABYTES << 20),
    "a string": b'char *s = "tlb_gather_mmu ' + b"\\" * (MEGABYTES << 20),
}


def _run(tree: Path) -> CompletedProcess[str]:
    return run("audit", tree, "--ledger", "--problems", "--jobs", "1", seconds=SECONDS)


@pytest.mark.parametrize("what", DEEP)
def test_deep_nesting(what: str, tmp_path: Path) -> None:
    done = _run(tree_of(tmp_path, [HEAD + DEEP[what] + b"\n}\n"]))
    assert done.stderr == ""
    assert done.returncode in (0, 1)
    assert done.returncode == 1 or "variant0.c" in done.stdout


@pytest.mark.parametrize("what", LARGE)
def test_large_files(what: str, tmp_path: Path) -> None:
    tree = tree_of(tmp_path, [HEAD + b"}\n", CALL + LARGE[what]])
    done = _run(tree)
    assert done.stderr == ""
    assert "mm/variant0.c:4:2: error" in done.stdout
    assert "variant1.c" in done.stdout
