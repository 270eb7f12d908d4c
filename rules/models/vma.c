/*
 * The per-VMA lock (since 6.4). It lies behind a pointer of the vma, with a sequence number for writers, so the
 * functions are modelled with the vma as the object. include/linux/mm.h, mm/memory.c.
 */
#pragma types bool
#pragma lock vma_lock : rwsem field vm_area_struct.vm_lock.lock

/* True: read-locked. */
bool vma_start_read(struct vm_area_struct *vma)
{
	if (zl_any()) {
		zl_acquire_read(vma_lock, vma);
		return true;
	}
	return false;
}

void vma_end_read(struct vm_area_struct *vma) { zl_release(vma_lock, vma); }

/* A write mark has no release of its own: it ends with the mmap lock, which must be held for writing. */
void vma_start_write(struct vm_area_struct *vma) { zl_assert_held_write(mmap_lock, vma->vm_mm); }

void vma_assert_write_locked(struct vm_area_struct *vma) { zl_assert_held_write(mmap_lock, vma->vm_mm); }

struct vm_area_struct *lock_vma_under_rcu(struct mm_struct *mm, unsigned long address)
{
	struct vm_area_struct *vma;

	if (zl_any())
		return NULL;
	vma = zl_new();
	vma->vm_mm = mm;
	zl_acquire_read(vma_lock, vma);
	return vma;
}

/* A fault holds one of the two locks; its flags say which. */
void release_fault_lock(struct vm_fault *vmf)
{
	if (vmf->flags & FAULT_FLAG_VMA_LOCK)
		zl_release(vma_lock, vmf->vma);
	else
		zl_release(mmap_lock, vmf->vma->vm_mm);
}

void assert_fault_locked(struct vm_fault *vmf)
{
	if (vmf->flags & FAULT_FLAG_VMA_LOCK)
		zl_assert_held(vma_lock, vmf->vma);
	else
		zl_assert_held(mmap_lock, vmf->vma->vm_mm);
}
