#pragma once
#include <lzma.h>
#include <stdlib.h>
#include <sys/mman.h>

// For encoders: a match finder jumps all over tables of 100 MB and more, and with pages of 4 KiB most of its time goes into
// finding them (docs/performance.md §1.1). Where the kernel has no larger ones to give (transparent huge pages, madvise(2)),
// it is memory as any other.
static void *bundle_table(void *opaque, size_t count, size_t size) {
    enum { page = 2 << 20 };
    (void)opaque;
    void *table = NULL;
    if (size && count > SIZE_MAX / size) return NULL;
    if (count * size < 2 * page) return malloc(count * size);
    if (posix_memalign(&table, page, count * size)) return NULL;
    madvise(table, count * size, MADV_HUGEPAGE);
    return table;
}

static void bundle_free_table(void *opaque, void *table) {
    (void)opaque;
    free(table);
}

static inline const lzma_allocator *bundle_tables(void) {
    static const lzma_allocator allocator = {bundle_table, bundle_free_table, NULL};
    return &allocator;
}
