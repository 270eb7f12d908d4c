"""The strict front end: what it reads, and where it says that it does not."""

import pytest

from analyzer.cfront.strict import lower_strict
from analyzer.core import UserError
from analyzer.ir.print import print_function


def test_a_model() -> None:
    text = """/* Says what "it" does. */
#pragma types pte_t
#pragma kernel >= 6.5   /* from then on */
pte_t *map(struct mm_struct *mm, spinlock_t **ptlp)
{
	if (zl_any())
		return NULL;
	zl_acquire(pte_lock, *ptlp); // kept
	return zl_new();
}
"""
    unit = lower_strict("rules/models/x.c", text)
    assert unit.pragmas == ((2, "types pte_t"), (3, "kernel >= 6.5"))
    (function,) = unit.functions
    assert print_function(function) == (
        "function map(mm: struct mm_struct *, ptlp: spinlock_t **) -> pte_t *\n"
        " b0:\n  #1 = call zl_any()\n  if #1 goto b1 else b2\n"
        " b1:\n  return 0\n"
        " b2:\n  #2 = call zl_acquire(pte_lock, *ptlp)\n  #3 = call zl_new()\n  return #3\n"
    )
    assert text[function.start :].startswith("map(")
    assert text[: function.end].endswith("zl_new();\n}")
    call = function.blocks[2].events[0]
    assert text[call.start : call.end] == "zl_acquire(pte_lock, *ptlp)"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("int f(void)\n{\n\treturn 1\n}\n", "rules/models/x.c:4: not standard C, at '}'"),
        ("int f(void)\n{\n\tif (x {\n}\n", "rules/models/x.c:3: not standard C, at '{'"),
        ("/* c */\nint f(;\n", "rules/models/x.c:2: not standard C, at ';'"),
        ("int f(void)\n{\n", "rules/models/x.c: not standard C, at 'the end of the file'"),
    ],
)
def test_errors_name_the_line(text: str, message: str) -> None:
    with pytest.raises(UserError) as error:
        lower_strict("rules/models/x.c", text)
    assert error.value.message.startswith(message.partition(": not")[0])
    assert "not standard C" in error.value.message


def test_line_markers_of_a_preprocessor_are_passed_over() -> None:
    text = '# 1 "a.c"\n# 1 "/usr/include/x.h" 1 3 4\nint f(int a)\n{\n# 7 "a.c"\n\treturn a;\n}\n'
    (function,) = lower_strict("a.i", text).functions
    assert text[function.start :].startswith("f(int")


def test_types_are_known_from_their_use() -> None:
    text = (
        "static pgd_t f(const pmd_t *pmd, u64 n)\n{\n\tpud_t p = (p4d_t *)pmd;\n\n\treturn p;\n}\n"
    )
    (function,) = lower_strict("x.c", text).functions
    assert [parameter.type for parameter in function.parameters] == ["const pmd_t *", "u64"]
    assert function.types == (("p", "pud_t"),)
