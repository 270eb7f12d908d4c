"""Of which configurations makefiles build a file."""

from pathlib import Path

import pytest

from analyzer.source import Overlay, open_tree
from analyzer.source.makefiles import conditions_of

FILES = {
    "Makefile": "VERSION = 6\nPATCHLEVEL = 12\n",
    "Kbuild": "obj-y += mm/ fs/\nobj-$(CONFIG_DRIVERS) += drivers/ # all of them\n",
    "mm/Makefile": """\
mmu-y := nommu.o
mmu-$(CONFIG_MMU) := memory.o \\
\t\tmprotect.o

ifdef CONFIG_CROSS
mmu-$(CONFIG_MMU) += cross.o
endif
obj-y := filemap.o $(mmu-y)
KASAN_SANITIZE_hmm.o := n
#obj-y += hmm.o
obj-$(CONFIG_HMM) += hmm.o
CFLAGS_hmm.o = -O0
obj-$(subst m,y,$(CONFIG_SUBST)) += subst.o
obj-$(CONFIG_A) += both.o always.o
obj-$(CONFIG_B) += both.o
obj-y += always.o
obj-$(CONFIG_DAMON) += damon/
obj-$(CONFIG_FAR) += damon/far.o
$(eval $(call add,called.o))
obj-$(CONFIG_A) += called.o
""",
    "mm/damon/Makefile": "obj-y += core.o\nobj-$(CONFIG_PADDR) += paddr.o\n",
    "fs/Makefile": "obj-$(CONFIG_HUGETLBFS) += hugetlbfs/\n",
    "fs/hugetlbfs/Makefile": "hidden-y := not-asked.o\nobj-y += inode.o\n",
    "fs/hugetlbfs/Kbuild": """\
obj-$(CONFIG_HUGETLBFS) += hugetlbfs.o
hugetlbfs-objs := inode.o
hugetlbfs-y += super.o
hugetlbfs-$(CONFIG_XATTR) += xattr.o
loop-y += loop.o
""",
    "drivers/Makefile": "obj-$(CONFIG_GPU) += gpu/\nobj-$(CONFIG_NET) += gpu/\n",
    "drivers/gpu/Makefile": "obj-m += drm.o\ndrm-m := ttm.o\n",
}


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("mm/filemap.c", ""),
        ("mm/nommu.c", ""),
        ("mm/memory.c", "CONFIG_MMU"),
        ("mm/mprotect.c", "CONFIG_MMU"),
        ("mm/cross.c", "CONFIG_MMU"),
        ("mm/hmm.c", "CONFIG_HMM"),
        ("mm/mm.c", ""),
        ("mm/subst.c", ""),
        ("mm/both.c", "(CONFIG_A || CONFIG_B)"),
        ("mm/always.c", ""),
        ("mm/called.c", ""),
        ("mm/damon/core.c", "CONFIG_DAMON"),
        ("mm/damon/paddr.c", "CONFIG_DAMON && CONFIG_PADDR"),
        ("mm/damon/far.c", "CONFIG_DAMON && CONFIG_FAR"),
        ("mm/damon/none.c", "CONFIG_DAMON"),
        ("fs/hugetlbfs/inode.c", "CONFIG_HUGETLBFS"),
        ("fs/hugetlbfs/super.c", "CONFIG_HUGETLBFS"),
        ("fs/hugetlbfs/xattr.c", "CONFIG_HUGETLBFS && CONFIG_XATTR"),
        ("fs/hugetlbfs/loop.c", "CONFIG_HUGETLBFS"),
        ("drivers/gpu/ttm.c", "CONFIG_DRIVERS && (CONFIG_GPU || CONFIG_NET)"),
        ("lib/nowhere.c", ""),
        ("top.c", ""),
        ("mm/hmm.h", ""),
    ],
)
def test_a_file_is_built_if(tmp_path: Path, path: str, expected: str) -> None:
    (tmp_path / "Makefile").write_text(FILES["Makefile"])
    tree = open_tree(tmp_path, None, Overlay({name: FILES[name].encode() for name in FILES}))
    assert conditions_of(tree, [path]) == ({path: expected} if expected else {})
