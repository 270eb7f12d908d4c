"""The models of one kernel release, as the loader gives them: lock classes, bodies of primitives,
facts on names.
"""

import re
from dataclasses import dataclass

from analyzer.dataflow.locks import LockClass
from analyzer.ir import Function


@dataclass(frozen=True, slots=True)
class Phrases:
    """How comments state a contract: regular expressions over one sentence, white space folded.

    `demands` are (classes, expression): the sentence demands one of these lock classes. `unless`
    takes it back, `write` says that the lock is held for writing.
    """

    demands: tuple[tuple[tuple[str, ...], re.Pattern[str]], ...]
    unless: re.Pattern[str]
    write: re.Pattern[str]


@dataclass(frozen=True, slots=True)
class Models:
    """What the kernel's API does in this tree.

    `functions` are bodies over the intrinsics, one per name; a name `record__field` is the contract
    of a function pointer. `pure`, `never_null` and `noreturn` are globs of names, as is
    `never_error`: functions whose pointer is NULL or good, and no error number; `same` are
    `record.field` whose address is the object itself; `fresh` are functions that give an object
    which nobody else knows yet; `starts` are functions that let another task run a function which
    they are given; `tries` are functions that take a lock only if nobody holds it; `containers` are
    functions that put what they are given where others find it. `nonzero` are globs of constants
    that are positive, `bits` of those that have no bit in common with each other; `unions` are a
    constant and the flags that it stands for.
    """

    functions: tuple[Function, ...]
    locks: tuple[LockClass, ...]
    pure: tuple[str, ...]
    never_null: tuple[str, ...]
    noreturn: tuple[str, ...]
    same: tuple[str, ...]
    phrases: Phrases | None
    never_error: tuple[str, ...] = ()
    fresh: tuple[str, ...] = ()
    starts: tuple[str, ...] = ()
    tries: tuple[str, ...] = ()
    containers: tuple[str, ...] = ()
    nonzero: tuple[str, ...] = ()
    bits: tuple[str, ...] = ()
    unions: tuple[tuple[str, ...], ...] = ()
