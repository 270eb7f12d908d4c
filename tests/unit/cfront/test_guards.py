"""Scope-released classes: what is scanned, and the functions that say what they do."""

from analyzer.cfront.guards import GuardUnit, guard_functions, scan_guards
from analyzer.cfront.unit import Unit
from analyzer.ir import Call, Guard
from analyzer.ir.print import print_function
from tests.unit.cfront.goldens import parse

TEXT = b"""
DEFINE_GUARD(mutex, struct mutex *, mutex_lock(_T), mutex_unlock(_T))
DEFINE_GUARD_COND(mutex, _intr, mutex_lock_interruptible(_T) == 0)
DEFINE_GUARD_COND(mutex, _kill, mutex_lock_killable(_T), _RET == 0)
DEFINE_LOCK_GUARD_1(irqsave, spinlock_t, spin_lock_irqsave(_T->lock, _T->flags),
    spin_unlock_irqrestore(_T->lock, _T->flags),
    unsigned long flags)
DEFINE_LOCK_GUARD_0(rcu, rcu_read_lock(), rcu_read_unlock())
DEFINE_CLASS(fd, struct fd, fdput(_T), fdget(fd), int fd)
DEFINE_FREE(kfree, void *, if (_T) kfree(_T)) /* not ) this */
#define DEFINE_GUARD(_name, _type, _lock, _unlock) \\
	DEFINE_CLASS(_name, _type, if (_T) { _unlock; }, ({ _lock; _T; }), _type _T)
DEFINE_GUARD(broken
"""


def test_scan() -> None:
    found = tuple(guard._replace(start=0, end=0) for guard in scan_guards(TEXT))
    assert found == (
        Guard("mutex", "struct mutex *", "mutex_lock(_T)", "mutex_unlock(_T)"),
        Guard(
            "mutex_intr",
            "struct mutex *",
            "mutex_lock_interruptible(_T) == 0 ? _T : NULL",
            "mutex_unlock(_T)",
        ),
        Guard(
            "mutex_kill",
            "struct mutex *",
            "(mutex_lock_killable(_T)) == 0 ? _T : NULL",
            "mutex_unlock(_T)",
        ),
        Guard(
            "irqsave",
            "spinlock_t *",
            "spin_lock_irqsave(_T, _T_flags)",
            "spin_unlock_irqrestore(_T, _T_flags)",
        ),
        Guard("rcu", "", "rcu_read_lock()", "rcu_read_unlock()"),
        Guard("fd", "struct fd", "fdget(fd)", "fdput(_T)", "int fd"),
        Guard("kfree", "void *", "", "if (_T) kfree(_T)"),
    )


def _printed(name: str) -> list[str]:
    (guard,) = [each for each in scan_guards(TEXT) if each.name == name]
    return [print_function(function) for _, function in guard_functions(guard)]


def test_functions_of_a_guard() -> None:
    assert _printed("mutex") == [
        "function class_mutex_constructor(_T: struct mutex *) -> struct mutex *\n"
        " b0:\n  #1 = call mutex_lock(_T)\n  return _T\n",
        "function class_mutex_destructor(_T: struct mutex *) -> void\n"
        " b0:\n  #1 = call mutex_unlock(_T)\n  return\n",
    ]


def test_functions_of_a_guard_that_can_fail() -> None:
    assert _printed("mutex_kill")[0] == (
        "function class_mutex_kill_constructor(_T: struct mutex *) -> struct mutex *\n"
        " b0:\n  #1 = call mutex_lock_killable(_T)\n  if #1 == 0 goto b1 else b2\n"
        " b1:\n  return _T\n b2:\n  return 0\n"
    )


def test_functions_without_an_object() -> None:
    assert _printed("rcu") == [
        "function class_rcu_constructor() -> void\n b0:\n  #1 = call rcu_read_lock()\n  return\n",
        "function class_rcu_destructor() -> void\n b0:\n  #1 = call rcu_read_unlock()\n  return\n",
    ]


def test_functions_of_a_class() -> None:
    assert _printed("fd") == [
        "function class_fd_constructor(fd: int) -> struct fd\n"
        " b0:\n  #1 = call fdget(fd)\n  return #1\n",
        "function class_fd_destructor(_T: struct fd) -> void\n"
        " b0:\n  #1 = call fdput(_T)\n  return\n",
    ]


def test_a_freeing_function_takes_the_address() -> None:
    (text,) = _printed("kfree")
    assert text.startswith("function __free_kfree(p: void **) -> void\n  local _T: void *\n")
    assert "_T := *p\n" in text


FILE = b"""int before(void) { return 0; }
DEFINE_GUARD(a, struct a *, take(_T), give(_T))
DEFINE_FREE(b, void *, drop(_T))
int user(struct a *a)
{
	struct b *b __free(b) = get();
	scoped_guard(a, a) {
		work();
	}
	guard ( a_try )(a);
	return 0;
}
"""


def test_the_functions_of_guards_stand_where_they_are_defined() -> None:
    unit = GuardUnit.around(parse(FILE, "mm/a.c"))
    names = [head.name for head in unit.head.functions]
    assert names == ["before", "class_a_constructor", "class_a_destructor", "__free_b", "user"]
    for index, head in enumerate(unit.head.functions):
        function = unit.lower(index)
        assert (function.name, function.path) == (head.name, "mm/a.c")
        assert (function.start, function.end) == (head.start, head.end)
    head = unit.head.functions[1]
    assert FILE[head.start : head.end] == b"DEFINE_GUARD(a, struct a *, take(_T), give(_T))"
    (call,) = unit.lower(1).blocks[0].events
    assert isinstance(call, Call)
    assert (call.start, call.end) == (head.start, head.end)


def test_a_file_without_guards_is_left_as_it_is() -> None:
    unit = parse(b"int f(void) { return 0; }", "mm/a.c")
    assert GuardUnit.around(unit) is unit
    assert GuardUnit.of("mm/a.h", b"int f(void);") is None


def test_the_guards_of_a_file_that_is_not_parsed() -> None:
    unit = GuardUnit.of("include/a.h", FILE)
    assert unit is not None
    names = [head.name for head in unit.head.functions]
    assert names == ["class_a_constructor", "class_a_destructor", "__free_b"]
    assert unit.head.lines.line(unit.head.functions[0].start) == 2


def test_a_function_that_the_file_writes_out_is_not_made_again() -> None:
    text = b"DEFINE_FREE(b, void *, drop(_T))\nvoid __free_b(void **p) { other(*p); }\n"
    unit = GuardUnit.around(parse(text, "mm/a.c"))
    assert isinstance(unit, Unit | GuardUnit)
    assert [head.calls for head in unit.head.functions] == [("other",)]


def test_a_scope_calls_the_functions_of_its_guard() -> None:
    (user,) = [head for head in parse(FILE, "mm/a.c").head.functions if head.name == "user"]
    made = {name for name in user.calls if name.startswith(("class_", "__free_"))}
    assert made == {
        "__free_b",
        "class_a_constructor",
        "class_a_destructor",
        "class_a_try_constructor",
        "class_a_try_destructor",
    }
    assert made <= set(user.names)
