/*
 * A cache of an IPMMU: what a micro-TLB or a context holds until it is flushed
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef HW_DMASPEC_RCAR_IPMMU_TLB_H
#define HW_DMASPEC_RCAR_IPMMU_TLB_H

#include "qemu/osdep.h"

/* A cache that reached so many entries starts afresh. */
#define RCAR_IPMMU_TLB_MAX 65536

/* One translation: the page or block that a walk found. */
typedef struct RCarIPMMUTLBEntry {
    uint64_t phys;
    uint64_t size; /* of the page or block: 4 KiB at least */
    uint8_t context;
    uint8_t level;     /* of the descriptor */
    uint8_t span_bits; /* of the walk: a block may reach beyond the span */
    bool readable;
    bool writable;
} RCarIPMMUTLBEntry;

typedef struct RCarIPMMUTLBSlot {
    uint64_t key;
    uint64_t generation; /* in use if it is the cache's */
    RCarIPMMUTLBEntry entry;
} RCarIPMMUTLBSlot;

/* Zeroes are an empty cache. */
typedef struct RCarIPMMUTLB {
    RCarIPMMUTLBSlot *slots;
    uint32_t slot_bits;  /* log2 of their number */
    uint32_t used;       /* slots of this generation */
    uint64_t generation; /* from 1; a flush starts the next */
    uint64_t sizes;      /* bit n: there are entries of 2^n bytes */
} RCarIPMMUTLB;

/**
 * rcar_ipmmu_tlb_lookup: the entry for @iova, the smallest size first
 *
 * Returns NULL if there is none, or it ends before @iova with the span that
 * the walk had. It is the cache's own: good until the next
 * call of rcar_ipmmu_tlb_insert().
 */
const RCarIPMMUTLBEntry *rcar_ipmmu_tlb_lookup(const RCarIPMMUTLB *tlb,
                                               uint64_t iova);

/* rcar_ipmmu_tlb_insert: keep @entry for @iova, in place of one of its size */
void rcar_ipmmu_tlb_insert(RCarIPMMUTLB *tlb, uint64_t iova,
                           const RCarIPMMUTLBEntry *entry);

/* rcar_ipmmu_tlb_flush: forget every entry, in no time, however many */
void rcar_ipmmu_tlb_flush(RCarIPMMUTLB *tlb);

/* rcar_ipmmu_tlb_free: forget every entry and give the memory back */
void rcar_ipmmu_tlb_free(RCarIPMMUTLB *tlb);

#endif
