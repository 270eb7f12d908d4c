/*
 * The LRU lock of the list a folio is on. include/linux/memcontrol.h, mm/memcontrol.c.
 */

struct lruvec *folio_lruvec_lock(struct folio *folio)
{
	struct lruvec *lruvec = zl_new();

	zl_acquire(lru_lock, lruvec);
	return lruvec;
}

struct lruvec *folio_lruvec_lock_irq(struct folio *folio)
{
	struct lruvec *lruvec = zl_new();

	zl_acquire(lru_lock, lruvec);
	return lruvec;
}

struct lruvec *folio_lruvec_lock_irqsave(struct folio *folio, unsigned long *flags)
{
	struct lruvec *lruvec = zl_new();

	zl_acquire(lru_lock, lruvec);
	return lruvec;
}

/* Whatever was locked before: now it is the list of this folio. */
struct lruvec *folio_lruvec_relock_irq(struct folio *folio, struct lruvec *locked_lruvec)
{
	struct lruvec *lruvec = zl_new();

	if (locked_lruvec)
		zl_release(lru_lock, locked_lruvec);
	zl_acquire(lru_lock, lruvec);
	return lruvec;
}

#pragma kernel < 6.9
struct lruvec *folio_lruvec_relock_irqsave(struct folio *folio, struct lruvec *locked_lruvec, unsigned long *flags)
{
	struct lruvec *lruvec = zl_new();

	if (locked_lruvec)
		zl_release(lru_lock, locked_lruvec);
	zl_acquire(lru_lock, lruvec);
	return lruvec;
}

#pragma kernel >= 6.9
void folio_lruvec_relock_irqsave(struct folio *folio, struct lruvec **lruvecp, unsigned long *flags)
{
	if (*lruvecp)
		zl_release(lru_lock, *lruvecp);
	*lruvecp = zl_new();
	zl_acquire(lru_lock, *lruvecp);
}
