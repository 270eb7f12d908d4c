"""Loads the models: C bodies over the intrinsics, lock classes and facts from their pragmas,
phrases of comments.
"""

import re
import tomllib
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import NamedTuple

from analyzer.cfront.strict import lower_strict
from analyzer.checkers.vocabulary import named_locks
from analyzer.core import Release, ReleaseError, ReleaseRange, UserError
from analyzer.dataflow import LockClass, Models, Phrases, asked
from analyzer.ir import Function

_LOCK = re.compile(r"(\w+)\s*:\s*(\w+)\s*(.*)")

_PRAGMAS = (
    "kernel, declares, lacks, lock, object, pointer, single, same, pure, never_null, never_error, "
    "noreturn, fresh, starts, tries, container, nonzero, bits, union, types"
)


class _Condition(NamedTuple):
    """When a body counts: pragmas that stand before a function apply to that function alone."""

    kernel: ReleaseRange = ReleaseRange()
    declares: tuple[str, ...] = ()
    lacks: tuple[str, ...] = ()


@dataclass(slots=True)
class _Reading:
    """What was read so far."""

    bodies: list[tuple[Function, _Condition, str]] = field(default_factory=list)
    locks: dict[str, LockClass] = field(default_factory=dict)
    words: dict[str, list[str]] = field(default_factory=dict)


class ModelSource(NamedTuple):
    """All models, before a release is chosen."""

    bodies: tuple[tuple[Function, _Condition, str], ...]
    locks: tuple[LockClass, ...]
    words: dict[str, tuple[str, ...]]
    phrases: Phrases | None

    @property
    def lock_names(self) -> frozenset[str]:
        """The names of all lock classes."""
        return frozenset(lock.name for lock in self.locks)

    @property
    def functions(self) -> frozenset[str]:
        """The names of all functions modelled."""
        return frozenset(function.name for function, _, _ in self.bodies)

    @property
    def asking(self) -> frozenset[str]:
        """The functions that assert a lock or ask for one."""
        return frozenset(function.name for function, _, _ in self.bodies if asked(function))

    def lock_words(self, names: frozenset[str]) -> frozenset[str]:
        """The words that source shows where one of these locks is taken or given back.

        They are the functions that take it, and the fields and globals that hold one.
        """
        found = {function.name for function, _, _ in self.bodies if names & named_locks(function)}
        for lock in self.locks:
            if lock.name in names:
                found.update(field for _, field in lock.fields)
                found.update(lock.globals)
        return frozenset(found)

    def select(self, release: Release, declared: Callable[[str], bool]) -> Models:
        """The models of one tree. Raises UserError if two bodies of a function apply."""
        chosen: dict[str, tuple[Function, str]] = {}
        for function, condition, place in self.bodies:
            if release not in condition.kernel:
                continue
            if not all(map(declared, condition.declares)) or any(map(declared, condition.lacks)):
                continue
            if function.name in chosen:
                raise UserError(
                    f"{place}: a second model of {function.name}() for Linux {release}",
                    f"the first is at {chosen[function.name][1]}; give them disjoint ranges",
                )
            chosen[function.name] = (function, place)
        return Models(
            functions=tuple(function for function, _ in chosen.values()),
            locks=self.locks,
            pure=self.words.get("pure", ()),
            never_null=self.words.get("never_null", ()),
            never_error=self.words.get("never_error", ()),
            noreturn=self.words.get("noreturn", ()),
            same=self.words.get("same", ()),
            fresh=self.words.get("fresh", ()),
            starts=self.words.get("starts", ()),
            tries=self.words.get("tries", ()),
            containers=self.words.get("container", ()),
            nonzero=self.words.get("nonzero", ()),
            bits=self.words.get("bits", ()),
            unions=tuple(tuple(each.split()) for each in self.words.get("union", ())),
            phrases=self.phrases,
        )


def load_models(folder: Path) -> ModelSource:
    """Reads every `*.c` and `phrases.toml` of a models folder. Raises UserError, naming file and
    line.
    """
    reading = _Reading()
    for path in sorted(folder.glob("*.c")):
        _read(path, reading)
    words = {key: tuple(values) for key, values in reading.words.items()}
    return ModelSource(
        tuple(reading.bodies),
        tuple(reading.locks.values()),
        words,
        _phrases(folder / "phrases.toml", frozenset(reading.locks)),
    )


def _read(path: Path, reading: _Reading) -> None:
    name = f"{path.parent.parent.name}/{path.parent.name}/{path.name}"
    text = path.read_text(encoding="utf-8")
    unit = lower_strict(name, text)
    waiting = list(unit.pragmas)
    for function in unit.functions:
        line = text.encode()[: function.start].count(b"\n") + 1
        condition = _Condition()
        while waiting and waiting[0][0] <= line:
            number, pragma = waiting.pop(0)
            condition = _pragma(f"{name}:{number}", pragma, reading, condition)
        reading.bodies.append((function, condition, f"{name}:{line}"))
    for number, pragma in waiting:
        _pragma(f"{name}:{number}", pragma, reading, _Condition())


def _pragma(place: str, text: str, reading: _Reading, condition: _Condition) -> _Condition:
    word, _, rest = text.strip().partition(" ")
    match word:
        case "kernel":
            try:
                return condition._replace(kernel=ReleaseRange.parse(rest))
            except ReleaseError as error:
                raise UserError(f"{place}: {error.message}", error.hint) from error
        case "declares":
            return condition._replace(declares=(*condition.declares, *rest.split()))
        case "lacks":
            return condition._replace(lacks=(*condition.lacks, *rest.split()))
        case "lock":
            lock = _lock(place, rest)
            if lock.name in reading.locks:
                raise UserError(
                    f"{place}: lock '{lock.name}' is declared twice", "drop one of them"
                )
            reading.locks[lock.name] = lock
        case "single":
            _single(place, rest.split(), reading)
        case "object":
            _objects(place, rest.split(), reading)
        case "pointer":
            _pointers(place, rest.split(), reading)
        case (
            "same"
            | "pure"
            | "never_null"
            | "never_error"
            | "noreturn"
            | "fresh"
            | "starts"
            | "tries"
            | "container"
            | "nonzero"
            | "bits"
        ):
            reading.words.setdefault(word, []).extend(rest.split())
        case "union":
            reading.words.setdefault("union", []).append(rest)
        case "types":
            pass
        case _:
            raise UserError(f"{place}: unknown pragma '{word}'", f"one of: {_PRAGMAS}")
    return condition


def _lock(place: str, text: str) -> LockClass:
    found = _LOCK.fullmatch(text.strip())
    hint = "write it as: lock i_mmap : rwsem field address_space.i_mmap_rwsem"
    if not found:
        raise UserError(f"{place}: cannot read the lock class '{text.strip()}'", hint)
    fields: list[tuple[str, str]] = []
    globals_: list[str] = []
    words = found[3].split()
    for kind, name in zip(words[::2], words[1::2], strict=False):
        if kind == "field" and "." in name:
            record, _, field_name = name.partition(".")
            fields.append((record, field_name))
        elif kind == "global":
            globals_.append(name)
        else:
            raise UserError(f"{place}: '{kind} {name}' is not a place of a lock", hint)
    return LockClass(found[1], found[2], tuple(fields), tuple(globals_))


def _single(place: str, words: list[str], reading: _Reading) -> None:
    """Lock classes of which nobody holds two at a time."""
    for word in words:
        if word not in reading.locks:
            raise UserError(
                f"{place}: no lock class '{word}'", "declare it first, by `#pragma lock`"
            )
        reading.locks[word] = replace(reading.locks[word], single=True)


def _objects(place: str, words: list[str], reading: _Reading) -> None:
    """Where the object of a lock class is, for a parameter that is a pointer to some record."""
    if not words or words[0] not in reading.locks:
        raise UserError(
            f"{place}: no lock class to tell the objects of",
            "write it as: object mmap_lock mm_struct vm_area_struct.vm_mm",
        )
    lock = reading.locks[words[0]]
    found = tuple(tuple(word.split(".")) for word in words[1:])
    reading.locks[words[0]] = replace(lock, objects=(*lock.objects, *found))


def _pointers(place: str, words: list[str], reading: _Reading) -> None:
    """Fields that point to a lock of a class, and functions that give such a pointer."""
    if not words or words[0] not in reading.locks:
        raise UserError(
            f"{place}: no lock class to point to",
            "write it as: pointer pte_lock pte_lockptr vm_fault.ptl",
        )
    lock = reading.locks[words[0]]
    fields = tuple(
        (word.partition(".")[0], word.partition(".")[2]) for word in words if "." in word
    )
    getters = tuple(word for word in words[1:] if "." not in word)
    reading.locks[words[0]] = replace(
        lock, pointers=(*lock.pointers, *fields), getters=(*lock.getters, *getters)
    )


def _phrases(path: Path, locks: frozenset[str]) -> Phrases | None:
    if not path.exists():
        return None
    try:
        data = tomllib.loads(path.read_text(encoding="utf-8"))
    except tomllib.TOMLDecodeError as error:
        raise UserError(f"{path}: {error}", "look at the line named") from error
    demands = []
    for names, noun in data.get("names", {}).items():
        classes = tuple(names.split())
        for name in classes:
            if name not in locks:
                raise UserError(
                    f"{path}: [names]: lock '{name}' is not in the models", "see `#pragma lock`"
                )
        found = [_expression(path, each.replace("{lock}", noun)) for each in data["demands"]]
        demands += [(classes, each) for each in found]
    return Phrases(
        tuple(demands), _expression(path, data["unless"]), _expression(path, data["write"])
    )


def _expression(path: Path, text: str) -> re.Pattern[str]:
    try:
        return re.compile(text, re.IGNORECASE)
    except re.error as error:
        raise UserError(f"{path}: {error} in '{text}'", "a regular expression is meant") from error
