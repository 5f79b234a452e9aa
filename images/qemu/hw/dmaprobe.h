/*
 * dmaprobe: a DMA master that does what it is told
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef HW_DMASPEC_DMAPROBE_H
#define HW_DMASPEC_DMAPROBE_H

#include "hw/sysbus.h"
#include "qom/object.h"
#include "rcar_dma.h"

#define TYPE_DMAPROBE "dmaprobe"
OBJECT_DECLARE_SIMPLE_TYPE(DMAProbeState, DMAPROBE)

#define DMAPROBE_MMIO_SIZE 0x1000
#define DMAPROBE_NUM_REGS (0x64 / 4)

/* One side of a job: the extent that is moved, and where the next one is. */
typedef struct DMAProbeCursor {
    uint64_t addr; /* what is left of the extent */
    uint64_t length;
    uint64_t table; /* the next descriptor */
    uint32_t count; /* descriptors from there on */
} DMAProbeCursor;

struct DMAProbeState {
    SysBusDevice parent_obj;

    MemoryRegion mmio;
    qemu_irq irq;
    RCarDMAPort port; /* filled in by the machine before realize */

    QEMUTimer *delay; /* to the job's first access */
    QEMUTimer *step;  /* to its next chunk */
    uint8_t *chunk;   /* on its way from source to destination */

    uint32_t regs[DMAPROBE_NUM_REGS];

    /* The job, while STATUS.BUSY */
    DMAProbeCursor src;
    DMAProbeCursor dst;
    uint64_t moved;  /* bytes */
    uint32_t sum[2]; /* over the whole words of those */
    uint32_t word;   /* the bytes behind the last whole word */
};

#endif
