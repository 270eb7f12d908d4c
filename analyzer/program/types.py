"""Types as far as calls through pointers need them: which record a field belongs to."""

import re

from analyzer.ir import (
    Address,
    Deref,
    Expr,
    Field,
    FileHead,
    Function,
    Index,
    Variable,
)

_NOISE = re.compile(r"\b(?:const|volatile|static|register|struct|union|__\w+)\b")


class Types:
    """Record types of expressions, from the declarations of locals and the records of the files
    read.
    """

    def __init__(self, heads: tuple[FileHead, ...]) -> None:
        self._records: dict[str, dict[str, str]] = {}
        for head in heads:
            for record in head.records:
                known = self._records.get(record.tag)
                if known is None or len(known) < len(record.fields):
                    self._records[record.tag] = dict(record.fields)

    def record(self, function: Function, expr: Expr) -> str:
        """The tag of the record that `expr` is or points to, '' if it is not known."""
        return _tag(self._type(function, expr))

    def _type(self, function: Function, expr: Expr) -> str:
        match expr:
            case Variable(name, _):
                for parameter in function.parameters:
                    if parameter.name == name:
                        return parameter.type
                return next((kind for local, kind in function.types if local == name), "")
            case Field(inner, name):
                return self._records.get(self.record(function, inner), {}).get(name, "")
            case Deref(inner) | Index(inner, _) | Address(inner):
                return self._type(function, inner)
            case _:
                return ""


def _tag(text: str) -> str:
    """The tag of `const struct vm_operations_struct *`: the last word left without qualifiers."""
    words = _NOISE.sub(" ", text.replace("*", " ").split("[")[0]).split()
    return words[0] if words else ""
