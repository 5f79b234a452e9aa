/*
 * R-Car Gen3 SD host interface (SDHI)
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef HW_DMASPEC_RCAR_SDHI_H
#define HW_DMASPEC_RCAR_SDHI_H

#include "hw/sd/sd.h"
#include "hw/sysbus.h"
#include "qom/object.h"
#include "rcar_dma.h"

#define TYPE_RCAR_SDHI "rcar-sdhi"
OBJECT_DECLARE_SIMPLE_TYPE(RCarSDHIState, RCAR_SDHI)

/* r8a77951.dtsi: mmc@…: reg */
#define RCAR_SDHI_MMIO_SIZE 0x2000

/* TMIO_MAX_BLK_SIZE */
#define RCAR_SDHI_BLOCK_MAX 512

/* Registers of 16 bits, 8 bytes apart, up to CTL_SDIF_MODE, 0xe6 << 2. */
#define RCAR_SDHI_NUM_REGS (0x398 / 8 + 1)
/* SCC registers, 8 bytes apart from 0x1000, up to TMPPORT7, 0x1c << 2. */
#define RCAR_SDHI_NUM_SCC (0x70 / 8 + 1)

/* How the data of the last command moves. */
typedef enum RCarSDHIPhase {
    RCAR_SDHI_IDLE,
    RCAR_SDHI_READ,  /* card to host */
    RCAR_SDHI_WRITE, /* host to card */
} RCarSDHIPhase;

struct RCarSDHIState {
    SysBusDevice parent_obj;

    MemoryRegion mmio;
    qemu_irq irq;
    QEMUBH *bh; /* the DMA engine */
    SDBus bus;
    bool mmc; /* knows MMC too: SDHI2 and SDHI3 */

    RCarDMAPort port; /* filled in by the machine before realize */

    uint16_t regs[RCAR_SDHI_NUM_REGS]; /* those that are storage */
    uint32_t scc[RCAR_SDHI_NUM_SCC];
    uint32_t status;
    uint32_t mask;
    uint32_t blocks_set; /* CTL_XFER_BLK_COUNT */
    uint32_t response[4];

    uint8_t phase; /* RCarSDHIPhase */
    bool stop;     /* CMD12 follows the last block */
    uint16_t block_size;
    uint32_t blocks; /* that have not moved to or from the card */
    uint8_t buffer[RCAR_SDHI_BLOCK_MAX];
    uint16_t buffered; /* bytes in it */
    uint16_t taken;    /* of them by the host */

    uint32_t dtran_mode, dtran_addr;
    bool dtran_on; /* DM_START was written */
    uint32_t dtran_at;
    uint32_t info1, info1_mask;
    uint32_t info2, info2_mask;
};

#endif
