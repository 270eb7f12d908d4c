"""A changed world and one made from scratch, to be held against each other."""

import random
from dataclasses import replace
from pathlib import Path

from analyzer.core import Obligation
from analyzer.dataflow.changed import Edit
from analyzer.inspect.mutate import Spot, edit_of
from analyzer.inspect.recorded import RecordedRun
from analyzer.ir.without import places
from analyzer.pipeline import (
    Book,
    Request,
    World,
    applied_clauses,
    checkers_of,
    declares_of,
    judge,
    load_book,
    read_world,
)
from analyzer.program.edited import EditedProgram
from analyzer.rulebook import chosen, resolve


class Both:
    """A run of a tree, and the same from scratch after each edit."""

    def __init__(self, tree: Path, scopes: tuple[str, ...] = (), select: tuple[str, ...] = ()):
        self.request = Request(tree, scopes, select)
        loaded = load_book()
        self.book = Book(chosen(loaded.rulebook, select, ()), loaded.models)
        self.world = read_world(self.request, self.book)
        release = self.world.tree.release
        resolution = resolve(self.book.rulebook, release, declares_of(self.world, self.book))
        self.applied = applied_clauses(resolution)
        self.run = RecordedRun.linked(self.book, self.world, self.applied)
        self.run.plan()
        self.run.judge(self.request)

    def spots(self, number: int, seed: int) -> list[Spot]:
        """Some places where something can be deleted, in functions that clauses look at."""
        refs = sorted({task.ref for task in self.run.tasks})
        program = self.run.program
        found = [Spot(ref, at) for ref in refs for at in places(program.function(ref))]
        return random.Random(seed).sample(found, min(number, len(found)))

    def edit(self, spot: Spot) -> Edit:
        """The edit that deletes what stands at a spot."""
        return edit_of(self.run.program, (spot,))

    def scratch(self, edit: Edit) -> tuple[Obligation, ...]:
        """The obligations of the edited program, with nothing remembered."""
        program = EditedProgram(self.world.program, edit.bodies, edit.silent)
        world: World = replace(self.world, program=program)
        checkers = checkers_of(self.book, world, self.applied)
        tasks = [task for each in checkers for task in each.plan()]
        return judge(self.request, world, tasks)[0]
