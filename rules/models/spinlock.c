/*
 * Spinlocks and what is built like them: raw, reader-writer and bit spinlocks, the lock inside an xarray.
 *
 * A pointer to a lock is its own object: releasing `ptl` releases whatever lock of this kind was taken through the
 * same pointer, whoever took it. include/linux/spinlock.h, rwlock.h, bit_spinlock.h, xarray.h.
 */
#pragma types spinlock_t raw_spinlock_t rwlock_t atomic_t
#pragma lock spinlock : spinlock
#pragma lock bit_spinlock : bit
#pragma lock page_table_lock : spinlock field mm_struct.page_table_lock
#pragma lock i_lock : spinlock field inode.i_lock
#pragma lock i_pages : spinlock field xarray.xa_lock
#pragma lock lru_lock : spinlock field lruvec.lru_lock
#pragma lock hugetlb_lock : spinlock global hugetlb_lock
#pragma lock swap_lock : spinlock global swap_lock
#pragma lock private_lock : spinlock field address_space.private_lock field address_space.i_private_lock
#pragma lock tasklist_lock : spinlock global tasklist_lock

void spin_lock(spinlock_t *lock) { zl_acquire(spinlock, lock); }
void spin_lock_bh(spinlock_t *lock) { zl_acquire(spinlock, lock); }
void spin_lock_irq(spinlock_t *lock) { zl_acquire(spinlock, lock); }
void spin_lock_irqsave(spinlock_t *lock, unsigned long flags) { zl_acquire(spinlock, lock); }
void spin_lock_nested(spinlock_t *lock, int subclass) { zl_acquire(spinlock, lock); }
void spin_lock_irqsave_nested(spinlock_t *lock, unsigned long flags, int subclass) { zl_acquire(spinlock, lock); }
void spin_lock_nest_lock(spinlock_t *lock, void *nest_lock) { zl_acquire(spinlock, lock); }
void spin_unlock(spinlock_t *lock) { zl_release(spinlock, lock); }
void spin_unlock_bh(spinlock_t *lock) { zl_release(spinlock, lock); }
void spin_unlock_irq(spinlock_t *lock) { zl_release(spinlock, lock); }
void spin_unlock_irqrestore(spinlock_t *lock, unsigned long flags) { zl_release(spinlock, lock); }

/* Non-zero: taken. */
int spin_trylock(spinlock_t *lock)
{
	if (zl_any()) {
		zl_acquire(spinlock, lock);
		return 1;
	}
	return 0;
}

int spin_trylock_bh(spinlock_t *lock)
{
	if (zl_any()) {
		zl_acquire(spinlock, lock);
		return 1;
	}
	return 0;
}

int spin_trylock_irq(spinlock_t *lock)
{
	if (zl_any()) {
		zl_acquire(spinlock, lock);
		return 1;
	}
	return 0;
}

int spin_trylock_irqsave(spinlock_t *lock, unsigned long flags)
{
	if (zl_any()) {
		zl_acquire(spinlock, lock);
		return 1;
	}
	return 0;
}

int spin_is_locked(spinlock_t *lock) { return zl_held(spinlock, lock); }
void assert_spin_locked(spinlock_t *lock) { zl_assert_held(spinlock, lock); }
void assert_raw_spin_locked(raw_spinlock_t *lock) { zl_assert_held(spinlock, lock); }

void raw_spin_lock(raw_spinlock_t *lock) { zl_acquire(spinlock, lock); }
void raw_spin_lock_irq(raw_spinlock_t *lock) { zl_acquire(spinlock, lock); }
void raw_spin_lock_irqsave(raw_spinlock_t *lock, unsigned long flags) { zl_acquire(spinlock, lock); }
void raw_spin_lock_nested(raw_spinlock_t *lock, int subclass) { zl_acquire(spinlock, lock); }
void raw_spin_unlock(raw_spinlock_t *lock) { zl_release(spinlock, lock); }
void raw_spin_unlock_irq(raw_spinlock_t *lock) { zl_release(spinlock, lock); }
void raw_spin_unlock_irqrestore(raw_spinlock_t *lock, unsigned long flags) { zl_release(spinlock, lock); }

int raw_spin_trylock_irqsave(raw_spinlock_t *lock, unsigned long flags)
{
	if (zl_any()) {
		zl_acquire(spinlock, lock);
		return 1;
	}
	return 0;
}

int raw_spin_trylock(raw_spinlock_t *lock)
{
	if (zl_any()) {
		zl_acquire(spinlock, lock);
		return 1;
	}
	return 0;
}

/* The last reference takes the lock: non-zero is "dropped to zero, lock held". lib/dec_and_lock.c. */
int atomic_dec_and_lock(atomic_t *counter, spinlock_t *lock)
{
	if (zl_any()) {
		zl_acquire(spinlock, lock);
		return 1;
	}
	return 0;
}

int atomic_dec_and_lock_irqsave(atomic_t *counter, spinlock_t *lock, unsigned long flags)
{
	if (zl_any()) {
		zl_acquire(spinlock, lock);
		return 1;
	}
	return 0;
}

void read_lock(rwlock_t *lock) { zl_acquire_read(spinlock, lock); }
void read_lock_irq(rwlock_t *lock) { zl_acquire_read(spinlock, lock); }
void read_lock_bh(rwlock_t *lock) { zl_acquire_read(spinlock, lock); }
void read_lock_irqsave(rwlock_t *lock, unsigned long flags) { zl_acquire_read(spinlock, lock); }
void read_unlock(rwlock_t *lock) { zl_release(spinlock, lock); }
void read_unlock_irq(rwlock_t *lock) { zl_release(spinlock, lock); }
void read_unlock_bh(rwlock_t *lock) { zl_release(spinlock, lock); }
void read_unlock_irqrestore(rwlock_t *lock, unsigned long flags) { zl_release(spinlock, lock); }
void write_lock(rwlock_t *lock) { zl_acquire_write(spinlock, lock); }
void write_lock_irq(rwlock_t *lock) { zl_acquire_write(spinlock, lock); }
void write_lock_bh(rwlock_t *lock) { zl_acquire_write(spinlock, lock); }
void write_lock_irqsave(rwlock_t *lock, unsigned long flags) { zl_acquire_write(spinlock, lock); }
void write_unlock(rwlock_t *lock) { zl_release(spinlock, lock); }
void write_unlock_irq(rwlock_t *lock) { zl_release(spinlock, lock); }
void write_unlock_bh(rwlock_t *lock) { zl_release(spinlock, lock); }
void write_unlock_irqrestore(rwlock_t *lock, unsigned long flags) { zl_release(spinlock, lock); }

void bit_spin_lock(int bitnum, unsigned long *addr) { zl_acquire(bit_spinlock, addr); }
void bit_spin_unlock(int bitnum, unsigned long *addr) { zl_release(bit_spinlock, addr); }
void __bit_spin_unlock(int bitnum, unsigned long *addr) { zl_release(bit_spinlock, addr); }

int bit_spin_trylock(int bitnum, unsigned long *addr)
{
	if (zl_any()) {
		zl_acquire(bit_spinlock, addr);
		return 1;
	}
	return 0;
}

/* The lock of an xarray: `&mapping->i_pages` is the object. */
void xa_lock(struct xarray *xa) { zl_acquire(i_pages, xa); }
void xa_lock_irq(struct xarray *xa) { zl_acquire(i_pages, xa); }
void xa_lock_bh(struct xarray *xa) { zl_acquire(i_pages, xa); }
void xa_lock_irqsave(struct xarray *xa, unsigned long flags) { zl_acquire(i_pages, xa); }
void xa_unlock(struct xarray *xa) { zl_release(i_pages, xa); }
void xa_unlock_irq(struct xarray *xa) { zl_release(i_pages, xa); }
void xa_unlock_bh(struct xarray *xa) { zl_release(i_pages, xa); }
void xa_unlock_irqrestore(struct xarray *xa, unsigned long flags) { zl_release(i_pages, xa); }
void xas_lock(struct xa_state *xas) { zl_acquire(i_pages, xas->xa); }
void xas_lock_irq(struct xa_state *xas) { zl_acquire(i_pages, xas->xa); }
void xas_lock_irqsave(struct xa_state *xas, unsigned long flags) { zl_acquire(i_pages, xas->xa); }
void xas_unlock(struct xa_state *xas) { zl_release(i_pages, xas->xa); }
void xas_unlock_irq(struct xa_state *xas) { zl_release(i_pages, xas->xa); }
void xas_unlock_irqrestore(struct xa_state *xas, unsigned long flags) { zl_release(i_pages, xas->xa); }

int xa_trylock(struct xarray *xa)
{
	if (zl_any()) {
		zl_acquire(i_pages, xa);
		return 1;
	}
	return 0;
}
