"""Files read by several processes: the same heads, and the same bodies without their trees."""

import pytest

from analyzer.cfront.guards import GuardUnit
from analyzer.cfront.macros import MacroTable
from analyzer.cfront.unit import Unit
from analyzer.rulebook.folder import rules_folder
from analyzer.source import open_tree
from analyzer.summary import Reading, read_units
from tests.cli.command import KERNEL


def _read(jobs: int) -> Reading:
    tree = open_tree(KERNEL)
    files = tree.c_files()
    headers = tree.headers_of(files)
    words = rules_folder() / "models" / "macros.toml"
    return read_units(tree, (files, headers, frozenset(headers)), words, lambda *_: None, jobs)


def _bodies(units: dict[str, Unit | GuardUnit]) -> list[object]:
    return [unit.lower(n) for unit in units.values() for n in range(len(unit.head.functions))]


@pytest.mark.parametrize("jobs", [2, 3])
def test_what_other_processes_read(jobs: int) -> None:
    one, several = _read(1), _read(jobs)
    assert list(several.units) == list(one.units)
    assert [unit.head for unit in several.units.values()] == [
        unit.head for unit in one.units.values()
    ]
    assert len(_bodies(one.units)) > 50
    assert _bodies(several.units) == _bodies(one.units)
    assert (several.texts, several.problems) == (one.texts, one.problems)


@pytest.mark.parametrize(
    "text",
    [
        "int f(int a)\n{\nreturn (a;\n}\nint g(void)\n{\nreturn 1;\n}\n",
        "int f(int a)\n{\nif (a) {\nreturn 1;\n}\nint g(void)\n{\nreturn f(2);\n}\n",
        "#ifdef A\nint f(int a)\n{\nreturn a;\n}\n#else\nint f(int a)\n{\nreturn 0;\n}\n#endif\n",
        "int f(int a)\n{\n#ifdef A\na = 1;\n#else\na = 2;\n#endif\nreturn a;\n}\n",
        'extern "C" {\nint f(int a)\n{\nreturn a;\n}\n}\n',
        "#define each(i, n) for ((i) = 0; (i) < (n); (i)++)\n"
        "int f(int a)\n{\nint i;\neach(i, a)\na += i;\nreturn a;\n}\n",
    ],
    ids=["error", "unclosed", "variants", "arms", "linkage", "macro"],
)
def test_a_unit_without_its_tree(text: str) -> None:
    data = text.encode()
    unit = Unit.parse("mm/a.c", data, MacroTable())
    again = Unit(data, unit.packed(), MacroTable())
    assert unit.head.functions
    assert _bodies({"": again}) == _bodies({"": unit})
