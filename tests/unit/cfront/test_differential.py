"""Both front ends give the same graph for standard C."""

from analyzer.cfront.macros import MacroTable
from analyzer.cfront.strict import lower_strict
from analyzer.cfront.unit import Unit
from analyzer.ir.print import print_function
from tests.unit.cfront.goldens import FOLDER


def test_both_front_ends_agree() -> None:
    data = (FOLDER / "standard.c").read_bytes()
    unit = Unit.parse("standard.c", data, MacroTable())
    tolerant = [print_function(unit.lower(index)) for index in range(len(unit.head.functions))]
    strict = [print_function(each) for each in lower_strict("standard.c", data.decode()).functions]
    assert strict == tolerant
