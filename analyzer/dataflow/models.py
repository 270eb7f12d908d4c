"""The models of one kernel release, as the loader gives them: lock classes, bodies of primitives,
facts on names.
"""

import re
from dataclasses import dataclass

from analyzer.dataflow.locks import LockClass
from analyzer.ir import Function


@dataclass(frozen=True, slots=True)
class Phrase:
    """A comment that states a contract: `pattern` is a regular expression over the folded
    comment.
    """

    pattern: re.Pattern[str]
    lock: str
    mode: str


@dataclass(frozen=True, slots=True)
class Models:
    """What the kernel's API does in this tree.

    `functions` are bodies over the intrinsics, one per name; a name `record__field` is the contract
    of a function pointer. `pure`, `never_null` and `noreturn` are globs of names, as is
    `never_error`: functions whose pointer is NULL or good, and no error number; `same` are fields
    whose address is the object itself.
    """

    functions: tuple[Function, ...]
    locks: tuple[LockClass, ...]
    pure: tuple[str, ...]
    never_null: tuple[str, ...]
    noreturn: tuple[str, ...]
    same: tuple[str, ...]
    phrases: tuple[Phrase, ...]
    never_error: tuple[str, ...] = ()
