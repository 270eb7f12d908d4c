"""What a configuration says of a presence condition, in three values."""

import pytest

from analyzer.core import Kconfig

CONFIG = Kconfig.parse(
    """\
# Automatically generated file; DO NOT EDIT.
CONFIG_MMU=y
CONFIG_KUNIT=m
CONFIG_PGTABLE_LEVELS=4
CONFIG_PAGE_OFFSET=0xC0000000
CONFIG_CC_VERSION_TEXT="gcc"
# CONFIG_NUMA is not set
"""
)


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        ("CONFIG_MMU", True),
        ("!CONFIG_MMU", False),
        ("CONFIG_NUMA", False),
        ("!CONFIG_UNKNOWN_SYMBOL", True),
        ("CONFIG_KUNIT", None),
        ("!CONFIG_KUNIT", None),
        ("CONFIG_KUNIT_MODULE", True),
        ("CONFIG_MMU_MODULE", False),
        ("__PAGETABLE_PMD_FOLDED", None),
        ("CONFIG_PGTABLE_LEVELS > 2", True),
        ("!(CONFIG_PGTABLE_LEVELS > 4)", True),
        ("CONFIG_PGTABLE_LEVELS == 3", False),
        ("CONFIG_PAGE_OFFSET >= 0xC0000000UL", True),
        ("BITS_PER_LONG == 64", None),
        ("CONFIG_CC_VERSION_TEXT", None),
        ("CONFIG_NUMA && __HAVE_ARCH_X", False),
        ("CONFIG_MMU && __HAVE_ARCH_X", None),
        ("CONFIG_MMU || __HAVE_ARCH_X", True),
        ("__HAVE_ARCH_X && !CONFIG_NUMA || !CONFIG_MMU", None),
        ("!(CONFIG_NUMA && CONFIG_MMU) && CONFIG_MMU && !CONFIG_ZONE_DMA", True),
        ("CONFIG_MMU || CONFIG_NUMA && CONFIG_NUMA", True),
        ("!0", True),
        ("", None),
        ("CONFIG_NUMA &&", None),
        ("(CONFIG_NUMA", None),
        ("CONFIG_NUMA)", None),
        ("CONFIG_NUMA + 1", None),
        ("CONFIG_NUMA CONFIG_NUMA", None),
    ],
)
def test_a_condition(condition: str, expected: bool | None) -> None:
    assert CONFIG.holds(condition) is expected
