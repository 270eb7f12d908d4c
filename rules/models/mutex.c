/*
 * Mutexes, and the RCU read side. include/linux/mutex.h, include/linux/kref.h, lib/dec_and_lock.c.
 */
#pragma types bool atomic_t
#pragma lock mutex : mutex
#pragma lock rcu : window
#pragma lock srcu : window
#pragma lock local_lock : spinlock

void mutex_lock(struct mutex *lock) { zl_acquire(mutex, lock); }
void mutex_lock_nested(struct mutex *lock, unsigned int subclass) { zl_acquire(mutex, lock); }
void mutex_lock_nest_lock(struct mutex *lock, void *nest_lock) { zl_acquire(mutex, lock); }
void mutex_lock_io(struct mutex *lock) { zl_acquire(mutex, lock); }
void mutex_unlock(struct mutex *lock) { zl_release(mutex, lock); }
bool mutex_is_locked(struct mutex *lock) { return zl_held(mutex, lock); }

/* Zero: taken. */
int mutex_lock_killable(struct mutex *lock)
{
	if (zl_any())
		return zl_error();
	zl_acquire(mutex, lock);
	return 0;
}

int mutex_lock_interruptible(struct mutex *lock)
{
	if (zl_any())
		return zl_error();
	zl_acquire(mutex, lock);
	return 0;
}

/* Non-zero: taken. */
int mutex_trylock(struct mutex *lock)
{
	if (zl_any()) {
		zl_acquire(mutex, lock);
		return 1;
	}
	return 0;
}

/* Non-zero: the count fell to zero and the mutex is held. */
int atomic_dec_and_mutex_lock(atomic_t *counter, struct mutex *lock)
{
	if (zl_any()) {
		zl_acquire(mutex, lock);
		return 1;
	}
	return 0;
}

/* The RCU read side nests and belongs to the task. */
void rcu_read_lock(void) { zl_acquire_read(rcu, current); }
void rcu_read_unlock(void) { zl_release(rcu, current); }
bool rcu_read_lock_held(void) { return zl_held(rcu, current); }
int srcu_read_lock(struct srcu_struct *ssp)
{
	zl_acquire_read(srcu, ssp);
	return zl_any();
}
void srcu_read_unlock(struct srcu_struct *ssp, int index) { zl_release(srcu, ssp); }

void local_lock(void *lock) { zl_acquire(local_lock, lock); }
void local_lock_irq(void *lock) { zl_acquire(local_lock, lock); }
void local_lock_irqsave(void *lock, unsigned long flags) { zl_acquire(local_lock, lock); }
void local_unlock(void *lock) { zl_release(local_lock, lock); }
void local_unlock_irq(void *lock) { zl_release(local_lock, lock); }
void local_unlock_irqrestore(void *lock, unsigned long flags) { zl_release(local_lock, lock); }
