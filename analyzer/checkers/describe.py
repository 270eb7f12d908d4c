"""Words for findings: messages with the user's names, paths as steps, subjects that survive
unrelated edits.
"""

import re
from dataclasses import replace

from analyzer.checkers.conditions import NAME, Proof
from analyzer.checkers.watch import Site
from analyzer.core import Step
from analyzer.dataflow import Simulation
from analyzer.dataflow.state import Trail
from analyzer.dataflow.values import Value
from analyzer.ir import Call, FunctionHead, Result, Variable, Write, calls
from analyzer.program import FunctionRef, Program

_MAX_STEPS = 24
_MAX_TEXT = 80


def filled(says: str, names: dict[str, str]) -> str:
    """A message with its holes filled in; a hole without a name stays as a word."""
    return re.sub(r"\{(\w+)\}", lambda match: names.get(match[1], match[1]), says)


def place_of(proof: Proof, head: FunctionHead) -> int:
    """The byte offset of a proof in the function of `head`."""
    return head.name_start if proof.offset == NAME else proof.offset


class Describer:
    """Describes what happens in one function."""

    def __init__(
        self, program: Program, ref: FunctionRef, run: Simulation, names: dict[Value, str]
    ) -> None:
        self._names = names
        self._program = program
        self._ref = ref
        self._run = run
        self._calls = {call.id: call for call in calls(run.function)}

    def message(self, says: str, site: Site) -> str:
        """The message of a site: `{function}`, `{callee}` and the holes filled in."""
        names = {"function": site.function, "callee": self._callee(site)}
        for name, value in site.binding:
            names[name] = self.name(value)
        return filled(says, names)

    def subject(self, site: Site) -> str:
        """What the obligation is about, without places: the callee and the names of the holes."""
        parts = [f"{name}={self.name(value)}" for name, value in site.binding]
        return " ".join([self._callee(site), *parts]).strip()

    def _callee(self, site: Site) -> str:
        for call in self._calls.values():
            if call.start == site.start and isinstance(call.callee, Variable):
                return call.callee.name
        return ""

    def name(self, value: Value) -> str:
        """A value as the source calls it: results by the variable that holds them or the call's
        text.
        """
        known = self._names.get(value)
        if known is not None:
            return known
        if value.kind == "app":
            args = (self.name(arg) if isinstance(arg, Value) else "" for arg in value.args[1:])
            return f"{value.args[0]}({', '.join(args)})"
        if value.kind in ("result", "fresh", "prev"):
            number = next((arg for arg in value.args if isinstance(arg, int)), None)
            call = None if number is None else self._calls.get(number)
            if call is not None:
                return self._variable(call) or self._text(call.start, call.end)
        if value.kind in ("phi", "undef") and isinstance(value.args[-1], Value):
            return repr(value.args[-1])
        return repr(value).removeprefix("&") if value.kind == "local" else repr(value)

    def _variable(self, call: Call) -> str:
        """The variable that a call's result is stored in first."""
        for block in self._run.function.blocks:
            for event in block.events:
                match event:
                    case Write(Variable(name), Result(call.id)) if not name.startswith("%"):
                        return name
        return ""

    def proofs(self, proofs: tuple[Proof, ...]) -> tuple[Step, ...]:
        """Evidence as steps."""
        head = self._program.head(self._ref)
        places = [(place_of(proof, head), proof.text) for proof in proofs if proof.offset]
        return tuple(
            replace(self._step(at, at + 1, text or "established here"), proof=True)
            for at, text in sorted(places)
        )

    def path(self, trail: Trail | None, end: tuple[int, int] | None) -> tuple[Step, ...]:
        """The steps of a path, oldest first, and then `end`. Of a long path the last are kept."""
        steps: list[Step] = []
        while trail is not None and len(steps) < _MAX_STEPS:
            text = self._words(trail)
            step = self._step(trail.start, trail.end, text)
            step = replace(step, late=trail.kind == "deadline")
            if text and (not steps or steps[-1] != step):
                steps.append(step)
            trail = trail.before
        steps.reverse()
        if end is not None:
            steps.append(self._step(*end, self._text(*end)))
        return tuple(steps)

    def _words(self, step: Trail) -> str:
        text = self._text(step.start, step.end)
        match step.kind:
            case "true":
                return f"goes on when {text}"
            case "false":
                return f"goes on when {text} is false"
            case "case":
                return f"takes a case of {text}"
            case "default":
                return f"takes no case of {text}"
            case "acquire":
                return f"{text} takes {step.text}"
            case "release":
                return f"{text} gives back {step.text}"
            case "site":
                return text
            case "deadline":
                what = "the end of the function" if text == "}" else text
                return f"{what} comes first"
            case "return":
                return "returns"
            case _:
                return ""

    def _text(self, start: int, end: int) -> str:
        text = self._program.text(self._ref.path, start, end)
        return text if len(text) <= _MAX_TEXT else text[: _MAX_TEXT - 4] + " ..."

    def _step(self, start: int, end: int, text: str) -> Step:
        location = self._program.location(self._ref.path, start, end)
        return Step(location, self._run.function.name, text)
