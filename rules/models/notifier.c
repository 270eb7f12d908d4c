/*
 * The window in which secondary page tables stay invalidated. include/linux/mmu_notifier.h.
 *
 * With no listener registered the kernel skips both ends; the protocol is the same, so the model always opens.
 */
#pragma lock notifier_range : window

void mmu_notifier_invalidate_range_start(struct mmu_notifier_range *range) { zl_acquire(notifier_range, range); }

/* Zero: open. An error: a listener would have to sleep, nothing is open and the end must not be called. */
int mmu_notifier_invalidate_range_start_nonblock(struct mmu_notifier_range *range)
{
	if (zl_any())
		return zl_error();
	zl_acquire(notifier_range, range);
	return 0;
}

void mmu_notifier_invalidate_range_end(struct mmu_notifier_range *range) { zl_release(notifier_range, range); }
void mmu_notifier_invalidate_range_only_end(struct mmu_notifier_range *range) { zl_release(notifier_range, range); }

/* Code keeps `range.start != 0` as its note that the window is open: an initialised range has a start. */
#pragma kernel < 6.3
void mmu_notifier_range_init(struct mmu_notifier_range *range, int event, unsigned int flags,
			     struct vm_area_struct *vma, struct mm_struct *mm, unsigned long start, unsigned long end)
{
	range->mm = mm;
	range->start = zl_new();
	range->end = end;
}

#pragma kernel >= 6.3
void mmu_notifier_range_init(struct mmu_notifier_range *range, int event, unsigned int flags, struct mm_struct *mm,
			     unsigned long start, unsigned long end)
{
	range->mm = mm;
	range->start = zl_new();
	range->end = end;
}

#pragma kernel < 6.3
void mmu_notifier_range_init_owner(struct mmu_notifier_range *range, int event, unsigned int flags,
				   struct vm_area_struct *vma, struct mm_struct *mm, unsigned long start,
				   unsigned long end, void *owner)
{
	range->mm = mm;
	range->start = zl_new();
	range->end = end;
	range->owner = owner;
}

#pragma kernel >= 6.3
void mmu_notifier_range_init_owner(struct mmu_notifier_range *range, int event, unsigned int flags,
				   struct mm_struct *mm, unsigned long start, unsigned long end, void *owner)
{
	range->mm = mm;
	range->start = zl_new();
	range->end = end;
	range->owner = owner;
}
