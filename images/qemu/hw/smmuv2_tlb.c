/*
 * What an SMMUv2 remembers of its page tables, until told to forget
 *
 * Sources: arm-smmu.c's arm_smmu_tlb_inv_*() (v5.10 to v7.3); Arm IHI 0062,
 * the SMMU_CBn_TLBI* registers, for what each of them matches. smmuv2.c says
 * what was chosen.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "smmuv2_tlb.h"

#define TLB_MAX 65536
#define OWED_MAX 65536

#define LEVEL_BITS 9
#define LAST_LEVEL 3
#define KEY_PAGE_SHIFT 28

typedef struct TLBEntry {
    SMMUv2Tag tag;
    SMMUv2Walk found;
} TLBEntry;

/* 64 bits: page number 36, VMID 8, ASID 16, level 2, global, stage */
static uint64_t tlb_key(SMMUv2Tag tag, bool global, int level, uint64_t va)
{
    unsigned shift = LEVEL_BITS * (LAST_LEVEL - level);
    uint64_t page = va >> SMMUV2_PAGE_BITS >> shift << shift;

    return page << KEY_PAGE_SHIFT | (uint64_t)tag.vmid << 20 |
           (uint64_t)(global ? 0 : tag.asid) << 4 | level << 2 | global << 1 |
           tag.stage2;
}

void smmuv2_tlb_init(SMMUv2TLB *tlb)
{
    tlb->entries = g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free,
                                         g_free);
    tlb->owed = g_array_new(false, false, sizeof(SMMUv2TLBI));
}

void smmuv2_tlb_finalize(SMMUv2TLB *tlb)
{
    g_hash_table_unref(tlb->entries);
    g_array_unref(tlb->owed);
}

void smmuv2_tlb_reset(SMMUv2TLB *tlb)
{
    g_hash_table_remove_all(tlb->entries);
    g_array_set_size(tlb->owed, 0);
}

void smmuv2_tlb_insert(SMMUv2TLB *tlb, SMMUv2Tag tag, uint64_t va,
                       const SMMUv2Walk *found)
{
    uint64_t *key = g_new(uint64_t, 1);
    TLBEntry *e = g_new(TLBEntry, 1);

    if (g_hash_table_size(tlb->entries) >= TLB_MAX) {
        g_hash_table_remove_all(tlb->entries);
    }
    *key = tlb_key(tag, found->global, found->level, va);
    *e = (TLBEntry){ .tag = tag, .found = *found };
    g_hash_table_insert(tlb->entries, key, e);
}

const SMMUv2Walk *smmuv2_tlb_lookup(SMMUv2TLB *tlb, SMMUv2Tag tag, uint64_t va)
{
    for (int level = LAST_LEVEL; level > 0; level--) {
        for (int global = 0; global < 2; global++) {
            uint64_t key = tlb_key(tag, global, level, va);
            const TLBEntry *e = g_hash_table_lookup(tlb->entries, &key);

            if (e) {
                return &e->found;
            }
        }
    }
    return NULL;
}

/* For what can't be found by key. */
static gboolean tlbi_takes(gpointer key, gpointer value, gpointer opaque)
{
    const TLBEntry *e = value;
    const SMMUv2TLBI *op = opaque;

    if (op->scope == SMMUV2_TLBI_ALL) {
        return true;
    }
    if (e->tag.vmid != op->tag.vmid) {
        return false;
    }
    switch (op->scope) {
    case SMMUV2_TLBI_VMID:
        return true;
    case SMMUV2_TLBI_STAGE1:
        return !e->tag.stage2;
    case SMMUV2_TLBI_ASID: /* global entries stay */
        return !e->tag.stage2 && !e->found.global &&
               e->tag.asid == op->tag.asid;
    case SMMUV2_TLBI_VA_ALL_ASIDS:
        return !e->tag.stage2 &&
               *(uint64_t *)key >> KEY_PAGE_SHIFT ==
                   (op->va & ~(e->found.size - 1)) >> SMMUV2_PAGE_BITS;
    default:
        g_assert_not_reached();
    }
}

/* By address: any size, global or not. */
static void tlbi_address(SMMUv2TLB *tlb, const SMMUv2TLBI *op)
{
    for (int level = 1; level <= LAST_LEVEL; level++) {
        for (int global = 0; global < 2; global++) {
            uint64_t key = tlb_key(op->tag, global, level, op->va);

            g_hash_table_remove(tlb->entries, &key);
        }
    }
}

bool smmuv2_tlb_owe(SMMUv2TLB *tlb, const SMMUv2TLBI *op)
{
    if (tlb->owed->len >= OWED_MAX) {
        return false;
    }
    g_array_append_vals(tlb->owed, op, 1);
    return true;
}

void smmuv2_tlb_sync(SMMUv2TLB *tlb,
                     void (*done)(void *opaque, const SMMUv2TLBI *op),
                     void *opaque)
{
    for (guint i = 0; i < tlb->owed->len; i++) {
        SMMUv2TLBI *op = &g_array_index(tlb->owed, SMMUv2TLBI, i);

        if (op->scope == SMMUV2_TLBI_VA || op->scope == SMMUV2_TLBI_IPA) {
            tlbi_address(tlb, op);
        } else {
            g_hash_table_foreach_remove(tlb->entries, tlbi_takes, op);
        }
        done(opaque, op);
    }
    g_array_set_size(tlb->owed, 0);
}
