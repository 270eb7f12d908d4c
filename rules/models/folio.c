/*
 * The folio lock (PG_locked) and the page-cache lookups that return a locked folio.
 *
 * The bit is taken and dropped by inline bit operations, so every function of the family is modelled. A page and its
 * folio are one object (alias.c). include/linux/pagemap.h, mm/filemap.c, mm/shmem.c.
 */
#pragma types bool pgoff_t gfp_t fgf_t loff_t vm_fault_t
#pragma lock folio_lock : bit
/* The folio is new: nobody waits. */
#pragma tries __folio_set_locked __SetPageLocked
#pragma bits FGP_ACCESSED FGP_LOCK FGP_CREAT FGP_WRITE FGP_NOFS FGP_NOWAIT FGP_FOR_MMAP FGP_STABLE FGP_ENTRY FGP_HEAD
#pragma bits FGP_NO_WARN
#pragma union FGP_WRITEBEGIN FGP_LOCK FGP_WRITE FGP_CREAT FGP_STABLE
#pragma container filemap_add_folio __filemap_add_folio add_to_page_cache_lru add_to_page_cache_locked
#pragma container folio_batch_add pagevec_add
#pragma container shmem_add_to_page_cache hugetlb_add_to_page_cache add_to_swap_cache
#pragma container list_add list_add_tail list_move list_move_tail
#pragma container xas_store xa_store bio_add_folio bio_add_page bio_add_folio_nofail __bio_add_page
#pragma object folio_lock folio page

void folio_lock(struct folio *folio) { zl_acquire(folio_lock, folio); }
void lock_page(struct page *page) { zl_acquire(folio_lock, page); }
void __folio_lock(struct folio *folio) { zl_acquire(folio_lock, folio); }
void folio_unlock(struct folio *folio) { zl_release(folio_lock, folio); }
void unlock_page(struct page *page) { zl_release(folio_lock, page); }

/* True: taken. */
bool folio_trylock(struct folio *folio)
{
	if (zl_any()) {
		zl_acquire(folio_lock, folio);
		return true;
	}
	return false;
}

bool trylock_page(struct page *page)
{
	if (zl_any()) {
		zl_acquire(folio_lock, page);
		return true;
	}
	return false;
}

/* Zero: taken. A fatal signal gives -EINTR. */
int folio_lock_killable(struct folio *folio)
{
	if (zl_any())
		return zl_error();
	zl_acquire(folio_lock, folio);
	return 0;
}

int __folio_lock_killable(struct folio *folio)
{
	if (zl_any())
		return zl_error();
	zl_acquire(folio_lock, folio);
	return 0;
}

int lock_page_killable(struct page *page)
{
	if (zl_any())
		return zl_error();
	zl_acquire(folio_lock, page);
	return 0;
}

/* True: the folio is locked and the mmap lock kept. False: not locked, and mmap_lock dropped unless NOWAIT. */
#pragma kernel < 6.6
bool folio_lock_or_retry(struct folio *folio, struct mm_struct *mm, unsigned int flags)
{
	if (zl_any()) {
		zl_acquire(folio_lock, folio);
		return true;
	}
	if (!(flags & FAULT_FLAG_RETRY_NOWAIT))
		zl_release(mmap_lock, mm);
	return false;
}

/* The sense turned: zero is "locked", VM_FAULT_RETRY is "not locked, fault lock dropped unless NOWAIT". */
#pragma kernel >= 6.6
vm_fault_t folio_lock_or_retry(struct folio *folio, struct vm_fault *vmf)
{
	if (zl_any()) {
		zl_acquire(folio_lock, folio);
		return 0;
	}
	if (!(vmf->flags & FAULT_FLAG_RETRY_NOWAIT)) {
		if (vmf->flags & FAULT_FLAG_VMA_LOCK)
			zl_release(vma_lock, vmf->vma);
		else
			zl_release(mmap_lock, vmf->vma->vm_mm);
	}
	return VM_FAULT_RETRY;
}

bool folio_test_locked(struct folio *folio) { return zl_held(folio_lock, folio); }
int PageLocked(struct page *page) { return zl_held(folio_lock, page); }

/* A folio nobody else can see yet is locked without asking. */
void __folio_set_locked(struct folio *folio) { zl_acquire(folio_lock, folio); }
void __SetPageLocked(struct page *page) { zl_acquire(folio_lock, page); }
void __folio_clear_locked(struct folio *folio) { zl_release(folio_lock, folio); }
void __ClearPageLocked(struct page *page) { zl_release(folio_lock, page); }

/* Waiting for another's unlock takes nothing. */
void folio_wait_locked(struct folio *folio) { }
int folio_wait_locked_killable(struct folio *folio) { return zl_any(); }
void folio_wait_writeback(struct folio *folio) { }
void wait_on_page_locked(struct page *page) { }

/* A read that ended gives the folio back. */
#pragma kernel >= 6.7
void folio_end_read(struct folio *folio, bool success) { zl_release(folio_lock, folio); }

/* FGP_LOCK in the flags decides whether what is found is locked. Not found: NULL before 6.4, an error since. */
#pragma kernel < 6.4
struct folio *__filemap_get_folio(struct address_space *mapping, pgoff_t index, int fgp_flags, gfp_t gfp)
{
	struct folio *folio;

	if (zl_any())
		return NULL;
	folio = zl_new();
	if (fgp_flags & FGP_LOCK)
		zl_acquire(folio_lock, folio);
	return folio;
}

#pragma kernel >= 6.4
struct folio *__filemap_get_folio(struct address_space *mapping, pgoff_t index, fgf_t fgp_flags, gfp_t gfp)
{
	struct folio *folio;

	if (zl_any())
		return zl_error();
	folio = zl_new();
	if (fgp_flags & FGP_LOCK)
		zl_acquire(folio_lock, folio);
	return folio;
}

/* The page forms give NULL in every release. */
struct page *pagecache_get_page(struct address_space *mapping, pgoff_t index, int fgp_flags, gfp_t gfp)
{
	struct page *page;

	if (zl_any())
		return NULL;
	page = zl_new();
	if (fgp_flags & FGP_LOCK)
		zl_acquire(folio_lock, page);
	return page;
}

#pragma kernel < 6.4
struct folio *filemap_lock_folio(struct address_space *mapping, pgoff_t index)
{
	struct folio *folio;

	if (zl_any())
		return NULL;
	folio = zl_new();
	zl_acquire(folio_lock, folio);
	return folio;
}

#pragma kernel >= 6.4
struct folio *filemap_lock_folio(struct address_space *mapping, pgoff_t index)
{
	struct folio *folio;

	if (zl_any())
		return zl_error();
	folio = zl_new();
	zl_acquire(folio_lock, folio);
	return folio;
}

#pragma kernel >= 6.4
struct folio *filemap_grab_folio(struct address_space *mapping, pgoff_t index)
{
	struct folio *folio;

	if (zl_any())
		return zl_error();
	folio = zl_new();
	zl_acquire(folio_lock, folio);
	return folio;
}

struct page *find_lock_page(struct address_space *mapping, pgoff_t index)
{
	struct page *page;

	if (zl_any())
		return NULL;
	page = zl_new();
	zl_acquire(folio_lock, page);
	return page;
}

struct page *find_or_create_page(struct address_space *mapping, pgoff_t index, gfp_t gfp_mask)
{
	struct page *page;

	if (zl_any())
		return NULL;
	page = zl_new();
	zl_acquire(folio_lock, page);
	return page;
}

struct page *grab_cache_page_write_begin(struct address_space *mapping, pgoff_t index)
{
	struct page *page;

	if (zl_any())
		return NULL;
	page = zl_new();
	zl_acquire(folio_lock, page);
	return page;
}

/* Zero: *foliop is locked, or NULL over a hole that was only looked at. */
#pragma kernel < 6.12
int shmem_get_folio(struct inode *inode, pgoff_t index, struct folio **foliop, int sgp)
{
	if (zl_any())
		return zl_error();
	if (zl_any()) {
		zl_assume(sgp == SGP_READ || sgp == SGP_NOALLOC);
		*foliop = NULL;
		return 0;
	}
	*foliop = zl_new();
	zl_acquire(folio_lock, *foliop);
	return 0;
}

#pragma kernel >= 6.12
int shmem_get_folio(struct inode *inode, pgoff_t index, loff_t write_end, struct folio **foliop, int sgp)
{
	if (zl_any())
		return zl_error();
	if (zl_any()) {
		zl_assume(sgp == SGP_READ || sgp == SGP_NOALLOC);
		*foliop = NULL;
		return 0;
	}
	*foliop = zl_new();
	zl_acquire(folio_lock, *foliop);
	return 0;
}

/* The folio is unlocked when the read ends, which may be at once. */
#pragma declares swap_read_folio
void swap_read_folio(struct folio *folio, void *plug)
{
	zl_assert_held(folio_lock, folio);
	zl_release(folio_lock, folio);
}

#pragma lacks swap_read_folio
int swap_readpage(struct page *page, bool do_poll, void *plug)
{
	zl_assert_held(folio_lock, page);
	zl_release(folio_lock, page);
	return zl_any();
}

/* Writeback hands out one locked folio after the other; the body of the loop unlocks it. */
#pragma kernel >= 6.9
struct folio *writeback_iter(struct address_space *mapping, struct writeback_control *wbc, struct folio *folio, int *error)
{
	struct folio *next;

	if (zl_any())
		return NULL;
	next = zl_new();
	zl_acquire(folio_lock, next);
	return next;
}
