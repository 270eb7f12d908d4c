/*
 * Names of one object. A page belongs to its folio, and for locks and flags the two are the same thing; which page of
 * the folio it is does not matter here. include/linux/page-flags.h, pagemap.h, mm.h.
 */
#pragma types pgoff_t
#pragma same folio.page

struct folio *page_folio(struct page *page) { return zl_same(page); }
struct folio *_compound_head(struct page *page) { return zl_same(page); }
struct page *compound_head(struct page *page) { return zl_same(page); }
struct page *folio_page(struct folio *folio, unsigned long n) { return zl_same(folio); }
struct page *folio_file_page(struct folio *folio, pgoff_t index) { return zl_same(folio); }
struct page *nth_page(struct page *page, unsigned long n) { return zl_same(page); }
struct page *find_subpage(struct page *head, pgoff_t index) { return zl_same(head); }
struct file *get_file(struct file *file) { return zl_same(file); }

void *kasan_reset_tag(void *pointer) { return zl_same(pointer); }
