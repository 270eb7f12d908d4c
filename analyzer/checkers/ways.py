"""The ways into a function: who calls it, by name, through a pointer or from outside, and what each
of them answers to a question.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import TypeAlias

from analyzer.checkers.callsites import CallSites, through_parameter
from analyzer.checkers.conditions import Answer, Tri
from analyzer.checkers.describe import Describer, place_of
from analyzer.checkers.due import Due, called_by, is_excused
from analyzer.checkers.duewatch import watched
from analyzer.checkers.histories import Histories
from analyzer.checkers.question import Demand, Question
from analyzer.checkers.watch import RANK, hindrance
from analyzer.core import Step
from analyzer.dataflow import Analysis, Simulation
from analyzer.program import FunctionRef


@dataclass(frozen=True, slots=True)
class Way:
    """One way in, and its answer. With `above` the callers of `caller` must be asked instead;
    `place` is the call, in bytes, and None where the function is entered from outside. `unread` is
    the function whose callers stand in files that were not read, if that is the doubt.
    """

    tri: Tri
    steps: tuple[Step, ...]
    reason: str
    caller: FunctionRef | None = None
    place: tuple[int, int] | None = None
    callee: str = ""
    above: tuple[Question, ...] = ()
    unread: str = ""


def _unsure(reason: str) -> Way:
    return Way(Tri.UNSURE, (), reason)


def _unread(name: str) -> Way:
    reason = f"{name}() is called in files that were not read"
    return Way(Tri.UNSURE, (), reason, unread=name)


def _is_moot(answer: Answer) -> bool:
    """Whether a call answers because nothing is asked of it: it neither keeps nor breaks it."""
    return bool(answer.proofs) and not any(proof.offset for proof in answer.proofs)


_Found: TypeAlias = dict[tuple[int, int], tuple[Answer, tuple[Question, ...]]]
"""By the place of a call the worst answer there and what is left to ask above."""


def _worse(found: _Found, place: tuple[int, int], answer: Answer, left: Question) -> None:
    """Adds the answer in one state: the worst stands, what is left of each is asked above. One that
    is true in all of them stands with what proves it in each.
    """
    known, asked = found.get(place, (answer, ()))
    if RANK[answer.tri] > RANK[known.tri]:
        known = answer
    elif known.tri is Tri.TRUE and answer.proofs != known.proofs:
        known = replace(known, proofs=tuple(dict.fromkeys((*known.proofs, *answer.proofs))))
    if answer.tri is Tri.ABSENT and left not in asked:
        asked = (*asked, left)
    found[place] = (known, asked)


class Ways:
    """Finds the ways into functions; what was found is kept for the run. `sites` are the states at
    the calls of the callers.
    """

    def __init__(self, analysis: Analysis, flags: dict[str, tuple[str, ...]]) -> None:
        self._analysis = analysis
        self._program = analysis.program
        self._flags = flags
        self.sites = CallSites(analysis, flags)
        self._histories = Histories(analysis, flags)
        self._known: dict[tuple[FunctionRef, str], tuple[Way, ...]] = {}

    def into(self, ref: FunctionRef, question: Question) -> tuple[Way, ...]:
        """Every way into `ref` with its answer to a question about the parameters of `ref`."""
        key = (ref, repr(question))
        found = self._known.get(key)
        if found is None:
            found = self._known[key] = tuple(self._ways(ref, question))
        return found

    def _ways(self, ref: FunctionRef, question: Question) -> Iterator[Way]:
        head = self._program.head(ref)
        held = self._analysis.pointers.held(head.name)
        by_name: tuple[FunctionRef, ...] = self._analysis.graph.callers(ref)
        followed = question.cautious  # to where it is given to somebody who calls it
        if isinstance(question, Due):
            by_name, followed = called_by(self._analysis, ref), True
        callers = tuple(sorted({*by_name, *held.locals}))
        meant = self._program.resolve(head.name, ref.path)
        if question.cautious and meant != ref:
            if not isinstance(question, Demand) or meant is None or meant.path != ref.path:
                yield _unsure(f"callers mean another variant of {head.name}()")
                return
            question = replace(question, variant=head.name)
        if question.cautious and self._is_unused(ref) and not callers:
            return
        if head.entry or not (callers or held.fields or held.escapes or held.passed):
            yield self._root(ref, question)
        elif held.escapes or (not followed and held.passed):
            yield _unsure(f"{head.name}() is passed to a function")
        elif question.cautious and self._called_outside(ref):
            yield _unread(head.name)
        for target, index, path in sorted(held.passed) if followed else ():
            yield from self._passed(ref, (target, index, path), question)
        for field in sorted(held.fields):
            yield from self._through(ref, field, question)
        for caller in callers:
            yield from self._calls(caller, (ref, (head.name,)), question)

    def _called_outside(self, ref: FunctionRef) -> bool:
        """Whether files that were not read may call it."""
        head = self._program.head(ref)
        own = head.static and not ref.path.endswith(".h")
        return not own and self._analysis.outside.may_mention(head.name)

    def _is_unused(self, ref: FunctionRef) -> bool:
        """Whether it is an inline function of a header that nothing mentions."""
        head = self._program.head(ref)
        return (
            head.static
            and ref.path.endswith(".h")
            and self._analysis.whole
            and not self._called_outside(ref)
            and not self._program.mentions(head.name)
        )

    def _passed(
        self, ref: FunctionRef, to: tuple[str, int, str], question: Question
    ) -> Iterator[Way]:
        """The replies of those who call a function that they were given."""
        name = self._program.head(ref).name
        target, index, path = to
        if self._analysis.starts(target):
            yield self._entered(ref, f"{name}() is started by {target}()", question)
            return
        runs = self._analysis.pointers.runs(target, path, index)
        if not runs:
            yield _unsure(f"{name}() is passed to {target or 'a pointer'}()")
            return
        for caller, position in runs:
            yield from self._calls(caller, (ref, (through_parameter(position),)), question)

    def _through(self, ref: FunctionRef, field: str, question: Question) -> Iterator[Way]:
        """The replies of those who call through a field that holds the function."""
        name = self._program.head(ref).name
        places = self._analysis.pointers.calls(field)
        if places:
            for caller in places:
                yield from self._calls(caller, (ref, (field,)), question)
                # The struct of the pointer is not known: another field of that name may be meant.
                for way in self._calls(caller, (ref, ("." + field.partition(".")[2],)), question):
                    lax = question.cautious and way.tri is Tri.ABSENT
                    yield _unsure(f"{name}() may be called through {field}") if lax else way
        elif question.cautious or question.vague:
            yield _unsure(f"{name}() is called through {field}, by whom is not known")
        else:
            yield self._entered(ref, f"{name}() is entered through {field}", question)

    def _calls(
        self, caller: FunctionRef, callee: tuple[FunctionRef, tuple[str, ...]], question: Question
    ) -> Iterator[Way]:
        """One way for each call in `caller`."""
        ref, names = callee
        name = self._program.head(ref).name
        if isinstance(question, Due):
            yield from self._behind(caller, (name, names), question)
            return
        if question.conditions():
            run, found = self._watched(caller, names, question)
        else:
            run, found = self._recorded(caller, (name, names), question)
        for place, (answer, left) in sorted(found.items(), key=lambda item: item[0]):
            if question.cautious and answer.tri is Tri.TRUE and _is_moot(answer):
                continue
            step = self._step(caller, place, f"calls {name}()")
            tri, reason, above = answer.tri, answer.reason, left
            steps: tuple[Step, ...] = (step,)
            if tri is Tri.TRUE:
                steps = (step, *self._proofs(caller, answer))
            elif not run.precise:
                tri, reason = Tri.UNSURE, f"{run.function.name}() has too many states"
            elif tri is Tri.FALSE:
                tri = Tri.ABSENT
            if tri is not Tri.ABSENT or answer.tri is Tri.FALSE:
                above = ()
            yield Way(tri, steps, reason, caller, place, name, above)

    def _behind(
        self, caller: FunctionRef, callee: tuple[str, tuple[str, ...]], due: Due
    ) -> Iterator[Way]:
        """One way for each call in `caller`, by what comes behind it."""
        name, names = callee
        if is_excused(self._analysis, caller, due.clause):
            head = self._program.head(caller)
            yield Way(Tri.TRUE, (self._step(caller, (head.start, head.end), "is right"),), "")
            return
        watch = watched(self._analysis, caller, (due, frozenset(names)), self._flags)
        for place, site in sorted(watch.found.items(), key=lambda item: item[0]):
            step = self._step(caller, place, f"calls {name}()")
            tri, reason = site.answer.tri, site.answer.reason
            steps: tuple[Step, ...] = (step,)
            above: tuple[Question, ...] = ()
            if tri is Tri.TRUE:
                steps = (step, *self._proofs(caller, Answer(tri, tuple(site.proofs))))
            elif why := hindrance(watch.run):
                tri, reason = Tri.UNSURE, why
            elif tri is Tri.FALSE:
                tri = Tri.ABSENT
                steps = Describer(self._program, caller, watch.run, watch.names).path(
                    site.bad, None
                )
            elif tri is Tri.ABSENT:
                above = watch.dues(place)
            yield Way(tri, steps, reason, caller, place, name, above)

    def _watched(
        self, caller: FunctionRef, names: tuple[str, ...], question: Question
    ) -> tuple[Simulation, _Found]:
        """The answers at the calls of a function, in all states of a run that watches the
        events of the question.
        """
        history = self._histories.of(caller, question.conditions())
        run = history.run
        found: _Found = {}
        for name in names:
            for call in history.calls.get(name, ()):
                state = call.state.copy()
                here = question.translated(run, state, call.args, names[0])
                answer, left = here.answer(history.conditions, state)
                _worse(found, (call.start, call.end), answer, left)
        return run, found

    def _recorded(
        self, caller: FunctionRef, callee: tuple[str, tuple[str, ...]], question: Question
    ) -> tuple[Simulation, _Found]:
        """The answers at the calls of a function, in the states that were kept of it."""
        name, names = callee
        record = self.sites.of(caller)
        found: _Found = {}
        for each in names:
            for call in record.calls.get(each, {}).values():
                here = question.translated(record.run, call.state, call.args, name)
                if call.callee is not None:
                    function = record.run.universe.make("function", name)
                    here = here.through(call.callee, function, record.run)
                answer, left = here.answer(record.conditions, call.state)
                _worse(found, (call.start, call.end), answer, left)
        return record.run, found

    def _proofs(self, ref: FunctionRef, answer: Answer) -> tuple[Step, ...]:
        places = (
            (place_of(proof, self._program.head(ref)), proof.text)
            for proof in answer.proofs
            if proof.offset
        )
        steps = (self._step(ref, (at, at + 1), text or "established here") for at, text in places)
        return tuple(replace(step, proof=True) for step in steps)

    def _root(self, ref: FunctionRef, question: Question) -> Way:
        """A function that is called from outside: nothing is held there, if it is known how it is
        entered.
        """
        head = self._program.head(ref)
        if head.entry:
            return self._entered(ref, f"{head.name}() is entered as {head.entry}", question)
        if self._pointed_at(ref):
            return _unsure(f"{head.name}() is reached through a pointer")
        if self._called_outside(ref):
            return _unread(head.name)
        if self._is_in_a_macro(head.name):
            return _unsure(f"{head.name}() is named by a macro that is not followed")
        if head.name in self._program.file(ref.path).named:
            if question.cautious:
                return _unsure(f"{head.name}() is given away outside of functions")
            return self._entered(ref, f"{head.name}() is given away outside of functions", question)
        if head.exported:
            return _unsure(f"{head.name}() is exported and no caller was read")
        local = head.static and not ref.path.endswith(".h")
        if question.cautious and not self._analysis.complete and not local:
            return _unsure(f"no caller of {head.name}() was read")
        if question.cautious:
            return _unsure(f"nothing calls {head.name}()")
        if self._analysis.whole or local:
            return self._entered(ref, f"nothing calls {head.name}()", question)
        return _unsure(f"no caller of {head.name}() was read")

    def _entered(self, ref: FunctionRef, words: str, question: Question) -> Way:
        head = self._program.head(ref)
        place = self._step(ref, (head.name_start, head.name_start + len(head.name)), "")
        steps = (Step(place.location, head.name, words),)
        doubt = question.doubt()
        return Way(Tri.UNSURE if doubt else question.at_root, steps, doubt)

    def _pointed_at(self, ref: FunctionRef) -> bool:
        """Whether some function mentions it other than by a call; a parameter of its name hides
        it.
        """
        name = self._program.head(ref).name
        heads = map(self._program.head, self._program.mentions(name))
        return any(
            name not in head.calls and all(name != each.name for each in head.parameters)
            for head in heads
        )

    def _is_in_a_macro(self, name: str) -> bool:
        """Whether the body of a macro names it."""
        word = re.compile(rf"\b{name}\b")
        return any(
            macro.name != name and name in macro.body and word.search(macro.body) is not None
            for path in self._program.paths
            for macro in self._program.file(path).macros
        )

    def _step(self, ref: FunctionRef, place: tuple[int, int], text: str) -> Step:
        location = self._program.location(ref.path, *place)
        return Step(location, self._program.head(ref).name, text)
