/*
 * Page-table walks of an SMMUv2: VMSAv8-64, 4 KiB granule, stage 1 or stage 2
 *
 * Sources. TCR, TCR2, TTBR: drivers/iommu/arm/arm-smmu/arm-smmu.h (v5.10 to
 * v7.3). Tables: ARM ARM, "The VMSAv8-64 address translation system", as
 * drivers/iommu/io-pgtable-arm.c writes them.
 *
 * Not here: TTBR1, the 16 and 64 KiB granules, the AArch32 formats, the
 * contiguous hint (it is only a hint), execute-never: nobody fetches
 * instructions.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "qemu/bswap.h"
#include "exec/address-spaces.h"
#include "exec/memory.h"
#include "hw/registerfields.h"
#include "rcar_dma.h"
#include "smmuv2_walk.h"

/* clang-format off */
/* arm-smmu.h: ARM_SMMU_TCR_*; ARM_SMMU_VTCR_* of a stage 2 context */
FIELD(TCR, T0SZ, 0, 6)      /* TTBR0 spans 2^(64 - T0SZ) bytes */
FIELD(TCR, SL0, 6, 2)       /* stage 2: start level is 2 - SL0 */
FIELD(TCR, EPD0, 7, 1)      /* stage 1: no walks by TTBR0 */
FIELD(TCR, TG0, 14, 2)      /* granule; 0: 4 KiB */
FIELD(TCR, PS, 16, 3)       /* stage 2: size of the addresses that come out */
FIELD(TCR2, PASIZE, 0, 3)   /* the same of stage 1 */
/* clang-format on */

/* ARM ARM: VMSAv8-64 descriptor formats */
#define DESC_VALID (1ull << 0)
#define DESC_TABLE (1ull << 1)     /* levels 0 to 2; page at level 3 */
#define DESC_AP_UNPRIV (1ull << 6) /* stage 1, AP[1] */
#define DESC_AP_RDONLY (1ull << 7) /* stage 1, AP[2] */
#define DESC_S2AP_READ (1ull << 6)
#define DESC_S2AP_WRITE (1ull << 7)
#define DESC_AF (1ull << 10)
#define DESC_NG (1ull << 11)
#define DESC_APTABLE_NOUNPRIV (1ull << 61)
#define DESC_APTABLE_RDONLY (1ull << 62)
#define DESC_ADDR_MASK 0xfffffffff000ull

#define TTBR_ADDR_MASK 0xffffffffffffull

#define LEVEL_BITS 9
#define LAST_LEVEL 3
#define MIN_SPAN 25 /* T0SZ 39 */
#define MAX_SPAN SMMUV2_ADDRESS_BITS
#define MAX_CONCATENATED_BITS 4 /* stage 2: up to 16 tables side by side */

static unsigned level_shift(int level)
{
    return SMMUV2_PAGE_BITS + LEVEL_BITS * (LAST_LEVEL - level);
}

static unsigned output_bits(const SMMUv2Regime *r)
{
    static const uint8_t bits[] = { 32, 36, 40, 42, 44, 48, 48, 48 };

    return bits[r->stage2 ? FIELD_EX32(r->tcr, TCR, PS)
                          : FIELD_EX32(r->tcr2, TCR2, PASIZE)];
}

/* The level that the walk starts from, or -1 if TCR makes no sense. */
static int start_level(const SMMUv2Regime *r, unsigned span)
{
    int level, index_bits;

    if (!r->aarch64 || FIELD_EX32(r->tcr, TCR, TG0) || span < MIN_SPAN ||
        span > MAX_SPAN) {
        return -1;
    }
    if (!r->stage2) {
        return LAST_LEVEL - (span - SMMUV2_PAGE_BITS - 1) / LEVEL_BITS;
    }
    level = 2 - (int)FIELD_EX32(r->tcr, TCR, SL0);
    if (level < 0) {
        return -1;
    }
    index_bits = (int)span - (int)level_shift(level);
    if (index_bits < 1 || index_bits > LEVEL_BITS + MAX_CONCATENATED_BITS) {
        return -1;
    }
    return level;
}

static bool read_descriptor(const SMMUv2Regime *r, uint64_t addr,
                            uint64_t *desc)
{
    /* Not address_space_ldq(): that ignores MemTxAttrs.memory. */
    if (address_space_read(&address_space_memory, addr, RCAR_DMA_ATTRS, desc,
                           sizeof(*desc)) != MEMTX_OK) {
        return false;
    }
    *desc = r->big_endian ? be64_to_cpu(*desc) : le64_to_cpu(*desc);
    return true;
}

static void set_permissions(const SMMUv2Regime *r, SMMUv2Walk *w, uint64_t desc)
{
    if (r->stage2) {
        w->read = desc & DESC_S2AP_READ;
        w->write = w->priv_write = desc & DESC_S2AP_WRITE;
        return;
    }
    w->read &= !!(desc & DESC_AP_UNPRIV);
    w->priv_write &= !(desc & DESC_AP_RDONLY);
    w->write = w->read && w->priv_write;
    w->global = !(desc & DESC_NG);
}

SMMUv2Walk smmuv2_walk(const SMMUv2Regime *r, uint64_t iova)
{
    SMMUv2Walk w = { .read = true, .priv_write = true };
    unsigned span = 64 - FIELD_EX32(r->tcr, TCR, T0SZ);
    int level = start_level(r, span);
    uint64_t base, index, desc;
    unsigned shift, bits;

    if (level < 0) {
        w.status = SMMUV2_BAD_FORMAT;
        return w;
    }
    if (iova >> span) {
        w.status = SMMUV2_BEYOND_SPAN;
        return w;
    }
    if (!r->stage2 && FIELD_EX32(r->tcr, TCR, EPD0)) {
        w.status = SMMUV2_DISABLED;
        return w;
    }

    /* The first table is as large as its index, and aligned to that. */
    shift = level_shift(level);
    index = iova >> shift;
    base = r->ttbr0 & TTBR_ADDR_MASK & ~((1ull << (span - shift + 3)) - 1);
    bits = output_bits(r);
    if (base >> bits) {
        w.status = SMMUV2_ADDRESS_SIZE;
        return w;
    }

    for (;; level++) {
        w.level = level;
        w.table[w.tables++] = base + index * sizeof(desc);
        if (!read_descriptor(r, base + index * sizeof(desc), &desc)) {
            w.status = SMMUV2_ABORT;
            return w;
        }
        if (!(desc & DESC_VALID) ||
            (!(desc & DESC_TABLE) && (level == 0 || level == LAST_LEVEL))) {
            w.status = SMMUV2_INVALID;
            return w;
        }
        if ((desc & DESC_ADDR_MASK) >> bits) {
            w.status = SMMUV2_ADDRESS_SIZE;
            return w;
        }
        if (level == LAST_LEVEL || !(desc & DESC_TABLE)) {
            break;
        }
        if (!r->stage2) {
            w.read &= !(desc & DESC_APTABLE_NOUNPRIV);
            w.priv_write &= !(desc & DESC_APTABLE_RDONLY);
        }
        base = desc & DESC_ADDR_MASK;
        shift -= LEVEL_BITS;
        index = (iova >> shift) & ((1u << LEVEL_BITS) - 1);
    }

    if (!(desc & DESC_AF)) {
        w.status = SMMUV2_ACCESS_FLAG;
        return w;
    }
    set_permissions(r, &w, desc);
    w.size = 1ull << shift;
    w.phys = desc & DESC_ADDR_MASK & ~(w.size - 1);
    return w;
}
