"""The small vocabulary and the rule frame that the tests of the rulebook share."""

from pathlib import Path

from analyzer.rulebook.language import RoleHead, Words

LOCKS = frozenset(
    [
        "folio_lock",
        "mmap_lock",
        "vma_lock",
        "i_mmap",
        "anon_vma",
        "invalidate_lock",
        "inode_lock",
        "pte_lock",
        "pmd_lock",
        "pud_lock",
        "pte_map",
        "hugetlb_vma_lock",
        "hugetlb_fault_mutex",
        "hugetlb_lock",
        "spinlock",
        "mutex",
        "rwsem",
        "rcu",
        "notifier_range",
        "mmu_gather",
        "pvmw",
        "lazy_mmu",
        "page_table_lock",
        "i_rwsem",
        "i_pages",
        "lru_lock",
        "swap_lock",
        "private_lock",
        "i_lock",
        "any_lock",
    ]
)

WORDS = Words(
    roles={
        "clear-pte": RoleHead(("slot", "old"), events=True, functions=False),
        "flush": RoleHead((), events=True, functions=False),
        "teardown": RoleHead((), events=False, functions=True),
    },
    predicates={"uffd-wp": ("v",), "drop": ()},
    locks=LOCKS,
    classes=frozenset(("solid", "hollow")),
)

VOCABULARY = """
[role.clear-pte]
holes = ["slot", "old"]
events = ["$old = clear_and_get(_, $slot)", { event = "clear_only($slot)", kernel = "<6.5" }]

[role.flush]
events = [
    { event = "new_flush()", declares = "new_flush" },
    { event = "old_flush(_)", lacks = "new_flush" },
]

[role.teardown]
functions = ["drop_all", { function = "drop_whole", kernel = "<6.0" }]

[predicate.wp]
holes = ["v"]
true_when = ["test_wp($v)", "test_wp_any($v)"]

[flag]
FLAG_NEW = ["FLAG_OLD"]
"""

RULES = Path(__file__).parents[3] / "rules"


def folder(root: Path, **files: str) -> Path:
    """A folder of rules: the vocabulary, and one file for each `family__name`."""
    (root / "models").mkdir(parents=True)
    (root / "models" / "vocabulary.toml").write_text(VOCABULARY)
    for name, text in files.items():
        path = root / (name.replace("__", "/").replace("_", "-") + ".toml")
        path.parent.mkdir(exist_ok=True)
        path.write_text(text)
    return root
