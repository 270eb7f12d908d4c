"""The answer does not depend on which function is asked first, nor on the number of workers."""

from dataclasses import replace
from pathlib import Path

from analyzer.pipeline import audit
from tests.unit.checkers.audited import laid_out

RULE = """[[require]]
at = "touch($f)"
needs = "held(folio_lock, $f)"
says = "here"
"""


def test_a_chain_that_is_too_long_from_below_is_not_from_above(tmp_path: Path) -> None:
    text = "void f0(struct folio *f) { touch(f); }\n"
    for number in range(1, 16):
        more = "touch(f); " if number == 6 else ""
        text += f"void f{number}(struct folio *f) {{ f{number - 1}(f); {more}}}\n"
    text += "void top(struct folio *f) { folio_lock(f); f15(f); folio_unlock(f); }\n"
    request = laid_out(tmp_path, RULE, text)
    assert audit(request).obligations == audit(replace(request, jobs=2)).obligations


def test_a_recursion_through_a_pointer_has_one_effect(tmp_path: Path) -> None:
    text = """
static void g(struct folio *f);
static void a(struct folio *f) { void (*p)(struct folio *) = g; p(f); folio_lock(f); }
static void g(struct folio *f) { if (work()) a(f); else folio_lock(f); }
void first(struct folio *f) { a(f); touch(f); }
void second(struct folio *f) { g(f); touch(f); }
"""
    request = laid_out(tmp_path, RULE, text)
    assert audit(request).obligations == audit(replace(request, jobs=2)).obligations
