"""The language server, by a client that talks to it as an editor does."""

import asyncio
import json
import shutil
import subprocess
import sys
from collections.abc import Awaitable, Callable
from importlib.machinery import ModuleSpec
from importlib.util import find_spec
from pathlib import Path
from unittest.mock import patch

import pytest
from lsprotocol import types

from tests.cli.command import KERNEL, zaplint
from tests.lsp.editor import PATIENCE, Editor, Shown, audited, editor, line_of

_RMAP = "mm/rmap.c"
_UNPAIRED = "notifier/unpaired-range"
_END = "\tmmu_notifier_invalidate_range_end(&range);\nout:\n"
_MENDED = "out:\n\tmmu_notifier_invalidate_range_end(&range);\n"


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """A copy of the small kernel."""
    return Path(shutil.copytree(KERNEL, tmp_path / "linux")).resolve()


def _talk(tree: Path, talk: Callable[[Editor], Awaitable[None]], *words: str) -> None:
    """Talks to a server, which then ends in good order and has not complained."""

    async def all_of_it() -> Editor:
        async with editor(tree, *words) as mine:
            await talk(mine)
        return mine

    mine = asyncio.run(all_of_it())
    assert (mine.status, mine.messages) == (0, [])


def _mended(text: str) -> str:
    assert text.count(_END) == 1
    return text.replace(_END, _MENDED)


def test_an_open_file_shows_what_an_audit_finds(tree: Path) -> None:
    async def talk(mine: Editor) -> None:
        for path in (_RMAP, "mm/hugetlb.c", "fs/hugetlbfs/inode.c"):
            mine.open(path)
            assert await mine.shown(path) == audited(tree, path) != []

    _talk(tree, talk)


def test_a_finding_comes_with_its_page_and_its_steps(tree: Path) -> None:
    async def talk(mine: Editor) -> None:
        mine.open(_RMAP)
        await mine.shown(_RMAP)
        found = next(
            each for each in mine.diagnostics[mine.uri(_RMAP)].diagnostics if each.code == _UNPAIRED
        )
        assert found.source == "zaplint"
        assert found.severity is types.DiagnosticSeverity.Error
        assert found.code_description is not None
        assert found.code_description.href.endswith(f"/rules/{_UNPAIRED}.toml")
        assert found.related_information
        assert {each.location.uri for each in found.related_information} == {mine.uri(_RMAP)}

    _talk(tree, talk)


def test_edits_plant_and_mend_bugs_as_one_types(tree: Path) -> None:
    async def talk(mine: Editor) -> None:
        text = (tree / _RMAP).read_text()
        mine.open(_RMAP)
        before = await mine.shown(_RMAP)
        assert (line_of(text, "planted: notifier/unpaired-range"), _UNPAIRED) in before
        mended = _mended(text)
        assert await mine.shown(_RMAP, mine.edit(_RMAP, mended)) == [
            each for each in before if each[1] != _UNPAIRED
        ]
        above = f"/* Two\n * lines. */\n{text}"
        assert await mine.shown(_RMAP, mine.edit(_RMAP, above)) == [
            (line + 2, rule) for line, rule in before
        ]
        worse = mended.replace("\tpte_unmap_unlock(pte, ptl);\nout:", "out:")
        assert worse != mended
        shown = await mine.shown(_RMAP, mine.edit(_RMAP, worse))
        assert shown == audited(tree, _RMAP, worse)
        assert "lock/unbalanced-lock" in {rule for _, rule in shown}

    _talk(tree, talk)


def test_what_a_comment_or_the_configuration_allows_is_not_shown(tree: Path) -> None:
    (tree / "zaplint.toml").write_text(
        '[[off]]\nrules = "tlb/rmap-or-free-before-flush"\nreason = "is known"\n'
    )

    async def talk(mine: Editor) -> None:
        text = (tree / _RMAP).read_text()
        mine.open(_RMAP)
        before = await mine.shown(_RMAP)
        assert "tlb/rmap-or-free-before-flush" not in {rule for _, rule in before}
        planted = "\tmmu_notifier_invalidate_range_start(&range); /* planted"
        allowed = text.replace(
            planted, f"\t/* zaplint: allow {_UNPAIRED}: an error ends it elsewhere */\n{planted}"
        )
        at = line_of(text, planted)
        assert await mine.shown(_RMAP, mine.edit(_RMAP, allowed)) == [
            (line + (line > at), rule) for line, rule in before if rule != _UNPAIRED
        ]

    _talk(tree, talk)


_OFF = '[[off]]\nrules = "notifier/unpaired-range"\nreason = "is known"\n'


def _without(shown: Shown, rule: str) -> Shown:
    found = [each for each in shown if each[1] != rule]
    assert found != shown
    return found


@pytest.mark.parametrize("named", [True, False])
def test_a_configuration_is_read_again_when_it_is_written(tree: Path, named: bool) -> None:
    file = tree.parent / "own.toml" if named else tree / "zaplint.toml"
    if named:
        (tree / "zaplint.toml").write_text("[[slip]]\n")
        file.write_text("")

    async def talk(mine: Editor) -> None:
        mine.open(_RMAP)
        before = await mine.shown(_RMAP)
        file.write_text(_OFF)
        await mine.showing(_RMAP, _without(before, _UNPAIRED))
        file.write_text(_OFF.replace("notifier/unpaired-range", "notifier"))
        mine.edit(_RMAP, f"\n{(tree / _RMAP).read_text()}")
        moved = [(line + 1, rule) for line, rule in before if not rule.startswith("notifier/")]
        await mine.showing(_RMAP, moved)
        file.unlink() if not named else file.write_text("\n")
        await mine.showing(_RMAP, [(line + 1, rule) for line, rule in before])

    _talk(tree, talk, *(("--config", str(file)) if named else ()))


def test_a_level_of_the_configuration_is_shown(tree: Path) -> None:
    (tree / "zaplint.toml").write_text('[[level]]\nrules = "notifier"\nlevel = "note"\n')

    async def talk(mine: Editor) -> None:
        mine.open(_RMAP)
        await mine.shown(_RMAP)
        levels = {
            str(each.code): each.severity for each in mine.diagnostics[mine.uri(_RMAP)].diagnostics
        }
        assert levels[_UNPAIRED] is types.DiagnosticSeverity.Information

    _talk(tree, talk)


def test_what_a_baseline_knows_is_not_shown(tree: Path) -> None:
    known = tree.parent / "known"
    words = ("baseline", "write", tree, "--scope", "mm", "--select", "notifier", "-o", known)
    assert zaplint(*words).status == 0
    lines = known.read_text()

    async def talk(mine: Editor) -> None:
        everything = audited(tree, _RMAP)
        new = [each for each in everything if not each[1].startswith("notifier/")]
        assert new != everything
        mine.open(_RMAP)
        assert await mine.shown(_RMAP) == new
        moved = mine.edit(_RMAP, f"\n{(tree / _RMAP).read_text()}")
        assert await mine.shown(_RMAP, moved) == [(line + 1, rule) for line, rule in new]
        known.write_text("")
        await mine.showing(_RMAP, [(line + 1, rule) for line, rule in everything])
        known.write_text(lines)
        await mine.showing(_RMAP, [(line + 1, rule) for line, rule in new])

    _talk(tree, talk, "--baseline", str(known))


def test_a_slip_of_a_configuration_is_told_and_what_was_heard_stays(tree: Path) -> None:
    file, missing = tree / "zaplint.toml", tree.parent / "known"

    async def talk() -> Editor:
        async with editor(tree, "--baseline", str(missing)) as mine:
            mine.open(_RMAP)
            before = await mine.shown(_RMAP)
            assert [each.splitlines()[0] for each in mine.messages] == [
                f"{missing}: cannot be read: no such file or directory"
            ]
            assert before == audited(tree, _RMAP)
            missing.write_text("")
            file.write_text(_OFF)
            await mine.showing(_RMAP, _without(before, _UNPAIRED))
            file.write_text(_OFF.replace("reason", "raeson"))
            await mine.until(lambda: len(mine.messages) == 2)
            assert mine.messages[1].startswith(f"{file}:3: unknown key 'raeson' in [[off]]")
            moved = mine.edit(_RMAP, f"\n{(tree / _RMAP).read_text()}")
            assert await mine.shown(_RMAP, moved) == [
                (line + 1, rule) for line, rule in before if rule != _UNPAIRED
            ]
            file.write_text("")
            await mine.showing(_RMAP, [(line + 1, rule) for line, rule in before])
        return mine

    mine = asyncio.run(talk())
    assert (mine.status, len(mine.messages)) == (0, 2)


def test_parts_of_lines_are_edited_in_columns_of_utf_16(tree: Path) -> None:
    async def talk(mine: Editor) -> None:
        text = (tree / _RMAP).read_text()
        label = "out:\n\treturn err;\n}\n\n/* Another"
        assert text.count(label) == 1
        wide = text.replace(label, label.replace("out:", "out: /* \U0001d11e */;"))
        mine.open(_RMAP, wide)
        assert _UNPAIRED in {rule for _, rule in await mine.shown(_RMAP)}
        at = types.Position(line_of(wide, "out: /*") - 1, len("out: /* ") + 2 + len(" */;"))
        end = "mmu_notifier_invalidate_range_end(&range);"
        version = mine.replace(_RMAP, types.Range(at, at), end)
        found = await mine.shown(_RMAP, version)
        now = wide.replace("*/;", f"*/;{end}")
        assert found == audited(tree, _RMAP, now)

    _talk(tree, talk)


def test_an_edit_of_a_macro_is_judged_as_it_stands(tree: Path) -> None:
    async def talk(mine: Editor) -> None:
        text = (tree / _RMAP).read_text()
        mine.open(_RMAP)
        await mine.shown(_RMAP)
        with_macro = _mended(text).replace(_MENDED, "out:\n\tended(&range);\n")
        head, tail = with_macro.split("\n\n", 1)
        define = "#define ended(range) mmu_notifier_invalidate_range_end(range)"
        with_macro = f"{head}\n\n{define}\n\n{tail}"
        shown = await mine.shown(_RMAP, mine.edit(_RMAP, with_macro))
        assert shown == audited(tree, _RMAP, with_macro)
        assert _UNPAIRED not in {rule for _, rule in shown}
        without = with_macro.replace("\tended(&range);\n", "")
        shown = await mine.shown(_RMAP, mine.edit(_RMAP, without))
        assert shown == audited(tree, _RMAP, without)
        assert _UNPAIRED in {rule for _, rule in shown}

    _talk(tree, talk)


@pytest.mark.parametrize(
    "typed", ["\tif (err) {\n", "\tfree(\n", "\t/* not\n", "}\n", '\tsay("\n', "#ifdef MORE\n"]
)
def test_an_edit_that_is_not_over_changes_nothing(tree: Path, typed: str) -> None:
    async def talk(mine: Editor) -> None:
        other = "mm/hugetlb.c"
        text = _mended((tree / _RMAP).read_text())
        mine.open(_RMAP, text)
        mine.open(other)
        before = await mine.shown(_RMAP)
        await mine.shown(other)
        looks = mine.published.count((mine.uri(other), 1))
        start = text.index("\tpte = pte_offset_map_lock(")
        begun = mine.edit(_RMAP, text[:start] + typed + text[start:])
        await mine.until(lambda: mine.published.count((mine.uri(other), 1)) > looks)
        assert (mine.uri(_RMAP), begun) not in mine.published
        over = mine.edit(_RMAP, "\n" + text)
        assert await mine.shown(_RMAP, over) == [(line + 1, rule) for line, rule in before]
        mine.edit(_RMAP, text[:start] + typed + text[start:])
        mine.save(_RMAP)  # Whoever saves it wants to know.
        await mine.shown(_RMAP, over + 1)

    _talk(tree, talk)


def test_what_another_file_says_counts_open_or_saved(tree: Path) -> None:
    async def talk(mine: Editor) -> None:
        text = (tree / _RMAP).read_text()
        mine.open(_RMAP)
        before = await mine.shown(_RMAP)
        (tree / _RMAP).write_text(_mended(text))
        mine.close(_RMAP)
        await mine.until(lambda: not mine.diagnostics[mine.uri(_RMAP)].diagnostics)
        mine.open(_RMAP)
        after = await mine.shown(_RMAP)
        assert after == [each for each in before if each[1] != _UNPAIRED]

    _talk(tree, talk)


def test_hover_tells_the_locks_at_a_line(tree: Path) -> None:
    async def talk(mine: Editor) -> None:
        text = (tree / _RMAP).read_text()
        mine.open(_RMAP)
        await mine.shown(_RMAP)
        line = line_of(text, "if (pte_same(ptep_get(pte), orig_pte))")
        told = await mine.hover(_RMAP, line)
        assert "**Held on every path:**" in told
        assert f"- `pte_lock of ptl`: {line - 3}: " in told
        moved = mine.edit(_RMAP, f"\n{text}")
        told = await mine.hover(_RMAP, line + 1)
        assert f"- `pte_lock of ptl`: {line - 2}: " in told
        await mine.shown(_RMAP, moved)
        planted = line_of(text, "planted: notifier/unpaired-range") + 1
        assert f"**violated** `{_UNPAIRED}`" in await mine.hover(_RMAP, planted)
        assert await mine.hover(_RMAP, 1) == ""

    _talk(tree, talk)


def test_hover_tells_what_a_function_demands_and_does(tree: Path) -> None:
    async def talk(mine: Editor) -> None:
        text = (tree / _RMAP).read_text()
        mine.open(_RMAP)
        await mine.shown(_RMAP)
        call = line_of(text, "evict(folio); /* planted")
        told = await mine.hover(_RMAP, call, 3)
        assert told.startswith("**`evict()`**")
        assert "- `folio_lock of folio`" in told
        assert "Takes no lock for its caller" in told
        told = await mine.hover(_RMAP, line_of(text, "\tfolio_lock(folio);\n\tevict("), 3)
        assert "takes `folio_lock of folio`" in told
        anew = text.replace("\tfolio_clear_dirty(folio);\n", "\tfolio_lock(folio);\n")
        assert anew != text
        mine.edit(_RMAP, anew)
        told = await mine.hover(_RMAP, call, 3)
        assert "takes `folio_lock of folio`" in told

    _talk(tree, talk)


def test_definition_goes_to_the_evidence_and_to_functions(tree: Path) -> None:
    async def talk(mine: Editor) -> None:
        text = (tree / _RMAP).read_text()
        mine.open(_RMAP)
        await mine.shown(_RMAP)
        stated = line_of(text, "static void evict(")
        planted = line_of(text, "evict(folio); /* planted")
        said = line_of(text, "Context: Caller must hold the folio lock")
        found = await mine.definition(_RMAP, planted, 3)
        assert set(found) <= {(_RMAP, stated), (_RMAP, said)} and (_RMAP, stated) in found
        proved = line_of(text, "\tevict(folio);\n\tfolio_unlock")
        assert (_RMAP, proved - 1) in await mine.definition(_RMAP, proved, 3)
        assert await mine.definition(_RMAP, 1, 1) == []
        only_declared = line_of(text, "\trmap_walk(folio, &rwc);")
        assert await mine.definition(_RMAP, only_declared, 3) == []
        header = "include/linux/fs.h"
        inline = line_of((tree / header).read_text(), "static inline void i_mmap_lock_read(")
        call = line_of(text, "\ti_mmap_lock_read(mapping);")
        assert (header, inline) in await mine.definition(_RMAP, call, 3)

    _talk(tree, talk)


def test_what_is_read_is_shown_as_progress(tree: Path) -> None:
    async def talk(mine: Editor) -> None:
        mine.open(_RMAP)
        await mine.shown(_RMAP)
        assert [each["kind"] for each in mine.progress][:: len(mine.progress) - 1] == [
            "begin",
            "end",
        ]
        assert mine.progress[0]["title"] == "zaplint reads mm"

    _talk(tree, talk)


def test_the_server_counts_in_utf_16_whatever_is_liked_better(tree: Path) -> None:
    async def talk() -> types.InitializeResult:
        mine = Editor(tree)
        answer = await mine.start()
        assert await mine.stop() == 0
        return answer

    assert asyncio.run(talk()).capabilities.position_encoding == types.PositionEncodingKind.Utf16


def test_files_of_no_kernel_are_left_alone(tree: Path) -> None:
    other = tree.parent / "other.c"
    other.write_text("int main(void)\n{\n\treturn 0;\n}\n")

    async def talk(mine: Editor) -> None:
        outside = f"../{other.name}"
        mine.open(outside)
        mine.edit(outside, "int main(void)\n{\n}\n")
        assert await mine.hover(outside, 1) == ""
        assert await mine.definition(outside, 1) == []
        mine.open("Makefile")
        mine.close(outside)
        mine.open(_RMAP)
        await mine.shown(_RMAP)
        assert mine.uri("Makefile") not in mine.diagnostics

    _talk(tree, talk)


def test_rules_and_scopes_may_be_chosen(tree: Path) -> None:
    async def talk(mine: Editor) -> None:
        mine.open("fs/hugetlbfs/inode.c")  # Not in the scope.
        mine.open(_RMAP)
        assert {rule for _, rule in await mine.shown(_RMAP)} == {_UNPAIRED}
        assert list(mine.diagnostics) == [mine.uri(_RMAP)]

    _talk(tree, talk, "--scope", "mm", "--select", "notifier")


def test_a_slip_of_the_user_is_told_and_ends_nothing(tree: Path) -> None:
    async def talk() -> Editor:
        async with editor(tree, "--select", "no/such-rule") as mine:
            mine.open(_RMAP)
            await mine.until(lambda: bool(mine.messages))
            assert await mine.hover(_RMAP, 1) == ""
        return mine

    mine = asyncio.run(talk())
    assert mine.status == 0
    assert [each for each in mine.messages if "no/such-rule" not in each] == []


def test_the_server_ends_while_it_reads(tree: Path) -> None:
    async def talk(mine: Editor) -> None:
        mine.open(_RMAP)
        await mine.until(lambda: bool(mine.progress))

    _talk(tree, talk)


def _complains(*asked: tuple[str, int | None, dict[str, object] | None], hears: bool) -> str:
    """What a server writes to its standard error that is told this and then left alone."""
    program = "from analyzer.cli.main import main; main()"
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    with subprocess.Popen([sys.executable, "-c", program, "lsp"], **pipes) as server:
        assert server.stdin is not None and server.stdout is not None
        if not hears:
            server.stdout.close()
        for method, number, params in asked:
            message = {"jsonrpc": "2.0", "method": method, "params": params}
            body = json.dumps(message if number is None else {**message, "id": number})
            server.stdin.write(f"Content-Length: {len(body)}\r\n\r\n{body}".encode())
        _, errors = server.communicate(timeout=PATIENCE)
    return errors.decode()


_HELLO = ("initialize", 1, {"processId": None, "rootUri": None, "capabilities": {}})


def test_a_client_that_is_gone_is_no_error() -> None:
    assert _complains(_HELLO, hears=False) == ""


def test_settings_that_a_client_sends_are_no_error() -> None:
    settings = ("workspace/didChangeConfiguration", None, {"settings": {}})
    assert _complains(_HELLO, ("initialized", None, {}), settings, hears=True) == ""


def test_without_pygls_it_says_what_to_install() -> None:
    def found(name: str, package: str | None = None) -> ModuleSpec | None:
        return None if name == "pygls" else find_spec(name, package)

    with patch("analyzer.cli.lsp.find_spec", found):
        outcome = zaplint("lsp")
    assert outcome.status == 2
    assert "pip install 'zaplint[lsp]'" in outcome.errors
