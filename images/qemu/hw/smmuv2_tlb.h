/*
 * What an SMMUv2 remembers of its page tables, until told to forget
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef HW_DMASPEC_SMMUV2_TLB_H
#define HW_DMASPEC_SMMUV2_TLB_H

#include "smmuv2_walk.h"

/* Whose translation it is. */
typedef struct SMMUv2Tag {
    bool stage2;
    uint8_t vmid;
    uint16_t asid; /* stage 2: 0 */
} SMMUv2Tag;

typedef struct SMMUv2TLB {
    GHashTable *entries;
    GArray *owed; /* SMMUv2TLBI: asked for, not yet synced */
} SMMUv2TLB;

/* What an invalidation takes; from TLBI_VA on, of one address. */
typedef enum SMMUv2TLBIScope {
    SMMUV2_TLBI_ALL,
    SMMUV2_TLBI_VMID,
    SMMUV2_TLBI_STAGE1, /* of a VMID, all ASIDs */
    SMMUV2_TLBI_ASID,
    SMMUV2_TLBI_VA,
    SMMUV2_TLBI_VA_ALL_ASIDS,
    SMMUV2_TLBI_IPA,
} SMMUv2TLBIScope;

typedef struct SMMUv2TLBI {
    SMMUv2TLBIScope scope;
    SMMUv2Tag tag;
    uint64_t va;
    int context; /* that it was given to; -1: a global register */
} SMMUv2TLBI;

void smmuv2_tlb_init(SMMUv2TLB *tlb);
void smmuv2_tlb_finalize(SMMUv2TLB *tlb);

/* Forget all, and all that is owed. */
void smmuv2_tlb_reset(SMMUv2TLB *tlb);

void smmuv2_tlb_insert(SMMUv2TLB *tlb, SMMUv2Tag tag, uint64_t va,
                       const SMMUv2Walk *found);

/**
 * smmuv2_tlb_lookup: the page or block that was found for @va, or NULL
 *
 * @va has SMMUV2_ADDRESS_BITS. The answer is good until the TLB changes.
 */
const SMMUv2Walk *smmuv2_tlb_lookup(SMMUv2TLB *tlb, SMMUv2Tag tag, uint64_t va);

/**
 * smmuv2_tlb_owe: take note of an invalidation
 *
 * Returns false if too many are owed: sync, and ask again.
 */
bool smmuv2_tlb_owe(SMMUv2TLB *tlb, const SMMUv2TLBI *op);

/* Do all that is owed, in order; @done is called after each. */
void smmuv2_tlb_sync(SMMUv2TLB *tlb,
                     void (*done)(void *opaque, const SMMUv2TLBI *op),
                     void *opaque);

#endif
