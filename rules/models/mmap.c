/*
 * The address-space lock. The wrappers of include/linux/mmap_lock.h are inline functions over `&mm->mmap_lock` and are
 * inferred; what is here is what their source does not tell: which mm a vma that was looked up belongs to.
 */

/* A vma found in an mm belongs to that mm. */
struct vm_area_struct *find_vma(struct mm_struct *mm, unsigned long addr)
{
	struct vm_area_struct *vma;

	zl_assert_held(mmap_lock, mm);
	if (zl_any())
		return NULL;
	vma = zl_new();
	vma->vm_mm = mm;
	return vma;
}

struct vm_area_struct *vma_lookup(struct mm_struct *mm, unsigned long addr)
{
	struct vm_area_struct *vma;

	if (zl_any())
		return NULL;
	vma = zl_new();
	vma->vm_mm = mm;
	return vma;
}

struct vm_area_struct *find_vma_intersection(struct mm_struct *mm, unsigned long start_addr, unsigned long end_addr)
{
	struct vm_area_struct *vma;

	zl_assert_held(mmap_lock, mm);
	if (zl_any())
		return NULL;
	vma = zl_new();
	vma->vm_mm = mm;
	return vma;
}

struct vm_area_struct *find_extend_vma_locked(struct mm_struct *mm, unsigned long addr)
{
	struct vm_area_struct *vma;

	if (zl_any())
		return NULL;
	vma = zl_new();
	vma->vm_mm = mm;
	return vma;
}


/*
 * NULL: mmap_lock was dropped. The old form, which took a vma and kept the lock, was replaced in 6.5 and in the stable
 * releases that have lock_mm_and_find_vma(). mm/mmap.c.
 */
#pragma declares lock_mm_and_find_vma
struct vm_area_struct *expand_stack(struct mm_struct *mm, unsigned long addr)
{
	struct vm_area_struct *vma;

	if (zl_any()) {
		zl_release(mmap_lock, mm);
		return NULL;
	}
	vma = zl_new();
	vma->vm_mm = mm;
	return vma;
}

/* NULL: the lock is not held any more, or never was. mm/memory.c. */
struct vm_area_struct *lock_mm_and_find_vma(struct mm_struct *mm, unsigned long addr, struct pt_regs *regs)
{
	struct vm_area_struct *vma;

	if (zl_any())
		return NULL;
	zl_acquire_read(mmap_lock, mm);
	vma = zl_new();
	vma->vm_mm = mm;
	return vma;
}
