"""What macros mean, from their definitions and from macros.toml."""

import pickle

import pytest

from analyzer.cfront.classify import Declarator
from analyzer.cfront.macros import MacroTable, Role, scan_macros
from analyzer.cfront.words import MacroWords
from analyzer.core import UserError
from analyzer.ir import Macro
from tests.unit.cfront.goldens import table


def _built(text: str, words: MacroWords | None = None) -> MacroTable:
    return MacroTable.build(scan_macros(text.encode()), words or MacroWords())


def test_scan_reads_logical_lines_without_comments() -> None:
    text = b"#define A\n # define B(x, \\\n y) x /* no */ + \\\n  y // not this\n#define C 1\n"
    assert scan_macros(text) == (
        Macro("A", None, "", 0),
        Macro("B", ("x", "y"), "x   +    y", 11),
        Macro("C", None, "1", text.index(b"#define C")),
    )


def test_a_macro_that_was_not_read_declares_what_its_name_says() -> None:
    words = MacroWords(declarations=("DEFINE_",))
    built = _built("#define DEFINE_USE(x) use(x)\n#define DEFINE_INT(y, x) int x = y\n", words)
    assert built.declarator("DEFINE_WALK") == Declarator(0, "", (), "")
    assert built.declarator("DEFINE_USE") is None
    assert built.declarator("DEFINE_INT") == Declarator(1, "int", ("y", "x"), "y")
    assert built.declarator("WALK") is None


@pytest.mark.parametrize(
    ("definition", "cursors"),
    [
        ("#define each(p, h) for (p = (h)->first; p; p = p->next)", (0,)),
        ("#define each(h, p) for ((p) = next(h, NULL); (p); (p) = next(h, p))", (1,)),
        ("#define each(i, x, n) for (i = 0, x = get(i); i < n; i++)", (0, 1)),
        ("#define each(s, p, m) while (((p) = find((s), (m))) != NULL)", (1,)),
        ("#define inner(p, h) for (p = h; p; p++)\n#define each(h, q) inner(q, (h)->list)", (1,)),
        ("#define each(z) for (z = a; z; z = b(z)) if (!full(z)) ; else", (0,)),
    ],
)
def test_loops_and_their_cursors(definition: str, cursors: tuple[int, ...]) -> None:
    built = _built(definition)
    assert built.roles[b"each"] is Role.LOOP
    assert built.loops["each"] == cursors


@pytest.mark.parametrize(
    "definition",
    [
        "#define each(x) while (x) relax()",
        "#define each(x) while (!(x));",
        "#define each(p) for (p = 0; p; p++) use(p);",
        "#define each(x) find(x)",
        "#define each(x) each(x)",
    ],
)
def test_whole_statements_are_no_loops(definition: str) -> None:
    assert "each" not in _built(definition).loops


def test_attributes() -> None:
    built = _built(
        "#define __shiny __attribute__((shiny))\n#define __dull\n#define __both __shiny __dull\n"
        "#define __at(x) __attribute__((at(x)))\n#define __fast inline __shiny\n"
        "#define HEADER_H\n#define value other\n#define __number 3\n"
    )
    assert built.roles == {
        **_built("").roles,
        b"__shiny": Role.BLANK,
        b"__dull": Role.BLANK,
        b"__both": Role.BLANK,
        b"__at": Role.BLANK_CALL,
        b"__fast": Role.KEYWORD,
    }
    assert built.keywords[b"__fast"] == b"inline"


def test_declaring_macros() -> None:
    built = _built(
        "#define STATE(name, tree) struct state name = { .tree = tree }\n"
        "#define BITS(name, n) unsigned long name[WORDS(n)]\n"
        "#define WAIT(name) STATE(name, default_tree)\n#define GIVE(x) return x;\n"
    )
    found = {name: (each.position, each.type) for name, each in built.declarators.items()}
    assert found == {
        "STATE": (0, "struct state"),
        "BITS": (0, "unsigned long []"),
        "WAIT": (0, "struct state"),
    }


def test_definitions_that_expand_to_each_other_end() -> None:
    chain = "".join(
        f"#define each{n}(x) each{n + 1}(x)\n#define a{n} a{n + 1}\n" for n in range(3000)
    )
    built = _built(chain + "#define each3000(x) for (; x;)\n#define b c\n#define c b\n")
    assert "each3000" in built.loops
    assert "each0" not in built.loops


def test_words_win_over_definitions() -> None:
    built = _built("#define __init other(x)\n#define likely(x) for (;x;)\n", table().words)
    assert built.roles[b"__init"] is Role.BLANK
    assert b"likely" not in built.roles


def test_a_table_can_be_pickled() -> None:
    assert pickle.loads(pickle.dumps(table())) == table()


def test_a_file_extends_a_table() -> None:
    extended = table().extended(scan_macros(b"#define own_each(p) for (p = a; p; p = b)\n"))
    assert extended.loops["own_each"] == (0,)
    assert "own_each" not in table().loops


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[atributes]\nwords = []", "m.toml: unknown section [atributes]"),
        ("[attributes]\nword = []", "m.toml: unknown key 'word' in [attributes]"),
        ("[attributes]\nwords = 3", "m.toml: 'words' in [attributes] is not a list of names"),
        ("[loops]\neach = ['a']", "m.toml: 'each' in [loops] is not a list of positions"),
        ("[values]\nlikely = 'x'", "m.toml: 'likely' in [values] is not a position"),
        ("[stores]\nWRITE_ONCE = 1", "m.toml: 'WRITE_ONCE' in [stores] is not a word in quotes"),
        ("[heads]\nSYS = { prefix = '' }", "m.toml: 'SYS' in [heads] lacks prefix, entry or split"),
        ("attributes = 3", "m.toml: [attributes] is not a section"),
        ("[", "m.toml: Invalid initial character for a key part (at end of document)"),
    ],
)
def test_slips_in_the_words_are_named(text: str, message: str) -> None:
    with pytest.raises(UserError) as error:
        MacroWords.parse(text, "m.toml")
    assert error.value.message == message
