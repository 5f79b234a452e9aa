/*
 * R-Car Gen3 direct memory access controller (SYS-DMAC, Audio-DMAC)
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef HW_DMASPEC_RCAR_DMAC_H
#define HW_DMASPEC_RCAR_DMAC_H

#include "hw/sysbus.h"
#include "qom/object.h"
#include "rcar_dma.h"

#define TYPE_RCAR_DMAC "rcar-dmac"
OBJECT_DECLARE_SIMPLE_TYPE(RCarDMACState, RCAR_DMAC)

/* r8a77951.dtsi: dma-controller@…: dma-channels, reg */
#define RCAR_DMAC_CHANNELS 16
#define RCAR_DMAC_MMIO_SIZE 0x10000

/* sysbus interrupts, in the order of the tree's interrupt-names */
#define RCAR_DMAC_IRQ_ERROR 0
#define RCAR_DMAC_IRQ_CHANNEL 1 /* and 15 more */

typedef struct RCarDMACChannel {
    RCarDMAPort port; /* filled in by the machine before realize */
    qemu_irq irq;

    uint32_t sar, fixsar;
    uint32_t dar, fixdar;
    uint32_t tcr, tsr;
    uint32_t chcr, chcrb;
    uint32_t bufcr;
    uint32_t dpbase, fixdpbase, dpcr;
    uint16_t dmars;

    bool staged;   /* a stage is under way; else TCR waits to begin one */
    uint32_t left; /* units of it that have not moved */
} RCarDMACChannel;

struct RCarDMACState {
    SysBusDevice parent_obj;

    MemoryRegion mmio;
    qemu_irq error_irq;
    QEMUBH *bh; /* moves the data of channels that run */

    uint16_t dmaor;
    uint32_t sec, dpsec;
    RCarDMACChannel ch[RCAR_DMAC_CHANNELS];
};

#endif
