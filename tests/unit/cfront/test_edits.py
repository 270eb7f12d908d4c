"""Each operation on a syntax tree does what it says, or refuses: its target is there once."""

import pytest

from analyzer.cfront.bodies import NotFound
from analyzer.cfront.edits import Words, edited
from analyzer.cfront.macros import MacroTable

NO_MACROS = MacroTable()
SOURCE = b"""\
static int other(void) { first(1); return 0; }

int work(struct thing *thing)
{
\tstruct how how = { .deep = true, .wide = false };
\tint *slot;

\thow.wide = 1;
\tslot = map(thing, 0);
\tif (!slot)
\t\treturn 1;
\tif (is_odd(thing) || !is_big(thing))
\t\tgoto out;
\tif (how.deep)
\t\tthird(slot);
\tfirst(thing);
\tsecond(thing, 2, how.deep);
\tfirst(slot);
\tWARN(!is_big(slot));
out:
\treturn 0;
}
"""

CASES = [
    (
        {"delete_call": "first", "nth": 2, "of": 2},
        "\tfirst(slot);",
        "\t;",
    ),
    (
        {"delete_call": "WARN", "holding": "is_big"},
        "\tWARN(!is_big(slot));",
        "\t;",
    ),
    (
        {"move_call": "WARN", "before": "second"},
        "second(thing, 2, how.deep);\n\tfirst(slot);\n\tWARN(!is_big(slot));",
        "WARN(!is_big(slot));second(thing, 2, how.deep);\n\tfirst(slot);\n\t;",
    ),
    (
        {"move_call": "second", "before": "third"},
        "if (how.deep)\n\t\tthird(slot);\n\tfirst(thing);\n\tsecond(thing, 2, how.deep);",
        "second(thing, 2, how.deep);if (how.deep)\n\t\tthird(slot);\n\tfirst(thing);\n\t;",
    ),
    (
        {"replace_argument": 2, "of_call": "second", "by": "7"},
        "(thing, 2,",
        "(thing, 7,",
    ),
    (
        {"rename_call": "second", "by": "third", "keep": 2},
        "second(thing, 2, how.deep)",
        "third(2)",
    ),
    (
        {"rename_call": "is_big", "within": "WARN", "by": "is_odd", "keep": 1},
        "!is_big(slot)",
        "!is_odd(slot)",
    ),
    (
        {"rename_call": "first", "nth": 2, "of": 2, "by": "third", "keep": 1},
        "\tfirst(slot);",
        "\tthird(slot);",
    ),
    (
        {"delete_initialiser": "deep"},
        " .deep = true, ",
        "  ",
    ),
    (
        {"delete_initialiser": "wide"},
        ", .wide = false }",
        ",  }",
    ),
    (
        {"insert_behind_assignment": "how.wide", "statement": "how.deep = 0;"},
        "how.wide = 1;",
        "how.wide = 1; how.deep = 0;",
    ),
    (
        {"drop_operand": "is_odd"},
        "is_odd(thing) || !is_big(thing)",
        "!is_big(thing)",
    ),
    (
        {"delete_test": "slot", "behind": "map"},
        "if (!slot)\n\t\treturn 1;",
        ";",
    ),
    (
        {"delete_if": "is_odd"},
        "if (is_odd(thing) || !is_big(thing))\n\t\tgoto out;",
        ";",
    ),
    (
        {"delete_if": "is_big", "nth": 1, "of": 1},
        "if (is_odd(thing) || !is_big(thing))\n\t\tgoto out;",
        ";",
    ),
    (
        {"drop_condition": "third"},
        "if (how.deep)\n\t\tthird(slot);",
        "third(slot);",
    ),
    (
        {"retarget_goto": "out", "to": "end", "under": "is_odd"},
        "goto out;",
        "goto end;",
    ),
]

REFUSED: list[Words] = [
    {"delete_call": "first"},
    {"delete_call": "absent"},
    {"delete_call": "first", "nth": 1, "of": 3},
    {"delete_call": "WARN", "holding": "is_odd"},
    {"move_call": "second", "before": "WARN"},
    {"replace_argument": 9, "of_call": "second", "by": "7"},
    {"rename_call": "is_big", "by": "is_odd", "keep": 1},
    {"delete_initialiser": "tall"},
    {"insert_behind_assignment": "how.tall", "statement": ";"},
    {"drop_operand": "second"},
    {"delete_test": "thing", "behind": "map"},
    {"delete_if": "first"},
    {"delete_if": "is_odd", "nth": 1, "of": 2},
    {"drop_condition": "second"},
    {"retarget_goto": "out", "to": "end", "under": "map"},
]


@pytest.mark.parametrize(("words", "old", "new"), CASES)
def test_operation_changes_its_target_only(words: Words, old: str, new: str) -> None:
    assert SOURCE.count(old.encode()) == 1
    assert edited(SOURCE, "work", (words,), NO_MACROS) == SOURCE.replace(old.encode(), new.encode())


@pytest.mark.parametrize("words", REFUSED)
def test_operation_without_exactly_one_target_refuses(words: Words) -> None:
    with pytest.raises(NotFound):
        edited(SOURCE, "work", (words,), NO_MACROS)


def test_function_that_is_not_there_is_refused() -> None:
    with pytest.raises(NotFound):
        edited(SOURCE, "absent", ({"delete_call": "first"},), NO_MACROS)
