/*
 * How a bus master reaches memory: iova → bus address → physical address
 *
 * Sources. The 40 bits are the SoC's: r8a77951.dtsi has two address cells and
 * no dma-ranges, ipmmu-vmsa.c sets a mask of 40 bits for what the IPMMU puts
 * out. A bus's window is what a device tree tells with `dma-ranges`
 * (Devicetree Specification 2.3.9); here it is wiring, whatever the tree says.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "qemu/rcu.h"
#include "exec/address-spaces.h"
#include "exec/memory.h"
#include "rcar_dma.h"
#include "rcar_trace.h"

static const RCarDMAWindow all_of_the_bus = { .size = 1ull
                                                      << RCAR_DMA_BUS_BITS };

/* The words for the device trace. */
static const char *const refusal_names[] = {
    [RCAR_DMA_TRANSLATION] = "translation",
    [RCAR_DMA_BUS_LIMIT] = "bus-limit",
    [RCAR_DMA_NO_MEMORY] = "no-memory",
};

/* iova → bus address; lookups that follow each other in memory make one run */
static MemTxResult dma_through_mmu(RCarDMAPort *port, uint64_t length,
                                   bool is_write, RCarDMARun *run)
{
    RCarDMALookup found;
    MemTxResult r = port->mmu->lookup(port->mmu, port->stream, run->iova,
                                      is_write, false, &found);

    run->context = found.context;
    run->phys = found.phys;
    run->length = MIN(length, found.length);
    if (r != MEMTX_OK) {
        run->phys = 0;
        run->refusal = RCAR_DMA_TRANSLATION;
        return r;
    }
    while (run->length < length) {
        r = port->mmu->lookup(port->mmu, port->stream, run->iova + run->length,
                              is_write, true, &found);
        if (r != MEMTX_OK || found.phys != run->phys + run->length ||
            found.context != run->context) {
            break;
        }
        run->length += MIN(length - run->length, found.length);
    }
    return MEMTX_OK;
}

/* Bus address → physical address */
static MemTxResult dma_through_window(const RCarDMAWindow *window,
                                      RCarDMARun *run)
{
    uint64_t offset = run->phys - window->bus;

    if (offset < window->size) {
        run->phys = window->phys + offset;
        run->length = MIN(run->length, window->size - offset);
        return MEMTX_OK;
    }
    if (run->phys < window->bus) {
        run->length = MIN(run->length, window->bus - run->phys);
    }
    run->phys = 0;
    run->refusal = RCAR_DMA_BUS_LIMIT;
    return MEMTX_DECODE_ERROR;
}

MemTxResult rcar_dma_translate(RCarDMAPort *port, uint64_t iova,
                               uint64_t length, bool is_write, RCarDMARun *run)
{
    *run = (RCarDMARun){
        .iova = iova,
        .phys = iova,
        .length = length,
        .context = -1,
    };
    if (port->mmu) {
        MemTxResult r;

        rcar_trace_hold();
        r = dma_through_mmu(port, length, is_write, run);
        rcar_trace_release();
        if (r != MEMTX_OK) {
            return r;
        }
    }
    return dma_through_window(port->window ?: &all_of_the_bus, run);
}

/* Ends the run where the RAM at its physical address does. */
static MemTxResult dma_end_at_ram(RCarDMARun *run, bool is_write)
{
    hwaddr length = run->length;
    hwaddr xlat;
    MemoryRegion *mr;

    RCU_READ_LOCK_GUARD();

    mr = address_space_translate(&address_space_memory, run->phys, &xlat,
                                 &length, is_write, RCAR_DMA_ATTRS);
    if (!memory_access_is_direct(mr, is_write, RCAR_DMA_ATTRS)) {
        run->refusal = RCAR_DMA_NO_MEMORY;
        return MEMTX_DECODE_ERROR;
    }
    run->length = length;
    return MEMTX_OK;
}

void rcar_dma_traced(const RCarDMAPort *port, const RCarDMARun *run,
                     bool is_write, const char *what)
{
    if (!rcar_trace_on) {
        return;
    }
    rcar_trace_begin("transfer");
    rcar_trace_add(",\"master\":\"%s\"", port->master);
    if (run->context < 0) {
        rcar_trace_add(",\"mmu\":null,\"utlb\":null,\"context\":null");
    } else {
        rcar_trace_add(",\"mmu\":\"%s\",\"utlb\":%u,\"context\":%d",
                       port->mmu->name, port->stream, run->context);
    }
    rcar_trace_add(",\"iova\":\"0x%" PRIx64 "\",\"phys\":\"0x%" PRIx64 "\","
                   "\"length\":\"0x%" PRIx64 "\",\"access\":\"%s\","
                   "\"what\":\"%s\",\"ok\":%s",
                   run->iova, run->phys, run->length,
                   is_write ? "write" : "read", what,
                   run->refusal ? "false" : "true");
    if (run->refusal) {
        rcar_trace_add(",\"cause\":\"%s\"", refusal_names[run->refusal]);
    }
    if (port->has_job) {
        rcar_trace_add(",\"job\":%u", port->job);
    }
    rcar_trace_end();
}

MemTxResult rcar_dma_rw_run(RCarDMAPort *port, uint64_t iova, void *buf,
                            uint64_t length, bool is_write, const char *what,
                            RCarDMARun *run)
{
    MemTxResult r = rcar_dma_translate(port, iova, length, is_write, run);

    if (r == MEMTX_OK) {
        r = dma_end_at_ram(run, is_write);
    }
    if (r == MEMTX_OK) {
        r = address_space_rw(&address_space_memory, run->phys, RCAR_DMA_ATTRS,
                             buf, run->length, is_write);
        if (r != MEMTX_OK) {
            run->refusal = RCAR_DMA_NO_MEMORY;
        }
    }
    rcar_dma_traced(port, run, is_write, what);
    return r;
}

MemTxResult rcar_dma_rw(RCarDMAPort *port, uint64_t iova, void *buf,
                        uint64_t length, bool is_write, const char *what)
{
    uint8_t *p = buf;

    while (length) {
        RCarDMARun run;
        MemTxResult r = rcar_dma_rw_run(port, iova, p, length, is_write, what,
                                        &run);

        if (r != MEMTX_OK) {
            return r;
        }
        p += run.length;
        iova += run.length;
        length -= run.length;
    }
    return MEMTX_OK;
}
