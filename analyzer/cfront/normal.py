"""Normalised text: what the source said where it was rewritten."""

from typing import NamedTuple


class Special(NamedTuple):
    """A function that a macro defines: its name, the offset of that, the kind of entry point."""

    name: str
    name_start: int
    entry: str


class Normal(NamedTuple):
    """Normalised text and what was rewritten in it, by offset.

    `loops` are the heads of loop macros, with the macro's name; `scopes` those of scoped_guard and
    its kin; `prefixes` are macros that stand for `if (...)`. `types` are the places of type
    arguments. `frees` are `__free(name)` of declarations. `annotations` are sparse annotations:
    (offset, name, argument). `specials` are functions by the offset of their head. `statics` are
    calls of declaring macros that `static` stands before. `bare` are loop heads that the source
    gives no argument.
    """

    text: bytes
    loops: dict[int, str]
    scopes: dict[int, str]
    prefixes: dict[int, str]
    types: frozenset[int]
    frees: dict[int, str]
    annotations: tuple[tuple[int, str, str], ...]
    specials: dict[int, Special]
    ranges: bool
    bare: frozenset[int]
    statics: frozenset[int]
