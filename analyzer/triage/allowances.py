"""Comments that allow: `zaplint: allow <rule>: <reason>`, understood or said to be wrong."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from analyzer.core import Allowance, Directive, Flaw, Problem, ProblemKind
from analyzer.rulebook.language import close
from analyzer.triage.names import Names

_FORM = "write it as /* zaplint: allow <rule>: <reason> */"
_WORDS = ("allow", "ignore", "disable", "suppress", "off", "nolint")
_HEAD = re.compile(r"zaplint: (\S+)(?: (.*))?")
_REASON = re.compile(r"\w")
_PLACES = {
    Flaw.BEHIND_CODE: (
        "it stands beside code",
        "put it on a line of its own above the statement",
    ),
    Flaw.ABOVE_NOTHING: (
        "it stands above no code",
        "put it on the line above the statement, with no blank line between",
    ),
    Flaw.INSIDE: (
        "it stands within a longer comment",
        "give it a comment of its own, on the line above the statement",
    ),
}


@dataclass(frozen=True, slots=True)
class Slip:
    """What is wrong with a comment, and what to do."""

    directive: Directive
    what: str
    hint: str

    @property
    def problem(self) -> Problem:
        """The same as a problem of the run."""
        text = f"this comment allows nothing: {self.what}; {self.hint}"
        place = self.directive
        return Problem.of(ProblemKind.ALLOWANCE, place.path, place.line, text)


def understood(
    directives: Iterable[Directive], names: Names
) -> tuple[tuple[Allowance, ...], tuple[Slip, ...]]:
    """What the comments allow, and what is wrong with those that allow nothing."""
    read = [_read(each, names) for each in directives]
    allowed = tuple(each for each in read if isinstance(each, Allowance))
    return allowed, tuple(each for each in read if isinstance(each, Slip))


def _read(directive: Directive, names: Names) -> Allowance | Slip:
    head = _HEAD.fullmatch(directive.text)
    if head is None:
        return Slip(directive, "it does not begin with 'zaplint: allow'", _FORM)
    word, rest = head.groups(default="")
    if word != "allow":
        like = f"did you mean 'allow'? {_FORM}" if close(word.rstrip(":"), _WORDS) else _FORM
        return Slip(directive, f"'{word}' is no word of zaplint", like)
    named, _, reason = rest.partition(":")
    words = re.findall(r"[^\s,]+", named)
    if not words:
        return Slip(directive, "it names no rule", _FORM)
    if "," in named or sum("/" in each or bool(names.rule(each)) for each in words) > 1:
        return Slip(directive, "it names several rules", "give each rule a comment of its own")
    if len(words) > 1:
        wrong = f"'{words[0]}' is not followed by a colon"
        return Slip(directive, wrong, _FORM)
    rule = names.rule(words[0])
    if not rule:
        return Slip(directive, *_unknown(words[0], names))
    if not _REASON.search(reason):
        return Slip(directive, f"it gives no reason why {words[0]} may be broken here", _FORM)
    if re.search(r"\bzaplint\s*:", reason):
        return Slip(directive, "it names several rules", "give each rule a comment of its own")
    if directive.flaw is not Flaw.NONE:
        return Slip(directive, *_PLACES[directive.flaw])
    place = (directive.first, directive.last)
    return Allowance(directive.path, directive.line, rule, reason.strip(), *place)


def _unknown(word: str, names: Names) -> tuple[str, str]:
    if names.rules(word):
        return f"'{word}' is a family", "name one rule of it, each in a comment of its own"
    return f"no rule is called '{word}'", names.hint(word)
