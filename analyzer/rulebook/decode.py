"""Reads one rule file: TOML to a Rule. The fields of a clause's class are its keys."""

import re
from collections.abc import Callable
from dataclasses import dataclass, fields
from typing import TypeVar

from analyzer.checkers.families import Balance
from analyzer.checkers.property import (
    AnyOf,
    Clause,
    Common,
    Condition,
    Contracts,
    EventPattern,
    Follow,
    Forbid,
    Order,
    Pair,
    Require,
)
from analyzer.checkers.scope import Exemption, Scope
from analyzer.core import Level, ReleaseRange, RuleInfo, every
from analyzer.rulebook.language import Words, close, parse_condition, parse_event, parse_lock
from analyzer.rulebook.model import Rule
from analyzer.rulebook.order import read_order
from analyzer.rulebook.pairs import FAMILY_KEYS, check_pair, hand_over, is_near, one_each
from analyzer.rulebook.table import Table, read_table
from analyzer.rulebook.terms import holes, unbound

_T = TypeVar("_T")

_KINDS = {
    "require": Require,
    "forbid": Forbid,
    "follow": Follow,
    "pair": Pair,
    "contract": Contracts,
    "order": Order,
}
_KEYS = {
    "start": "from",
    "callers": "look",
    "exemptions": "except",
    "functions": "in",
    "preview": "stage",
}
_NOT_KEYS = ("common", "scope", "line")
_LEVELS = tuple(level.value for level in Level)
_VERDICTS = ("proved", "open")
_LOOKS = ("callers", "function")
_SAYS = ("function", "callee", "lock", "demander", "outer", "inner")
_INFO = ("code", "title", "level", "what", "why", "fix", "references", "bad", "good")
_STAGES = ("stable", "preview")
_SCOPE = ("kernel", "declares", "lacks", "in", "files")
_HINTS = {
    "at": 'name the event at which it must hold, for example "set_pte_at($mm, _, $slot, _)"',
    "needs": 'name the condition, for example "held(pte_lock, $slot)"',
    "never": 'name the condition that is wrong there, for example "!pte_present($v)"',
    "after": 'name the event that starts it, for example "$old = ptep_get_and_clear(_, _, $slot)"',
    "then": "name the event that is due",
    "before": 'name the event that is too late, for example "release(pte_lock($slot))"',
    "locks": 'name the lock classes to look at, for example ["mmap_lock", "folio_lock"]',
    "open": 'name the event that opens, for example "acquire(notifier_range, $r)"',
    "close": 'name the event that closes, for example "release(notifier_range, $r)"',
}


_Made = tuple["_Frame", tuple[Clause, ...]]


def decode(text: str, id: str, file: str, words: Words) -> Rule:
    """The rule of a TOML text. Raises UserError, naming file and line, for what it cannot read."""
    table = read_table(text, file)
    _, ((frame, clauses),) = every(lambda read: read(table, words), (_allow, _made))
    if not clauses:
        raise table.error(
            "the rule has no clause",
            "write [[require]], [[forbid]], [[follow]], [[pair]], [[contract]] or [[order]]",
        )
    info = RuleInfo(
        id=id,
        code=table.text("code"),
        title=frame.title,
        level=frame.level,
        what=_prose(table, "what"),
        why=_prose(table, "why"),
        fix=_prose(table, "fix"),
        references=table.texts("references"),
        kernel=str(frame.scope.kernel),
        bad=table.text("bad").strip("\n"),
        good=table.text("good").strip("\n"),
    )
    first = min(clause.common.line for clause in clauses)
    return Rule(
        info=info,
        clauses=clauses,
        scope=frame.scope,
        expect_sites=_expect(table),
        census=_prose(table, "census"),
        file=file,
        text="\n".join(text.splitlines()[first - 1 :]).strip(),
        preview=_in_preview(table),
    )


def _in_preview(table: Table) -> bool:
    return table.choice("stage", _STAGES, "stable") == "preview"


@dataclass(frozen=True, slots=True)
class _Frame:
    """What the file says for all of its clauses."""

    scope: Scope
    level: Level
    title: str


def read_scope(table: Table, outer: Scope) -> Scope:
    """The scope of a table inside an outer one: `in` and `files` replace, the others add."""
    return Scope(
        functions=table.texts("in") or outer.functions,
        files=table.texts("files") or outer.files,
        declares=(*outer.declares, *table.texts("declares")),
        lacks=(*outer.lacks, *table.texts("lacks")),
        kernel=ReleaseRange((*outer.kernel.bounds, *table.releases().bounds)),
    )


def _made(table: Table, words: Words) -> tuple[_Made]:
    """What the clauses share, and the clauses."""
    scope = _checked_scope(table, Scope(), words)
    level = Level(table.choice("level", _LEVELS, "error"))
    title = table.needed("title", "say in one line what the rule finds")
    frame = _Frame(scope, level, title)
    tables = [
        (kind, each)
        for kind, clause in _in_order(table)
        for each in (one_each(clause, words) if "families" in clause.values else (clause,))
    ]
    clauses = every(lambda one: _clause(one[1], one[0], words, frame), tables)
    for one, two, (_, late) in zip(clauses, clauses[1:], tables[1:], strict=False):
        if one.common.preview and not two.common.preview:
            raise late.error(
                "the clause stands behind one in preview",
                "move those in preview to the end: a clause is called by its position",
            )
    return ((frame, clauses),)


def _allow(table: Table, _words: Words) -> tuple[()]:
    known = (*_INFO, *_SCOPE, "census", "expect_sites", "stage", *_KINDS)
    for key, value in table.values.items():
        tables = isinstance(value, list) and value and all(isinstance(one, dict) for one in value)
        if key not in known and (tables or isinstance(value, dict)):
            raise table.error(f"unknown kind '{key}'", "one of: " + ", ".join(_KINDS), key)
    table.allow(known)
    return ()


def _in_order(table: Table) -> list[tuple[str, Table]]:
    """The clauses of all kinds in the order in which they stand in the file."""
    found = [(kind, clause) for kind in _KINDS for clause in table.tables(kind)]
    return sorted(found, key=lambda one: one[1].line())


def _prose(table: Table, key: str) -> str:
    return table.text(key).strip()


def _expect(table: Table) -> tuple[tuple[ReleaseRange, int], ...]:
    value = table.values.get("expect_sites", {})
    counts = {"": value} if isinstance(value, int) else value
    if not isinstance(counts, dict) or not all(isinstance(n, int) for n in counts.values()):
        raise table.error(
            "'expect_sites' is neither a number nor a table of them",
            'write expect_sites = 3 or expect_sites = { ">=5.19" = 3 }',
            "expect_sites",
        )
    return tuple((table.parse_releases(text, "expect_sites"), n) for text, n in counts.items())


def _keys(kind: str) -> tuple[str, ...]:
    """The keys of a clause: the fields of its class, of Common and Scope, by their TOML names."""
    own = (*fields(_KINDS[kind]), *fields(Common), *fields(Scope))
    names = tuple(_KEYS.get(one.name, one.name) for one in own if one.name not in _NOT_KEYS)
    return (*names, *FAMILY_KEYS) if kind == "pair" else names


def _clause(table: Table, kind: str, words: Words, frame: _Frame) -> Clause:
    table.allow(_keys(kind))
    reader = _Reader(table, words)
    clause: Clause
    match kind:
        case "require":
            start = reader.event_or_none("from")
            at = reader.event("at")
            common = _common(reader, frame, holes(start, at))
            callers = table.choice("look", _LOOKS, "callers") == "callers"
            clause = Require(common, at, reader.condition("needs"), start, callers)
            reader.check_bound(clause.needs, "needs")
        case "forbid":
            at = reader.event("at")
            common = _common(reader, frame, holes(at))
            callers = table.choice("look", _LOOKS, "function") == "callers"
            clause = Forbid(common, at, reader.condition("never"), callers)
            reader.check_bound(clause.never, "never")
        case "follow":
            after = reader.event("after")
            then = reader.event("then", because=True)
            before = reader.events("before")
            common = _common(reader, frame, holes(after, then))
            held = table.text("held")
            if held:
                held = table.read(held, "lock", lambda text: parse_lock(text, words), "held")
            clause = Follow(common, after, then, before, held)
        case "contract":
            common = _common(reader, frame, ())
            clause = Contracts(
                common, reader.locks("locks"), table.texts("exclusive"), table.texts("foreign")
            )
        case "order":
            clause = read_order(table, words, _common(reader, frame, ()))
        case _:
            opening = reader.event("open")
            closing = reader.event("close", because=True)
            check_pair(table, opening, closing)
            common = _common(reader, frame, holes(opening, closing))
            clause = Pair(common, opening, closing, hand_over(table))
            if "families" in table.values:
                clause = Balance(common, opening, closing, hand_over(table), is_near(table))
    reader.check_says(clause.common.says)
    return clause


def _common(reader: "_Reader", frame: _Frame, bound: tuple[str, ...]) -> Common:
    table = reader.table
    reader.bound = bound
    given = reader.condition_or_none("given")
    reader.bound = tuple(dict.fromkeys((*bound, *holes(given))))
    return Common(
        says=table.text("says").strip() or f"{{function}}(): {frame.title}",
        level=Level(table.choice("level", _LEVELS, frame.level.value)),
        scope=_checked_scope(table, frame.scope, reader.words),
        given=given,
        unless=reader.condition_or_none("unless"),
        exemptions=_exemptions(table),
        line=table.line(),
        preview=_in_preview(table),
    )


def _checked_scope(table: Table, outer: Scope, words: Words) -> Scope:
    scope = read_scope(table, outer)
    for name in scope.functions:
        if not name.startswith("@"):
            continue
        role = words.roles.get(name[1:])
        if role is None:
            like = close(name[1:], tuple(words.roles))
            hint = f"did you mean '@{like}'? " if like else ""
            raise table.error(
                f"role '{name}' is not in the vocabulary",
                f"{hint}see rules/models/vocabulary.toml",
                "in",
            )
        if not role.functions:
            raise table.error(
                f"role '{name}' lists events, not functions", "in = names functions", "in"
            )
    return scope


def _exemptions(table: Table) -> tuple[Exemption, ...]:
    found = []
    for one in table.tables("except", "an exception"):
        one.allow(field.name for field in fields(Exemption))
        function = one.needed("function", 'function = "name or glob"')
        if not one.text("reason").strip():
            raise one.error(
                f"exception of '{function}' gives no reason", 'reason = "why this code is correct"'
            )
        verdict = one.choice("verdict", _VERDICTS, "proved")
        found.append(Exemption(function, one.text("reason").strip(), verdict, one.releases()))
    return tuple(found)


class _Reader:
    """Reads the events and conditions of one clause."""

    def __init__(self, table: Table, words: Words) -> None:
        self.table = table
        self.words = words
        self.bound: tuple[str, ...] = ()

    def event(self, key: str, *, because: bool = False) -> EventPattern:
        """The event of a key that must be there; `because` names a key that is, in the error."""
        return self._read(self._text(key, because=because), "event", parse_event, key)

    def event_or_none(self, key: str) -> EventPattern | None:
        return (
            self._read(self.table.text(key), "event", parse_event, key)
            if key in self.table.values
            else None
        )

    def events(self, key: str) -> tuple[EventPattern, ...]:
        """The events of a key that is one text or a list; `||` at their top makes more of them."""
        texts = self.table.texts(key)
        if not texts:
            self._text(key, because=True)
        several = isinstance(self.table.values[key], list)
        found: list[EventPattern] = []
        for n, text in enumerate(texts):
            event = self._read(text, "event", parse_event, key, *((n,) if several else ()))
            found.extend(event.events if isinstance(event, AnyOf) else (event,))
        return tuple(found)

    def locks(self, key: str) -> tuple[str, ...]:
        """The lock classes of a key that is a list of them."""
        if not self.table.texts(key):
            self._text(key)
        return tuple(
            self._read(text, "lock", parse_lock, key, n)
            for n, text in enumerate(self.table.texts(key))
        )

    def condition(self, key: str) -> Condition:
        return self._read(self._text(key), "condition", parse_condition, key)

    def condition_or_none(self, key: str) -> Condition | None:
        if key not in self.table.values:
            return None
        condition = self.condition(key)
        self.check_bound(condition, key)
        return condition

    def check_bound(self, condition: Condition, key: str) -> None:
        """Raises UserError if a condition uses a hole that nothing binds."""
        for name in unbound(condition, frozenset(self.bound)):
            like = close(name, self.bound)
            listed = (
                "bound here: " + ", ".join(f"${one}" for one in self.bound)
                if self.bound
                else "no hole is bound here"
            )
            hint = (
                f"did you mean '${like}'? {listed}" if like else f"{listed}; write _ for any value"
            )
            raise self.table.error(f"'{key}' uses ${name}, which no event binds", hint, key)

    def check_says(self, says: str) -> None:
        """Raises UserError if the message has braces around anything but a hole or a known word."""
        known = tuple(dict.fromkeys((*_SAYS, *self.bound)))
        for name in re.findall(r"\{([^{}]*)\}", says):
            if name not in known:
                like = close(name, known)
                hint = f"did you mean '{{{like}}}'? " if like else ""
                raise self.table.error(
                    f"'says' uses {{{name}}}, which nothing fills in",
                    f"{hint}known here: {', '.join(known)}",
                    "says",
                )

    def _text(self, key: str, *, because: bool = False) -> str:
        text = self.table.text(key).strip()
        if text:
            return self.table.text(key)
        there = next((one for one in ("then", "after", "open") if one in self.table.values), "")
        problem = (
            f"{self.table.label} has '{there}' but no '{key}'"
            if because and there != key and there
            else ""
        )
        raise self.table.error(problem or f"{self.table.label} has no '{key}'", _HINTS[key])

    def _read(
        self, text: str, what: str, parse: Callable[[str, Words], _T], *keys: str | int
    ) -> _T:
        return self.table.read(text, what, lambda one: parse(one, self.words), *keys)
