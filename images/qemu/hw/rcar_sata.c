/*
 * R-Car Gen3 Serial ATA controller
 *
 * One port: an ATA task file, SATA's SCR registers, and a bus-master DMA
 * engine ("ATAPI", the block that SH-Navi2G has in front of a PATA bus) whose
 * accesses go through an IPMMU micro-TLB. The drive and the ATA command set
 * are QEMU's IDE core.
 *
 * Sources. Registers, offsets and bits: drivers/ata/sata_rcar.c (v6.1), by the
 * names of its macros. What the driver must see: its interrupt handler and
 * libata-sff.c, libata-sata.c, libata-eh.c. SCRs: the Serial ATA
 * specification's SStatus, SError, SControl and SActive. The hardware manual
 * is not public.
 *
 * Choices, where the sources leave one:
 * - STATUS.DEVINT follows the drive's interrupt request, which reading the
 *   ATA status takes back: the driver never writes STATUS, and
 *   ata_bmdma_port_intr() takes an interrupt for its own only if DEVINT is
 *   set after SATAINTSTAT was acknowledged. SATAINTSTAT latches events.
 * - START reads as 1 while the engine is active (sata_rcar_bmdma_stop():
 *   "force termination of DMA transfer if active"). ACT is the same bit.
 * - How a transfer ended is told by STATUS bits that the driver does not
 *   read, and that are used here by what their names say: NEND and DNEND if
 *   the table was used up, DEVTRM if the drive was done before, ERR if the
 *   engine could not go on. Writing 0 to them clears them, as does START.
 * - A transfer that the bus refuses, or whose table ends early, fails whole:
 *   see rcar_sata_set_inactive().
 * - Addresses are translated when a transfer starts, and the data moves when
 *   the block layer has it.
 * - The link trains at once, at up to 3.0 Gb/s.
 *
 * Not here: NCQ (the driver has none), port multipliers, link power
 * management, hotplug, BIST, byte swapping, descriptors with DTA32M = 0, the
 * registers of the Gen1 PHY behind SATAPHYADDR, DMA to and from device
 * registers. A STOP waits for the block request under way, which then counts
 * as having completed before.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "qemu/log.h"
#include "qemu/units.h"
#include "exec/address-spaces.h"
#include "hw/ide/ide-internal.h"
#include "hw/registerfields.h"
#include "migration/vmstate.h"
#include "qapi/error.h"
#include "scsi/constants.h"
#include "rcar_sata.h"
#include "rcar_trace.h"

/* clang-format off */
/* ATAPI module: ATAPI_*_REG */
REG32(ATAPI_CONTROL1, 0x180)
    FIELD(ATAPI_CONTROL1, START, 0, 1)      /* start the DMA engine */
    FIELD(ATAPI_CONTROL1, STOP, 1, 1)       /* stop it */
    FIELD(ATAPI_CONTROL1, RW, 2, 1)         /* 1: drive to memory */
    FIELD(ATAPI_CONTROL1, DESE, 3, 1)       /* use the descriptor table */
    FIELD(ATAPI_CONTROL1, RESET, 7, 1)      /* hold the SATA core in reset */
    FIELD(ATAPI_CONTROL1, DTA32M, 11, 1)    /* DTEND is bit 0 of word 0 */
    FIELD(ATAPI_CONTROL1, ISM, 16, 1)       /* "ISM mode": storage */
REG32(ATAPI_STATUS, 0x184)
    FIELD(ATAPI_STATUS, ACT, 0, 1)          /* engine active */
    FIELD(ATAPI_STATUS, NEND, 1, 1)         /* normal end */
    FIELD(ATAPI_STATUS, ERR, 2, 1)          /* ended by an error */
    FIELD(ATAPI_STATUS, DEVINT, 4, 1)       /* drive's interrupt request */
    FIELD(ATAPI_STATUS, DEVTRM, 5, 1)       /* ended by the drive */
    FIELD(ATAPI_STATUS, DNEND, 6, 1)        /* descriptors, normal end */
    FIELD(ATAPI_STATUS, SATAINT, 11, 1)     /* SATAINTSTAT, unmasked */
REG32(ATAPI_INT_ENABLE, 0x188)              /* by the bits of STATUS */
REG32(ATAPI_DTB_ADR, 0x198)                 /* descriptor table */
REG32(ATAPI_DMA_START_ADR, 0x19c)           /* with DESE = 0: address, */
REG32(ATAPI_DMA_TRANS_CNT, 0x1a0)           /* and length in bytes */
REG32(ATAPI_CONTROL2, 0x1a4)                /* storage */
REG32(ATAPI_SIG_ST, 0x1b0)                  /* PATA signals: none */
REG32(ATAPI_BYTE_SWAP, 0x1bc)               /* storage */

/* Gen1 PHY access: SATAPHY*_REG (sata_rcar_gen1_phy_write()) */
REG32(SATAPHYADDR, 0x200)
    FIELD(SATAPHYADDR, PHYCMD_WRITE, 8, 1)
    FIELD(SATAPHYADDR, PHYCMD_READ, 9, 1)
REG32(SATAPHYWDATA, 0x204)
REG32(SATAPHYACCEN, 0x208)
REG32(SATAPHYRESET, 0x20c)
REG32(SATAPHYRDATA, 0x210)
REG32(SATAPHYACK, 0x214)
    FIELD(SATAPHYACK, PHYACK, 0, 1)         /* command done */

/* SATA host */
REG32(BISTCONF, 0x102c)                     /* storage */

/* Task file: SDATA_REG + (ATA_REG_* << 2), sata_rcar_setup_port() */
REG32(SDATA, 0x1100)                        /* ATA_REG_DATA: 16 bits */
REG32(SDATA_ERR, 0x1104)                    /* ATA_REG_ERR, _FEATURE */
REG32(SDATA_NSECT, 0x1108)                  /* ATA_REG_NSECT */
REG32(SDATA_LBAL, 0x110c)                   /* ATA_REG_LBAL */
REG32(SDATA_LBAM, 0x1110)                   /* ATA_REG_LBAM */
REG32(SDATA_LBAH, 0x1114)                   /* ATA_REG_LBAH */
REG32(SDATA_DEVICE, 0x1118)                 /* ATA_REG_DEVICE */
REG32(SDATA_STATUS, 0x111c)                 /* ATA_REG_STATUS, _CMD */
REG32(SSDEVCON, 0x1204)                     /* ctl_addr, altstatus_addr */

/* SCRs: SCRS*_REG */
REG32(SCRSSTS, 0x1400)
    FIELD(SCRSSTS, DET, 0, 4)               /* device detection */
    FIELD(SCRSSTS, SPD, 4, 4)               /* negotiated generation */
    FIELD(SCRSSTS, IPM, 8, 4)               /* power state */
REG32(SCRSERR, 0x1404)                      /* cleared by writing 1 */
    FIELD(SCRSERR, DIAG_N, 16, 1)           /* SERR_PHYRDY_CHG */
    FIELD(SCRSERR, DIAG_W, 18, 1)           /* SERR_COMM_WAKE */
    FIELD(SCRSERR, DIAG_X, 26, 1)           /* SERR_DEV_XCHG */
REG32(SCRSCON, 0x1408)
    FIELD(SCRSCON, DET, 0, 4)               /* detection control */
    FIELD(SCRSCON, SPD, 4, 4)               /* highest generation; 0: any */
    FIELD(SCRSCON, ALL, 0, 20)              /* DET, SPD, IPM, SPM, PMP */
REG32(SCRSACT, 0x140c)

REG32(SATAINTSTAT, 0x1508)                  /* cleared by writing 0 */
    FIELD(SATAINTSTAT, ATA, 0, 1)           /* drive's interrupt */
    FIELD(SATAINTSTAT, SERR, 3, 1)          /* a bit of SError was set */
REG32(SATAINTMASK, 0x150c)                  /* 1: masked */
    FIELD(SATAINTMASK, ALL, 0, 12)          /* SATAINTMASK_ALL_GEN2 */

/* RCAR_GEN2_PHY_CTL*_REG: storage */
REG32(PHY_CTL1, 0x1704)
REG32(PHY_CTL2, 0x170c)
REG32(PHY_CTL3, 0x171c)
REG32(PHY_CTL4, 0x1724)
REG32(PHY_CTL5, 0x1740)

/*
 * A descriptor (sata_rcar_bmdma_fill_sg()) is two little-endian words: the
 * address, with DTEND in the last one, and the length in bytes.
 */
FIELD(DESC0, DTEND, 0, 1)                   /* SATA_RCAR_DTEND */
/* clang-format on */

#define DESC_SIZE 8

/* "transfer chunks up to 512MB" (sata_rcar_sht) */
#define DESC_LENGTH_MAX (512 * MiB)

/*
 * Linux gives a command at most ATA_MAX_PRD = 256 descriptors. The bound is
 * ours: it ends a table that never does.
 */
#define DESC_MAX 4096

#define CONTROL1_BITS \
    (R_ATAPI_CONTROL1_START_MASK | R_ATAPI_CONTROL1_STOP_MASK | \
     R_ATAPI_CONTROL1_RW_MASK | R_ATAPI_CONTROL1_DESE_MASK | \
     R_ATAPI_CONTROL1_RESET_MASK | R_ATAPI_CONTROL1_DTA32M_MASK | \
     R_ATAPI_CONTROL1_ISM_MASK)

#define STATUS_ENDS \
    (R_ATAPI_STATUS_NEND_MASK | R_ATAPI_STATUS_ERR_MASK | \
     R_ATAPI_STATUS_DEVTRM_MASK | R_ATAPI_STATUS_DNEND_MASK)

#define STATUS_BITS \
    (STATUS_ENDS | R_ATAPI_STATUS_ACT_MASK | R_ATAPI_STATUS_DEVINT_MASK | \
     R_ATAPI_STATUS_SATAINT_MASK)

/* SStatus and SControl DET; SStatus IPM */
enum {
    SSTS_DET_NONE = 0,
    SSTS_DET_UP = 3,
    SSTS_DET_OFFLINE = 4,
    SSTS_IPM_ACTIVE = 1,
    SCON_DET_NONE = 0,
    SCON_DET_COMRESET = 1,
    SCON_DET_OFFLINE = 4,
};

#define SATA_GENERATION 2

/* Interrupts */

static void rcar_sata_update_irq(RCarSATAState *s)
{
    bool sataint = s->regs[R_SATAINTSTAT] & ~s->regs[R_SATAINTMASK];

    ARRAY_FIELD_DP32(s->regs, ATAPI_STATUS, SATAINT, sataint);
    qemu_set_irq(s->irq,
                 (s->regs[R_ATAPI_STATUS] & s->regs[R_ATAPI_INT_ENABLE]) != 0);
}

/* The IDE core raises this for each interrupt, and lowers it on status reads */
static void rcar_sata_intrq(void *opaque, int n, int level)
{
    RCarSATAState *s = opaque;

    ARRAY_FIELD_DP32(s->regs, ATAPI_STATUS, DEVINT, level != 0);
    if (level) {
        ARRAY_FIELD_DP32(s->regs, SATAINTSTAT, ATA, 1);
    }
    rcar_sata_update_irq(s);
}

static void rcar_sata_raise_serror(RCarSATAState *s, uint32_t bits)
{
    s->regs[R_SCRSERR] |= bits;
    ARRAY_FIELD_DP32(s->regs, SATAINTSTAT, SERR, 1);
    rcar_sata_update_irq(s);
}

/* Link and drive */

static IDEState *rcar_sata_drive(RCarSATAState *s)
{
    return &s->bus.ifs[0];
}

static bool rcar_sata_link_is_up(RCarSATAState *s)
{
    return ARRAY_FIELD_EX32(s->regs, SCRSSTS, DET) == SSTS_DET_UP;
}

/*
 * Wait for the drive's requests, and for a reset by SRST that is due. The IDE
 * core does a reset in a bottom half, and cancels a PIO request by waiting for
 * it; if a second reset comes while the first one waits, both wait forever.
 */
static void rcar_sata_settle(RCarSATAState *s)
{
    if (rcar_sata_drive(s)->blk) {
        blk_drain(rcar_sata_drive(s)->blk);
    }
}

/*
 * The drive forgets its command, and the engine what it did for it. Requests
 * to the block layer are waited for, as an SRST does: cancelling them would
 * let the IDE core report an error for each.
 */
static void rcar_sata_reset_drive(RCarSATAState *s)
{
    ide_cancel_dma_sync(rcar_sata_drive(s));
    rcar_sata_settle(s);
    ide_bus_reset(&s->bus);
    qemu_irq_lower(s->bus.irq);
    ARRAY_FIELD_DP32(s->regs, SATAINTSTAT, ATA, 0);
    rcar_sata_update_irq(s);
}

static void rcar_sata_link_down(RCarSATAState *s, int det)
{
    bool was_up = rcar_sata_link_is_up(s);

    s->regs[R_SCRSSTS] = FIELD_DP32(0, SCRSSTS, DET, det);
    if (was_up) {
        rcar_sata_reset_drive(s);
        rcar_sata_raise_serror(s, R_SCRSERR_DIAG_N_MASK);
    }
}

static void rcar_sata_link_up(RCarSATAState *s)
{
    IDEState *ide = rcar_sata_drive(s);
    int limit = ARRAY_FIELD_EX32(s->regs, SCRSCON, SPD);
    uint32_t ssts = 0;

    s->regs[R_SCRSSTS] = 0;
    if (!ide->blk) {
        return;
    }
    ssts = FIELD_DP32(ssts, SCRSSTS, DET, SSTS_DET_UP);
    ssts = FIELD_DP32(ssts, SCRSSTS, SPD,
                      limit ? MIN(limit, SATA_GENERATION) : SATA_GENERATION);
    ssts = FIELD_DP32(ssts, SCRSSTS, IPM, SSTS_IPM_ACTIVE);
    s->regs[R_SCRSSTS] = ssts;

    /*
     * ATA/ATAPI: after a hardware reset the drive shows its signature, which
     * ide_reset() has set, with the diagnostic code "device 0 passed" in the
     * error register, and a packet device without DRDY
     * (ata_sff_dev_classify()).
     */
    ide->error = 0x01;
    if (ide->drive_kind == IDE_CD) {
        ide->status = 0;
    }
    rcar_sata_raise_serror(s, R_SCRSERR_DIAG_N_MASK | R_SCRSERR_DIAG_W_MASK |
                                  R_SCRSERR_DIAG_X_MASK);
}

/* CONTROL1.RESET: all of the SATA core's registers, the link, the engine. */
static void rcar_sata_reset_core(RCarSATAState *s)
{
    rcar_sata_link_down(s, SSTS_DET_NONE);
    s->bus.dma->ops->reset(s->bus.dma);
    s->regs[R_BISTCONF] = 0;
    s->regs[R_SCRSERR] = 0;
    s->regs[R_SCRSCON] = 0;
    s->regs[R_SATAINTSTAT] = 0;
    s->regs[R_SATAINTMASK] = 0;
    s->regs[R_ATAPI_STATUS] &= ~STATUS_ENDS;
    rcar_sata_update_irq(s);
}

/* DMA engine */

static bool rcar_sata_active(RCarSATAState *s)
{
    return ARRAY_FIELD_EX32(s->regs, ATAPI_STATUS, ACT);
}

static void rcar_sata_set_active(RCarSATAState *s, bool active)
{
    ARRAY_FIELD_DP32(s->regs, ATAPI_STATUS, ACT, active);
    ARRAY_FIELD_DP32(s->regs, ATAPI_CONTROL1, START, active);
}

/* Leave the cursor at memory to move, or with length 0 if there is no more. */
static MemTxResult rcar_sata_next_extent(RCarSATAState *s, RCarSATACursor *c)
{
    uint32_t desc[DESC_SIZE / sizeof(uint32_t)];
    MemTxResult r;

    while (!c->length && !c->last) {
        if (!ARRAY_FIELD_EX32(s->regs, ATAPI_CONTROL1, DTA32M)) {
            qemu_log_mask(LOG_UNIMP, "rcar_sata: descriptors with DTA32M = 0 "
                                     "are not modelled\n");
            return MEMTX_ERROR;
        }
        /* Not ==: a migrated cursor may be beyond. */
        if (c->fetched++ >= DESC_MAX) {
            qemu_log_mask(LOG_GUEST_ERROR,
                          "rcar_sata: no DTEND in %d "
                          "descriptors\n",
                          DESC_MAX);
            return MEMTX_ERROR;
        }
        r = rcar_dma_rw(&s->port, c->table, desc, sizeof(desc), false,
                        "descriptor");
        if (r != MEMTX_OK) {
            return r;
        }
        desc[0] = le32_to_cpu(desc[0]);
        desc[1] = le32_to_cpu(desc[1]);
        c->table += DESC_SIZE;
        c->last = FIELD_EX32(desc[0], DESC0, DTEND);
        c->addr = desc[0] & ~R_DESC0_DTEND_MASK;

        /*
         * The driver writes lengths whole, where PCI IDE's ata_bmdma_fill_sg()
         * writes 64 KiB as 0; so nothing says that 0 would stand for more.
         */
        c->length = desc[1];
        if (!c->length || c->length > DESC_LENGTH_MAX) {
            qemu_log_mask(LOG_GUEST_ERROR,
                          "rcar_sata: descriptor of 0x%x "
                          "bytes\n",
                          c->length);
        }
    }
    return MEMTX_OK;
}

/* The engine has 32 address bits: an extent beyond them goes on at 0. */
static uint64_t rcar_sata_extent_part(const RCarSATACursor *c, uint64_t limit)
{
    uint64_t part = MIN(c->length, (1ull << 32) - c->addr);

    return MIN(part, limit);
}

static void rcar_sata_advance(RCarSATACursor *c, uint64_t length)
{
    c->addr += length;
    c->length -= length;
}

static bool rcar_sata_direction_ok(RCarSATAState *s, bool to_memory)
{
    if (ARRAY_FIELD_EX32(s->regs, ATAPI_CONTROL1, RW) != to_memory) {
        qemu_log_mask(LOG_GUEST_ERROR,
                      "rcar_sata: CONTROL1.RW = %d, but the "
                      "drive's command is the other way\n",
                      !to_memory);
        return false;
    }
    return true;
}

/*
 * Only RAM: the block layer would go through a bounce buffer to anything
 * else, of which there is one, and wait for it.
 */
static bool rcar_sata_is_ram(hwaddr phys, hwaddr length, bool is_write)
{
    RCU_READ_LOCK_GUARD();

    while (length) {
        hwaddr part = length;
        hwaddr xlat;
        MemoryRegion *mr = address_space_translate(&address_space_memory, phys,
                                                   &xlat, &part, is_write,
                                                   MEMTXATTRS_UNSPECIFIED);

        if (!memory_access_is_direct(mr, is_write, MEMTXATTRS_UNSPECIFIED)) {
            return false;
        }
        phys += part;
        length -= part;
    }
    return true;
}

/* Translate the first run of what is left of the extent, @limit at most. */
static MemTxResult rcar_sata_next_run(RCarSATAState *s, const RCarSATACursor *c,
                                      uint64_t limit, bool to_memory,
                                      RCarDMARun *run)
{
    MemTxResult r = rcar_dma_translate(
        &s->port, c->addr, rcar_sata_extent_part(c, limit), to_memory, run);

    if (r == MEMTX_OK && !rcar_sata_is_ram(run->phys, run->length, to_memory)) {
        qemu_log_mask(LOG_GUEST_ERROR,
                      "rcar_sata: no RAM at 0x%" HWADDR_PRIx "\n", run->phys);
        run->refusal = RCAR_DMA_NO_MEMORY;
        r = MEMTX_DECODE_ERROR;
    }
    if (r != MEMTX_OK) {
        rcar_dma_traced(&s->port, run, to_memory, "data");
    }
    return r;
}

/* Move on with the drive's command, if both sides are there. */
static void rcar_sata_dma_run(RCarSATAState *s)
{
    if (s->dma_cb && rcar_sata_active(s)) {
        s->dma_cb(rcar_sata_drive(s), 0);
    }
}

static void rcar_sata_dma_rewind(RCarSATAState *s)
{
    if (ARRAY_FIELD_EX32(s->regs, ATAPI_CONTROL1, DESE)) {
        s->cur = (RCarSATACursor){ .table = s->regs[R_ATAPI_DTB_ADR] };
    } else {
        s->cur = (RCarSATACursor){
            .addr = s->regs[R_ATAPI_DMA_START_ADR],
            .length = s->regs[R_ATAPI_DMA_TRANS_CNT],
            .last = true,
        };
    }
}

static void rcar_sata_dma_start(RCarSATAState *s)
{
    s->regs[R_ATAPI_STATUS] &= ~STATUS_ENDS;
    s->dma_failed = false;
    rcar_sata_set_active(s, true);
    rcar_sata_dma_rewind(s);
    rcar_sata_dma_run(s);
}

static void rcar_sata_dma_stop(RCarSATAState *s)
{
    if (s->dma.aiocb) {
        ide_cancel_dma_sync(rcar_sata_drive(s));
    }
    rcar_sata_set_active(s, false);
}

/* IDEDMAOps: what the IDE core asks of a DMA engine */

/* A DMA command was written; the driver starts the engine after it. */
static void rcar_sata_start_dma(const IDEDMA *dma, IDEState *ide,
                                BlockCompletionFunc *cb)
{
    RCarSATAState *s = container_of(dma, RCarSATAState, dma);

    s->dma_cb = cb;
    rcar_sata_dma_run(s);
}

/* The command starts over, after the VM was stopped for a host I/O error. */
static void rcar_sata_restart_dma(const IDEDMA *dma)
{
    RCarSATAState *s = container_of(dma, RCarSATAState, dma);

    rcar_sata_dma_rewind(s);
}

/*
 * Gather the memory of a transfer of @limit bytes (ide_dma_cb()), in full or
 * not at all: the core has no error for less.
 */
static int32_t rcar_sata_prepare_buf(const IDEDMA *dma, int32_t limit)
{
    RCarSATAState *s = container_of(dma, RCarSATAState, dma);
    IDEState *ide = rcar_sata_drive(s);
    bool to_memory = ide_cmd_is_read(ide);
    RCarSATACursor *c = &s->next;
    RCarDMARun run;

    rcar_trace_hold();
    *c = s->cur;
    g_array_set_size(s->runs, 0);
    qemu_sglist_init(&ide->sg, DEVICE(s), 1, &address_space_memory);

    if (!rcar_sata_direction_ok(s, to_memory)) {
        goto fail;
    }
    while (ide->sg.size < limit) {
        if (rcar_sata_next_extent(s, c) != MEMTX_OK) {
            goto fail;
        }
        if (!c->length) {
            qemu_log_mask(LOG_GUEST_ERROR,
                          "rcar_sata: memory for 0x%" PRIx64 " of 0x%x bytes\n",
                          ide->sg.size, limit);
            goto fail;
        }
        if (rcar_sata_next_run(s, c, limit - ide->sg.size, to_memory, &run) !=
            MEMTX_OK) {
            goto fail;
        }
        /* The block layer takes no longer vectors (block/io.c asserts it). */
        if (s->runs->len == IOV_MAX) {
            qemu_log_mask(LOG_UNIMP,
                          "rcar_sata: a transfer of more than %d "
                          "runs\n",
                          IOV_MAX);
            goto fail;
        }
        qemu_sglist_add(&ide->sg, run.phys, run.length);
        g_array_append_val(s->runs, run);
        rcar_sata_advance(c, run.length);
    }
    rcar_trace_release();
    ide->io_buffer_size = ide->sg.size;
    return ide->sg.size;

fail:
    rcar_trace_release();
    s->dma_failed = true;
    return -1;
}

/* The prepared transfer is over; it moved @tx_bytes, that is all or nothing. */
static void rcar_sata_commit_buf(const IDEDMA *dma, uint32_t tx_bytes)
{
    RCarSATAState *s = container_of(dma, RCarSATAState, dma);

    if (tx_bytes) {
        rcar_trace_hold();
        for (guint i = 0; i < s->runs->len; i++) {
            rcar_dma_traced(&s->port, &g_array_index(s->runs, RCarDMARun, i),
                            ide_cmd_is_read(rcar_sata_drive(s)), "data");
        }
        rcar_trace_release();
        s->cur = s->next;
    }
    g_array_set_size(s->runs, 0);
}

/* A packet command's data, which the core has in its buffer; 0 if it failed. */
static int rcar_sata_rw_buf(const IDEDMA *dma, bool is_write)
{
    RCarSATAState *s = container_of(dma, RCarSATAState, dma);
    IDEState *ide = rcar_sata_drive(s);

    if (!rcar_sata_direction_ok(s, is_write)) {
        goto fail;
    }
    while (ide->io_buffer_index < ide->io_buffer_size) {
        uint64_t part;

        if (rcar_sata_next_extent(s, &s->cur) != MEMTX_OK) {
            goto fail;
        }
        if (!s->cur.length) {
            qemu_log_mask(LOG_GUEST_ERROR, "rcar_sata: no memory for the rest "
                                           "of a packet command's data\n");
            goto fail;
        }
        part = rcar_sata_extent_part(&s->cur, ide->io_buffer_size -
                                                  ide->io_buffer_index);
        if (rcar_dma_rw(&s->port, s->cur.addr,
                        ide->io_buffer + ide->io_buffer_index, part, is_write,
                        "data") != MEMTX_OK) {
            goto fail;
        }
        ide->io_buffer_index += part;
        rcar_sata_advance(&s->cur, part);
    }
    return 1;

fail:
    s->dma_failed = true;
    ide_atapi_cmd_error(ide, ABORTED_COMMAND, ASC_DATA_PHASE_ERROR);
    return 0;
}

/*
 * The command is over.
 *
 * If the engine failed, STATUS says so. But sata_rcar_bmdma_status() reads
 * only DEVINT and ACT and never gives libata ATA_DMA_ERR: without a word from
 * the drive it would wait 30 s for the command. So the host ends the data
 * phase, the drive takes that for a transmission error, and ends the command
 * with an interrupt and ICRC beside the core's ABRT (ATA/ATAPI: error
 * register of the DMA commands). libata calls that an ATA bus error, resets
 * the link and tries again. A packet command has said ABORTED COMMAND, "data
 * phase error". The same goes for a table that is too short, where hardware
 * would rather let the drive wait.
 */
static void rcar_sata_set_inactive(const IDEDMA *dma, bool more)
{
    RCarSATAState *s = container_of(dma, RCarSATAState, dma);
    IDEState *ide = rcar_sata_drive(s);

    s->dma_cb = NULL;
    rcar_sata_set_active(s, false);
    if (s->dma_failed) {
        s->dma_failed = false;
        ARRAY_FIELD_DP32(s->regs, ATAPI_STATUS, ERR, 1);
        if (ide->drive_kind != IDE_CD && (ide->status & ERR_STAT)) {
            ide->error |= ICRC_ERR;
        }
    } else if (!s->cur.length && s->cur.last) {
        ARRAY_FIELD_DP32(s->regs, ATAPI_STATUS, NEND, 1);
        ARRAY_FIELD_DP32(s->regs, ATAPI_STATUS, DNEND,
                         ARRAY_FIELD_EX32(s->regs, ATAPI_CONTROL1, DESE));
    } else {
        ARRAY_FIELD_DP32(s->regs, ATAPI_STATUS, DEVTRM, 1);
    }
    rcar_sata_update_irq(s);
}

static void rcar_sata_dma_reset(const IDEDMA *dma)
{
    RCarSATAState *s = container_of(dma, RCarSATAState, dma);

    s->dma_cb = NULL;
    s->dma_failed = false;
    s->cur = (RCarSATACursor){ .last = true };
    rcar_sata_set_active(s, false);
}

static const IDEDMAOps rcar_sata_dma_ops = {
    .start_dma = rcar_sata_start_dma,
    .restart_dma = rcar_sata_restart_dma,
    .prepare_buf = rcar_sata_prepare_buf,
    .commit_buf = rcar_sata_commit_buf,
    .rw_buf = rcar_sata_rw_buf,
    .set_inactive = rcar_sata_set_inactive,
    .reset = rcar_sata_dma_reset,
};

/* Registers */

/*
 * Serial ATA: without a link the shadow status reads 7fh and the others ffh,
 * and writes go nowhere.
 */
static uint32_t rcar_sata_read_taskfile(RCarSATAState *s, hwaddr addr)
{
    if (!rcar_sata_link_is_up(s)) {
        return addr == A_SDATA_STATUS || addr == A_SSDEVCON ? 0x7f : 0xff;
    }
    if (addr == A_SDATA) {
        return ide_data_readw(&s->bus, 0);
    }
    if (addr == A_SSDEVCON) {
        return ide_status_read(&s->bus, 0);
    }
    return ide_ioport_read(&s->bus, (addr - A_SDATA) / 4);
}

static void rcar_sata_write_taskfile(RCarSATAState *s, hwaddr addr,
                                     uint32_t val)
{
    IDEState *ide = rcar_sata_drive(s);

    if (!rcar_sata_link_is_up(s)) {
        return;
    }
    if (addr == A_SDATA) {
        ide_data_writew(&s->bus, 0, val & 0xffff);
        return;
    }
    /* A command that the drive takes replaces the one that waits for START. */
    if (addr == A_SDATA_STATUS &&
        (!(ide->status & (BUSY_STAT | DRQ_STAT)) ||
         (ide->drive_kind == IDE_CD && (val & 0xff) == WIN_DEVICE_RESET))) {
        s->dma_cb = NULL;
    }
    ide_ioport_write(&s->bus, (addr - A_SDATA) / 4, val & 0xff);
}

/* Device control is the host's own register: nIEN holds without a link. */
static void rcar_sata_write_devcon(RCarSATAState *s, uint32_t val)
{
    if (val & ~s->bus.cmd & IDE_CTRL_RESET) {
        rcar_sata_settle(s);
        s->dma_cb = NULL;
        qemu_irq_lower(s->bus.irq);
    }
    ide_ctrl_write(&s->bus, 0, val & 0xff);
}

static void rcar_sata_write_control1(RCarSATAState *s, uint32_t val)
{
    uint32_t old = s->regs[R_ATAPI_CONTROL1];
    const uint32_t start = R_ATAPI_CONTROL1_START_MASK;
    const uint32_t reset = R_ATAPI_CONTROL1_RESET_MASK;

    if (val & ~CONTROL1_BITS) {
        qemu_log_mask(LOG_UNIMP, "rcar_sata: CONTROL1 = 0x%x: unknown bits\n",
                      val);
    }
    s->regs[R_ATAPI_CONTROL1] = (val & CONTROL1_BITS & ~start) | (old & start);

    if (val & ~old & reset) {
        rcar_sata_reset_core(s);
    } else if (old & ~val & reset) {
        rcar_sata_link_up(s);
    }
    if (val & R_ATAPI_CONTROL1_STOP_MASK) {
        rcar_sata_dma_stop(s);
    } else if (val & start) {
        if (val & reset) {
            qemu_log_mask(LOG_GUEST_ERROR, "rcar_sata: START in reset\n");
        } else if (!rcar_sata_active(s)) {
            rcar_sata_dma_start(s);
        }
    }
    rcar_sata_update_irq(s);
}

static void rcar_sata_write_scrscon(RCarSATAState *s, uint32_t val)
{
    uint32_t old = ARRAY_FIELD_EX32(s->regs, SCRSCON, DET);
    uint32_t det = FIELD_EX32(val, SCRSCON, DET);

    if (det != SCON_DET_NONE && det != SCON_DET_COMRESET &&
        det != SCON_DET_OFFLINE) {
        qemu_log_mask(LOG_GUEST_ERROR, "rcar_sata: SControl DET = %u\n", det);
        det = old;
        val = FIELD_DP32(val, SCRSCON, DET, det);
    }
    s->regs[R_SCRSCON] = val & R_SCRSCON_ALL_MASK;
    if (det == old || ARRAY_FIELD_EX32(s->regs, ATAPI_CONTROL1, RESET)) {
        return;
    }
    switch (det) {
    case SCON_DET_COMRESET:
        rcar_sata_link_down(s, SSTS_DET_NONE);
        break;
    case SCON_DET_OFFLINE:
        rcar_sata_link_down(s, SSTS_DET_OFFLINE);
        break;
    default:
        rcar_sata_link_up(s);
        break;
    }
}

static void rcar_sata_write_phyaddr(RCarSATAState *s, uint32_t val)
{
    bool read = FIELD_EX32(val, SATAPHYADDR, PHYCMD_READ);

    s->regs[R_SATAPHYADDR] = val;
    ARRAY_FIELD_DP32(s->regs, SATAPHYACK, PHYACK,
                     read || FIELD_EX32(val, SATAPHYADDR, PHYCMD_WRITE));
    if (read) {
        qemu_log_mask(LOG_UNIMP, "rcar_sata: read of PHY register 0x%x\n",
                      val & 0xff);
    }
}

static uint64_t rcar_sata_read(void *opaque, hwaddr addr, unsigned size)
{
    RCarSATAState *s = opaque;

    switch (addr) {
    case A_SDATA ... A_SDATA_STATUS:
    case A_SSDEVCON:
        return rcar_sata_read_taskfile(s, addr);
    case A_ATAPI_CONTROL1:
    case A_ATAPI_STATUS:
    case A_ATAPI_INT_ENABLE:
    case A_ATAPI_DTB_ADR:
    case A_ATAPI_DMA_START_ADR:
    case A_ATAPI_DMA_TRANS_CNT:
    case A_ATAPI_CONTROL2:
    case A_ATAPI_SIG_ST:
    case A_ATAPI_BYTE_SWAP:
    case A_SATAPHYADDR:
    case A_SATAPHYWDATA:
    case A_SATAPHYACCEN:
    case A_SATAPHYRESET:
    case A_SATAPHYRDATA:
    case A_SATAPHYACK:
    case A_BISTCONF:
    case A_SCRSSTS:
    case A_SCRSERR:
    case A_SCRSCON:
    case A_SCRSACT:
    case A_SATAINTSTAT:
    case A_SATAINTMASK:
    case A_PHY_CTL1:
    case A_PHY_CTL2:
    case A_PHY_CTL3:
    case A_PHY_CTL4:
    case A_PHY_CTL5:
        return s->regs[addr / 4];
    default:
        qemu_log_mask(LOG_UNIMP,
                      "rcar_sata: read of unimplemented register "
                      "0x%" HWADDR_PRIx "\n",
                      addr);
        return 0;
    }
}

static void rcar_sata_write(void *opaque, hwaddr addr, uint64_t val64,
                            unsigned size)
{
    RCarSATAState *s = opaque;
    uint32_t val = val64;

    switch (addr) {
    case A_SDATA ... A_SDATA_STATUS:
        rcar_sata_write_taskfile(s, addr, val);
        break;
    case A_SSDEVCON:
        rcar_sata_write_devcon(s, val);
        break;
    case A_ATAPI_CONTROL1:
        rcar_sata_write_control1(s, val);
        break;
    case A_ATAPI_STATUS:
        s->regs[R_ATAPI_STATUS] &= val | ~STATUS_ENDS;
        rcar_sata_update_irq(s);
        break;
    case A_ATAPI_INT_ENABLE:
        s->regs[R_ATAPI_INT_ENABLE] = val & STATUS_BITS;
        rcar_sata_update_irq(s);
        break;
    case A_ATAPI_DTB_ADR:
        s->regs[R_ATAPI_DTB_ADR] = val & ~3u;
        break;
    case A_ATAPI_BYTE_SWAP:
        if (val) {
            qemu_log_mask(LOG_UNIMP, "rcar_sata: BYTE_SWAP = 0x%x\n", val);
        }
        s->regs[R_ATAPI_BYTE_SWAP] = val;
        break;
    case A_SATAPHYADDR:
        rcar_sata_write_phyaddr(s, val);
        break;
    case A_SCRSERR:
        s->regs[R_SCRSERR] &= ~val;
        break;
    case A_SCRSCON:
        rcar_sata_write_scrscon(s, val);
        break;
    case A_SCRSACT:
        qemu_log_mask(LOG_UNIMP, "rcar_sata: SActive = 0x%x, without NCQ\n",
                      val);
        break;
    case A_SATAINTSTAT:
        s->regs[R_SATAINTSTAT] &= val;
        rcar_sata_update_irq(s);
        break;
    case A_SATAINTMASK:
        s->regs[R_SATAINTMASK] = val & R_SATAINTMASK_ALL_MASK;
        rcar_sata_update_irq(s);
        break;
    case A_ATAPI_DMA_START_ADR:
    case A_ATAPI_DMA_TRANS_CNT:
    case A_ATAPI_CONTROL2:
    case A_SATAPHYWDATA:
    case A_SATAPHYACCEN:
    case A_SATAPHYRESET:
    case A_BISTCONF:
    case A_PHY_CTL1:
    case A_PHY_CTL2:
    case A_PHY_CTL3:
    case A_PHY_CTL4:
    case A_PHY_CTL5:
        s->regs[addr / 4] = val;
        break;
    case A_ATAPI_SIG_ST:
    case A_SATAPHYRDATA:
    case A_SATAPHYACK:
    case A_SCRSSTS:
        qemu_log_mask(LOG_GUEST_ERROR,
                      "rcar_sata: write to read-only register "
                      "0x%" HWADDR_PRIx "\n",
                      addr);
        break;
    default:
        qemu_log_mask(LOG_UNIMP,
                      "rcar_sata: write of 0x%x to unimplemented "
                      "register 0x%" HWADDR_PRIx "\n",
                      val, addr);
        break;
    }
}

static const MemoryRegionOps rcar_sata_ops = {
    .read = rcar_sata_read,
    .write = rcar_sata_write,
    .endianness = DEVICE_LITTLE_ENDIAN,
    .valid.min_access_size = 4,
    .valid.max_access_size = 4,
    .impl.min_access_size = 4,
    .impl.max_access_size = 4,
};

/* Device */

void rcar_sata_create_drive(RCarSATAState *s, DriveInfo *hd)
{
    ide_bus_create_drive(&s->bus, 0, hd);
}

static void rcar_sata_reset_hold(Object *obj, ResetType type)
{
    RCarSATAState *s = RCAR_SATA(obj);

    rcar_sata_reset_drive(s);
    memset(s->regs, 0, sizeof(s->regs));
    rcar_sata_link_up(s);
    rcar_sata_update_irq(s);
}

static void rcar_sata_realize(DeviceState *dev, Error **errp)
{
    RCarSATAState *s = RCAR_SATA(dev);

    if (!s->port.master) {
        error_setg(errp, "rcar-sata: the machine has not wired its DMA port");
        return;
    }
    ide_bus_init_output_irq(&s->bus, &s->intrq);
    s->dma.ops = &rcar_sata_dma_ops;
    s->bus.dma = &s->dma;
    ide_bus_register_restart_cb(&s->bus);
}

static void rcar_sata_init(Object *obj)
{
    RCarSATAState *s = RCAR_SATA(obj);

    s->runs = g_array_new(false, false, sizeof(RCarDMARun));
    qemu_init_irq(&s->intrq, rcar_sata_intrq, s, 0);
    ide_bus_init(&s->bus, sizeof(s->bus), DEVICE(obj), 0, 1);
    memory_region_init_io(&s->mmio, obj, &rcar_sata_ops, s, TYPE_RCAR_SATA,
                          RCAR_SATA_MMIO_SIZE);
    sysbus_init_mmio(SYS_BUS_DEVICE(obj), &s->mmio);
    sysbus_init_irq(SYS_BUS_DEVICE(obj), &s->irq);
}

static void rcar_sata_finalize(Object *obj)
{
    RCarSATAState *s = RCAR_SATA(obj);

    g_array_free(s->runs, true);
}

/*
 * A command that waits for START is known by a function pointer: have the
 * core issue it again, as PCI IDE does (ide_bmdma_pre_save()).
 */
static int rcar_sata_pre_save(void *opaque)
{
    RCarSATAState *s = opaque;

    if (s->dma_cb && !rcar_sata_active(s)) {
        s->bus.error_status = ide_dma_cmd_to_retry(rcar_sata_drive(s)->dma_cmd);
    }
    return 0;
}

static const VMStateDescription vmstate_rcar_sata = {
    .name = TYPE_RCAR_SATA,
    /* VMSTATE_IDE_DRIVES is left out of anything older. */
    .version_id = 3,
    .minimum_version_id = 3,
    .pre_save = rcar_sata_pre_save,
    .fields =
        (const VMStateField[]){
            VMSTATE_UINT32_ARRAY(regs, RCarSATAState, RCAR_SATA_NUM_REGS),
            VMSTATE_UINT32(cur.table, RCarSATAState),
            VMSTATE_UINT32(cur.addr, RCarSATAState),
            VMSTATE_UINT32(cur.length, RCarSATAState),
            VMSTATE_UINT32(cur.fetched, RCarSATAState),
            VMSTATE_BOOL(cur.last, RCarSATAState),
            VMSTATE_IDE_BUS(bus, RCarSATAState),
            VMSTATE_IDE_DRIVES(bus.ifs, RCarSATAState),
            VMSTATE_END_OF_LIST(),
        }
};

static void rcar_sata_class_init(ObjectClass *klass, void *data)
{
    DeviceClass *dc = DEVICE_CLASS(klass);

    RESETTABLE_CLASS(klass)->phases.hold = rcar_sata_reset_hold;
    dc->realize = rcar_sata_realize;
    dc->vmsd = &vmstate_rcar_sata;
    dc->desc = "R-Car Gen3 Serial ATA controller";
    dc->user_creatable = false; /* its DMA port is wired by the machine */
    set_bit(DEVICE_CATEGORY_STORAGE, dc->categories);
}

static const TypeInfo rcar_sata_types[] = {
    {
        .name = TYPE_RCAR_SATA,
        .parent = TYPE_SYS_BUS_DEVICE,
        .instance_size = sizeof(RCarSATAState),
        .instance_init = rcar_sata_init,
        .instance_finalize = rcar_sata_finalize,
        .class_init = rcar_sata_class_init,
    },
};

DEFINE_TYPES(rcar_sata_types)
