"""Patches from mails and files, applied in memory."""

import email
import email.policy
import mailbox
import os
import re
import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from email.message import EmailMessage
from pathlib import Path
from tempfile import TemporaryDirectory

from analyzer.core import UserError

_HEADER = re.compile(rb"^(?:diff --git |--- |Index: )", re.MULTILINE)
_PREFIX = re.compile(r"^\[[^\]]*\]\s*")
_NUMBER = re.compile(r"\[[^\]]*\b0*[1-9]\d*/\d+\]")
"""A patch of a series, not its cover letter, which is number 0."""
_ANSWER = re.compile(r"re:", re.IGNORECASE)
_FROM = re.compile(rb"^From \S+ .*\d{2}:\d{2}:\d{2}")
_MAIL = re.compile(rb"\A(?:[A-Za-z-]+:[^\n]*\n(?:[ \t][^\n]*\n)*)+\n", re.MULTILINE)
_FAILED = re.compile(r"error: patch failed: (.*)")


@dataclass(frozen=True, slots=True)
class Patch:
    """One patch: the subject of its mail, what that says, who wrote it, the text of the mail or
    file, and in it the difference.
    """

    title: str
    subject: str
    author: str
    text: bytes
    difference: bytes


def read_patches(data: bytes, name: str) -> tuple[Patch, ...]:
    """The patches of a mailbox, of one mail, or of a file of git or quilt, in their order; mails
    without a difference, as cover letters, are none, nor are answers, beside others, with one.
    Raises UserError when there is none, or when a mail has lost its own.
    """
    data = data.replace(b"\r\n", b"\n")
    found = [_patch(text, name) for text in _mails(data)]
    patches = tuple(patch for patch in found if _HEADER.search(patch.difference))
    patches = tuple(each for each in patches if not _ANSWER.match(each.subject)) or patches
    for each in found:
        if _NUMBER.match(each.title) and not _HEADER.search(each.difference):
            raise UserError(
                f"{name}: '{each.title}' is a mail without its patch",
                "the text of a patch must be whole, as git format-patch and quilt write it",
            )
    if not patches:
        raise UserError(f"{name}: no patch in it", "give a mailbox, a mail or a file of a patch")
    return patches


def _mails(data: bytes) -> list[bytes]:
    if not _FROM.match(data):
        return [data]
    with TemporaryDirectory() as folder:
        path = Path(folder) / "mails"
        path.write_bytes(data)
        box = mailbox.mbox(str(path), create=False)
        texts = [box.get_bytes(key) for key in box.iterkeys()]
        box.close()
    return texts


def _patch(text: bytes, name: str) -> Patch:
    if not _MAIL.match(text):
        start = _HEADER.search(text)
        about = text[: start.start()].decode("utf-8", "replace").split("\n") if start else []
        first = next((line.strip() for line in about if line.strip()), Path(name).name)
        title = first.removeprefix("Subject: ")
        return Patch(title, _PREFIX.sub("", title), "", text, text)
    mail = email.message_from_bytes(text, policy=email.policy.default)
    assert isinstance(mail, EmailMessage)
    body = mail.get_body(preferencelist=("plain",)) or mail
    payload = body.get_payload(decode=True)
    content = payload if isinstance(payload, bytes) else b""
    for part in mail.iter_attachments():
        more = part.get_payload(decode=True)
        if isinstance(more, bytes) and _HEADER.search(more):
            content += b"\n" + more
    content = content.replace(b"\r\n", b"\n")
    title = " ".join(str(mail.get("Subject", "")).split())
    subject = _PREFIX.sub("", title) or Path(name).name
    return Patch(title, subject, str(mail.get("From", "")), content, content)


def applied(patch: Patch, read: Callable[[str], bytes]) -> dict[str, bytes | None]:
    """The files that a patch changes, as it leaves them; None for those that it removes. `read`
    gives what they hold before and raises OSError for what is not there. Raises UserError that says
    where a patch does not apply.
    """
    with TemporaryDirectory() as name:
        folder = Path(name)
        strip = _strip(patch.difference)
        paths = _touched(folder, patch, strip)
        for path in paths:
            try:
                data = read(path)
            except OSError:
                continue
            (folder / path).parent.mkdir(parents=True, exist_ok=True)
            (folder / path).write_bytes(data)
        done = _apply(folder, patch, strip)
        if done.returncode:
            said = done.stderr.decode("utf-8", "replace")
            failed = _FAILED.findall(said)
            where = ", ".join(failed) or said.strip().partition("\n")[0].removeprefix("error: ")
            raise UserError(
                f"'{patch.subject}' does not apply: {where}",
                "apply it to the tree that it was made for: name another TREE, or --base",
            )
        return {
            path: (folder / path).read_bytes() if (folder / path).is_file() else None
            for path in paths
        }


def _strip(difference: bytes) -> str:
    """How many folders stand before the paths: one, as git and quilt write them, or none."""
    named = re.findall(rb"^(?:---|\+\+\+) ([^\t\n]+)", difference, re.MULTILINE)
    real = [path for path in named if path != b"/dev/null"]
    return "-p1" if all(b"/" in path for path in real) and _prefixed(real) else "-p0"


def _prefixed(paths: list[bytes]) -> bool:
    """Whether all paths begin with a folder that a tool put there: a/ and b/, or x.orig/ and x/."""
    firsts = {path.partition(b"/")[0] for path in paths}
    return firsts <= {b"a", b"b"} or len(firsts) == 2


def _touched(folder: Path, patch: Patch, strip: str) -> tuple[str, ...]:
    """The files that a patch names, those that are renamed under both names."""
    done = _apply(folder, patch, strip, "--numstat", "-z")
    if done.returncode:
        said = done.stderr.decode("utf-8", "replace").strip().partition("\n")[0]
        raise UserError(
            f"'{patch.subject}' cannot be read: {said.removeprefix('error: ')}",
            "the text of a patch must be whole, as git format-patch and quilt write it",
        )
    names = re.findall(rb"^rename from (.+)$", patch.difference, re.MULTILINE)
    names += [part.split(b"\t")[2] for part in done.stdout.split(b"\0") if part.count(b"\t") == 2]
    paths = {name.decode("utf-8", "surrogateescape") for name in names if name}
    return tuple(sorted(path for path in paths if not _leads_out(path)))


def _leads_out(path: str) -> bool:
    return path.startswith("/") or ".." in path.split("/")


def _apply(folder: Path, patch: Patch, *options: str) -> "subprocess.CompletedProcess[bytes]":
    try:
        return subprocess.run(
            ["git", "apply", "--whitespace=nowarn", *options, "-"],
            input=patch.difference,
            cwd=folder,
            env={**os.environ, "GIT_CEILING_DIRECTORIES": str(folder.parent), "LC_ALL": "C"},
            capture_output=True,
            check=False,
        )
    except FileNotFoundError as error:
        raise UserError("git is not installed", "install git, which applies the patches") from error
