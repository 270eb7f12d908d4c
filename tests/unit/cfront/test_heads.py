"""What is known of a file before a body is lowered."""

from analyzer.ir import Parameter, Record, TableEntry
from tests.unit.cfront.goldens import parse


def test_a_head() -> None:
    text = b"""
/*
 * Gives it.
 *
 * Context: the caller must hold a->lock.
 */
static inline struct thing __rcu *give(struct thing *a, int (*f)(int), unsigned long n[3])
	__must_hold(&a->lock)
	__releases(a->other)
{
	list_for_each_entry(a, "no(x)", list)
		take(a->b); /* not(this) */
	return f (3);
}
EXPORT_SYMBOL_GPL(give);
"""
    (head,) = parse(text).head.functions
    assert head.name == "give"
    assert text[head.name_start : head.name_start + 4] == b"give"
    assert text[head.start : head.start + 6] == b"static"
    assert text[head.end - 3 : head.end] == b";\n}"
    assert (head.static, head.inline, head.exported) == (True, True, True)
    assert head.result == "struct thing *"
    assert head.parameters == (
        Parameter("a", "struct thing *"),
        Parameter("f", "int (*)(int)"),
        Parameter("n", "unsigned long [3]"),
    )
    assert head.calls == ("f", "list_for_each_entry", "take")
    assert head.names == ("a", "b", "f", "list", "list_for_each_entry", "take")
    assert head.comment == "Gives it.\n\nContext: the caller must hold a->lock."
    assert head.annotations == (("__must_hold", "&a->lock"), ("__releases", "a->other"))


def test_a_comment_belongs_to_what_follows_at_once() -> None:
    text = b"/* of a */\nint a(void)\n{\n}\n\n/* of nothing */\n\n\nint b(void)\n{\n}\n"
    assert [head.comment for head in parse(text).head.functions] == ["of a", ""]


def test_entry_points() -> None:
    text = b"""
SYSCALL_DEFINE0(zero)
{
	return 0;
}
SYSCALL_DEFINE2(two, int, a, char __user *, b)
{
	return a;
}
COMPAT_SYSCALL_DEFINE1(one, int, a)
{
	return a;
}
static int __init start(void)
{
	return 0;
}
module_init(start);
"""
    heads = parse(text).head.functions
    assert [(head.name, head.entry) for head in heads] == [
        ("__do_sys_zero", "syscall"),
        ("__do_sys_two", "syscall"),
        ("__do_compat_sys_one", "syscall"),
        ("start", "init"),
    ]
    assert heads[1].parameters == (Parameter("a", "int"), Parameter("b", "char *"))
    assert text[heads[0].name_start : heads[0].name_start + 4] == b"zero"
    assert text[heads[1].name_start : heads[1].name_start + 3] == b"two"


def test_second_variants() -> None:
    text = b"""
#ifdef CONFIG_A
int one(void)
{
	return 1;
}
#else
int one(void) { return 0; }
#endif
int two(void)
{
#ifdef CONFIG_B
	return 1;
#else
	return 2;
#endif
}
#ifdef CONFIG_A
#ifndef CONFIG_C
int three(void) { return 3; }
#else
int three(void);
#endif
#endif
"""
    found = [(head.name, head.condition) for head in parse(text).head.functions]
    assert found == [
        ("one", "CONFIG_A"),
        ("one", "!CONFIG_A"),
        ("two", ""),
        ("two", "!CONFIG_B"),
        ("three", "CONFIG_A && !CONFIG_C"),
    ]


def test_tables_of_functions() -> None:
    text = b"""
struct inner { int (*deep)(void); };
struct outer { int flags; struct inner in; void (*last)(void); };
static const struct vm_ops ops = {
	.open = thing_open,
	.fault = &thing_fault,
	.flags = FLAG | OTHER,
	.name = "x",
	.none = NULL,
	.sub.call = (call_t)thing_call,
};
static struct outer table[] = {
	{ 1, { .deep = dive }, leave },
	[3] = { .in = { dive_again } },
};
"""
    tables = parse(text).head.tables
    assert [each._replace(start=0) for each in tables] == [
        TableEntry("vm_ops", "open", "thing_open", "ops", 0),
        TableEntry("vm_ops", "fault", "thing_fault", "ops", 0),
        TableEntry("vm_ops", "sub.call", "thing_call", "ops", 0),
        TableEntry("inner", "deep", "dive", "table", 0),
        TableEntry("outer", "last", "leave", "table", 0),
        TableEntry("inner", "deep", "dive_again", "table", 0),
    ]
    assert text[tables[0].start :].startswith(b"thing_open")


def test_static_tables_of_functions() -> None:
    text = b"""
int walk(void)
{
	static const struct mm_walk_ops ops = {
		.pmd_entry = walk_pmd,
	};
	return run(&ops);
}
"""
    head = parse(text).head
    expected = (TableEntry("mm_walk_ops", "pmd_entry", "walk_pmd", "ops", text.index(b"walk_pmd")),)
    assert head.tables == expected
    assert head.declared == ()


def test_records_and_declarations() -> None:
    text = b"""
struct thing {
	unsigned long flags;
	struct { int a; };
	union { struct other *o; void *p; } u;
	int bits:3, list[4];
} __aligned(8);
typedef struct { int x; } plain;
int prototype(void);
static DEFINE_SPINLOCK(one_lock);
struct thing *first, second[2] = { };
"""
    macros = b"#define DEFINE_SPINLOCK(x) spinlock_t x = UNLOCKED(x)\n"
    head = parse(macros + text).head
    assert head.records == (
        Record(
            "thing",
            (
                ("flags", "unsigned long"),
                ("a", "int"),
                ("u", "union"),
                ("bits", "int"),
                ("list", "int [4]"),
            ),
        ),
    )
    assert head.declared == ("first", "one_lock", "second")


def test_damage_stays_where_it_is() -> None:
    text = b"int a(void)\n{\n\tx = ;\n\tgive();\n}\n\n@@ what is this;\n\nint b(void)\n{\n}\n"
    head = parse(text, "mm/f.c").head
    assert [each.name for each in head.functions] == ["a", "b"]
    assert [bool(each.gaps) for each in head.functions] == [True, False]
    assert [problem.line for problem in head.problems] == [7]
