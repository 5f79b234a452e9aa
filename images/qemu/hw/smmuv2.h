/*
 * Arm SMMU architecture version 2, as an MMU-500
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef HW_DMASPEC_SMMUV2_H
#define HW_DMASPEC_SMMUV2_H

#include "hw/sysbus.h"
#include "qom/object.h"
#include "rcar_dma.h"
#include "smmuv2_tlb.h"

#define TYPE_SMMUV2 "dmaspec-smmuv2"
OBJECT_DECLARE_SIMPLE_TYPE(SMMUv2State, SMMUV2)

/*
 * The size of the one in Zynq UltraScale+: zynqmp.dtsi, iommu@fd800000 has
 * 0x20000 bytes, of which the upper half is context banks, and 16 of them.
 */
#define SMMUV2_MMIO_SIZE 0x20000
#define SMMUV2_CONTEXTS 16
#define SMMUV2_GROUPS 48
#define SMMUV2_STREAM_BITS 15

/* sysbus interrupt outputs */
enum {
    SMMUV2_IRQ_GLOBAL,
    SMMUV2_IRQ_CONTEXT, /* of all contexts, combined */
    SMMUV2_IRQS,
};

/* A context bank, with what the second global page says of it. */
typedef struct SMMUv2Context {
    uint32_t cbar;
    uint32_t cba2r;
    uint32_t cbfrsynra;
    uint32_t sctlr;
    uint32_t actlr;
    uint32_t tcr;
    uint32_t tcr2;
    uint32_t contextidr;
    uint32_t mair[2];
    uint32_t fsr;
    uint32_t fsynr0;
    uint64_t ttbr[2];
    uint64_t far;
} SMMUv2Context;

struct SMMUv2State {
    SysBusDevice parent_obj;

    MemoryRegion mmio;
    qemu_irq irq[SMMUV2_IRQS];

    char *name; /* as the device tree names it */
    RCarDMATranslator translator;

    uint32_t scr0;
    uint32_t sacr;
    uint32_t sgfsr;
    uint32_t sgfsynr0;
    uint32_t sgfsynr1;
    uint64_t sgfar;
    uint32_t smr[SMMUV2_GROUPS];
    uint32_t s2cr[SMMUV2_GROUPS];
    SMMUv2Context ctx[SMMUV2_CONTEXTS];

    SMMUv2TLB tlb;
};

#endif
