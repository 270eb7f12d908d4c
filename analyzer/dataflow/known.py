"""What simulations are told of names: by models, words of rules and the program, without a run."""

from analyzer.dataflow.globs import Globs
from analyzer.dataflow.linked import Linked, Words
from analyzer.dataflow.locks import LockTable
from analyzer.dataflow.models import Models
from analyzer.dataflow.outside import Outside
from analyzer.dataflow.shape import Shape
from analyzer.ir import Call, Deref, Expr, Field, Function, Index, Variable, calls


class Known:
    """The part of the world of simulations (see `simulate.World`) that asks for no effect."""

    def __init__(
        self, linked: Linked, models: Models, tracked: frozenset[str] | None, words: Words
    ) -> None:
        self._linked = linked
        self.program = linked.program
        self.graph = linked.graph
        self.types = linked.types
        self.pointers = linked.pointers
        self.whole = linked.whole
        self.outside = linked.outside
        self.complete = linked.complete
        self.locks = LockTable(models.locks)
        self._same = frozenset(models.same)
        self._same_fields = frozenset(each.partition(".")[2] for each in models.same)
        self.models = models
        self._tracked = tracked
        self._words = words
        self.classes = words.classes
        self._notable = Globs(tuple(words.events), frozenset())
        self._kinds = frozenset(
            each.kind for each in models.locks if tracked is None or each.name in tracked
        )
        self._bodies = {function.name: function for function in models.functions}
        self._fields = {name.partition("__")[2]: name for name in self._bodies if "__" in name[1:]}
        self._pure = Globs(models.pure, words.predicates.difference(self._bodies))
        self._never_null = Globs(models.never_null, frozenset())
        self._noreturn = Globs(models.noreturn, frozenset())
        self.nonzero = Globs((*models.nonzero, *models.bits), frozenset())
        self.bit = Globs(models.bits, frozenset())
        self._unions = {name: parts for name, *parts in models.unions}
        self.container = Globs(models.containers, frozenset())
        self._starts = Globs(models.starts, frozenset())
        self._tries = Globs(models.tries, frozenset())
        self._fresh = Globs(models.fresh, frozenset())
        self._lockers = self._primitives()
        self.table_functions: dict[str, str] = {}
        for (record, field), functions in linked.program.tables.items():
            for name in functions:
                self.table_functions.setdefault(name, f"{record}.{field}")

    def look_outside(self, outside: Outside, complete: bool) -> None:
        """Is told what the rest of the tree mentions, and whether that is a whole kernel."""
        self._linked = self._linked._replace(outside=outside, complete=complete)
        self.outside = outside
        self.complete = complete

    def _primitives(self) -> frozenset[str]:
        """The modelled functions that touch a tracked lock."""
        return frozenset(
            function.name
            for function in self.models.functions
            if any(self._touches(call) for call in calls(function))
        )

    def _touches(self, call: Call) -> bool:
        name = getattr(call.callee, "name", "")
        if not name.startswith("zl_") or not call.args or not isinstance(call.args[0], Variable):
            return False
        lock = call.args[0].name
        if lock in self.locks.classes and self.tracked(lock):
            return True
        return any(
            each.kind == lock and self.tracked(each.name) for each in self.locks.classes.values()
        )

    def shape(self, function: Function) -> Shape:
        """The order of a function's blocks, and what dies where."""
        return self._linked.shapes.of(function)

    def tracked(self, lock: str) -> bool:
        """Whether locks of this class are followed."""
        return self._tracked is None or lock in self._tracked

    def pure(self, name: str) -> bool:
        """Whether a call of `name` is a pure function of its arguments."""
        return name not in self._bodies and self._pure(name)

    def never_null(self, name: str) -> bool:
        """Whether `name` never returns NULL."""
        return self._never_null(name)

    def may_become(self, kind: str) -> bool:
        """Whether a lock of this primitive kind may be of a tracked class."""
        return kind in self._kinds or (kind == "any" and bool(self._kinds))

    def notable(self, name: str) -> bool:
        """Whether rules speak of calls of `name`."""
        return self._notable(name)

    def may_call(self, name: str, path: str, wanted: frozenset[str]) -> bool:
        """Whether the body of `name`, called from file `path`, calls one of `wanted`."""
        ref = None if self._pure(name) else self.program.resolve(name, path)
        return ref is not None and not wanted.isdisjoint(self.program.head(ref).calls)

    def flag(self, name: str) -> bool:
        """Whether rules speak of the flag `name`."""
        return name in self._words.flags

    def same(self, function: Function, object: Expr, field: str) -> bool:
        """Whether the address of this field of `object` is the object itself (`&folio->page`)."""
        if field not in self._same_fields:
            return False
        record = self.types.record(function, object)
        return not record or f"{record}.{field}" in self._same

    def union(self, name: str) -> tuple[str, ...]:
        """The flags that a constant stands for; none if it is no union."""
        return tuple(self._unions.get(name, ()))

    def defines(self, name: str) -> bool:
        """Whether `name` is a function."""
        return name in self._bodies or bool(self.program.named(name))

    def unassigned(self, parent: str, field: str) -> bool:
        """Whether nothing in the tree assigns such a field."""
        return self.program.unassigned(parent, field)

    def pointer_name(self, function: Function, callee: Expr) -> str:
        """`record.field` of a call through a field."""
        while isinstance(callee, Deref | Index):
            callee = callee.pointer if isinstance(callee, Deref) else callee.array
        if not isinstance(callee, Field):
            return ""
        record = self.types.record(function, callee.object)
        return f"{record}.{callee.name}"

    def starts(self, name: str) -> bool:
        """Whether `name` lets another task run a function that it is given."""
        return self._starts(name)

    def only_tries(self, name: str) -> bool:
        """Whether `name` takes a lock only if nobody holds it."""
        return self._tries(name)

    def modelled(self, name: str) -> bool:
        """Whether `name` has a model, which stands for its body."""
        return name in self._bodies

    def stored(self, object: str, field: str) -> str:
        """The function in a field of a file-scope object, '' if there is none or more than one."""
        return self.program.stored(object, field)

    def primitive(self, name: str) -> bool:
        """Whether `name` is modelled or an inline function: what it does is certain."""
        refs = self.program.named(name)
        return name in self._bodies or any(self.program.head(ref).inline for ref in refs)

    def moves(self, name: str) -> bool:
        """Whether `name` takes or gives back a tracked lock for certain: it is modelled, or an
        inline wrapper of what is.
        """
        heads = (self.program.head(ref) for ref in self.program.named(name))
        return name in self._lockers or any(
            head.inline and not self._lockers.isdisjoint(head.calls) for head in heads
        )

    def fresh(self, name: str) -> bool:
        """Whether what a function returns is known to nobody else yet."""
        return self._fresh(name)
