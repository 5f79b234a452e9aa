/*
 * R-Car Gen3 SCIF (Serial Communication Interface with FIFO)
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef HW_DMASPEC_RCAR_SCIF_H
#define HW_DMASPEC_RCAR_SCIF_H

#include "chardev/char-fe.h"
#include "hw/sysbus.h"
#include "qemu/timer.h"
#include "qom/object.h"

#define TYPE_RCAR_SCIF "rcar-scif"
OBJECT_DECLARE_SIMPLE_TYPE(RCarSCIFState, RCAR_SCIF)

/* Receive and transmit FIFO, in bytes (sh-sci.c: SCIx_SH4_SCIF_BRG). */
#define RCAR_SCIF_FIFO 16

/* Bytes on their way to the chardev: a line, mostly. */
#define RCAR_SCIF_TX_BUFFER 256

/* Registers are 2 or 4 bytes apart; the last that Linux knows is CKS, 0x34. */
#define RCAR_SCIF_MMIO_SIZE 0x40

struct RCarSCIFState {
    SysBusDevice parent_obj;

    MemoryRegion mmio;
    CharBackend chr;
    qemu_irq irq;

    uint16_t regs[RCAR_SCIF_MMIO_SIZE / 4];
    QEMUTimer *flush;

    uint8_t tx[RCAR_SCIF_TX_BUFFER];
    uint32_t tx_len;
    uint8_t rx[RCAR_SCIF_FIFO];
    uint32_t rx_head;
    uint32_t rx_len;
};

#endif
