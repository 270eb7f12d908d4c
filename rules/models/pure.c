/*
 * Functions whose result depends on the values of their arguments and that do nothing else: equal arguments give equal
 * results, which is what makes two tests of one condition one fact. A model of a function elsewhere wins over a glob.
 */

/* Flags and measures of folios. What tests and sets in one (folio_test_set_*, folio_test_clear_*) is no predicate. */
#pragma pure folio_test_active folio_test_anon folio_test_checked folio_test_dirty folio_test_error
#pragma pure folio_test_has_hwpoisoned folio_test_head folio_test_highmem folio_test_hugetlb
#pragma pure folio_test_hwpoison folio_test_idle folio_test_isolated folio_test_ksm folio_test_large
#pragma pure folio_test_large_rmappable folio_test_lru folio_test_mappedtodisk folio_test_mlocked folio_test_movable
#pragma pure folio_test_offline folio_test_partially_mapped
#pragma pure folio_test_pmd_mappable folio_test_private folio_test_private_2 folio_test_readahead folio_test_reclaim
#pragma pure folio_test_referenced folio_test_reserved folio_test_slab folio_test_swapbacked
#pragma pure folio_test_swapcache folio_test_transhuge folio_test_unevictable folio_test_uptodate folio_test_waiters
#pragma pure folio_test_workingset folio_test_writeback folio_test_young folio_test_hugetlb_freed
#pragma pure folio_test_hugetlb_migratable folio_test_hugetlb_restore_reserve folio_test_hugetlb_temporary
#pragma pure folio_test_hugetlb_vmemmap_optimized folio_test_hugetlb_raw_hwp_unreliable
#pragma pure folio_nr_pages folio_order folio_shift folio_size folio_pos folio_pfn folio_pgoff folio_next_index
#pragma pure folio_index folio_nid folio_zone folio_pgdat folio_hstate folio_is_device_coherent
#pragma pure folio_is_device_private folio_is_file_lru folio_is_longterm_pinnable folio_is_zone_device folio_memcg
#pragma pure folio_contains folio_inode folio_page_idx

/* The same of pages, and pages by number. */
#pragma pure PageActive PageAnon PageAnonExclusive PageBuddy PageChecked PageCompound PageDirty PageDoubleMap
#pragma pure PageError PageHWPoison PageHasHWPoisoned PageHead PageHeadHuge PageHuge PageKsm PageLRU PageMlocked
#pragma pure PageMovable PageOffline PagePrivate PagePrivate2 PageReadahead PageReferenced PageReserved
#pragma pure PageSlab PageSwapBacked PageSwapCache PageTable PageTail PageTransCompound PageTransHuge PageTransTail
#pragma pure PageUnevictable PageUptodate PageWorkingset PageWriteback
#pragma pure page_to_pfn pfn_to_page pfn_folio page_to_pgoff page_index page_is_file_lru page_hstate page_zone
#pragma pure page_pgdat page_to_nid is_zone_device_page is_device_private_page is_device_coherent_page
#pragma pure is_pci_p2pdma_page is_longterm_pinnable_page is_zero_pfn is_zero_page is_zero_folio
#pragma pure is_huge_zero_page is_huge_zero_folio is_huge_zero_pmd is_huge_zero_pud thp_nr_pages thp_order thp_size
#pragma pure compound_order compound_nr pfn_valid virt_to_page virt_to_folio

/* vmas. */
#pragma pure is_vm_hugetlb_page vma_is_anonymous vma_is_shmem vma_is_anon_shmem vma_is_dax vma_is_fsdax
#pragma pure vma_is_accessible vma_is_foreign vma_is_temporary_stack vma_is_special_huge vma_is_shared_maywrite
#pragma pure vma_is_initial_heap vma_is_initial_stack vma_has_recency vma_has_uffd_without_event_remap
#pragma pure vma_soft_dirty_enabled vma_pages vma_migratable vma_is_secretmem is_cow_mapping
#pragma pure is_mergeable_vm_userfaultfd_ctx userfaultfd_wp userfaultfd_armed userfaultfd_missing userfaultfd_minor
#pragma pure userfaultfd_pte_wp userfaultfd_huge_pmd_wp userfaultfd_wp_async userfaultfd_wp_use_markers
#pragma pure uffd_disable_fault_around uffd_disable_huge_pmd_share uffd_flags_mode_is uffd_supports_move

/* hugetlb: sizes, indexes, the mutex that belongs to an index. */
#pragma pure hstate_vma hstate_inode hstate_file hstate_index hstate_is_gigantic huge_page_size huge_page_mask
#pragma pure huge_page_order huge_page_shift pages_per_huge_page linear_page_index linear_hugepage_index
#pragma pure vma_hugecache_offset hugetlb_fault_mutex_hash vma_resv_map __vma_shareable_lock __vma_private_lock
#pragma pure is_file_hugepages

/* Mappings. */
#pragma pure shmem_mapping dax_mapping mapping_unevictable mapping_exiting mapping_large_folio_support mapping_empty
#pragma pure mapping_shrinkable folio_mapping folio_flush_mapping page_mapping

/* Values of page-table entries. Reading an entry (ptep_get, huge_ptep_get) reads memory and is not here; clearing one
 * (pte_clear, pmd_clear) is an effect. */
#pragma pure pte_present pte_none pte_none_mostly pte_young pte_dirty pte_write pte_exec pte_special pte_devmap
#pragma pure pte_protnone pte_huge pte_accessible pte_access_permitted pte_unused pte_val pte_flags pte_pfn pte_page
#pragma pure pte_pgprot pte_same pte_modify pte_wrprotect pte_soft_dirty pte_clear_soft_dirty pte_uffd_wp
#pragma pure pte_clear_uffd_wp pte_mk* pte_swp_* pte_to_swp_entry pte_marker_get pte_marker_uffd_wp pte_next_pfn
#pragma pure pte_advance_pfn pte_batch_hint pte_index mk_pte pfn_pte make_huge_pte mk_huge_pte arch_make_huge_pte
#pragma pure maybe_mkwrite clear_uffd_wp_pmd
#pragma pure huge_pte_none huge_pte_none_mostly huge_pte_write huge_pte_dirty huge_pte_modify huge_pte_wrprotect
#pragma pure huge_pte_uffd_wp huge_pte_clear_uffd_wp huge_pte_mk*
#pragma pure pmd_present pmd_none pmd_bad pmd_young pmd_dirty pmd_write pmd_special pmd_devmap pmd_protnone pmd_leaf
#pragma pure pmd_large pmd_huge pmd_trans_huge pmd_access_permitted pmd_val pmd_flags pmd_pfn pmd_page pmd_folio
#pragma pure pmd_pgprot pmd_pgtable pmd_page_vaddr pmd_same pmd_modify pmd_wrprotect pmd_soft_dirty
#pragma pure pmd_clear_soft_dirty pmd_uffd_wp pmd_clear_uffd_wp pmd_mk* pmd_swp_* pmd_to_swp_entry pmd_addr_end
#pragma pure pmd_index mk_pmd mk_huge_pmd pfn_pmd is_swap_pmd is_pmd_migration_entry
#pragma pure pud_present pud_none pud_bad pud_young pud_dirty pud_write pud_special pud_devmap pud_leaf pud_large
#pragma pure pud_huge pud_trans_huge pud_access_permitted pud_val pud_pfn pud_page pud_pgprot pud_pgtable pud_same
#pragma pure pud_modify pud_wrprotect pud_soft_dirty pud_clear_soft_dirty pud_mk* pud_addr_end pud_index p4d_present
#pragma pure p4d_none p4d_bad p4d_leaf p4d_addr_end pgd_present pgd_none pgd_bad pgd_leaf pgd_addr_end

/* Steps from a table to the next. */
#pragma pure pgd_offset pgd_offset_k p4d_offset pud_offset pmd_offset pte_offset_kernel pte_offset_huge pmd_off
#pragma pure pmd_off_k

/* Swap-form entries. pfn_swap_entry_to_page() of equal entries is one page. */
#pragma pure swp_type swp_offset swp_offset_pfn swp_entry swp_entry_to_pte swp_entry_to_pmd swp_to_radix_entry
#pragma pure radix_to_swp_entry non_swap_entry is_swap_pte is_pfn_swap_entry is_migration_entry
#pragma pure is_writable_migration_entry is_readable_migration_entry is_readable_exclusive_migration_entry
#pragma pure is_migration_entry_young is_migration_entry_dirty is_device_private_entry
#pragma pure is_writable_device_private_entry is_device_exclusive_entry is_writable_device_exclusive_entry
#pragma pure is_hwpoison_entry is_poisoned_swp_entry is_swapin_error_entry is_hugetlb_entry_migration
#pragma pure is_hugetlb_entry_hwpoisoned is_pte_marker is_pte_marker_entry pte_marker_entry_uffd_wp make_*_entry
#pragma pure make_pte_marker make_migration_entry_young make_migration_entry_dirty copy_pte_marker
#pragma pure pfn_swap_entry_to_page pfn_swap_entry_folio softleaf_from_pte softleaf_to_pfn softleaf_is_*

/* Others. */
#pragma pure IS_ENABLED fault_flag_allow_retry_first gfpflags_allow_blocking zap_drop_markers zap_drop_file_uffd_wp
#pragma pure should_zap_cows should_zap_folio should_zap_page tlb_delay_rmap vm_normal_page vm_normal_folio
#pragma pure vm_normal_page_pmd vm_normal_folio_pmd mm_has_notifiers mmu_notifier_range_blockable xa_is_value
#pragma pure xa_is_err xa_err xa_to_value xa_mk_value

/* Never NULL, never an error: the source says so only to who knows the data. */
#pragma never_null addr_to_node get_file page_folio compound_head folio_page page_zone folio_pgdat page_pgdat
#pragma never_null hstate_vma pmd_offset pud_offset p4d_offset pgd_offset
#pragma never_error find_vma vma_lookup page_folio compound_head pte_offset_map_lock pmd_trans_huge_lock
