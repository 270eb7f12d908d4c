/*
 * Contracts of function pointers: what every function stored in a field may rely on, and what a call through the field
 * does. The function RECORD__FIELD speaks for `struct RECORD`'s `FIELD`. Documentation/filesystems/locking.rst,
 * include/linux/mm.h, include/linux/mm_types.h (enum vm_fault_reason).
 */
#pragma bits VM_FAULT_OOM VM_FAULT_SIGBUS VM_FAULT_MAJOR VM_FAULT_HWPOISON VM_FAULT_HWPOISON_LARGE VM_FAULT_SIGSEGV
#pragma bits VM_FAULT_NOPAGE VM_FAULT_LOCKED VM_FAULT_RETRY VM_FAULT_FALLBACK VM_FAULT_DONE_COW VM_FAULT_NEEDDSYNC
#pragma bits VM_FAULT_COMPLETED VM_FAULT_HINDEX_MASK
#pragma union VM_FAULT_ERROR VM_FAULT_OOM VM_FAULT_SIGBUS VM_FAULT_SIGSEGV VM_FAULT_HWPOISON VM_FAULT_FALLBACK
#pragma bits FAULT_FLAG_* FOLL_*
#pragma union FAULT_FLAG_DEFAULT FAULT_FLAG_ALLOW_RETRY FAULT_FLAG_KILLABLE FAULT_FLAG_INTERRUPTIBLE
#pragma nonzero FGP_* AOP_WRITEPAGE_ACTIVATE AOP_TRUNCATED_PAGE
#pragma types bool vm_fault_t gfp_t size_t pte_t pmd_t

/*
 * A fault is one of: the page handed over locked; the page handed over unlocked; a retry, with the lock of the fault
 * dropped unless it was asked not to wait; nothing, because the entry is installed, the copy is done or it failed.
 */
#pragma kernel < 6.4
vm_fault_t vm_operations_struct__fault(struct vm_fault *vmf)
{
	if (zl_any()) {
		vmf->page = zl_new();
		zl_acquire(folio_lock, vmf->page);
		if (zl_any())
			return VM_FAULT_LOCKED | VM_FAULT_MAJOR;
		return VM_FAULT_LOCKED;
	}
	if (zl_any()) {
		vmf->page = zl_new();
		return 0;
	}
	if (zl_any()) {
		if (!(vmf->flags & FAULT_FLAG_RETRY_NOWAIT))
			zl_release(mmap_lock, vmf->vma->vm_mm);
		if (zl_any())
			return VM_FAULT_RETRY | VM_FAULT_MAJOR;
		return VM_FAULT_RETRY;
	}
	if (zl_any())
		return VM_FAULT_NOPAGE;
	if (zl_any())
		return VM_FAULT_DONE_COW;
	if (zl_any())
		return VM_FAULT_OOM;
	if (zl_any())
		return VM_FAULT_HWPOISON;
	return VM_FAULT_SIGBUS;
}

#pragma kernel >= 6.4
vm_fault_t vm_operations_struct__fault(struct vm_fault *vmf)
{
	if (zl_any()) {
		vmf->page = zl_new();
		zl_acquire(folio_lock, vmf->page);
		if (zl_any())
			return VM_FAULT_LOCKED | VM_FAULT_MAJOR;
		return VM_FAULT_LOCKED;
	}
	if (zl_any()) {
		vmf->page = zl_new();
		return 0;
	}
	if (zl_any()) {
		if (!(vmf->flags & FAULT_FLAG_RETRY_NOWAIT)) {
			if (vmf->flags & FAULT_FLAG_VMA_LOCK)
				zl_release(vma_lock, vmf->vma);
			else
				zl_release(mmap_lock, vmf->vma->vm_mm);
		}
		if (zl_any())
			return VM_FAULT_RETRY | VM_FAULT_MAJOR;
		return VM_FAULT_RETRY;
	}
	if (zl_any())
		return VM_FAULT_NOPAGE;
	if (zl_any())
		return VM_FAULT_DONE_COW;
	if (zl_any())
		return VM_FAULT_OOM;
	if (zl_any())
		return VM_FAULT_HWPOISON;
	return VM_FAULT_SIGBUS;
}

/* The page may become writable: LOCKED hands it back locked, zero leaves the locking to the caller. */
vm_fault_t vm_operations_struct__page_mkwrite(struct vm_fault *vmf)
{
	if (zl_any()) {
		zl_acquire(folio_lock, vmf->page);
		return VM_FAULT_LOCKED;
	}
	if (zl_any())
		return 0;
	if (zl_any())
		return VM_FAULT_NOPAGE;
	if (zl_any())
		return VM_FAULT_RETRY;
	return VM_FAULT_SIGBUS;
}

vm_fault_t vm_operations_struct__pfn_mkwrite(struct vm_fault *vmf)
{
	if (zl_any())
		return 0;
	if (zl_any())
		return VM_FAULT_NOPAGE;
	return VM_FAULT_SIGBUS;
}

/* Zero: written or under way, and unlocked. AOP_WRITEPAGE_ACTIVATE: refused, still locked. */
int address_space_operations__writepage(struct page *page, struct writeback_control *wbc)
{
	zl_assert_held(folio_lock, page);
	if (zl_any())
		return AOP_WRITEPAGE_ACTIVATE;
	zl_release(folio_lock, page);
	if (zl_any())
		return zl_error();
	return 0;
}

/* The read unlocks the folio, sooner or later, whether it works or not. */
int address_space_operations__read_folio(struct file *file, struct folio *folio)
{
	zl_assert_held(folio_lock, folio);
	zl_release(folio_lock, folio);
	if (zl_any())
		return AOP_TRUNCATED_PAGE;
	if (zl_any())
		return zl_error();
	return 0;
}

void address_space_operations__invalidate_folio(struct folio *folio, size_t offset, size_t len)
{
	zl_assert_held(folio_lock, folio);
}

bool address_space_operations__release_folio(struct folio *folio, gfp_t gfp)
{
	zl_assert_held(folio_lock, folio);
	return zl_any();
}

int address_space_operations__launder_folio(struct folio *folio)
{
	zl_assert_held(folio_lock, folio);
	return zl_any();
}

int address_space_operations__migrate_folio(struct address_space *mapping, struct folio *dst, struct folio *src, int mode)
{
	zl_assert_held(folio_lock, src);
	zl_assert_held(folio_lock, dst);
	return zl_any();
}

/* The page was found through a device entry: it comes with a reference and stays with the caller. */
vm_fault_t dev_pagemap_ops__migrate_to_ram(struct vm_fault *vmf) { return zl_any(); }

/* NULL, or an anon_vma whose root is read-locked. */
struct anon_vma *rmap_walk_control__anon_lock(struct folio *folio, struct rmap_walk_control *rwc)
{
	struct anon_vma *anon_vma;

	if (zl_any())
		return NULL;
	anon_vma = zl_new();
	zl_acquire_read(anon_vma, anon_vma->root);
	return anon_vma;
}

/* The entry of one vma; goes on while true. No page-table lock comes in or out. */
bool rmap_walk_control__rmap_one(struct folio *folio, struct vm_area_struct *vma, unsigned long addr, void *arg)
{
	return zl_any();
}

/* A walk belongs to one mm: that of its vma. */
int mm_walk_ops__pmd_entry(pmd_t *pmd, unsigned long addr, unsigned long next, struct mm_walk *walk)
{
	zl_assume(walk->mm == walk->vma->vm_mm);
	return zl_any();
}

int mm_walk_ops__hugetlb_entry(pte_t *pte, unsigned long hmask, unsigned long addr, unsigned long next, struct mm_walk *walk)
{
	zl_assume(walk->mm == walk->vma->vm_mm);
	return zl_any();
}
/* What asks about a folio, or says something of it, leaves its lock alone. Documentation/filesystems/locking.rst. */
bool address_space_operations__is_partially_uptodate(struct folio *folio, size_t from, size_t count)
{
	zl_assert_held(folio_lock, folio);
	return zl_any();
}

bool address_space_operations__dirty_folio(struct address_space *mapping, struct folio *folio) { return zl_any(); }

int address_space_operations__error_remove_folio(struct address_space *mapping, struct folio *folio)
{
	zl_assert_held(folio_lock, folio);
	return zl_any();
}

int address_space_operations__error_remove_page(struct address_space *mapping, struct page *page)
{
	zl_assert_held(folio_lock, page);
	return zl_any();
}

void address_space_operations__free_folio(struct folio *folio) { zl_assert_held(folio_lock, folio); }

int rmap_walk_control__done(struct folio *folio) { return zl_any(); }

bool rmap_walk_control__invalid_vma(struct vm_area_struct *vma, void *arg) { return zl_any(); }
