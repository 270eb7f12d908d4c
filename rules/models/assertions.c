/*
 * Assertions. One that ends the path is a fact after it; one about a lock, at the head of a function, is its contract.
 * A warning only documents: the path goes on either way, and `zl_warn(c)` says that c is meant to hold.
 *
 * lockdep takes a lock of any kind, so any_lock stands for whatever class the object belongs to.
 * include/linux/lockdep.h, mmdebug.h, bug.h, mmap_lock.h, fs.h, rwsem.h.
 */
#pragma types bool
#pragma lock any_lock : any
#pragma noreturn panic do_exit make_task_dead do_group_exit nmi_panic unreachable

void lockdep_assert_held(void *lock) { zl_assert_held(any_lock, lock); }
void lockdep_assert_held_write(void *lock) { zl_assert_held_write(any_lock, lock); }
void lockdep_assert_held_read(void *lock) { zl_assert_held(any_lock, lock); }
void lockdep_assert_held_once(void *lock) { zl_assert_held(any_lock, lock); }
void lockdep_assert_not_held(void *lock) { zl_assert_not_held(any_lock, lock); }
void lockdep_assert(bool condition) { zl_warn(condition); }
void lockdep_assert_once(bool condition) { zl_warn(condition); }
bool lockdep_is_held(void *lock) { return zl_held(any_lock, lock); }
bool lockdep_is_held_type(void *lock, int type) { return zl_held(any_lock, lock); }
void percpu_rwsem_assert_held(void *lock) { zl_assert_held(any_lock, lock); }

void rwsem_assert_held(struct rw_semaphore *sem) { zl_assert_held(rwsem, sem); }
void rwsem_assert_held_write(struct rw_semaphore *sem) { zl_assert_held_write(rwsem, sem); }
void rwsem_assert_held_nolockdep(struct rw_semaphore *sem) { zl_assert_held(rwsem, sem); }
void rwsem_assert_held_write_nolockdep(struct rw_semaphore *sem) { zl_assert_held_write(rwsem, sem); }

void mmap_assert_locked(struct mm_struct *mm) { zl_assert_held(mmap_lock, mm); }
void mmap_assert_write_locked(struct mm_struct *mm) { zl_assert_held_write(mmap_lock, mm); }
void i_mmap_assert_locked(struct address_space *mapping) { zl_assert_held(i_mmap, mapping); }
void i_mmap_assert_write_locked(struct address_space *mapping) { zl_assert_held_write(i_mmap, mapping); }

/* Either the vma is read-locked or it is marked by the writer of its mm. */
void vma_assert_locked(struct vm_area_struct *vma)
{
	if (!zl_held(vma_lock, vma))
		zl_assert_held_write(mmap_lock, vma->vm_mm);
}

void BUG(void) { zl_stop(); }
void BUG_ON(bool condition) { zl_assert(!condition); }
void VM_BUG_ON(bool condition) { zl_assert(!condition); }
void VM_BUG_ON_PAGE(bool condition, struct page *page) { zl_assert(!condition); }
void VM_BUG_ON_FOLIO(bool condition, struct folio *folio) { zl_assert(!condition); }
void VM_BUG_ON_VMA(bool condition, struct vm_area_struct *vma) { zl_assert(!condition); }
void VM_BUG_ON_MM(bool condition, struct mm_struct *mm) { zl_assert(!condition); }
void VM_BUG_ON_PGFLAGS(bool condition, struct page *page) { zl_assert(!condition); }

/* These give the condition back. */
bool WARN_ON(bool condition)
{
	zl_warn(!condition);
	return condition;
}

bool WARN_ON_ONCE(bool condition)
{
	zl_warn(!condition);
	return condition;
}

bool WARN(bool condition, const char *format)
{
	zl_warn(!condition);
	return condition;
}

bool WARN_ONCE(bool condition, const char *format)
{
	zl_warn(!condition);
	return condition;
}

bool VM_WARN_ON_ONCE_PAGE(bool condition, struct page *page)
{
	zl_warn(!condition);
	return condition;
}

bool VM_WARN_ON_ONCE_FOLIO(bool condition, struct folio *folio)
{
	zl_warn(!condition);
	return condition;
}

bool VM_WARN_ON_FOLIO(bool condition, struct folio *folio)
{
	zl_warn(!condition);
	return condition;
}

bool VM_WARN_ON_ONCE_MM(bool condition, struct mm_struct *mm)
{
	zl_warn(!condition);
	return condition;
}

void VM_WARN_ON(bool condition) { zl_warn(!condition); }
void VM_WARN_ON_ONCE(bool condition) { zl_warn(!condition); }
void VM_WARN_ONCE(bool condition, const char *format) { zl_warn(!condition); }
