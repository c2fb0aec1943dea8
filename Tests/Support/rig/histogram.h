// SPDX-License-Identifier: Apache-2.0
// Latencies in sixteenths of an octave: 6 % wide, from 1 us to hours, in fixed memory.
#pragma once
#include <stdint.h>

enum { BUCKETS = 16 * 36 };

struct histogram {
    uint64_t count[BUCKETS], total, largest;
};

static inline int bucket_of(uint64_t us) {
    if (us < 16) return (int)us;
    int octave = 63 - __builtin_clzll(us);
    int index = 16 * (octave - 3) + (int)((us >> (octave - 4)) & 15);
    return index < BUCKETS ? index : BUCKETS - 1;
}

static inline uint64_t bucket_top(int index) {
    if (index < 16) return (uint64_t)index;
    return ((uint64_t)(index % 16 + 17) << (index / 16 - 1)) - 1;
}

static inline void record(struct histogram *h, uint64_t us) {
    h->count[bucket_of(us)]++;
    h->total++;
    if (us > h->largest) h->largest = us;
}

static inline uint64_t percentile(const struct histogram *h, double share) {
    uint64_t wanted = (uint64_t)((double)h->total * share), seen = 0;
    for (int i = 0; i < BUCKETS; i++) {
        seen += h->count[i];
        if (seen > wanted) return bucket_top(i) < h->largest ? bucket_top(i) : h->largest;
    }
    return h->largest;
}
