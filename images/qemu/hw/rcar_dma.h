/*
 * How a bus master reaches memory: iova → bus address → physical address
 *
 * A translator (an IPMMU's micro-TLB, an SMMU's stream) makes bus addresses
 * of the master's addresses, or refuses them. Where the bus meets memory, a
 * window says which bus addresses lead there, and to which physical ones.
 * What memory has nothing for is refused last.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef HW_DMASPEC_RCAR_DMA_H
#define HW_DMASPEC_RCAR_DMA_H

#include "exec/memattrs.h"
#include "hw/qdev-core.h"

/* The SoC's buses have 40 address lines. */
#define RCAR_DMA_BUS_BITS 40

/* Walks and transfers reach RAM; a device's registers refuse them. */
#define RCAR_DMA_ATTRS ((MemTxAttrs){ .memory = 1 })

/* What a translator found for one address. */
typedef struct RCarDMALookup {
    uint64_t phys;   /* bus address; refused: 0 */
    uint64_t length; /* bytes from the address on that this holds for */
    int context;     /* of the translator; -1 if it lets addresses through */
} RCarDMALookup;

/*
 * An IOMMU as its masters see it; a part of the IOMMU's own state, which
 * lookup() finds by container_of().
 */
typedef struct RCarDMATranslator RCarDMATranslator;
struct RCarDMATranslator {
    const char *name; /* as the device tree names it: e6570000.iommu */
    uint32_t streams; /* micro-TLBs or stream ids: 0 to @streams - 1 */

    /*
     * Look @iova up for an access of the master @stream. Returns MEMTX_OK, or
     * MEMTX_ACCESS_ERROR if it is refused; @found is filled in either way,
     * its length never 0. An access that is only looked @ahead to, because
     * the one before went well, must latch, raise and trace no fault: the
     * master asks again if it gets there.
     */
    MemTxResult (*lookup)(RCarDMATranslator *translator, uint32_t stream,
                          uint64_t iova, bool is_write, bool ahead,
                          RCarDMALookup *found);
};

/* Bus addresses @bus to @bus + @size - 1 are physical ones from @phys on. */
typedef struct RCarDMAWindow {
    uint64_t bus;
    hwaddr phys;
    uint64_t size;
} RCarDMAWindow;

/*
 * A master's port on the bus. The wiring (@mmu, @stream, @window) is the
 * machine's; a micro-TLB that is switched off lets addresses through as they
 * are.
 */
typedef struct RCarDMAPort {
    const char *master;     /* as the device tree names it: ee300000.sata */
    RCarDMATranslator *mmu; /* NULL if wired to memory */
    uint32_t stream;        /* micro-TLB or stream id of @mmu */
    const RCarDMAWindow *window; /* NULL: bus and physical are the same */
    bool has_job;                /* name @job in the trace's transfers */
    uint32_t job;
} RCarDMAPort;

/* Who refused a run, in the order in which it could. */
typedef enum RCarDMARefusal {
    RCAR_DMA_TAKEN,
    RCAR_DMA_TRANSLATION, /* the translator; it has latched the fault */
    RCAR_DMA_BUS_LIMIT,   /* outside of the window: lost, nobody was told */
    RCAR_DMA_NO_MEMORY,   /* no RAM at the physical address */
} RCarDMARefusal;

/* One physically contiguous run of a transfer. */
typedef struct RCarDMARun {
    uint64_t iova;
    hwaddr phys; /* 0 if it did not get that far */
    uint64_t length;
    int context; /* of the translator; -1 if not translated */
    RCarDMARefusal refusal;
} RCarDMARun;

/**
 * rcar_dma_translate: the first run of a transfer of @length bytes at @iova
 *
 * Pages that follow each other in memory make one run; what would be refused
 * after the first byte ends the run there and is met by the next call.
 * Returns MEMTX_OK with @run filled in, MEMTX_ACCESS_ERROR if the translator
 * refused, MEMTX_DECODE_ERROR if the address is outside of the bus's window;
 * @run then says so, and for how many bytes. Whether there is memory at the
 * physical address is not looked at.
 */
MemTxResult rcar_dma_translate(RCarDMAPort *port, uint64_t iova,
                               uint64_t length, bool is_write, RCarDMARun *run);

/**
 * rcar_dma_traced: record one run of a transfer in the device trace
 *
 * For masters that move the data themselves after rcar_dma_translate().
 * @what is "data" or "descriptor"; @run tells if the bus took it.
 */
void rcar_dma_traced(const RCarDMAPort *port, const RCarDMARun *run,
                     bool is_write, const char *what);

/**
 * rcar_dma_rw_run: translate, move and trace the first run of a transfer
 *
 * Like rcar_dma_translate(), and moves what it found between @buf and memory:
 * @run->length bytes, up to the end of the RAM at the physical address. No RAM
 * at its first byte is MEMTX_DECODE_ERROR. A run that is refused moves nothing.
 */
MemTxResult rcar_dma_rw_run(RCarDMAPort *port, uint64_t iova, void *buf,
                            uint64_t length, bool is_write, const char *what,
                            RCarDMARun *run);

/**
 * rcar_dma_rw: translate, move and trace @length bytes between @buf and @iova
 *
 * Returns MEMTX_OK, or an error of rcar_dma_rw_run() if a run was refused.
 * Runs before that one have been moved.
 */
MemTxResult rcar_dma_rw(RCarDMAPort *port, uint64_t iova, void *buf,
                        uint64_t length, bool is_write, const char *what);

#endif
