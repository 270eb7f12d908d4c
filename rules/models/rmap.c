/*
 * Reverse-map locks that are found by trying. include/linux/rmap.h, mm/rmap.c. The lock is in the root of the anon_vma.
 */

/* NULL: not anonymous any more, or the lock is contended and the walk asked not to wait. */
struct anon_vma *folio_lock_anon_vma_read(struct folio *folio, struct rmap_walk_control *rwc)
{
	struct anon_vma *anon_vma;

	if (zl_any())
		return NULL;
	anon_vma = zl_new();
	zl_acquire_read(anon_vma, anon_vma->root);
	return anon_vma;
}

/* Whatever root was locked before: now it is this one. */
struct anon_vma *lock_anon_vma_root(struct anon_vma *root, struct anon_vma *anon_vma)
{
	if (root)
		zl_release(anon_vma, root);
	zl_acquire_write(anon_vma, anon_vma->root);
	return anon_vma->root;
}

void unlock_anon_vma_root(struct anon_vma *root)
{
	if (root)
		zl_release(anon_vma, root);
}
