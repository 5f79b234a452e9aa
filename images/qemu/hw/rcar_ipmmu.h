/*
 * R-Car Gen3 IPMMU (VMSA-compatible I/O MMU)
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef HW_DMASPEC_RCAR_IPMMU_H
#define HW_DMASPEC_RCAR_IPMMU_H

#include "hw/sysbus.h"
#include "qom/object.h"
#include "rcar_dma.h"
#include "rcar_ipmmu_tlb.h"

#define TYPE_RCAR_IPMMU "rcar-ipmmu"
OBJECT_DECLARE_SIMPLE_TYPE(RCarIPMMUState, RCAR_IPMMU)

/*
 * ipmmu-vmsa.c uses 8 contexts on Gen3 (IPMMU_CTX_MAX 8 before v5.12, 16
 * after); its register offsets reach 16, and so do ours.
 */
#define RCAR_IPMMU_CONTEXTS 16
/* ipmmu_features_rcar_gen3.num_utlbs */
#define RCAR_IPMMU_UTLBS 48
#define RCAR_IPMMU_MMIO_SIZE 0x1000

/* The registers of one context; on a leaf, all but IMCTR are storage. */
typedef struct RCarIPMMUContext {
    uint32_t imctr;
    uint32_t imttbcr;
    uint32_t imttlbr0;
    uint32_t imttubr0;
    uint32_t immair0;
    uint32_t imstr;
    uint32_t imelar;
    uint32_t imeuar;
} RCarIPMMUContext;

struct RCarIPMMUState {
    SysBusDevice parent_obj;

    MemoryRegion mmio;
    qemu_irq irq; /* main only: SPI 196 */

    char *name;           /* as the device tree names it */
    RCarIPMMUState *main; /* NULL: this is the main */
    RCarDMATranslator translator;

    RCarIPMMUContext ctx[RCAR_IPMMU_CONTEXTS];
    uint32_t imuctr[RCAR_IPMMU_UTLBS];
    uint32_t imuasid[RCAR_IPMMU_UTLBS];

    /* By uTLB and context. The main has no uTLBs: its contexts' are row 0. */
    RCarIPMMUTLB tlb[RCAR_IPMMU_UTLBS][RCAR_IPMMU_CONTEXTS];
};

#endif
