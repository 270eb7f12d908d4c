"""Functions that say what a scope-released class does when its scope is entered and left."""

import re

from analyzer.cfront.cleanup import scan_guards
from analyzer.cfront.macros import MacroTable
from analyzer.cfront.moved import moved
from analyzer.cfront.unit import Unit, file_lines
from analyzer.ir import FileHead, Function, FunctionHead, Guard

__all__ = ["GuardUnit", "guard_functions", "scan_guards"]


class GuardUnit:
    """A file with the functions of the guards that it defines, each where its macro is used.

    They stand among the functions of the file; one that the file defines itself is the file's.
    """

    def __init__(self, head: FileHead, unit: Unit | None) -> None:
        own = {function.name for function in head.functions}
        found: list[tuple[FunctionHead, int | Function]] = [
            (function, index) for index, function in enumerate(head.functions)
        ]
        for guard in head.guards:
            found += [
                (_placed_head(made, head.path, guard), _placed(function, head.path, guard))
                for made, function in guard_functions(guard)
                if made.name not in own
            ]
        found.sort(key=lambda pair: (pair[0].start, pair[0].end))
        self.head = head._replace(functions=tuple(function for function, _ in found))
        self._unit = unit
        self._bodies = tuple(body for _, body in found)

    @staticmethod
    def around(unit: Unit) -> "GuardUnit | Unit":
        """The unit itself where it defines no guard."""
        return GuardUnit(unit.head, unit) if unit.head.guards else unit

    @staticmethod
    def of(path: str, data: bytes) -> "GuardUnit | None":
        """The guards of a file that is not parsed; None if it has none."""
        guards = scan_guards(data)
        if not guards:
            return None
        head = FileHead(path, len(data), file_lines(data), (), (), (), guards, (), (), ())
        return GuardUnit(head, None)

    def again(self, data: bytes) -> Unit:
        """The unit of the same file with other bytes, without guards of its own."""
        if self._unit is None:
            return Unit.parse(self.head.path, data, MacroTable())
        return self._unit.again(data)

    def lower(self, index: int) -> Function:
        """The body of `head.functions[index]`."""
        body = self._bodies[index]
        if isinstance(body, int):
            assert self._unit is not None
            return self._unit.lower(body)
        return body


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
    last = f"{guard.release};"
    if separator and guard.type:
        last = f"if (_T) {{ {last} }}"
    if separator and not guard.type:
        maker = f"int class_{guard.name}_constructor"
    return f"{maker}({takes})\n{{\n{first}\n}}\n{breaker}({takes})\n{{\n{last}\n}}\n"


def _placed_head(head: FunctionHead, path: str, guard: Guard) -> FunctionHead:
    """The head where the macro is used, as the static inline function that it makes."""
    start, end = guard.start, guard.end
    head = head._replace(path=path, static=True, inline=True)
    return head._replace(start=start, end=end, name_start=start)


def _placed(function: Function, path: str, guard: Guard) -> Function:
    """The function with everything in it where the macro is used."""
    start, end = guard.start, guard.end
    function = moved(function, lambda *_: (start, end))
    return function._replace(path=path, start=start, end=end)
