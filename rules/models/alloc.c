/*
 * Allocation: a fresh object or nothing. What was just made belongs to its maker: nobody else can hold or want its lock.
 */
#pragma types bool gfp_t size_t
#pragma fresh kmalloc kzalloc kmalloc_node kzalloc_node kcalloc kmalloc_array kvmalloc kvzalloc kmem_cache_alloc* kmem_cache_zalloc*
#pragma fresh vm_area_alloc vm_area_dup mm_alloc folio_alloc* __folio_alloc* vma_alloc_folio* alloc_page*
#pragma fresh __alloc_pages* alloc_hugetlb_folio*
/* Who runs on its own holds nothing that its maker held. */
#pragma starts kthread_run kthread_create* kthread_run_on_cpu INIT_WORK INIT_DELAYED_WORK INIT_DEFERRABLE_WORK INIT_RCU_WORK
#pragma starts timer_setup hrtimer_init call_rcu call_srcu queue_work_on schedule_on_each_cpu init_irq_work task_work_add

void *kmalloc(size_t size, gfp_t flags)
{
	if (zl_any())
		return NULL;
	return zl_new();
}

void *kzalloc(size_t size, gfp_t flags)
{
	if (zl_any())
		return NULL;
	return zl_new();
}

void *kmalloc_node(size_t size, gfp_t flags, int node)
{
	if (zl_any())
		return NULL;
	return zl_new();
}

void *kzalloc_node(size_t size, gfp_t flags, int node)
{
	if (zl_any())
		return NULL;
	return zl_new();
}

void *kcalloc(size_t n, size_t size, gfp_t flags)
{
	if (zl_any())
		return NULL;
	return zl_new();
}

void *kmalloc_array(size_t n, size_t size, gfp_t flags)
{
	if (zl_any())
		return NULL;
	return zl_new();
}

void *kvmalloc(size_t size, gfp_t flags)
{
	if (zl_any())
		return NULL;
	return zl_new();
}

void *kvzalloc(size_t size, gfp_t flags)
{
	if (zl_any())
		return NULL;
	return zl_new();
}

void *kvcalloc(size_t n, size_t size, gfp_t flags)
{
	if (zl_any())
		return NULL;
	return zl_new();
}

void *vmalloc(unsigned long size)
{
	if (zl_any())
		return NULL;
	return zl_new();
}

void *vzalloc(unsigned long size)
{
	if (zl_any())
		return NULL;
	return zl_new();
}

void *kmemdup(void *source, size_t size, gfp_t flags)
{
	if (zl_any())
		return NULL;
	return zl_new();
}

void *kmem_cache_alloc(struct kmem_cache *cache, gfp_t flags)
{
	if (zl_any())
		return NULL;
	return zl_new();
}

void *kmem_cache_zalloc(struct kmem_cache *cache, gfp_t flags)
{
	if (zl_any())
		return NULL;
	return zl_new();
}

void *kmem_cache_alloc_node(struct kmem_cache *cache, gfp_t flags, int node)
{
	if (zl_any())
		return NULL;
	return zl_new();
}

struct page *alloc_page(gfp_t flags)
{
	if (zl_any())
		return NULL;
	return zl_new();
}

struct page *alloc_pages(gfp_t flags, unsigned int order)
{
	if (zl_any())
		return NULL;
	return zl_new();
}

struct page *alloc_pages_node(int node, gfp_t flags, unsigned int order)
{
	if (zl_any())
		return NULL;
	return zl_new();
}

struct folio *folio_alloc(gfp_t flags, unsigned int order)
{
	if (zl_any())
		return NULL;
	return zl_new();
}

struct folio *__folio_alloc(gfp_t flags, unsigned int order, int node, void *mask)
{
	if (zl_any())
		return NULL;
	return zl_new();
}

struct folio *filemap_alloc_folio(gfp_t flags, unsigned int order)
{
	if (zl_any())
		return NULL;
	return zl_new();
}

unsigned long __get_free_page(gfp_t flags)
{
	if (zl_any())
		return NULL;
	return zl_new();
}

unsigned long get_zeroed_page(gfp_t flags)
{
	if (zl_any())
		return NULL;
	return zl_new();
}

#pragma kernel < 6.13
struct folio *vma_alloc_folio(gfp_t gfp, int order, struct vm_area_struct *vma, unsigned long addr, bool hugepage)
{
	if (zl_any())
		return NULL;
	return zl_new();
}

#pragma kernel >= 6.13
struct folio *vma_alloc_folio(gfp_t gfp, int order, struct vm_area_struct *vma, unsigned long addr)
{
	if (zl_any())
		return NULL;
	return zl_new();
}

struct vm_area_struct *vm_area_alloc(struct mm_struct *mm)
{
	struct vm_area_struct *vma;

	if (zl_any())
		return NULL;
	vma = zl_new();
	vma->vm_mm = mm;
	return vma;
}

struct vm_area_struct *vm_area_dup(struct vm_area_struct *orig)
{
	struct vm_area_struct *vma;

	if (zl_any())
		return NULL;
	vma = zl_new();
	vma->vm_mm = orig->vm_mm;
	vma->vm_file = orig->vm_file;
	return vma;
}

/* A pool gives or waits. */
void *mempool_alloc(struct mempool *pool, gfp_t flags) { return zl_new(); }

/* Failure is an error, not NULL; the folio is not locked. */
struct folio *alloc_hugetlb_folio(struct vm_area_struct *vma, unsigned long addr, int avoid_reserve)
{
	if (zl_any())
		return zl_error();
	return zl_new();
}
