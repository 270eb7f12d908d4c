"""Commits and the index of a git repository, read without touching its work tree or its index."""

import subprocess
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from analyzer.core import UserError
from analyzer.source.overlay import Overlay

_EMPTY_TREE = "4b825dc642cb6eb9a060e54bf8d69288fbee4904"
_FORMAT = "%H%x00%P%x00%an <%ae>%x00%s"


@dataclass(frozen=True, slots=True)
class Commit:
    """A commit: its full id, that of its first parent (empty for none), who wrote it, what it is
    about, and the files that it changes.
    """

    id: str
    parent: str
    author: str
    subject: str
    files: tuple[str, ...]


class Repository:
    """The repository whose work tree is a kernel tree."""

    def __init__(self, root: Path) -> None:
        self.root = root.resolve()
        try:
            top = self._git("rev-parse", "--show-toplevel").decode("utf-8", "replace").strip()
        except UserError as error:
            raise UserError(
                error.message,
                "commits and the index are those of a git checkout of the kernel; name one, or use"
                " zaplint audit, or zaplint patch, which need none",
            ) from error
        if Path(top).resolve() != self.root:
            raise UserError(
                f"{root}: not the top of a git repository, which is {top}",
                "name the top folder of the repository",
            )

    def commits(self, revisions: str) -> tuple[Commit, ...]:
        """The commits of a range such as `main..`, oldest first; of merges, what they bring to
        their first parent. Raises UserError for what git does not understand.
        """
        if "..." in revisions:
            raise UserError(
                f"{revisions}: names commits of two branches, which stand on different trees",
                "name those of one: main..topic",
            )
        out = self._listed(revisions if ".." in revisions else f"{revisions}^!")
        found = []
        for line in out.decode("utf-8", "replace").splitlines():
            id, parents, author, subject = line.split("\0", 3)
            parent = parents.partition(" ")[0]
            files = self._changed(parent or _EMPTY_TREE, id)
            found.append(Commit(id, parent, author, subject, files))
        return tuple(found)

    def _listed(self, revisions: str) -> bytes:
        options = ("--first-parent", "--topo-order", "--reverse", "--no-commit-header")
        try:
            return self._git(
                "rev-list", *options, f"--format={_FORMAT}", "--end-of-options", revisions, "--"
            )
        except UserError as error:
            raise UserError(error.message.replace("^!'", "'"), error.hint) from error

    def _changed(self, before: str, after: str) -> tuple[str, ...]:
        return _paths(
            self._git("diff-tree", "-r", "-z", "--no-renames", "--name-only", before, after)
        )

    def difference(self, commit: Commit) -> bytes:
        """What a commit changes, as a patch."""
        return self._git("diff-tree", "-r", "-p", "--no-renames", commit.parent, commit.id)

    def texts(self, revision: str, paths: Iterable[str]) -> dict[str, bytes | None]:
        """What files hold in a revision, None for those that are not there; the empty revision is
        the index.
        """
        wanted = tuple(dict.fromkeys(paths))
        if not wanted:
            return {}
        asked = "".join(f"{revision}:{path}\n" for path in wanted if "\n" not in path)
        out = self._git("cat-file", "--batch", data=asked.encode())
        found: dict[str, bytes | None] = {}
        at = 0
        for path in wanted:
            if "\n" in path:
                continue
            end = out.index(b"\n", at)
            kind, _, size = out[at:end].decode("utf-8", "replace").rpartition(" ")
            at = end + 1
            found[path] = None
            if kind.endswith(" blob"):
                found[path] = out[at : at + int(size)]
            if size != "missing":
                at += int(size) + 1
        return found

    def at(self, revision: str) -> Overlay:
        """The tree of a revision, as what it has that is other than in the work tree; the empty
        revision is the index.
        """
        changed = self._git(
            "diff", "--name-only", "-z", "--no-renames", *([revision] if revision else []), "--"
        )
        others = self._git("ls-files", "--others", "-z", "--", "*.c", "*.h")
        return Overlay().under(self.texts(revision, (*_paths(changed), *_paths(others))))

    @property
    def head(self) -> str:
        """The id of the last commit; that of the empty tree before there is one."""
        try:
            return self._git("rev-parse", "--verify", "--quiet", "HEAD").decode().strip()
        except UserError:
            return _EMPTY_TREE

    def ids(self, revision: str, since: str) -> dict[str, str]:
        """The files of a revision, of the index for the empty one, that are other than in the
        commit `since`, each with what tells its content; '' if it is not there. Raises UserError
        if there is no such commit any more.
        """
        command = ("diff-tree", "-r") if revision else ("diff-index", "--cached")
        places = (since, revision) if revision else (since,)
        words = (*command, "--raw", "-z", "--no-renames", "--no-abbrev", *places, "--")
        fields = self._git(*words).split(b"\0")
        found = {}
        for about, path in zip(fields[::2], fields[1::2], strict=False):
            _, mode, _, id, _ = about.decode().split(" ")
            found[_name(path)] = "" if mode == "000000" else id
        return found

    @property
    def unstaged(self) -> frozenset[str]:
        """The files whose content in the work tree may be other than in the index, or that it does
        not know.
        """
        changed = self._git("diff-files", "--name-only", "-z", "--")
        others = self._git("ls-files", "--others", "-z", "--", "*.c", "*.h")
        return frozenset((*_paths(changed), *_paths(others)))

    @property
    def staged(self) -> tuple[str, ...]:
        """The files whose content in the index is other than in the last commit."""
        return _paths(self._git("diff", "--cached", "--name-only", "-z", "--no-renames", "--"))

    def _git(self, *arguments: str, data: bytes | None = None) -> bytes:
        """What git prints. Raises UserError with what it complains about."""
        try:
            done = subprocess.run(
                ["git", "--no-optional-locks", "-C", str(self.root), *arguments],
                input=data,
                stdin=subprocess.DEVNULL if data is None else None,
                capture_output=True,
                check=False,
            )
        except FileNotFoundError as error:
            raise UserError("git is not installed", "install git") from error
        if done.returncode:
            said = done.stderr.decode("utf-8", "replace").strip().splitlines()
            raise UserError(
                f"{self.root}: {said[0] if said else 'git failed'}",
                "name a revision or a range of a git repository, as HEAD~3.. or main..topic",
            )
        return done.stdout


def _paths(out: bytes) -> tuple[str, ...]:
    return tuple(_name(path) for path in out.split(b"\0") if path)


def _name(path: bytes) -> str:
    return path.decode("utf-8", "surrogateescape")
