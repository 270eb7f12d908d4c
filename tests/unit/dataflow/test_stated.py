"""Annotations of a function's head as contracts."""

import pytest

from analyzer.dataflow.locks import LockClass, LockTable
from analyzer.dataflow.stated import annotated_contracts
from tests.unit.program.linked import named, program

LOCKS = LockTable(
    (
        LockClass("spinlock", "spinlock"),
        LockClass("pool_lock", "spinlock", (), ("pool_lock", "pool_locks")),
        LockClass("map_lock", "rwsem", (("map", "sem"),)),
        LockClass("node_lock", "spinlock", (("node", "lock"),)),
        LockClass("leaf_lock", "spinlock", (("leaf", "lock"),)),
        LockClass("rcu", "window"),
    )
)


@pytest.mark.parametrize(
    ("annotation", "locks"),
    [
        ("__must_hold(&pool_lock)", [("pool_lock", "write")]),
        ("__must_hold(pool_lock)", [("pool_lock", "write")]),
        ("__must_hold(&pool_locks[0])", [("pool_lock", "write")]),
        ("__must_hold(&map->sem)", [("map_lock", "read")]),
        ("__must_hold(&node->owner->map.sem)", [("map_lock", "read")]),
        ("__must_hold_shared(&node->lock)", [("node_lock", "read")]),
        ("__must_hold(&node->lock)", [("node_lock", "write")]),
        ("__releases(&pool_lock) __acquires(&pool_lock)", [("pool_lock", "write")]),
        ("__must_hold(RCU)", [("rcu", "write")]),
        ("__must_hold(&node->lock) __must_hold(rcu)", [("node_lock", "write"), ("rcu", "write")]),
        ("__acquires(&pool_lock)", []),
        ("__must_hold(&other->lock)", []),
        ("__must_hold(&map->lock)", []),
        ("__must_hold(spinlock)", []),
        ("__must_hold(&node->sem)", []),
    ],
)
def test_an_annotation_is_a_contract(annotation: str, locks: list[tuple[str, str]]) -> None:
    text = (
        f"int f(struct map *map, struct node *node, int *spinlock) {annotation} {{ return 0; }}\n"
    )
    made = program({"mm/a.c": text})
    head = made.head(named(made, "mm/a.c", "f"))
    found = annotated_contracts(head, LOCKS)
    assert [(each.lock, each.mode) for each in found] == locks
    assert {(each.object, each.offset) for each in found} <= {(None, head.start)}


def test_a_contract_quotes_the_annotation() -> None:
    made = program({"mm/a.c": "static void g(void) __must_hold(&pool_lock) { }\n"})
    (found,) = annotated_contracts(made.head(named(made, "mm/a.c", "g")), LOCKS)
    assert found.source == "__must_hold(&pool_lock)"
