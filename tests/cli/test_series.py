"""`zaplint diff` and `zaplint patch`: each change is told what it introduces, fixes and leaves."""

import json
import re
import shutil
from pathlib import Path

import pytest

from tests.cli.command import KERNEL, errors_of, zaplint
from tests.cli.history import commit, git

UNLOCK = "\tpte_unmap_unlock(start_pte, ptl);\n\treturn 0;\n}\n\n/* Counts"
LEFT = "\treturn 0;\n}\n\n/* Counts"
MAPPED = "\tpte_t *pte = start_pte;\n\n\tdo {"
TESTED = "\tpte_t *pte = start_pte;\n\n\tif (!pte)\n\t\treturn 0;\n\tdo {"
LOOK = """
void look(struct mm_struct *mm, pmd_t *pmd)
{
	spinlock_t *ptl;
	pte_t *pte = pte_offset_map_lock(mm, pmd, 0, &ptl);

	look_at(ptep_get(pte));
	pte_unmap_unlock(pte, ptl);
}
"""
WALK = re.compile(r"static int residence_pmd_entry\(.*?^}\n\n", re.DOTALL | re.MULTILINE)


def _commit(tree: Path, subject: str, path: str, old: str, new: str) -> None:
    text = (tree / path).read_text()
    assert text.count(old) == 1, old
    (tree / path).write_text(text.replace(old, new))
    git(tree, "commit", "-qam", subject)


@pytest.fixture(scope="module")
def history(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Six commits: two introduce a bug, one fixes one, one moves code, one is of comments, the last
    is of a header.
    """
    tree = tmp_path_factory.mktemp("history") / "linux"
    shutil.copytree(KERNEL, tree)
    git(tree, "init", "-q", "-b", "main")
    git(tree, "add", "-A")
    git(tree, "commit", "-qm", "base")
    _commit(tree, "mm: leave a lock", "mm/madvise.c", UNLOCK, LEFT)
    _commit(tree, "mm: words", "mm/madvise.c", "/* Counts swapped", "/*\n * Says: counts swapped")
    _commit(tree, "mm: test a map", "mm/madvise.c", MAPPED, TESTED)
    text = (tree / "mm/madvise.c").read_text()
    walk = WALK.search(text)
    assert walk is not None
    _commit(
        tree, "mm: move a walk", "mm/madvise.c", text, text.replace(walk[0], "") + "\n" + walk[0]
    )
    text = (tree / "mm/oom_kill.c").read_text()
    _commit(tree, "mm: look at a table", "mm/oom_kill.c", text, text + LOOK)
    header = (tree / "include/linux/mm.h").read_text()
    _commit(tree, "mm: a declaration", "include/linux/mm.h", header, header + "\nint more(void);\n")
    return tree


def test_each_commit_gets_what_is_its_own(history: Path) -> None:
    before = git(history, "status", "--porcelain")
    done = zaplint("diff", "HEAD~6..", "--tree", history, "--format", "json")
    assert done.status == 1
    changes = json.loads(done.output)["changes"]
    told = [
        (
            each["subject"],
            sorted({f"{one['rule']} {one['function']}" for one in each["introduced"]}),
            sorted({f"{one['rule']} {one['function']}" for one in each["fixed"]}),
        )
        for each in changes
    ]
    assert told == [
        ("mm: leave a lock", ["lock/unbalanced-lock residence_pmd_entry"], []),
        ("mm: words", [], []),
        ("mm: test a map", [], ["lock/unchecked-page-table-map swapped_pmd_entry"]),
        ("mm: move a walk", [], []),
        ("mm: look at a table", ["lock/unchecked-page-table-map look"], []),
        ("mm: a declaration", [], []),
    ]
    assert len({each["left"] for each in changes[4:]}) == 2
    assert git(history, "status", "--porcelain") == before


def test_a_commit_says_where(history: Path) -> None:
    done = zaplint("diff", "HEAD~5", "--tree", history)
    assert done.status == 1
    assert "mm: leave a lock\n  introduces 2 findings:\n" in done.output
    assert "mm/madvise.c:26:14: error: residence_pmd_entry() does not give back" in done.output
    assert re.search(
        r"\n1 change: 2 findings introduced, 0 fixed, \d+ there at the end\.\n$", done.output
    )


def test_the_work_tree_does_not_matter(history: Path, tmp_path: Path) -> None:
    tree = tmp_path / "linux"
    shutil.copytree(history, tree)
    (tree / "mm/madvise.c").write_text("int nothing;\n")
    (tree / "mm/other.c").write_text("void look(struct mm_struct *mm) { find_vma(mm, 0); }\n")
    wanted = zaplint("diff", "HEAD~3..HEAD~1", "--tree", history, "--format", "json")
    assert zaplint("diff", "HEAD~3..HEAD~1", "--tree", tree, "--format", "json") == wanted


def test_fail_on_decides_the_status(history: Path) -> None:
    assert zaplint("diff", "HEAD~5", "--tree", history, "--fail-on", "never").status == 0
    assert zaplint("diff", "HEAD~4", "--tree", history).status == 0


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("nonsense..",), "bad revision 'nonsense..'"),
        (("nonsense",), "bad revision 'nonsense'"),
        (("HEAD~1...HEAD",), "names commits of two branches"),
        (("HEAD..HEAD",), "no commit in this range"),
        (("HEAD~6",), "begins with a commit without a parent"),
    ],
)
def test_a_slip_in_a_range(history: Path, words: tuple[str, ...], said: str) -> None:
    done = zaplint("diff", *words, "--tree", history)
    assert (done.status, said in done.errors, len(errors_of(done))) == (2, True, 1), done.errors


def test_a_tree_withoutgit(tmp_path: Path) -> None:
    shutil.copytree(KERNEL, tmp_path / "linux")
    done = zaplint("diff", "HEAD", "--tree", tmp_path / "linux")
    assert (done.status, len(errors_of(done))) == (2, 1), done.errors
    assert "hint: commits and the index are those of a git checkout" in done.errors


@pytest.fixture(scope="module")
def mails(history: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The first three commits as a mailbox."""
    path = tmp_path_factory.mktemp("mails") / "series.mbox"
    path.write_text(git(history, "format-patch", "--stdout", "--cover-letter", "HEAD~6..HEAD~3"))
    return path


def test_a_mailbox_is_told_as_the_commits_are(mails: Path) -> None:
    done = zaplint("patch", mails, "--tree", KERNEL)
    assert done.status == 1
    assert "mm: leave a lock\n  introduces 2 findings:\n" in done.output
    assert "mm: words\n  nothing introduced, nothing fixed\n" in done.output
    assert "mm: test a map\n  fixes 1 finding:\n" in done.output


def test_the_answer_quotes_the_patch(mails: Path) -> None:
    done = zaplint("patch", mails, "--tree", KERNEL, "--format", "mail")
    quoted = (
        "> -\tpte_unmap_unlock(start_pte, ptl);\n>  \treturn 0;\n\nresidence_pmd_entry() does not"
    )
    assert done.output.startswith(
        "Subject: Re: mm: leave a lock\n\nA Dev <dev@example.org> wrote:\n> "
    )
    assert quoted in done.output


def test_what_b4_wants(mails: Path) -> None:
    lines = zaplint("patch", mails, "--tree", KERNEL, "--format", "b4").output.splitlines()
    assert [line.partition(": ")[0] for line in lines] == ["ERROR", "ERROR"]
    (check,) = json.loads(zaplint("patch", mails, "--tree", KERNEL, "--format", "b4-json").output)
    assert (check["tool"], check["status"]) == ("zaplint", "fail")
    assert check["summary"] == "2 findings introduced"


@pytest.mark.parametrize("kind", ["crlf", "quilt", "plain", "p0"])
def test_patches_as_they_come(history: Path, tmp_path: Path, kind: str) -> None:
    text = git(history, "diff", "HEAD~6", "HEAD~5")
    if kind == "crlf":
        text = text.replace("\n", "\r\n")
    if kind == "quilt":
        names = "--- linux.orig/mm/madvise.c\n+++ linux/mm/madvise.c\n"
        text = (
            f"A lock is left.\n\nIndex: linux/mm/madvise.c\n===\n{names}{text[text.index('@@') :]}"
        )
    if kind == "p0":
        text = text.replace("a/mm/", "mm/").replace("b/mm/", "mm/")
    path = tmp_path / "one.patch"
    path.write_bytes(text.encode())
    done = zaplint("patch", path, "--tree", KERNEL, "--format", "b4")
    assert (done.status, done.output.count("residence_pmd_entry()")) == (1, 2), done.errors


def test_a_patch_that_does_not_apply_says_where(history: Path, tmp_path: Path) -> None:
    path = tmp_path / "one.patch"
    path.write_text(git(history, "diff", "HEAD~6", "HEAD~5").replace("else if", "else  if"))
    done = zaplint("patch", path, "--tree", KERNEL)
    assert done.status == 2
    assert "does not apply: mm/madvise.c:" in done.errors


def test_the_first_file_of_a_folder_and_the_last(history: Path, tmp_path: Path) -> None:
    tree = tmp_path / "linux"
    shutil.copytree(history, tree)
    (tree / "lib").mkdir()
    (tree / "lib/look.c").write_text(f"#include <linux/mm.h>\n{LOOK}")
    commit(tree, "lib: look")
    git(tree, "rm", "-q", "lib/look.c")
    commit(tree, "lib: look no more")
    done = zaplint("diff", "HEAD~2..", "--tree", tree, "--format", "json")
    changes = json.loads(done.output)["changes"]
    told = [(len(each["introduced"]), len(each["fixed"])) for each in changes]
    assert told == [(1, 0), (0, 1)]
    done = zaplint("diff", "HEAD", "--tree", tree, "--scope", "lib")
    assert done.output.endswith("1 change: 0 findings introduced, 1 fixed, 0 there at the end.\n")
    done = zaplint("diff", "HEAD", "--tree", tree, "--scope", "nowhere")
    assert (done.status, len(errors_of(done))) == (2, 1)


def test_a_new_name_of_a_function_brings_nothing(history: Path, tmp_path: Path) -> None:
    tree = tmp_path / "linux"
    shutil.copytree(history, tree)
    text = (tree / "mm/madvise.c").read_text()
    (tree / "mm/madvise.c").write_text(text.replace("residence_pmd_entry", "resident_pmd"))
    git(tree, "commit", "-qam", "mm: a better name")
    done = zaplint("diff", "HEAD", "--tree", tree)
    assert done.status == 0
    assert "  nothing introduced, nothing fixed\n" in done.output


def test_a_base_is_a_revision(history: Path, tmp_path: Path) -> None:
    path = tmp_path / "one.patch"
    path.write_text(git(history, "diff", "HEAD~6", "HEAD~5"))
    assert zaplint("patch", path, "--tree", history).status == 2
    assert zaplint("patch", path, "--tree", history, "--base", "HEAD~6").status == 1


def test_what_holds_no_patch(tmp_path: Path) -> None:
    path = tmp_path / "words"
    path.write_text("Nothing to see.\n")
    done = zaplint("patch", path, "--tree", KERNEL)
    assert (done.status, "no patch in it" in done.errors) == (2, True)


def test_a_mail_that_lost_its_patch_is_told(mails: Path, tmp_path: Path) -> None:
    text = mails.read_text()
    path = tmp_path / "cut.mbox"
    path.write_text(text[: text.index("diff --git", text.index("Subject: [PATCH 3/3]"))])
    done = zaplint("patch", path, "--tree", KERNEL)
    assert (done.status, done.data) == (2, b"")
    assert errors_of(done) == [
        f"error: {path}: '[PATCH 3/3] mm: test a map' is a mail without its patch"
    ]
    path.write_text(text[: text.rindex("@@") + 40])
    done = zaplint("patch", path, "--tree", KERNEL)
    assert (done.status, done.data) == (2, b"")
    assert "'mm: test a map' cannot be read: corrupt patch at line" in done.errors


def test_an_answer_in_a_thread_is_no_patch(mails: Path, tmp_path: Path) -> None:
    text = mails.read_text()
    second = text.index("Subject: [PATCH 2/3]")
    mail = text[text.rindex("From ", 0, second) : text.index("From ", second)]
    path = tmp_path / "thread.mbox"
    path.write_text(text + mail.replace("Subject: [PATCH 2/3]", "Subject: Re: [PATCH 2/3]"))
    done = zaplint("patch", path, "--tree", KERNEL, "--format", "b4")
    assert (done.status, done.errors) == (1, "")


def test_renames_new_files_and_files_that_go(history: Path, tmp_path: Path) -> None:
    tree = tmp_path / "linux"
    shutil.copytree(history, tree)
    git(tree, "checkout", "-q", "HEAD~6")
    git(tree, "mv", "mm/oom_kill.c", "mm/reaper.c")
    (tree / "mm/new.c").write_text("int new;\n")
    git(tree, "rm", "-q", "mm/vma.c")
    git(tree, "add", "-A")
    path = tmp_path / "one.patch"
    path.write_text(git(tree, "diff", "--cached", "-M"))
    done = zaplint("patch", path, "--tree", KERNEL, "--format", "json")
    (change,) = json.loads(done.output)["changes"]
    assert change["introduced"] == []
    assert {one["path"] for one in change["fixed"]} == {"mm/vma.c"}
