"""Loads folders of rules: `<family>/<name>.toml`, and `models/vocabulary.toml` for their words."""

import os
from pathlib import Path

from analyzer.core import UserError, every
from analyzer.rulebook.decode import decode
from analyzer.rulebook.model import Rule, Rulebook
from analyzer.rulebook.vocabulary import read_vocabulary

_NOT_FAMILIES = ("models", "python")
_VOCABULARIES = ("models/vocabulary.toml", "vocabulary.toml")


def load_rules(folders: tuple[Path, ...], locks: frozenset[str]) -> Rulebook:
    """The rules of all folders. `locks` are the names of the locks that the models know.

    The vocabulary of a later folder adds to those before it. Raises UserError, naming file and
    line, for anything that is not understood, and for two files that give one rule; a slip in one
    rule hides none of another. The file of a rule may stand in place of a folder.
    """
    found = [path for folder in folders for path in _vocabularies(folder)]
    vocabularies = {path.resolve(): path for path in found}.values()
    vocabulary, words = read_vocabulary(
        [(_name(path), _read(path)) for path in vocabularies], locks
    )
    rules: dict[str, Rule] = {}
    codes: dict[str, Rule] = {}

    def decoded(path: Path) -> Rule:
        return decode(_read(path), f"{path.parent.name}/{path.stem}", _name(path), words)

    paths = [path for folder in folders for path in _rule_files(folder)]
    for rule in every(decoded, paths):
        id, code = rule.id, rule.info.code
        _check_new(rules.get(id), rule, f"rule '{id}'", "give one of the files another name")
        _check_new(codes.get(code), rule, f"code '{code}'", "give one of the rules another code")
        rules[id] = rule
        if code:
            codes[code] = rule
    return Rulebook(tuple(rules[id] for id in sorted(rules)), vocabulary)


def _check_new(old: Rule | None, new: Rule, what: str, hint: str) -> None:
    if old is not None:
        raise UserError(f"{new.file}: {what} is also in {old.file}", hint)


def _vocabularies(folder: Path) -> list[Path]:
    if folder.is_file():
        folder = folder.parent.parent
    return [folder / name for name in _VOCABULARIES if (folder / name).is_file()]


def _rule_files(folder: Path) -> list[Path]:
    if folder.is_file() and folder.suffix == ".toml":
        return [folder]
    if not folder.is_dir():
        raise UserError(
            f"{folder}: no such folder of rules", "a folder of rules holds <family>/<name>.toml"
        )
    found = [
        path for path in sorted(folder.glob("*/*.toml")) if path.parent.name not in _NOT_FAMILIES
    ]
    if not found and not _vocabularies(folder):
        raise UserError(f"{folder}: no rule in it", "a folder of rules holds <family>/<name>.toml")
    return found


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except OSError as error:
        raise UserError(
            f"{_name(path)}: cannot be read: {error.strerror}", "look at its permissions"
        ) from error
    except UnicodeDecodeError as error:
        raise UserError(
            f"{_name(path)}: not UTF-8, from byte {error.start} on", "save the file as UTF-8"
        ) from error


def _name(path: Path) -> str:
    """The path as messages give it: from the current folder if below it, with forward slashes."""
    near = Path(os.path.relpath(path))
    return (path if ".." in near.parts else near).as_posix()
