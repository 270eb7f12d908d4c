"""Functions that say what a scope-released class does when its scope is entered and left."""

import re

from analyzer.cfront.cleanup import scan_guards
from analyzer.cfront.macros import MacroTable
from analyzer.cfront.unit import Unit
from analyzer.ir import Function, FunctionHead, Guard

__all__ = ["guard_functions", "scan_guards"]


def guard_functions(guard: Guard) -> tuple[tuple[FunctionHead, Function], ...]:
    """The functions that lowered code calls for `guard`.

    `class_<name>_constructor` takes what the source gives the guard and returns it, or NULL when a
    conditional guard fails; `class_<name>_destructor` takes the same. A DEFINE_FREE gives
    `__free_<name>`, which takes the address of the variable.
    """
    unit = Unit.parse(
        f"guard:{guard.name}", _text(guard).encode("latin-1", "replace"), MacroTable()
    )
    return tuple((head, unit.lower(index)) for index, head in enumerate(unit.head.functions))


_MARK = re.compile(r"\b__[a-z]\w*\s*")


def _text(guard: Guard) -> str:
    kind = _MARK.sub("", guard.type) or "void"
    maker = f"{kind} class_{guard.name}_constructor"
    breaker = f"void class_{guard.name}_destructor"
    if guard.parameters:
        return (
            f"{maker}({guard.parameters})\n{{\nreturn {guard.acquire};\n}}\n"
            f"{breaker}({kind} _T)\n{{\n{guard.release};\n}}\n"
        )
    if not guard.acquire:
        return f"void __free_{guard.name}({kind} *p)\n{{\n{kind} _T = *p;\n{guard.release};\n}}\n"
    takes = f"{kind} _T" if guard.type else "void"
    gives = "return _T;" if guard.type else "return;"
    first = f"{guard.acquire};\n{gives}"
    condition, separator, _ = guard.acquire.rpartition(" ? _T : NULL")
    if separator:
        first = f"if ({condition})\nreturn {'_T' if guard.type else '1'};\nreturn NULL;"
    if separator and not guard.type:
        maker = f"int class_{guard.name}_constructor"
    return f"{maker}({takes})\n{{\n{first}\n}}\n{breaker}({takes})\n{{\n{guard.release};\n}}\n"
