"""Where a tree comes from: the git revision, branch and remote of a checkout."""

import subprocess
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Provenance:
    """What git knows of a tree; empty strings for a tree that is not the top of a checkout."""

    revision: str = ""
    branch: str = ""
    repository: str = ""


def provenance(root: Path) -> Provenance:
    """The revision, branch and remote address of the checkout whose top is `root`; never fails."""
    top = _git(root, "rev-parse", "--show-toplevel")
    if not top or Path(top).resolve() != root.resolve():
        return Provenance()
    branch = _git(root, "rev-parse", "--abbrev-ref", "HEAD")
    return Provenance(
        revision=_git(root, "rev-parse", "--verify", "--quiet", "HEAD"),
        branch="" if branch == "HEAD" else branch,
        repository=_without_password(_git(root, "config", "--get", "remote.origin.url")),
    )


def _git(root: Path, *arguments: str) -> str:
    """What a git command prints, or nothing when there is no git or it fails."""
    try:
        done = subprocess.run(
            ["git", "-C", str(root), *arguments],
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            stdin=subprocess.DEVNULL,
            check=False,
            timeout=30,
        )
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return done.stdout.decode("utf-8", "replace").strip() if done.returncode == 0 else ""


def _without_password(address: str) -> str:
    """An address without the user and password that a remote may carry."""
    scheme, separator, rest = address.partition("://")
    if not separator:
        return address
    host, slash, path = rest.partition("/")
    return f"{scheme}://{host.rpartition('@')[2]}{slash}{path}"
