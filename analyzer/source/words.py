"""Which files hold one of a set of words, by grep or, where there is none, in Python."""

import os
import re
import shutil
import subprocess
from collections import defaultdict
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

_BATCH = 2000
_WORD = re.compile(rb"[A-Za-z_][A-Za-z0-9_]*")


def files_with(root: Path, paths: tuple[str, ...], words: frozenset[str]) -> tuple[str, ...]:
    """Those of `paths`, in order, that hold one of `words` as a word or cannot be read.

    A word with stars is a glob of words.
    """
    if not paths or not words:
        return ()
    globs = frozenset(word for word in words if "*" in word)
    words -= globs
    grep = shutil.which("grep")
    if grep is None:
        return tuple(path for path in paths if _holds(root / path, words, globs))
    batches = [paths[at : at + _BATCH] for at in range(0, len(paths), _BATCH)]
    jobs = [
        (flag, patterns, batch) for flag, patterns in _patterns(words, globs) for batch in batches
    ]
    with ThreadPoolExecutor(os.cpu_count() or 1) as pool:
        found = pool.map(lambda job: _grep(grep, root, *job), jobs)
        hits = frozenset(path for batch in found for path in batch)
    unsure = frozenset(path for path in paths if path not in hits and not _readable(root / path))
    return tuple(path for path in paths if path in hits or path in unsure)


def words_in(root: Path, folders: tuple[str, ...], words: frozenset[str]) -> frozenset[str]:
    """Those of `words` that occur in some C file or header under `folders`."""
    there = tuple(folder for folder in folders if (root / folder).is_dir())
    found = _occurring(root, ["-r", "--include=*.[ch]"], there, words)
    return frozenset(word for _, word in found)


def files_of(
    root: Path, paths: tuple[str, ...], words: frozenset[str]
) -> dict[str, tuple[str, ...]]:
    """For each of `words` that occurs in some of the files `paths`, those files, sorted."""
    batches = [paths[at : at + _BATCH] for at in range(0, len(paths), _BATCH)]
    with ThreadPoolExecutor(os.cpu_count() or 1) as pool:
        pairs = list(pool.map(lambda batch: _occurring(root, [], batch, words), batches))
    found: dict[str, list[str]] = defaultdict(list)
    for path, word in sorted(frozenset().union(*pairs)):
        found[word].append(path)
    return {word: tuple(found[word]) for word in sorted(found)}


def _occurring(
    root: Path, options: list[str], places: tuple[str, ...], words: frozenset[str]
) -> frozenset[tuple[str, str]]:
    """The files in which the words occur, with the word; the files are left out with options."""
    grep = shutil.which("grep")
    wanted = frozenset(word for word in words if _WORD.fullmatch(word.encode()))
    if not places or not wanted:
        return frozenset()
    if grep is None:
        return _found(root, bool(options), places, wanted)
    which = "-h" if options else "-H"
    command = [grep, *options, "-oawsFZ", which, "--devices=skip", "-f", "-", "--"]
    done = subprocess.run(
        [*command, *(f"./{place}" for place in places)],
        input="\n".join(sorted(wanted)).encode(),
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        cwd=root,
        env={**os.environ, "LC_ALL": "C"},
        check=False,
    )
    lines = (line.rpartition(b"\0") for line in set(done.stdout.split(b"\n")) if line)
    return frozenset((os.fsdecode(path)[2:], os.fsdecode(word)) for path, _, word in lines)


def _found(
    root: Path, below: bool, places: tuple[str, ...], words: frozenset[str]
) -> frozenset[tuple[str, str]]:
    """The same in Python: in the files `places` or, for folders, in those below."""
    found: set[tuple[str, str]] = set()
    for place in places:
        for file in (root / place).rglob("*.[ch]") if below else [root / place]:
            try:
                data = file.read_bytes()
            except OSError:
                continue
            here = words.intersection(word.decode() for word in _WORD.findall(data))
            found.update(("" if below else place, word) for word in here)
    return frozenset(found)


def _patterns(words: frozenset[str], globs: frozenset[str]) -> Iterator[tuple[str, bytes]]:
    """What to look for, with the option that says how it is written: words as they are, globs as
    expressions.
    """
    if words:
        yield "-F", "\n".join(sorted(words)).encode()
    if globs:
        yield "-E", "\n".join(sorted(map(_expression, globs))).encode()


def _expression(glob: str) -> str:
    return "[A-Za-z0-9_]*".join(re.escape(part) for part in glob.split("*"))


def _grep(
    grep: str, root: Path, flag: str, patterns: bytes, batch: tuple[str, ...]
) -> tuple[str, ...]:
    """The files of `batch` that match; `./` keeps a path from looking like an option."""
    command = [
        grep,
        "-lawZs",
        "--devices=skip",
        flag,
        "-f",
        "-",
        "--",
        *(f"./{path}" for path in batch),
    ]
    done = subprocess.run(
        command,
        input=patterns,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        cwd=root,
        env={**os.environ, "LC_ALL": "C"},
        check=False,
    )
    return tuple(os.fsdecode(name)[2:] for name in done.stdout.split(b"\0") if name)


def _readable(path: Path) -> bool:
    return os.access(path, os.R_OK) and path.is_file()


def _holds(path: Path, words: frozenset[str], globs: frozenset[str]) -> bool:
    try:
        data = path.read_bytes()
    except OSError:
        return True
    if any(word in words for word in _candidates(data, words)):
        return True
    return any(
        re.search(rf"(?<!\w){_expression(glob)}(?!\w)".encode(), data) for glob in sorted(globs)
    )


def _candidates(data: bytes, words: frozenset[str]) -> Iterator[str]:
    """Words of `data`, if the bytes of any of `words` occur in it at all."""
    if any(word.encode() in data for word in words):
        for found in _WORD.finditer(data):
            yield found[0].decode()
