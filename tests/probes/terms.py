"""Terms of a probe's comment, as expressions of the function that they stand in."""

import re
from typing import Final

from analyzer.ir import (
    Address,
    Constant,
    Deref,
    Expr,
    Field,
    Function,
    Index,
    Variable,
    VariableKind,
)

_TOKEN: Final = re.compile(r"->|\w+|\S")


def read_term(text: str, function: Function) -> Expr:
    """`&region->lock`, `*out`, `table[hash]`, with names as they are bound in `function`."""
    tokens = _TOKEN.findall(text)
    expr = _prefix(tokens, function)
    assert not tokens, f"cannot read the term '{text}'"
    return expr


def _prefix(tokens: list[str], function: Function) -> Expr:
    if tokens[0] in "&*":
        operator = tokens.pop(0)
        operand = _prefix(tokens, function)
        return Address(operand) if operator == "&" else Deref(operand)
    return _postfix(tokens, function)


def _postfix(tokens: list[str], function: Function) -> Expr:
    expr = _name(tokens.pop(0), function)
    while tokens and tokens[0] in ("->", ".", "["):
        operator = tokens.pop(0)
        if operator == "[":
            expr = Index(expr, _prefix(tokens, function))
            assert tokens.pop(0) == "]"
        else:
            expr = Field(Deref(expr) if operator == "->" else expr, tokens.pop(0))
    return expr


def _name(word: str, function: Function) -> Expr:
    if word.isdigit():
        return Constant(int(word))
    if any(parameter.name == word for parameter in function.parameters):
        return Variable(word, VariableKind.PARAMETER)
    local = any(name == word for name, _ in function.types)
    return Variable(word, VariableKind.LOCAL if local else VariableKind.GLOBAL)
