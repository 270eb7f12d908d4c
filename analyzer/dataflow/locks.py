"""Lock classes: which there are, and which object's lock a value names."""

from dataclasses import dataclass

from analyzer.dataflow.values import Value, unmoved


@dataclass(frozen=True, slots=True)
class LockClass:
    """A class of locks. `kind` is the primitive it is made of (spinlock, mutex, rwsem, bit, window,
    map).

    `fields` are the (record, field) in which a lock of that kind is of this class, with the
    containing object as its object; a field `p.f` is the field f of what p points to. `globals` are
    the global variables, or arrays of them, that are. `objects` are ways from a pointer to a record
    to the object, as ('vm_area_struct', 'vm_mm'), the preferred first. `single` says that nobody
    holds two of them but where they are nested on purpose, so that the one that is held is the one
    that is meant. `pointers` are fields that point to such a lock, `getters` functions that give a
    pointer to one.
    """

    name: str
    kind: str
    fields: tuple[tuple[str, str], ...] = ()
    globals: tuple[str, ...] = ()
    objects: tuple[tuple[str, ...], ...] = ()
    single: bool = False
    pointers: tuple[tuple[str, str], ...] = ()
    getters: tuple[str, ...] = ()


class LockTable:
    """Finds the class and object of a lock from the primitive that takes it and its argument."""

    def __init__(self, classes: tuple[LockClass, ...]) -> None:
        self.classes = {each.name: each for each in classes}
        self._by_field = {
            (each.kind, field): each.name for each in classes for _, field in each.fields
        }
        self._by_pointer = {
            (each.kind, field): each.name for each in classes for _, field in each.pointers
        }
        self._by_getter = {
            (each.kind, name): each.name for each in classes for name in each.getters
        }
        self._any_field = {field: each.name for each in classes for _, field in each.fields}
        self._any = {each.name for each in classes if each.kind == "any"}
        self._any_global = {name: each.name for each in classes for name in each.globals}
        self._by_global = {
            (each.kind, name): each.name for each in classes for name in each.globals
        }

    def kind(self, name: str) -> str:
        """The primitive kind of a class; a primitive is its own kind."""
        found = self.classes.get(name)
        return found.kind if found else name

    def has_globals(self, name: str) -> bool:
        """Whether there is a static lock of this class."""
        return name in self.classes and bool(self.classes[name].globals)

    def refine(self, name: str, target: Value) -> tuple[str, Value]:
        """The class and object of lock `name` taken on `target`.

        A primitive on `&mapping->i_mmap_rwsem` is the class that the models give for this field, on
        `mapping`. A map is of a whole table, so any pointer into the table stands for it.
        """
        if self.kind(name) == "map":
            return name, unmoved(target)
        if target.kind == "sub":
            field, base = str(target.args[1]), target.args[0]
            found = self._by_field.get((name, field))
            if name in self._any:
                found = self._any_field.get(field)
            if found and isinstance(base, Value):
                return found, base
            holder = base.args[0] if isinstance(base, Value) and base.kind == "load" else None
            if isinstance(holder, Value) and holder.kind == "sub":
                found = self._by_field.get((name, f"{holder.args[1]}.{field}"))
                if found and isinstance(holder.args[0], Value):
                    return found, holder.args[0]
        if target.kind == "app":
            return self._by_getter.get((name, str(target.args[0])), name), target
        pointer = target.args[0] if target.kind == "load" else None
        if isinstance(pointer, Value) and pointer.kind == "sub":
            found = self._by_pointer.get((name, str(pointer.args[1])))
            if found:
                return found, target
        origin = target
        while origin.kind in ("elem", "sub") and isinstance(origin.args[0], Value):
            origin = origin.args[0]
        if origin.kind == "load" and isinstance(origin.args[0], Value):
            origin = origin.args[0]
        if origin.kind == "global":
            found = self._by_global.get((name, str(origin.args[0])))
            if name in self._any:
                found = self._any_global.get(str(origin.args[0]))
            if found:
                return found, target
        return name, target

    def releases(self, name: str, held: str) -> bool:
        """Whether a release of `name` can be of a held lock of class `held`, if the object is the
        same.
        """
        return held == name or self.kind(held) == self.kind(name)
