/*
 * R-Car Gen3 Serial ATA controller
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef HW_DMASPEC_RCAR_SATA_H
#define HW_DMASPEC_RCAR_SATA_H

#include "hw/ide/ide-bus.h"
#include "hw/irq.h"
#include "hw/sysbus.h"
#include "qom/object.h"
#include "rcar_dma.h"

#define TYPE_RCAR_SATA "rcar-sata"
OBJECT_DECLARE_SIMPLE_TYPE(RCarSATAState, RCAR_SATA)

/* r8a77951.dtsi: sata@ee300000 */
#define RCAR_SATA_MMIO_SIZE 0x200000

/* Registers that Linux knows end with RCAR_GEN2_PHY_CTL5_REG, 0x1740. */
#define RCAR_SATA_NUM_REGS (0x1744 / 4)

/* Where the DMA engine stands in memory. */
typedef struct RCarSATACursor {
    uint32_t table; /* the next descriptor */
    uint32_t addr;  /* what is left of the current extent */
    uint32_t length;
    uint32_t fetched; /* descriptors, since START */
    bool last;        /* no descriptor follows */
} RCarSATACursor;

struct RCarSATAState {
    SysBusDevice parent_obj;

    MemoryRegion mmio;
    qemu_irq irq;
    IRQState intrq; /* the drive's interrupt request */

    RCarDMAPort port; /* filled in by the machine before realize */
    IDEBus bus;
    IDEDMA dma;

    BlockCompletionFunc *dma_cb; /* of a DMA command that is not over */
    RCarSATACursor cur;
    RCarSATACursor next; /* @cur once the prepared runs have moved */
    GArray *runs;        /* RCarDMARun: the prepared transfer's */
    bool dma_failed;

    uint32_t regs[RCAR_SATA_NUM_REGS];
};

/* Attach @hd as the port's drive; after realize, before the first reset. */
void rcar_sata_create_drive(RCarSATAState *s, DriveInfo *hd);

#endif
