"""How much of the functions of some files was understood."""

from collections.abc import Iterable

from analyzer.core import Coverage, FunctionGap
from analyzer.ir import FileHead


def covered(heads: Iterable[FileHead], n_files: int) -> Coverage:
    """The functions of files, those of `n_files` that could be read, and the first thing that was
    not understood in each. Macros that wrap calls are not counted.
    """
    gaps = []
    n_functions = 0
    for head in heads:
        n_functions += sum(not function.macro for function in head.functions)
        for function in head.functions:
            if function.gaps:
                offset, construct = function.gaps[0]
                line = head.lines.line(offset)
                gaps.append(FunctionGap(head.path, line, function.name, construct, False))
    return Coverage(n_files, n_functions, tuple(sorted(gaps)))
