"""What tells an edit that is not over."""

from pathlib import Path

import pytest

from analyzer.lsp.balance import balance
from tests.cli.command import KERNEL

_TEXT = b"int f(void)\n{\n\tchar c = '\"', d = '{';\n\tputs(\"/* \\\" }\"); // (\n\treturn 0;\n}\n"


def test_a_text_as_it_should_be_leaves_nothing_open() -> None:
    assert not any(balance(_TEXT))


@pytest.mark.parametrize("file", sorted(KERNEL.rglob("*.c")), ids=lambda file: str(file.name))
def test_files_of_a_kernel_leave_nothing_open(file: Path) -> None:
    assert not any(balance(file.read_bytes()))


@pytest.mark.parametrize(
    "typed", ["if (x) {", "f(", "a[", "}", "/* b", 'say("', "#if X", "#ifdef X", "#endif"]
)
def test_what_is_open_shows(typed: str) -> None:
    assert any(balance(_TEXT.replace(b"\treturn", typed.encode() + b"\n\treturn")))


@pytest.mark.parametrize("typed", ["if (x) { }", "f();", "/* b */", 'say("(");', "#if X\n#endif"])
def test_what_is_over_does_not(typed: str) -> None:
    assert not any(balance(_TEXT.replace(b"\treturn", typed.encode() + b"\n\treturn")))
