"""The language server in Neovim, set up as the README says."""

import json
import os
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.cli.command import KERNEL
from tests.lsp.editor import PATIENCE, audited, line_of

_ROOT = Path(__file__).parents[2]
_SCRIPT = Path(__file__).with_name("neovim.lua")
_RMAP = "mm/rmap.c"
_UNPAIRED = "notifier/unpaired-range"
_END = "mmu_notifier_invalidate_range_end(&range);"
_ZAPLINT = """\
#!/bin/bash
'{python}' -c 'from analyzer.cli.main import main; main()' "$@" 2>'{folder}/errors'
echo $? >'{folder}/status'
"""


@dataclass(frozen=True)
class _Machine:
    """A machine with a Neovim, a `zaplint` and a kernel."""

    program: Path
    folder: Path
    tree: Path

    def lives(self, script: dict[str, Any]) -> Any:
        """What is seen by somebody who does that."""
        (self.folder / "script").write_text(json.dumps(script))
        path = f"{self.folder}:{os.environ['PATH']}"
        places = {
            f"XDG_{each}_HOME": str(self.folder / each) for each in ("CACHE", "DATA", "STATE")
        }
        files = {f"ZAPLINT_{each.upper()}": str(self.folder / each) for each in ("script", "seen")}
        start = "--headless", "-u", self.folder / "init.lua", "-i", "NONE", "-n", "-S", _SCRIPT
        done = subprocess.run(
            [self.program, *start],
            cwd=_ROOT,
            env={**os.environ, **places, **files, "PATH": path},
            capture_output=True,
            text=True,
            timeout=5 * PATIENCE,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        return json.loads((self.folder / "seen").read_text())


def _setting(program: Path) -> str:
    """What the README says for this Neovim."""
    shown = subprocess.run([program, "--version"], capture_output=True, text=True, check=True)
    found = re.match(r"NVIM v(\d+)\.(\d+)", shown.stdout)
    assert found is not None
    title = "Neovim 0.11" if (int(found[1]), int(found[2])) >= (0, 11) else "older ones, from 0.7"
    text = (_ROOT / "README.md").read_text()
    (setting,) = re.findall(rf"^-- {title}.*\n((?:.+\n)+)", text, re.MULTILINE)
    return str(setting)


@pytest.fixture
def machine(neovim: Path, tmp_path: Path) -> _Machine:
    """A machine that is set up."""
    tree = Path(shutil.copytree(KERNEL, tmp_path / "linux")).resolve()
    (tmp_path / "init.lua").write_text(_setting(neovim))
    zaplint = tmp_path / "zaplint"
    zaplint.write_text(_ZAPLINT.format(python=sys.executable, folder=tmp_path))
    zaplint.chmod(0o755)
    return _Machine(neovim, tmp_path, tree)


def test_somebody_looks_into_a_file_and_edits_it(machine: _Machine) -> None:
    tree = machine.tree
    text = (tree / _RMAP).read_text()
    end = f"\t{_END}\nout:\n"
    assert text.count(end) == 1
    wide = text.replace(end, f"\t{_END}\nout: /* \U0001d11e */;\n")
    twice = wide.replace("*/;\n", f"*/;{_END}\n")
    mended = twice.replace(f"\t{_END}\nout:", "out:")
    above = f"/* One more. */\n{twice}"
    texts = (text, wide, twice, mended, twice, above)
    shown = [sorted(map(list, audited(tree, _RMAP, each))) for each in texts]
    assert [_UNPAIRED in {rule for _, rule in each} for each in shown] == [1, 1, 1, 0, 1, 1]
    seen = machine.lives(
        {
            "file": str(tree / _RMAP),
            "patience": 1000 * PATIENCE,
            "shown": shown,
            "typed": [
                f":{line_of(text, end) + 1}<CR>A /* \U0001d11e */;<Esc>",
                f"A{_END}<Esc>",
                "kdd",
                ":silent undo<CR>",
                "ggO/* One more. */<Esc>",
            ],
            "call": "evict(folio); .. planted",
        }
    )
    assert seen["text"] == texts[-1]
    assert seen["shown"] == shown
    assert seen["hover"].startswith("**`evict()`**")
    assert "- `folio_lock of folio`" in seen["hover"]
    assert seen["definition"] == [str(tree / _RMAP), line_of(texts[-1], "static void evict(")]
    assert (seen["clients"], seen["messages"]) == (1, "")
    assert [line for line in seen["log"] if not line.startswith("[START]")] == []
    told = [(machine.folder / each).read_text() for each in ("status", "errors")]
    assert told == ["0\n", ""]
