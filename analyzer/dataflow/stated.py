"""Contracts that a function's head states: its comment, its sparse and context annotations."""

import re
from typing import Final

from analyzer.dataflow.effects import Contract
from analyzer.dataflow.locks import LockClass, LockTable
from analyzer.dataflow.models import Phrases
from analyzer.dataflow.values import Universe, Value
from analyzer.ir import FunctionHead

_EXCLUSIVE: Final = frozenset(("__must_hold", "__requires", "__releases"))
_SHARED: Final = frozenset(("__must_hold_shared", "__releases_shared"))
"""Annotations of include/linux/compiler_types.h. What a function releases it was entered with."""

_INDEX: Final = re.compile(r"\[[^\]]*\]")


_SENTENCE: Final = re.compile(r"(?<=[.;:!?])\s+|\s(?=@\w+:)")
_HINT: Final = re.compile(r"held|hold|locked|called", re.IGNORECASE)
_MAX_SOURCE: Final = 90


def commented_contracts(
    head: FunctionHead, locks: LockTable, phrases: Phrases | None
) -> tuple[Contract, ...]:
    """The locks that the comment above a function demands, one contract a class and sentence.

    The object is what the one parameter leads to whose type tells (`LockClass.objects`); None where
    no parameter or more than one does.
    """
    if phrases is None or not _HINT.search(head.comment):
        return ()
    found: dict[str, Contract] = {}
    for sentence in _SENTENCE.split(" ".join(head.comment.split())):
        if not _HINT.search(sentence):
            continue
        for classes, pattern in phrases.demands:
            said = None if classes[0] in found else pattern.search(sentence)
            if said is None or phrases.unless.search(_around(sentence, said)):
                continue
            mode = "write" if phrases.write.search(sentence) else ""
            first, *others = (
                (name, mode, object_of(head, locks.classes[name])) for name in classes
            )
            source = f"'{said[0][:_MAX_SOURCE]}'"
            found[classes[0]] = Contract(*first, head.start, source, others=tuple(others))
    return tuple(found.values())


def _around(sentence: str, said: re.Match[str]) -> str:
    """The part of a sentence, between commas, that a demand lies in, and the words that open the
    sentence.
    """
    start = sentence.rfind(",", 0, said.start()) + 1
    end = sentence.find(",", said.end())
    opening = sentence.partition(",")[0] if start else ""
    return opening + " " + sentence[start : end if end >= 0 else None]


def object_of(head: FunctionHead, lock: LockClass) -> Value | None:
    """The object of a lock that the parameters of a function tell, as a term over them."""
    universe = Universe()
    for record, *way in lock.objects:
        indices = [
            index
            for index, parameter in enumerate(head.parameters)
            if parameter.type.count("*") == 1 and record in parameter.type.replace("*", " ").split()
        ]
        if len(indices) > 1:
            return None
        for index in indices:
            value = universe.make("param", index, head.parameters[index].name)
            for field in way:
                value = universe.load(universe.make("sub", value, field))
            return value
    return None


def annotated_contracts(head: FunctionHead, locks: LockTable) -> tuple[Contract, ...]:
    """The locks that the annotations of a head say are held on entry, without knowing whose.

    One for each annotation whose argument names the field or the global of a lock class, or such a
    class itself. Sparse tells no readers from writers, so that a rwsem is held for reading only.
    Limit: a lock that is a parameter is of no class here.
    """
    found = []
    for annotation, text in head.annotations:
        if annotation not in _EXCLUSIVE and annotation not in _SHARED:
            continue
        for argument in text.split(","):
            lock = _named(argument, head, locks)
            if lock is None:
                continue
            mode = "read" if annotation in _SHARED or lock.kind == "rwsem" else "write"
            source = f"{annotation}({argument.strip()})"
            found.append(Contract(lock.name, mode, None, head.start, source))
    return tuple({contract.lock: contract for contract in found}.values())


def _named(argument: str, head: FunctionHead, locks: LockTable) -> LockClass | None:
    """The lock class of `&hugetlb_lock`, `&mm->mmap_lock` or `RCU`."""
    words = re.findall(r"\w+", _INDEX.sub("", argument))
    if not words:
        return None
    *way, last = words
    if not way:
        if any(parameter.name == last for parameter in head.parameters):
            return None
        return next((each for each in locks.classes.values() if last in each.globals), None) or (
            locks.classes.get(last.lower())
        )
    record = _record(way, head)
    found = {
        each.name: each
        for each in locks.classes.values()
        for owner, field in each.fields
        if field == last and record in ("", owner)
    }
    return next(iter(found.values())) if len(found) == 1 else None


def _record(way: list[str], head: FunctionHead) -> str:
    """The record that holds the lock, where it is what a parameter points to; '' if not known."""
    if len(way) != 1:
        return ""
    for parameter in head.parameters:
        if parameter.name == way[0]:
            return parameter.type.replace("*", " ").split()[-1]
    return ""
