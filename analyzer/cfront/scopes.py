"""The names of a function: what a name means at a point, and what a scope releases."""

from typing import NamedTuple

from analyzer.ir import Expr, Variable, VariableKind


class Cleanup(NamedTuple):
    """A call that is made when a scope is left."""

    callee: str
    args: tuple[Expr, ...]


class Scope:
    """One brace pair: its cleanups, in the order of declaration, and what its names hide."""

    __slots__ = ("cleanups", "hidden")

    def __init__(self) -> None:
        self.hidden: list[tuple[str, Variable | None]] = []
        self.cleanups: list[Cleanup] = []


class Scopes:
    """The scopes around a point, the function's own first."""

    def __init__(self) -> None:
        self.stack: list[Scope] = [Scope()]
        self.types: list[tuple[str, str]] = []
        self._names: dict[str, Variable] = {}
        self._uses: dict[str, int] = {}
        self._temporaries = 0

    def parameter(self, name: str) -> None:
        """Declares a parameter."""
        self._uses[name] = 1
        self._names[name] = Variable(name, VariableKind.PARAMETER)

    def open(self) -> None:
        """Enters a scope."""
        self.stack.append(Scope())

    def close(self) -> None:
        """Leaves the innermost scope: what its names hid is seen again."""
        names = self._names
        for name, variable in reversed(self.stack.pop().hidden):
            if variable is None:
                del names[name]
            else:
                names[name] = variable

    def local(self, name: str, kind: str) -> Variable:
        """Declares a local of type `kind` in the innermost scope, under a unique name."""
        uses = self._uses.get(name, 0) + 1
        self._uses[name] = uses
        unique = name if uses == 1 else f"{name}#{uses}"
        variable = Variable(unique, VariableKind.LOCAL)
        self._hide(name)
        self._names[name] = variable
        self.types.append((unique, kind))
        return variable

    def outside(self, name: str) -> None:
        """Makes `name` mean a file-scope object from here on: a static or extern."""
        self._hide(name)
        self._names[name] = Variable(name, VariableKind.GLOBAL)

    def find(self, name: str) -> Variable:
        """What `name` means; a name that the function does not declare is global."""
        variable = self._names.get(name)
        if variable is None:
            variable = self._names[name] = Variable(name, VariableKind.GLOBAL)
        return variable

    def temporary(self) -> Variable:
        """A new temporary."""
        self._temporaries += 1
        return Variable(f"%{self._temporaries}", VariableKind.TEMPORARY)

    def type_of(self, variable: Variable) -> str:
        """The declared type of a local; empty when it is not one."""
        for name, kind in reversed(self.types):
            if name == variable.name:
                return kind
        return ""

    def has_cleanups(self) -> bool:
        """True if leaving the function from here releases anything."""
        return any(scope.cleanups for scope in self.stack)

    def snapshot(self) -> tuple[tuple[Scope, int], ...]:
        """The scopes around this point with the number of cleanups that each has so far."""
        return tuple((scope, len(scope.cleanups)) for scope in self.stack)

    def _hide(self, name: str) -> None:
        self.stack[-1].hidden.append((name, self._names.get(name)))
