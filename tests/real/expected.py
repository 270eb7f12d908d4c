"""What is known of the real trees: expected_<release>.toml, ctags and a plain search."""

import json
import re
import shutil
import subprocess
import tomllib
from collections import Counter
from dataclasses import dataclass
from functools import cache
from pathlib import Path

RELEASES = ("6.1", "6.12")
_COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Expected:
    """What is known of one tree.

    `violations` are file, function and rule, each as often as it is reported, `reasons` why the
    reports are right. `sites` are
    the functions, as file:function, in which a rule must have a site. `zap_functions` are those of
    the zap and unmap paths. `maps` are the functions that may give NULL for a page table,
    `maps_without_use` those of mm that call one and do not use the result.
    """

    violations: Counter[tuple[str, str, str]]
    reasons: tuple[str, ...]
    sites: dict[str, frozenset[str]]
    counts: dict[str, int]
    zap_functions: frozenset[str]
    maps: frozenset[str]
    maps_without_use: frozenset[str]


@dataclass(frozen=True, slots=True)
class Tag:
    """A function as ctags sees it: the lines are 1-based, `text` is without comments."""

    path: str
    name: str
    line: int
    end: int
    text: str


def expected(release: str) -> Expected:
    """What is known of the tree of a release."""
    file = Path(__file__).with_name(f"expected_{release}.toml")
    data = tomllib.loads(file.read_text(encoding="utf-8"))
    return Expected(
        violations=Counter(
            (each["file"], each["function"], each["rule"])
            for each in data["violation"]
            for _ in range(each.get("count", 1))
        ),
        reasons=tuple(each["reason"] for each in data["violation"]),
        sites={rule: frozenset(functions) for rule, functions in data["sites"].items()},
        counts=data["counts"],
        zap_functions=frozenset(data["zap_functions"]),
        maps=frozenset(data["maps"]["functions"]),
        maps_without_use=frozenset(data["maps"]["without_use"]),
    )


@cache
def tags(root: Path, paths: tuple[str, ...]) -> tuple[Tag, ...]:
    """The function definitions that universal-ctags finds in some files."""
    ctags = shutil.which("ctags")
    assert ctags is not None, "universal-ctags is needed: apt-get install universal-ctags"
    command = [ctags, "--c-kinds=f", "--fields=+ne", "--output-format=json", "-f", "-", *paths]
    done = subprocess.run(command, cwd=root, capture_output=True, text=True, check=True)
    lines = {path: (root / path).read_text(errors="replace").split("\n") for path in paths}
    found = []
    for row in map(json.loads, done.stdout.splitlines()):
        line, end = row["line"], row.get("end", row["line"])
        text = _COMMENT.sub(" ", "\n".join(lines[row["path"]][line - 1 : end]))
        found.append(Tag(row["path"], row["name"], line, end, text))
    return tuple(found)


def functions_with(root: Path, paths: tuple[str, ...], *calls: str) -> frozenset[str]:
    """The functions, as file:function, in whose body each of the regular expressions is called."""
    patterns = [re.compile(rf"\b(?:{call})\s*\(") for call in calls]
    return frozenset(
        f"{tag.path}:{tag.name}"
        for tag in tags(root, paths)
        if all(pattern.search(tag.text.partition("{")[2]) for pattern in patterns)
    )
