"""A history of files of Linux 6.12: `zaplint diff`, and `zaplint patch` of its mails, give each
commit what is its own.
"""

import json
import re
import shutil
from collections.abc import Callable, Mapping
from hashlib import sha256
from pathlib import Path

import pytest

from analyzer.cfront.bodies import function_body
from analyzer.cfront.edits import edited
from analyzer.cfront.macros import MacroTable, MacroWords
from analyzer.inspect.backtest import bugs_of
from analyzer.pipeline import Request
from analyzer.rulebook.folder import rules_folder
from analyzer.source import open_tree
from tests.cli.command import Outcome, zaplint
from tests.cli.history import commit, git

FILES = ("mm/hmm.c", "mm/mremap.c", "mm/oom_kill.c")
TOP = ("Makefile", "MAINTAINERS")
RANGE = "HEAD~5.."

MAPPED = "a fault of a device leaves the page table mapped"
GATHERED = "the gather is not finished when a notifier would block"
UNFLUSHED = "moved entries are not flushed"
BUGS = {bug.name: bug for bug in bugs_of(Request(Path()))[0]}

TOLD = [
    ("mm, oom: leave in a hurry", [f"{BUGS[GATHERED].rule} __oom_reap_task_mm"], []),
    ("mm: say more", [], []),
    ("mm/mremap: flush less", [f"{BUGS[UNFLUSHED].rule} move_ptes"], []),
    ("mm: move the reaper and the mover", [], []),
    ("mm/hmm: unmap", [], [f"{BUGS[MAPPED].rule} hmm_vma_handle_pte"]),
]
"""Each commit with what it introduces and what it fixes."""

_HEAD = re.compile(r"  \S+:\d+:\d+: error: (\w+)\(\) .* \[(\S+)\]")
_COMMENT = re.compile(r"^(\t*)/\*\n", re.MULTILINE)


def _macros() -> MacroTable:
    words = rules_folder() / "models" / "macros.toml"
    return MacroTable.build([], MacroWords.parse(words.read_text(encoding="utf-8"), str(words)))


MACROS = _macros()


def _with_bug(tree: Path, name: str) -> None:
    """Puts a bug of the past back."""
    change = BUGS[name].changes[0]
    file = tree / change.file
    before = file.read_bytes()
    file.write_bytes(edited(before, change.function, change.operations, MACROS))
    assert file.read_bytes() != before


def _say_more(tree: Path) -> None:
    """Adds a line to each comment of several lines, and a comment above each file."""
    for path in FILES:
        text = (tree / path).read_text()
        more = _COMMENT.sub(r"\1/*\n\1 * In other words:\n", text)
        assert more != text
        (tree / path).write_text(f"/* Read this first. */\n{more}")


def _taken_out(file: Path, function: str) -> str:
    """The definition of a function, which is there no more."""
    data = file.read_bytes()
    node = function_body(data, function, MACROS).node
    while node.type != "function_definition":
        assert node.parent is not None
        node = node.parent
    file.write_bytes(data[: node.start_byte] + data[node.end_byte :])
    return data[node.start_byte : node.end_byte].decode()


def _move(tree: Path) -> None:
    """Moves a function with a bug down its file, and one into another file."""
    oom, mremap = tree / "mm/oom_kill.c", tree / "mm/mremap.c"
    mover = _taken_out(mremap, "move_ptes")
    reaper = _taken_out(oom, "__oom_reap_task_mm").removeprefix("static ")
    head = reaper.partition("\n{")[0]
    oom.write_text(f"{head};\n{oom.read_text()}")
    mremap.write_text(f"{mremap.read_text()}\n{reaper}\n{mover}\n")


@pytest.fixture(scope="module")
def history(linux_6_12: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A repository of three files of mm with the headers that they include, and five commits."""
    tree = tmp_path_factory.mktemp("history") / "linux"
    for path in (*TOP, *FILES, *open_tree(linux_6_12).headers_of(FILES)):
        (tree / path).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(linux_6_12 / path, tree / path)
    git(tree, "init", "-q", "-b", "main")
    commit(tree, "Linux 6.12")
    _with_bug(tree, MAPPED)
    commit(tree, "mm/hmm: leave a table mapped")
    bad = git(tree, "rev-parse", "HEAD").strip()
    steps: list[Callable[[], object]] = [
        lambda: _with_bug(tree, GATHERED),
        lambda: _say_more(tree),
        lambda: _with_bug(tree, UNFLUSHED),
        lambda: _move(tree),
        lambda: git(tree, "revert", "--no-commit", bad),
    ]
    for (subject, _, _), step in zip(TOLD, steps, strict=True):
        step()
        commit(tree, subject)
    return tree


@pytest.fixture(scope="module")
def mails(history: Path) -> Path:
    """The series as git mails it."""
    path = history.parent / "series.mbox"
    path.write_text(git(history, "format-patch", "--stdout", "--cover-letter", RANGE))
    return path


def _state(tree: Path) -> tuple[str, str, str]:
    """The work tree as git sees it, and the bytes of all its files and of its index."""
    status = git(tree, "status", "--porcelain", "--ignored")
    files = sorted(each for each in tree.rglob("*") if each.is_file() and ".git" not in each.parts)
    texts = sha256(b"".join(each.read_bytes() for each in files)).hexdigest()
    return status, texts, sha256((tree / ".git" / "index").read_bytes()).hexdigest()


def _told(outcome: Outcome) -> list[tuple[str, list[str], list[str]]]:
    """Each change with what it introduces and what it fixes, from JSON."""
    return [
        (each["subject"], _named(each["introduced"]), _named(each["fixed"]))
        for each in json.loads(outcome.data)["changes"]
    ]


def _named(found: list[Mapping[str, object]]) -> list[str]:
    return [f"{each['rule']} {each['function']}" for each in found]


@pytest.fixture(scope="module")
def found(history: Path) -> Outcome:
    """The range in JSON, with a work tree and an index that are otherwise than the last commit."""
    (history / "mm/hmm.c").write_text("int nothing;\n")
    (history / "mm/more.c").write_text("int more;\n")
    (history / "mm/oom_kill.c").write_text("int staged;\n")
    git(history, "add", "mm/oom_kill.c")
    before = _state(history)
    outcome = zaplint("diff", RANGE, "--tree", history, "--format", "json")
    assert _state(history) == before
    git(history, "reset", "-q", "--hard")
    (history / "mm/more.c").unlink()
    return outcome


def test_each_commit_gets_exactly_what_is_its_own(found: Outcome) -> None:
    assert found.status == 1
    assert _told(found) == TOLD
    changes = json.loads(found.data)["changes"]
    rest = [(each["uncovered"], each["allowed"], each["open"]) for each in changes]
    assert rest == [([], [], [])] * len(TOLD)
    n_left = changes[0]["left"]
    assert [each["left"] - n_left for each in changes] == [0, 1, 1, 2, 1]


def test_a_finding_stands_where_its_commit_has_it(history: Path, found: Outcome) -> None:
    for each in json.loads(found.data)["changes"]:
        for kind, revision in (("introduced", each["name"]), ("fixed", f"{each['name']}^")):
            for one in each[kind]:
                lines = git(history, "show", f"{revision}:{one['path']}").splitlines()
                assert _call(one["rule"]) in lines[one["line"] - 1], one


def _call(rule: str) -> str:
    """What stands in the line of a finding."""
    return {
        BUGS[GATHERED].rule: "tlb_gather_mmu(",
        BUGS[UNFLUSHED].rule: "ptep_get_and_clear(",
        BUGS[MAPPED].rule: "pte_unmap(",
    }[rule]


def test_the_text_says_the_same(history: Path) -> None:
    outcome = zaplint("diff", RANGE, "--tree", history)
    assert outcome.status == 1
    *changes, last = outcome.output.split("\n\n")
    told = []
    for change in changes:
        introduced, _, fixed = change.partition("\n  fixes ")
        subject = introduced.partition("\n")[0].partition(" ")[2]
        told.append((subject, _heads(introduced), _heads(fixed)))
    assert told == TOLD
    assert last.startswith("5 changes: 2 findings introduced, 1 fixed, ")


def _heads(text: str) -> list[str]:
    return [f"{each[2]} {each[1]}" for each in _HEAD.finditer(text)]


def test_mails_are_told_as_commits_are(history: Path, mails: Path, found: Outcome) -> None:
    words = ("--tree", history, "--base", RANGE.rstrip("."), "--format", "json")
    outcome = zaplint("patch", mails, *words)
    assert (outcome.status, _told(outcome)) == (1, TOLD)
    changes = (json.loads(each.data)["changes"] for each in (outcome, found))
    for one, other in zip(*changes, strict=True):
        assert {**one, "name": other["name"]} == other


def test_the_answers_quote_the_lines(history: Path, mails: Path) -> None:
    outcome = zaplint("diff", RANGE, "--tree", history, "--format", "mail")
    answers = outcome.output.split("Subject: Re: ")[1:]
    assert [each.partition("\n")[0] for each in answers] == [
        subject for subject, introduced, _ in TOLD if introduced
    ]
    for answer, place in zip(
        answers, ("tlb_gather_mmu(&tlb, mm);", "if (force_flush)"), strict=True
    ):
        head, *comments = answer.split("]\n")
        assert len(comments) == 1, "one comment"
        *_, quoted, empty, _ = head.splitlines()
        assert (quoted.startswith("> "), quoted.endswith(place), empty) == (True, True, "")
