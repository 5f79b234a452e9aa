/*
 * A cache of an IPMMU: what a micro-TLB or a context holds until it is flushed
 *
 * A disk's transfer of 128 KiB fills it with 33 entries, and the driver then
 * flushes all of them: so both must cost next to nothing. Entries lie in one
 * array, at the slot that their key's hash names or the next free one; none is
 * ever removed but all at once, by counting the generation up.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "qemu/host-utils.h"
#include "rcar_ipmmu_tlb.h"

#define FEWEST_SLOT_BITS 7

/* Page or block and its size: below 4 KiB an address has room for the log2. */
static uint64_t tlb_key(uint64_t iova, unsigned size_bits)
{
    return (iova & ~((1ull << size_bits) - 1)) | size_bits;
}

/* The slot that has @key, or the free one where it belongs: half are free. */
static RCarIPMMUTLBSlot *tlb_slot(const RCarIPMMUTLB *tlb, uint64_t key)
{
    /* Fibonacci hashing: 2^64 by the golden ratio; its high bits are good. */
    uint64_t i = (key * 0x9e3779b97f4a7c15ull) >> (64 - tlb->slot_bits);

    for (;; i++) {
        RCarIPMMUTLBSlot *slot = &tlb->slots[i & ((1u << tlb->slot_bits) - 1)];

        if (slot->generation != tlb->generation || slot->key == key) {
            return slot;
        }
    }
}

static void tlb_put(RCarIPMMUTLB *tlb, uint64_t key,
                    const RCarIPMMUTLBEntry *entry)
{
    RCarIPMMUTLBSlot *slot = tlb_slot(tlb, key);

    tlb->used += slot->generation != tlb->generation;
    *slot = (RCarIPMMUTLBSlot){
        .key = key,
        .generation = tlb->generation,
        .entry = *entry,
    };
}

static void tlb_grow(RCarIPMMUTLB *tlb)
{
    RCarIPMMUTLB old = *tlb;

    tlb->slot_bits = old.slots ? old.slot_bits + 1 : FEWEST_SLOT_BITS;
    tlb->slots = g_new0(RCarIPMMUTLBSlot, 1u << tlb->slot_bits);
    tlb->generation = 1;
    tlb->used = 0;
    for (uint32_t i = 0; old.slots && i < 1u << old.slot_bits; i++) {
        if (old.slots[i].generation == old.generation) {
            tlb_put(tlb, old.slots[i].key, &old.slots[i].entry);
        }
    }
    g_free(old.slots);
}

const RCarIPMMUTLBEntry *rcar_ipmmu_tlb_lookup(const RCarIPMMUTLB *tlb,
                                               uint64_t iova)
{
    for (uint64_t sizes = tlb->sizes; sizes; sizes &= sizes - 1) {
        RCarIPMMUTLBSlot *slot = tlb_slot(tlb, tlb_key(iova, ctz64(sizes)));

        if (slot->generation == tlb->generation) {
            return iova >> slot->entry.span_bits ? NULL : &slot->entry;
        }
    }
    return NULL;
}

void rcar_ipmmu_tlb_insert(RCarIPMMUTLB *tlb, uint64_t iova,
                           const RCarIPMMUTLBEntry *entry)
{
    unsigned size_bits = ctz64(entry->size);

    if (tlb->used >= RCAR_IPMMU_TLB_MAX) {
        rcar_ipmmu_tlb_flush(tlb);
    }
    if (!tlb->slots || tlb->used >= 1u << (tlb->slot_bits - 1)) {
        tlb_grow(tlb);
    }
    tlb_put(tlb, tlb_key(iova, size_bits), entry);
    tlb->sizes |= 1ull << size_bits;
}

void rcar_ipmmu_tlb_flush(RCarIPMMUTLB *tlb)
{
    tlb->generation++;
    tlb->used = 0;
    tlb->sizes = 0;
}

void rcar_ipmmu_tlb_free(RCarIPMMUTLB *tlb)
{
    g_free(tlb->slots);
    *tlb = (RCarIPMMUTLB){};
}
