"""What a simulation must know of everything outside its function."""

from typing import Protocol

from analyzer.dataflow.classtable import Classes
from analyzer.dataflow.effects import Contract, Effect
from analyzer.dataflow.locks import LockTable
from analyzer.dataflow.shape import Shape
from analyzer.ir import Expr, Function


class World(Protocol):
    """Answers about names, callees and locks, from the program, the models and the rules."""

    locks: LockTable
    classes: Classes

    def same(self, function: Function, object: Expr, field: str) -> bool:
        """Whether the address of this field of `object` is the object itself."""

    def container(self, name: str) -> bool:
        """Whether `name` puts what it is given where others find it."""

    def nonzero(self, name: str) -> bool:
        """Whether a constant is positive."""

    def bit(self, name: str) -> bool:
        """Whether a constant is one of those that are single bits, no two of them the same."""

    def union(self, name: str) -> tuple[str, ...]:
        """The flags that a constant stands for; none if it is no union."""

    def shape(self, function: Function) -> Shape:
        """The order of a function's blocks, and what dies where."""

    def effect(self, name: str, path: str) -> Effect | None:
        """What calling `name` from file `path` does; None if nothing is known of it."""

    def pure(self, name: str) -> bool:
        """Whether the result depends on the arguments alone and nothing is changed."""

    def never_null(self, name: str) -> bool:
        """Whether the result is a pointer for certain."""

    def fresh(self, name: str) -> bool:
        """Whether what `name` returns is known to nobody else yet."""

    def demanded(self, name: str, path: str) -> tuple[Contract, ...]:
        """What `name`, called from file `path`, demands of its callers."""

    def stored(self, object: str, field: str) -> str:
        """The function in a field of a file-scope object, '' if there is none or more than one."""

    def primitive(self, name: str) -> bool:
        """Whether `name` is modelled or an inline function: what it does is certain."""

    def moves(self, name: str) -> bool:
        """Whether `name` takes or gives back a lock for certain: it is modelled, or a wrapper of
        what is.
        """

    def modified(self, name: str, path: str, index: int) -> frozenset[str] | None:
        """The fields that `name`, called from file `path`, may write behind its argument `index`;
        None for anything.
        """

    def tracked(self, lock: str) -> bool:
        """Whether locks of this class are followed."""

    def may_become(self, kind: str) -> bool:
        """Whether a lock of this primitive kind may be of a class that is followed."""

    def notable(self, name: str) -> bool:
        """Whether rules speak of calls of `name`."""

    def may_call(self, name: str, path: str, wanted: frozenset[str]) -> bool:
        """Whether the body of `name`, called from file `path`, calls one of `wanted`."""

    def flag(self, name: str) -> bool:
        """Whether rules speak of the flag `name`."""

    def defines(self, name: str) -> bool:
        """Whether `name` is a function of the tree or the models."""

    def unassigned(self, parent: str, field: str) -> bool:
        """Whether nothing in the tree assigns a field `field` of an object or field called
        `parent`.
        """

    def pointer_name(self, function: Function, callee: Expr) -> str:
        """`record.field` for a call through a field, the field alone if its record is unknown, else
        ''.
        """
