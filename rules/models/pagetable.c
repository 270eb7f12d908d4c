/*
 * Page-table locks and maps.
 *
 * A split page-table lock is named by the pointer that its getter gives; the getters are functions of their arguments,
 * so two calls with equal arguments give one lock. A mapped table is held too (pte_map): since 6.5 it pins the table
 * through RCU until pte_unmap(). include/linux/mm.h, pgtable.h, huge_mm.h, mm/pgtable-generic.c, mm/page_vma_mapped.c.
 */
#pragma types bool spinlock_t pte_t pmd_t pud_t folio_walk_flags_t
#pragma lock pte_lock : spinlock
#pragma lock pmd_lock : spinlock
#pragma lock pud_lock : spinlock
#pragma pointer pte_lock pte_lockptr huge_pte_lockptr vm_fault.ptl page_vma_mapped_walk.ptl
#pragma pointer pte_lock folio_walk.ptl follow_pfnmap_args.lock
#pragma pointer pmd_lock pmd_lockptr
#pragma pointer pud_lock pud_lockptr
#pragma lock pte_map : map
#pragma lock pvmw : window
#pragma lock lazy_mmu : window
#pragma never_null pte_lockptr pmd_lockptr pud_lockptr huge_pte_lockptr

spinlock_t *pte_lockptr(struct mm_struct *mm, pmd_t *pmd) { return zl_pure(mm, pmd); }
spinlock_t *pmd_lockptr(struct mm_struct *mm, pmd_t *pmd) { return zl_pure(mm, pmd); }
spinlock_t *pud_lockptr(struct mm_struct *mm, pud_t *pud) { return zl_pure(mm, pud); }

/* The lock that was taken, never NULL. */
spinlock_t *pmd_lock(struct mm_struct *mm, pmd_t *pmd)
{
	spinlock_t *ptl = pmd_lockptr(mm, pmd);

	zl_assume(ptl);
	zl_acquire(pmd_lock, ptl);
	return ptl;
}

spinlock_t *pud_lock(struct mm_struct *mm, pud_t *pud)
{
	spinlock_t *ptl = pud_lockptr(mm, pud);

	zl_assume(ptl);
	zl_acquire(pud_lock, ptl);
	return ptl;
}

/* The lock if the entry is huge, NULL with nothing held if it is not. */
spinlock_t *pmd_trans_huge_lock(pmd_t *pmd, struct vm_area_struct *vma)
{
	spinlock_t *ptl = pmd_lockptr(vma->vm_mm, pmd);

	if (zl_any())
		return NULL;
	zl_assume(ptl);
	zl_acquire(pmd_lock, ptl);
	return ptl;
}

spinlock_t *__pmd_trans_huge_lock(pmd_t *pmd, struct vm_area_struct *vma)
{
	spinlock_t *ptl = pmd_lockptr(vma->vm_mm, pmd);

	if (zl_any())
		return NULL;
	zl_assume(ptl);
	zl_acquire(pmd_lock, ptl);
	return ptl;
}

spinlock_t *pud_trans_huge_lock(pud_t *pud, struct vm_area_struct *vma)
{
	spinlock_t *ptl = pud_lockptr(vma->vm_mm, pud);

	if (zl_any())
		return NULL;
	zl_assume(ptl);
	zl_acquire(pud_lock, ptl);
	return ptl;
}

spinlock_t *__pud_trans_huge_lock(pud_t *pud, struct vm_area_struct *vma)
{
	spinlock_t *ptl = pud_lockptr(vma->vm_mm, pud);

	if (zl_any())
		return NULL;
	zl_assume(ptl);
	zl_acquire(pud_lock, ptl);
	return ptl;
}

/* Before 6.5 a macro that cannot fail. */
#pragma kernel < 6.5
pte_t *pte_offset_map_lock(struct mm_struct *mm, pmd_t *pmd, unsigned long addr, spinlock_t **ptlp)
{
	pte_t *pte = zl_new();

	*ptlp = zl_new();
	zl_acquire(pte_lock, *ptlp);
	zl_acquire(pte_map, pte);
	return pte;
}

/* Since 6.5 the table may be gone: NULL, with nothing held and *ptlp not written. */
#pragma kernel >= 6.5
pte_t *pte_offset_map_lock(struct mm_struct *mm, pmd_t *pmd, unsigned long addr, spinlock_t **ptlp)
{
	pte_t *pte;

	if (zl_any())
		return NULL;
	pte = zl_new();
	*ptlp = zl_new();
	zl_acquire(pte_lock, *ptlp);
	zl_acquire(pte_map, pte);
	return pte;
}

#pragma kernel >= 6.5
pte_t *__pte_offset_map_lock(struct mm_struct *mm, pmd_t *pmd, unsigned long addr, spinlock_t **ptlp)
{
	pte_t *pte;

	if (zl_any())
		return NULL;
	pte = zl_new();
	*ptlp = zl_new();
	zl_acquire(pte_lock, *ptlp);
	zl_acquire(pte_map, pte);
	return pte;
}

/* NULL for want of memory in every release. */
pte_t *pte_alloc_map_lock(struct mm_struct *mm, pmd_t *pmd, unsigned long addr, spinlock_t **ptlp)
{
	pte_t *pte;

	if (zl_any())
		return NULL;
	pte = zl_new();
	*ptlp = zl_new();
	zl_acquire(pte_lock, *ptlp);
	zl_acquire(pte_map, pte);
	return pte;
}

pte_t *get_locked_pte(struct mm_struct *mm, unsigned long addr, spinlock_t **ptl)
{
	pte_t *pte;

	if (zl_any())
		return NULL;
	pte = zl_new();
	*ptl = zl_new();
	zl_acquire(pte_lock, *ptl);
	zl_acquire(pte_map, pte);
	return pte;
}

pte_t *__get_locked_pte(struct mm_struct *mm, unsigned long addr, spinlock_t **ptl)
{
	pte_t *pte;

	if (zl_any())
		return NULL;
	pte = zl_new();
	*ptl = zl_new();
	zl_acquire(pte_lock, *ptl);
	zl_acquire(pte_map, pte);
	return pte;
}

#pragma kernel < 6.5
pte_t *pte_offset_map(pmd_t *pmd, unsigned long addr)
{
	pte_t *pte = zl_new();

	zl_acquire(pte_map, pte);
	return pte;
}

#pragma kernel >= 6.5
pte_t *pte_offset_map(pmd_t *pmd, unsigned long addr)
{
	pte_t *pte;

	if (zl_any())
		return NULL;
	pte = zl_new();
	zl_acquire(pte_map, pte);
	return pte;
}

#pragma kernel >= 6.5
pte_t *__pte_offset_map(pmd_t *pmd, unsigned long addr, pmd_t *pmdvalp)
{
	pte_t *pte;

	if (zl_any())
		return NULL;
	pte = zl_new();
	zl_acquire(pte_map, pte);
	return pte;
}

pte_t *pte_alloc_map(struct mm_struct *mm, pmd_t *pmd, unsigned long addr)
{
	pte_t *pte;

	if (zl_any())
		return NULL;
	pte = zl_new();
	zl_acquire(pte_map, pte);
	return pte;
}

/* Tells the lock and does not take it. */
#pragma kernel >= 6.5
pte_t *pte_offset_map_nolock(struct mm_struct *mm, pmd_t *pmd, unsigned long addr, spinlock_t **ptlp)
{
	pte_t *pte;

	if (zl_any())
		return NULL;
	pte = zl_new();
	*ptlp = pte_lockptr(mm, pmd);
	zl_acquire(pte_map, pte);
	return pte;
}

void pte_unmap(pte_t *pte) { zl_release(pte_map, pte); }

void pte_unmap_unlock(pte_t *pte, spinlock_t *ptl)
{
	zl_release(spinlock, ptl);
	zl_release(pte_map, pte);
}

/* True: the entry of pvmw is locked and mapped. False: everything of an earlier round has been given back. */
bool page_vma_mapped_walk(struct page_vma_mapped_walk *pvmw)
{
	if (zl_held(pvmw, pvmw)) {
		zl_release(pte_lock, pvmw->ptl);
		zl_release(pvmw, pvmw);
	}
	if (zl_any())
		return false;
	pvmw->pmd = zl_any();
	pvmw->pte = zl_any();
	pvmw->ptl = zl_new();
	zl_acquire(pte_lock, pvmw->ptl);
	zl_acquire(pvmw, pvmw);
	return true;
}

/* For leaving a walk early. Harmless where the walk holds nothing. */
void page_vma_mapped_walk_done(struct page_vma_mapped_walk *pvmw)
{
	if (zl_held(pvmw, pvmw)) {
		zl_release(pte_lock, pvmw->ptl);
		zl_release(pvmw, pvmw);
	}
}

void page_vma_mapped_walk_restart(struct page_vma_mapped_walk *pvmw)
{
	zl_release(pte_lock, pvmw->ptl);
	zl_release(pvmw, pvmw);
	pvmw->ptl = NULL;
	pvmw->pmd = NULL;
	pvmw->pte = NULL;
}

/* Zero: *ptepp is mapped and locked. */
#pragma kernel < 6.10
int follow_pte(struct mm_struct *mm, unsigned long address, pte_t **ptepp, spinlock_t **ptlp)
{
	zl_assert_held(mmap_lock, mm);
	if (zl_any())
		return zl_error();
	*ptepp = zl_new();
	*ptlp = zl_new();
	zl_acquire(pte_lock, *ptlp);
	zl_acquire(pte_map, *ptepp);
	return 0;
}

#pragma kernel >= 6.10
int follow_pte(struct vm_area_struct *vma, unsigned long address, pte_t **ptepp, spinlock_t **ptlp)
{
	if (zl_any())
		return zl_error();
	*ptepp = zl_new();
	*ptlp = zl_new();
	zl_acquire(pte_lock, *ptlp);
	zl_acquire(pte_map, *ptepp);
	return 0;
}

/* Zero: the lock of the entry, of whatever level, is held in args->lock. */
int follow_pfnmap_start(struct follow_pfnmap_args *args)
{
	if (zl_any())
		return zl_error();
	args->lock = zl_new();
	zl_acquire(pte_lock, args->lock);
	return 0;
}

void follow_pfnmap_end(struct follow_pfnmap_args *args) { zl_release(spinlock, args->lock); }

/* A folio: its entry is locked in fw->ptl until folio_walk_end(). */
struct folio *folio_walk_start(struct folio_walk *fw, struct vm_area_struct *vma, unsigned long addr, folio_walk_flags_t flags)
{
	zl_assert_held(mmap_lock, vma->vm_mm);
	if (zl_any())
		return NULL;
	fw->ptl = zl_new();
	zl_acquire(pte_lock, fw->ptl);
	return zl_new();
}

void folio_walk_end(struct folio_walk *fw, struct vm_area_struct *vma) { zl_release(spinlock, fw->ptl); }

void arch_enter_lazy_mmu_mode(void) { zl_acquire(lazy_mmu, current); }
void arch_leave_lazy_mmu_mode(void) { zl_release(lazy_mmu, current); }

/* Reading an entry. Hardware and other processors change it at any time: two reads are two values. */
pte_t ptep_get(pte_t *ptep) { return zl_any(); }
pte_t ptep_get_lockless(pte_t *ptep) { return zl_any(); }
pmd_t pmdp_get(pmd_t *pmdp) { return zl_any(); }
pmd_t pmdp_get_lockless(pmd_t *pmdp) { return zl_any(); }
pud_t pudp_get(pud_t *pudp) { return zl_any(); }

#pragma kernel < 6.12
pte_t huge_ptep_get(pte_t *ptep) { return zl_any(); }

#pragma kernel >= 6.12
pte_t huge_ptep_get(struct mm_struct *mm, unsigned long addr, pte_t *ptep) { return zl_any(); }

/* Clearing one tells what it was. */
pte_t ptep_get_and_clear(struct mm_struct *mm, unsigned long addr, pte_t *ptep) { return zl_any(); }
pte_t ptep_get_and_clear_full(struct mm_struct *mm, unsigned long addr, pte_t *ptep, int full) { return zl_any(); }
pte_t get_and_clear_full_ptes(struct mm_struct *mm, unsigned long addr, pte_t *ptep, unsigned int nr, int full) { return zl_any(); }
pte_t ptep_clear_flush(struct vm_area_struct *vma, unsigned long addr, pte_t *ptep) { return zl_any(); }
pmd_t pmdp_huge_get_and_clear(struct mm_struct *mm, unsigned long addr, pmd_t *pmdp) { return zl_any(); }
pmd_t pmdp_huge_clear_flush(struct vm_area_struct *vma, unsigned long addr, pmd_t *pmdp) { return zl_any(); }
pmd_t pmdp_collapse_flush(struct vm_area_struct *vma, unsigned long addr, pmd_t *pmdp) { return zl_any(); }
