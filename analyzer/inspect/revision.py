"""Edits of whole files of a recorded run, as revisions of its program."""

from collections.abc import Mapping
from dataclasses import replace
from typing import NamedTuple

from analyzer.core import Location, Obligation, Step, once_in_order
from analyzer.dataflow.changed import Revision
from analyzer.dataflow.recorded import ANYTHING, Key, body, head
from analyzer.inspect.recorded import RecordedRun
from analyzer.ir import FunctionHead
from analyzer.pipeline import World
from analyzer.program import FunctionRef, Program
from analyzer.summary.revised import Revised, Unit, revised


class RevisedFiles(NamedTuple):
    """A revision of a program, and how its files were laid out."""

    revision: Revision
    files: dict[str, Revised]

    def world(self, world: World, texts: Mapping[str, bytes | None]) -> World:
        """A world with the edited files as they are, not laid out; `texts` has theirs."""
        units, contents = dict(world.reading.units), dict(world.reading.texts)
        for path, file in self.files.items():
            text = texts[path]
            assert text is not None
            contents[path], units[path] = text, file.unit.edited
        reading = replace(world.reading, units=units, texts=contents)
        return replace(world, reading=reading, program=self.revision.program)

    def placed(self, obligations: tuple[Obligation, ...]) -> tuple[Obligation, ...]:
        """The obligations, in canonical order, where they are in the edited files."""
        return once_in_order(self._placed(each) for each in obligations)

    def _placed(self, each: Obligation) -> Obligation:
        return replace(
            each,
            location=self.location(each.location),
            evidence=tuple(map(self.step, each.evidence)),
            path=tuple(map(self.step, each.path)),
        )

    def step(self, step: Step) -> Step:
        """A step, where it is in the edited files."""
        return replace(step, location=self.location(step.location))

    def location(self, location: Location) -> Location:
        """A place, where it is in the edited files."""
        file = self.files.get(location.path)
        if file is None:
            return location
        line = file.lines.line(location.line)
        return replace(location, line=line, end_line=line + location.end_line - location.line)

    def laid_out(self, path: str, line: int) -> int | None:
        """The line of the laid out file that a line of the edited one is; None outside of
        functions.
        """
        file = self.files.get(path)
        if file is None:
            return line
        head = file.unit.head
        for each in head.functions:
            first, last = head.lines.line(each.start), head.lines.line(max(each.end - 1, 0))
            at = first + line - file.lines.line(first)
            if each.name and first <= at <= last:
                return at
        return None


def revised_files(run: RecordedRun, texts: Mapping[str, bytes]) -> RevisedFiles | None:
    """The revision in which files have other texts; None where it is more than an edit of
    functions in files that were read.
    """
    files: dict[str, Revised] = {}
    for path, text in texts.items():
        found = None if path.endswith(".h") else revised(run.world.reading, path, text)
        if found is None:
            return None
        files[path] = found
    return laid_out(run, files)


def laid_out(run: RecordedRun, files: dict[str, Revised]) -> RevisedFiles | None:
    """The revision in which these files are laid out; None where it decides what exists."""
    program, reading = run.program, run.world.reading
    units: dict[str, Unit] = dict(reading.units)
    contents = {**reading.texts, **{path: file.text for path, file in files.items()}}
    others = {path: _others(path, file) for path, file in files.items()}
    everyone = frozenset().union(*others.values())
    units.update((path, file.unit) for path, file in files.items())
    after = program.revised(units, contents, everyone)
    keys: set[Key] = {ANYTHING} if files else set()
    edges = False
    for path, file in files.items():
        more, moved = _keys(program, after, (path, file))
        keys |= more
        edges = edges or moved
    names = {key.name for key in keys if key.kind in ("mentions", "named")} & program.asked
    if any(program.declares(name) != after.declares(name) for name in sorted(names)):
        return None  # What exists in a tree decides what the rules and the models are.
    return RevisedFiles(Revision(after, frozenset(keys), _new(files), edges), files)


def _others(path: str, file: Revised) -> frozenset[FunctionRef]:
    indices = (*file.changed, *file.gone, *file.new)
    return frozenset(FunctionRef(path, index) for index in indices)


def _new(files: dict[str, Revised]) -> frozenset[FunctionRef]:
    return frozenset(FunctionRef(path, index) for path, file in files.items() for index in file.new)


def _keys(before: Program, after: Program, edit: tuple[str, Revised]) -> tuple[set[Key], bool]:
    """What is given otherwise by the edit of one file, and whether calls may be others."""
    path, file = edit
    keys = {head(FunctionRef(path, index)) for index in file.silent}
    edges = False
    for index in file.changed:
        ref = FunctionRef(path, index)
        old, new = before.head(ref), after.head(ref)
        keys.add(body(ref))
        keys |= _mentions(frozenset(old.names) ^ frozenset(new.names))
        keys |= _mentions(frozenset(old.calls) ^ frozenset(new.calls))
        keys |= _assigned(before, after, (ref, ref))
        edges = edges or old.calls != new.calls
    for index in file.gone:
        keys.add(body(FunctionRef(path, index)))
        keys |= _whole(before, FunctionRef(path, index))
    for index in file.new:
        keys |= _whole(after, FunctionRef(path, index))
    return keys, edges or bool(file.gone or file.new)


def _whole(program: Program, ref: FunctionRef) -> set[Key]:
    """What a definition gives that comes or goes as a whole."""
    found: FunctionHead = program.head(ref)
    words = {word for each in found.parameters for word in each.type.replace("*", " ").split()}
    return {
        Key("named", name=found.name),
        *_mentions(frozenset((found.name, *found.names, *found.calls))),
        *(Key("typed", name=word) for word in words),
        *_assigned(program, program, (ref, None)),
    }


def _mentions(names: frozenset[str]) -> set[Key]:
    return {Key("mentions", name=name) for name in names}


def _assigned(
    before: Program, after: Program, refs: tuple[FunctionRef, FunctionRef | None]
) -> set[Key]:
    """The fields that two definitions assign otherwise, or that one does."""
    old = before.assigned(before.source(refs[0]))
    new = after.assigned(after.source(refs[1])) if refs[1] is not None else {}
    fields = {field for field in old.keys() | new.keys() if old.get(field) != new.get(field)}
    return {Key("assigned", name=field.decode("latin-1")) for field in fields}
