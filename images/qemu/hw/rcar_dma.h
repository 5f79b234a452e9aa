/*
 * How an R-Car bus master reaches memory: through an IPMMU micro-TLB, or not
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef HW_DMASPEC_RCAR_DMA_H
#define HW_DMASPEC_RCAR_DMA_H

#include "exec/memattrs.h"
#include "hw/qdev-core.h"

typedef struct RCarIPMMUState RCarIPMMUState;

/*
 * A master's port on the bus. The wiring (@mmu, @utlb) is the machine's; a
 * micro-TLB that is switched off lets addresses through as they are.
 */
typedef struct RCarDMAPort {
    const char *master;  /* as the device tree names it: ee300000.sata */
    RCarIPMMUState *mmu; /* leaf IPMMU; NULL if wired to memory */
    uint32_t utlb;       /* micro-TLB of @mmu */
} RCarDMAPort;

/* One physically contiguous run of a transfer. */
typedef struct RCarDMARun {
    uint64_t iova;
    hwaddr phys;
    uint64_t length;
    int context; /* IPMMU context; -1 if not translated */
} RCarDMARun;

/**
 * rcar_dma_translate: the first run of a transfer of @length bytes at @iova
 *
 * Pages that follow each other in memory make one run; a fault after the
 * first page ends the run there and is met by the next call.
 * Returns MEMTX_OK with @run filled in, or MEMTX_ACCESS_ERROR if the IPMMU
 * refused the first page (it has then latched and raised the fault).
 */
MemTxResult rcar_dma_translate(RCarDMAPort *port, uint64_t iova,
                               uint64_t length, bool is_write, RCarDMARun *run);

/**
 * rcar_dma_traced: record one run of a transfer in the device trace
 *
 * For masters that move the data themselves after rcar_dma_translate().
 * @what is "data" or "descriptor"; @ok tells if the bus took it.
 */
void rcar_dma_traced(const RCarDMAPort *port, const RCarDMARun *run,
                     bool is_write, const char *what, bool ok);

/**
 * rcar_dma_rw: translate, move and trace @length bytes between @buf and @iova
 *
 * Returns MEMTX_OK, or MEMTX_ACCESS_ERROR if the IPMMU refused a page or no
 * RAM is at the physical address. Runs before the failing one have been moved.
 */
MemTxResult rcar_dma_rw(RCarDMAPort *port, uint64_t iova, void *buf,
                        uint64_t length, bool is_write, const char *what);

#endif
