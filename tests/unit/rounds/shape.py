"""A tree in which nothing but mm/shape.c is read at first."""

from pathlib import Path

HEADER = """
struct rw_semaphore { long count; };
struct mm_struct { struct rw_semaphore mmap_lock; int map_count; };
void down_write(struct rw_semaphore *sem);
void up_write(struct rw_semaphore *sem);
void mmap_assert_write_locked(struct mm_struct *mm);
static inline void mmap_write_lock(struct mm_struct *mm) { down_write(&mm->mmap_lock); }
static inline void mmap_write_unlock(struct mm_struct *mm) { up_write(&mm->mmap_lock); }
void widen(struct mm_struct *mm);
"""

MM = """
#include <linux/mm.h>
static void reshape(struct mm_struct *mm)
{
	mmap_assert_write_locked(mm);
	mm->map_count++;
}

void widen(struct mm_struct *mm)
{
	reshape(mm);
}
"""

KEEPS = """
#include <linux/mm.h>
static void stretch_{0}(struct mm_struct *mm)
{{
	mmap_write_lock(mm);
	widen(mm);
	mmap_write_unlock(mm);
}}

long sys_stretch_{0}(struct mm_struct *mm)
{{
	stretch_{0}(mm);
	return 0;
}}
"""

BREAKS = """
#include <linux/mm.h>
#define SYSCALL_DEFINE1(name, t, a) long sys_##name(t a)
SYSCALL_DEFINE1(spread, struct mm_struct *, mm)
{
	widen(mm);
	return 0;
}
"""

PASSES = """
#include <linux/mm.h>
void extend(struct mm_struct *mm)
{
	widen(mm);
}
"""

FAR = """
#include <linux/mm.h>
void extend(struct mm_struct *mm);
static void far(struct mm_struct *mm)
{
	mmap_write_lock(mm);
	extend(mm);
	mmap_write_unlock(mm);
}
"""

TALKS = "/* As widen() does. */\nint idle;\n"


def written(root: Path, files: dict[str, str]) -> Path:
    """The tree at `root`, with further files."""
    given = {"include/linux/mm.h": HEADER, "mm/shape.c": MM, "MAINTAINERS": ""}
    for path, text in {**given, "Makefile": "VERSION = 6\nPATCHLEVEL = 12\n", **files}.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(text)
    return root
