/*
 * hugetlb: the lock of a vma (in vm_private_data or in the reserve map), the fault mutexes, the huge page-table lock.
 *
 * A vma without such a lock makes the functions do nothing. The model takes the lock in every case: callers cannot
 * tell, and pair the calls. mm/hugetlb.c, include/linux/hugetlb.h.
 */
#pragma types pte_t spinlock_t
#pragma tries hugetlb_page_mapping_lock_write hugetlb_folio_mapping_lock_write
#pragma lock hugetlb_vma_lock : rwsem field hugetlb_vma_lock.rw_sema field resv_map.rw_sema
#pragma object hugetlb_vma_lock vm_area_struct vm_fault.vma
#pragma lock hugetlb_fault_mutex : mutex global hugetlb_fault_mutex_table
#pragma lock resize_lock : mutex field hstate.resize_lock

void hugetlb_vma_lock_read(struct vm_area_struct *vma) { zl_acquire_read(hugetlb_vma_lock, vma); }
void hugetlb_vma_unlock_read(struct vm_area_struct *vma) { zl_release(hugetlb_vma_lock, vma); }
void hugetlb_vma_lock_write(struct vm_area_struct *vma) { zl_acquire_write(hugetlb_vma_lock, vma); }
void hugetlb_vma_unlock_write(struct vm_area_struct *vma) { zl_release(hugetlb_vma_lock, vma); }
void hugetlb_vma_assert_locked(struct vm_area_struct *vma) { zl_assert_held(hugetlb_vma_lock, vma); }

/* Non-zero: taken, or there is no lock to take. */
int hugetlb_vma_trylock_write(struct vm_area_struct *vma)
{
	if (zl_any()) {
		zl_acquire_write(hugetlb_vma_lock, vma);
		return 1;
	}
	return 0;
}

/* The last unlock, which frees the lock. */
void __hugetlb_vma_unlock_write_free(struct vm_area_struct *vma) { zl_release(hugetlb_vma_lock, vma); }

/* The mapping with its i_mmap lock held for writing, by a trylock inside, or NULL. */
struct address_space *hugetlb_page_mapping_lock_write(struct page *hpage)
{
	struct address_space *mapping;

	if (zl_any())
		return NULL;
	mapping = zl_new();
	zl_acquire_write(i_mmap, mapping);
	return mapping;
}

struct address_space *hugetlb_folio_mapping_lock_write(struct folio *folio)
{
	struct address_space *mapping;

	if (zl_any())
		return NULL;
	mapping = zl_new();
	zl_acquire_write(i_mmap, mapping);
	return mapping;
}

spinlock_t *huge_pte_lockptr(struct hstate *h, struct mm_struct *mm, pte_t *pte) { return zl_pure(mm, pte); }

spinlock_t *huge_pte_lock(struct hstate *h, struct mm_struct *mm, pte_t *pte)
{
	spinlock_t *ptl = huge_pte_lockptr(h, mm, pte);

	zl_assume(ptl);
	zl_acquire(pte_lock, ptl);
	return ptl;
}

pte_t *hugetlb_walk(struct vm_area_struct *vma, unsigned long addr, unsigned long sz)
{
	if (zl_any())
		return NULL;
	return zl_new();
}

pte_t *huge_pte_offset(struct mm_struct *mm, unsigned long addr, unsigned long sz)
{
	if (zl_any())
		return NULL;
	return zl_new();
}

pte_t *huge_pte_alloc(struct mm_struct *mm, struct vm_area_struct *vma, unsigned long addr, unsigned long sz)
{
	if (zl_any())
		return NULL;
	return zl_new();
}

/* Non-zero: a shared page table was let go, and its users' translations are still to be flushed. */
#pragma declares huge_pmd_unshare_flush
int huge_pmd_unshare(struct mmu_gather *tlb, struct vm_area_struct *vma, unsigned long addr, pte_t *ptep)
{
	zl_assert_held_write(i_mmap, vma->vm_file->f_mapping);
	return zl_any();
}

#pragma lacks huge_pmd_unshare_flush
int huge_pmd_unshare(struct mm_struct *mm, struct vm_area_struct *vma, unsigned long addr, pte_t *ptep)
{
	zl_assert_held_write(i_mmap, vma->vm_file->f_mapping);
	return zl_any();
}

void huge_pmd_unshare_flush(struct mmu_gather *tlb, struct vm_area_struct *vma)
{
	zl_assert_held_write(i_mmap, vma->vm_file->f_mapping);
}
