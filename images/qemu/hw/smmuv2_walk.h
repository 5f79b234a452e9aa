/*
 * Page-table walks of an SMMUv2: VMSAv8-64, 4 KiB granule, stage 1 or stage 2
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef HW_DMASPEC_SMMUV2_WALK_H
#define HW_DMASPEC_SMMUV2_WALK_H

#include "qemu/osdep.h"

#define SMMUV2_PAGE_BITS 12
#define SMMUV2_LEVELS 4 /* 0 to 3 */
#define SMMUV2_ADDRESS_BITS 48

/* What a walk depends on: a context bank's registers, and nothing else. */
typedef struct SMMUv2Regime {
    bool stage2;
    bool aarch64;    /* CBA2R.VA64 */
    bool big_endian; /* SCTLR.E: of the tables */
    uint64_t ttbr0;
    uint32_t tcr;
    uint32_t tcr2; /* stage 1 only */
} SMMUv2Regime;

/* How a walk, or a look into the TLB, ended. */
typedef enum SMMUv2WalkStatus {
    SMMUV2_OK,
    SMMUV2_BAD_FORMAT,   /* a format or granule that ID0 and ID2 don't offer */
    SMMUV2_BEYOND_SPAN,  /* outside of what T0SZ leaves to TTBR0 */
    SMMUV2_DISABLED,     /* TCR.EPD0 */
    SMMUV2_ADDRESS_SIZE, /* TTBR or a descriptor beyond PASIZE/PS */
    SMMUV2_ABORT,        /* no memory at a table's address */
    SMMUV2_INVALID,      /* descriptor not valid, or a block at level 0 */
    SMMUV2_ACCESS_FLAG,
    SMMUV2_PERMISSION,
    SMMUV2_PREVIOUS_FAULT, /* SCTLR.HUPCF is 0 and a fault is outstanding */
} SMMUv2WalkStatus;

typedef struct SMMUv2Walk {
    SMMUv2WalkStatus status;
    int level; /* of the last descriptor, or of the fault */
    int tables;
    uint64_t table[SMMUV2_LEVELS]; /* addresses read, from the top */

    /* If status is SMMUV2_OK: */
    uint64_t phys; /* of the page or block */
    uint64_t size;
    bool global;     /* nG is 0: for every ASID */
    bool read;       /* unprivileged, or stage 2 */
    bool write;      /* the same */
    bool priv_write; /* privileged; all that is mapped may be read */
} SMMUv2Walk;

/**
 * smmuv2_walk: translate @iova by the tables in memory
 *
 * Permissions are reported, not checked.
 */
SMMUv2Walk smmuv2_walk(const SMMUv2Regime *regime, uint64_t iova);

#endif
