/*
 * Sleeping reader-writer locks, and the classes of those that lie in a known field.
 *
 * A lock in a named field belongs to the object that holds the field: `&mapping->i_mmap_rwsem` is i_mmap(mapping).
 * include/linux/rwsem.h, percpu-rwsem.h.
 */
#pragma types bool
/* Taken only if nobody holds it: nobody waits, so that no order is needed. */
#pragma tries *trylock*
#pragma lock rwsem : rwsem
#pragma lock i_mmap : rwsem field address_space.i_mmap_rwsem
#pragma object i_mmap address_space vm_area_struct.vm_file.f_mapping
#pragma lock invalidate_lock : rwsem field address_space.invalidate_lock
#pragma object invalidate_lock address_space
#pragma lock anon_vma : rwsem field anon_vma.rwsem
#pragma lock i_rwsem : rwsem field inode.i_rwsem
#pragma lock mmap_lock : rwsem field mm_struct.mmap_lock
#pragma object mmap_lock mm_struct vm_area_struct.vm_mm vm_fault.vma.vm_mm mm_walk.mm
#pragma lock percpu_rwsem : rwsem
/* Two of a kind are held only where they are nested on purpose: dup_mmap(), mm_take_all_locks(). */
#pragma single mmap_lock i_mmap anon_vma

void down_read(struct rw_semaphore *sem) { zl_acquire_read(rwsem, sem); }
void down_read_nested(struct rw_semaphore *sem, int subclass) { zl_acquire_read(rwsem, sem); }
void down_read_non_owner(struct rw_semaphore *sem) { zl_acquire_read(rwsem, sem); }
void down_write(struct rw_semaphore *sem) { zl_acquire_write(rwsem, sem); }
void down_write_nested(struct rw_semaphore *sem, int subclass) { zl_acquire_write(rwsem, sem); }
void down_write_nest_lock(struct rw_semaphore *sem, void *nest_lock) { zl_acquire_write(rwsem, sem); }
void up_read(struct rw_semaphore *sem) { zl_release(rwsem, sem); }
void up_read_non_owner(struct rw_semaphore *sem) { zl_release(rwsem, sem); }
void up_write(struct rw_semaphore *sem) { zl_release(rwsem, sem); }
void downgrade_write(struct rw_semaphore *sem) { zl_downgrade(rwsem, sem); }

/* Zero: taken. A fatal signal gives -EINTR and nothing is held. */
int down_read_killable(struct rw_semaphore *sem)
{
	if (zl_any())
		return zl_error();
	zl_acquire_read(rwsem, sem);
	return 0;
}

int down_read_interruptible(struct rw_semaphore *sem)
{
	if (zl_any())
		return zl_error();
	zl_acquire_read(rwsem, sem);
	return 0;
}

int down_read_killable_nested(struct rw_semaphore *sem, int subclass)
{
	if (zl_any())
		return zl_error();
	zl_acquire_read(rwsem, sem);
	return 0;
}

int down_write_killable(struct rw_semaphore *sem)
{
	if (zl_any())
		return zl_error();
	zl_acquire_write(rwsem, sem);
	return 0;
}

int down_write_killable_nested(struct rw_semaphore *sem, int subclass)
{
	if (zl_any())
		return zl_error();
	zl_acquire_write(rwsem, sem);
	return 0;
}

/* Non-zero: taken. */
int down_read_trylock(struct rw_semaphore *sem)
{
	if (zl_any()) {
		zl_acquire_read(rwsem, sem);
		return 1;
	}
	return 0;
}

int down_write_trylock(struct rw_semaphore *sem)
{
	if (zl_any()) {
		zl_acquire_write(rwsem, sem);
		return 1;
	}
	return 0;
}

/* Any mode counts, and another task may be the holder: as a question it says little, in an assertion it is meant. */
int rwsem_is_locked(struct rw_semaphore *sem) { return zl_held(rwsem, sem); }
int rwsem_is_contended(struct rw_semaphore *sem) { return zl_any(); }

void percpu_down_read(struct percpu_rw_semaphore *sem) { zl_acquire_read(percpu_rwsem, sem); }
void percpu_up_read(struct percpu_rw_semaphore *sem) { zl_release(percpu_rwsem, sem); }
void percpu_down_write(struct percpu_rw_semaphore *sem) { zl_acquire_write(percpu_rwsem, sem); }
void percpu_up_write(struct percpu_rw_semaphore *sem) { zl_release(percpu_rwsem, sem); }

bool percpu_down_read_trylock(struct percpu_rw_semaphore *sem)
{
	if (zl_any()) {
		zl_acquire_read(percpu_rwsem, sem);
		return true;
	}
	return false;
}
