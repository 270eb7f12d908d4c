/*
 * The gathering of pages and page tables to free until translations are flushed. mm/mmu_gather.c.
 */
#pragma lock mmu_gather : window

void tlb_gather_mmu(struct mmu_gather *tlb, struct mm_struct *mm)
{
	zl_acquire(mmu_gather, tlb);
	tlb->mm = mm;
}

void tlb_gather_mmu_fullmm(struct mmu_gather *tlb, struct mm_struct *mm)
{
	zl_acquire(mmu_gather, tlb);
	tlb->mm = mm;
}

void tlb_gather_mmu_vma(struct mmu_gather *tlb, struct vm_area_struct *vma)
{
	zl_acquire(mmu_gather, tlb);
	tlb->mm = vma->vm_mm;
}

void tlb_finish_mmu(struct mmu_gather *tlb) { zl_release(mmu_gather, tlb); }
