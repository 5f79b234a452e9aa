/*
 * R-Car Gen3 direct memory access controller (SYS-DMAC, Audio-DMAC)
 *
 * 16 channels, each behind an IPMMU micro-TLB of its own, that copy memory: one
 * extent that the registers hold, or a list of hardware descriptors in memory.
 *
 * Sources. Registers, offsets, bits and what the driver must see:
 * drivers/dma/sh/rcar-dmac.c, v5.10 to v7.3, by the names of its macros. The
 * hardware manual is not public.
 *
 * Choices, where the sources leave one:
 * - Data moves while the CPUs run, 64 KiB of a channel at a time, channel by
 *   channel; DMAOR's priorities mean nothing.
 * - TCR and TCRB count the same: what was read has been written as well.
 * - SAR and DAR wrap inside of the 4 GiB that DMAFIXSAR and DMAFIXDAR name:
 *   the driver splits transfers there (rcar_dmac_chan_prep_sg()).
 * - TCR = 0 stands for 2^24 units, as in the SuperH DMACs that have the same
 *   registers.
 * - CHCRB.DPTR is the descriptor after the one that is running
 *   (rcar_dmac_chan_get_residue()), and DSE is set when a stage has ended and
 *   DPTR is DPCR.DIPT (rcar_dmac_isr_desc_stage_end()).
 * - The erratum that rcar_dmac_chan_start_xfer() tells of is here too: a first
 *   descriptor that is fetched through an IOMMU does not set DAR.
 * - An address that the bus refuses or that does not fit the transfer unit
 *   ends the channel's transfer: CAE, the channel's interrupt if CAIE is set.
 *   DMAOR.AE and the error interrupt are there while any channel has CAE; the
 *   other channels go on (mainline, "dmaengine: rcar-dmac:
 *   don't use DMAC error interrupt").
 * - TE, DSE and CAE are cleared by writing 0. A channel does nothing while TE
 *   or CAE is set.
 *
 * Not here: peripheral requests (DMARS): such a channel waits for ever; the
 * descriptor memory inside of the controller (DPBASE.SEL = 0); slow speed mode;
 * the secure bits, which are storage.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "qemu/log.h"
#include "qemu/main-loop.h"
#include "qemu/units.h"
#include "hw/irq.h"
#include "hw/registerfields.h"
#include "migration/vmstate.h"
#include "qapi/error.h"
#include "rcar_dmac.h"

/* clang-format off */
REG32(DMAISTA, 0x20)                /* channels that raise their interrupt */
REG32(DMASEC, 0x30)                 /* storage */
REG16(DMAOR, 0x60)                  /* operation */
    FIELD(DMAOR, DME, 0, 1)         /* all channels may run */
    FIELD(DMAOR, AE, 2, 1)          /* a channel has CAE */
    FIELD(DMAOR, PRI, 8, 2)         /* storage */
REG32(DMACHCLR, 0x80)               /* reset these channels; reads 0 */
REG32(DMADPSEC, 0xa0)               /* storage */

/* A channel's, 0x80 apart from 0x8000 (rcar_dmac_of_data) */
REG32(DMASAR, 0x00)                 /* source, bits 31:0 */
REG32(DMADAR, 0x04)                 /* destination, bits 31:0 */
REG32(DMATCR, 0x08)                 /* units to move */
    FIELD(DMATCR, COUNT, 0, 24)
REG32(DMACHCR, 0x0c)                /* control */
    FIELD(DMACHCR, DE, 0, 1)        /* run */
    FIELD(DMACHCR, TE, 1, 1)        /* transfer ended */
    FIELD(DMACHCR, IE, 2, 1)        /* and raises the interrupt */
    FIELD(DMACHCR, TS_LOW, 3, 2)    /* unit: see unit_shift[] */
    FIELD(DMACHCR, RS, 8, 4)        /* what asks for transfers */
    FIELD(DMACHCR, SM, 12, 2)       /* how SAR moves */
    FIELD(DMACHCR, DM, 14, 2)       /* how DAR moves */
    FIELD(DMACHCR, DSIE, 18, 1)     /* DSE raises the interrupt */
    FIELD(DMACHCR, DSE, 19, 1)      /* descriptor stage DIPT ended */
    FIELD(DMACHCR, TS_HIGH, 20, 2)
    FIELD(DMACHCR, DPB, 22, 1)      /* the first stage is a descriptor's too */
    FIELD(DMACHCR, RPT_TCR, 25, 1)  /* descriptors set TCR, */
    FIELD(DMACHCR, RPT_DAR, 26, 1)  /* DAR, */
    FIELD(DMACHCR, RPT_SAR, 27, 1)  /* SAR */
    FIELD(DMACHCR, DPM, 28, 2)      /* descriptor mode */
    FIELD(DMACHCR, CAIE, 30, 1)     /* CAE raises the interrupt */
    FIELD(DMACHCR, CAE, 31, 1)      /* channel address error */
REG32(DMAFIXSAR, 0x10)              /* source, bits 39:32 */
REG32(DMAFIXDAR, 0x14)              /* destination, bits 39:32 */
REG32(DMATCRB, 0x18)                /* TCR, of what reached the destination */
REG32(DMACHCRB, 0x1c)               /* descriptors */
    FIELD(DMACHCRB, PRI_SLM, 0, 8)  /* storage: slow speed mode, priority */
    FIELD(DMACHCRB, DTS, 8, 1)      /* storage */
    FIELD(DMACHCRB, DRST, 15, 1)    /* DPTR = 0; reads 0 */
    FIELD(DMACHCRB, DPTR, 16, 8)    /* the next descriptor; read only */
    FIELD(DMACHCRB, DCNT, 24, 8)    /* descriptors - 1 */
REG32(DMATSR, 0x28)                 /* TCR at the stage's begin */
REG32(DMATSRB, 0x38)                /* the same */
REG16(DMARS, 0x40)                  /* the peripheral, if RS says so */
REG32(DMABUFCR, 0x48)               /* storage */
REG32(DMADPBASE, 0x50)              /* descriptors, bits 31:4 */
    FIELD(DMADPBASE, SEL, 0, 1)     /* they are in memory */
REG32(DMADPCR, 0x54)
    FIELD(DMADPCR, DIPT, 24, 8)     /* stage that sets DSE */
REG32(DMAFIXDPBASE, 0x60)           /* descriptors, bits 39:32 */
/* clang-format on */

#define CHANNEL_BASE 0x8000
#define CHANNEL_STRIDE 0x80

#define DMAOR_STORED (R_DMAOR_DME_MASK | R_DMAOR_PRI_MASK)

/* Cleared by writing 0, set by the channel only. */
#define CHCR_STATUS \
    (R_DMACHCR_TE_MASK | R_DMACHCR_DSE_MASK | R_DMACHCR_CAE_MASK)

#define CHCRB_STORED \
    (R_DMACHCRB_PRI_SLM_MASK | R_DMACHCRB_DTS_MASK | R_DMACHCRB_DCNT_MASK)

/* CHCR.DPM, RS, SM and DM: RCAR_DMACHCR_* */
enum {
    DPM_DISABLED = 0,
    DPM_ENABLED = 1,
    DPM_REPEAT = 2,
    DPM_INFINITE = 3,
    RS_AUTO = 4,
    STEP_FIXED = 0,
    STEP_INC = 1,
    STEP_DEC = 2,
};

/* RCAR_DMACHCR_TS_*: log2 of the unit by TS_HIGH:TS_LOW; -1: not known */
static const int8_t unit_shift[16] = { 0,  1,  2,  4,  5,  6,  -1, 3,
                                       -1, -1, -1, -1, -1, -1, -1, -1 };

/* struct rcar_dmac_hw_desc, in memory */
typedef struct HWDescriptor {
    uint32_t sar;
    uint32_t dar;
    uint32_t tcr;
    uint32_t reserved;
} HWDescriptor;

#define ADDRESS_HIGH 0xff /* 40-bit addresses: rcar_dmac_probe() */

/* Of a channel, before the next one has its turn. */
#define TURN_BYTES (64 * KiB)
#define TURN_UNITS 1024 /* one by one, if an address does not rise */

/* Interrupts */

static bool channel_raises(const RCarDMACChannel *c)
{
    return (FIELD_EX32(c->chcr, DMACHCR, TE) &&
            FIELD_EX32(c->chcr, DMACHCR, IE)) ||
           (FIELD_EX32(c->chcr, DMACHCR, DSE) &&
            FIELD_EX32(c->chcr, DMACHCR, DSIE)) ||
           (FIELD_EX32(c->chcr, DMACHCR, CAE) &&
            FIELD_EX32(c->chcr, DMACHCR, CAIE));
}

static bool dmac_has_error(const RCarDMACState *s)
{
    for (int i = 0; i < RCAR_DMAC_CHANNELS; i++) {
        if (FIELD_EX32(s->ch[i].chcr, DMACHCR, CAE)) {
            return true;
        }
    }
    return false;
}

static void dmac_update_irq(RCarDMACState *s)
{
    for (int i = 0; i < RCAR_DMAC_CHANNELS; i++) {
        qemu_set_irq(s->ch[i].irq, channel_raises(&s->ch[i]));
    }
    qemu_set_irq(s->error_irq, dmac_has_error(s));
}

static uint32_t dmac_ista(const RCarDMACState *s)
{
    uint32_t bits = 0;

    for (int i = 0; i < RCAR_DMAC_CHANNELS; i++) {
        bits |= (uint32_t)channel_raises(&s->ch[i]) << i;
    }
    return bits;
}

/* Channels */

static bool channel_runs(const RCarDMACState *s, const RCarDMACChannel *c)
{
    return (s->dmaor & R_DMAOR_DME_MASK) && FIELD_EX32(c->chcr, DMACHCR, DE) &&
           FIELD_EX32(c->chcr, DMACHCR, RS) == RS_AUTO &&
           !(c->chcr & (R_DMACHCR_TE_MASK | R_DMACHCR_CAE_MASK));
}

static void dmac_kick(RCarDMACState *s)
{
    for (int i = 0; i < RCAR_DMAC_CHANNELS; i++) {
        if (channel_runs(s, &s->ch[i])) {
            qemu_bh_schedule(s->bh);
            return;
        }
    }
}

static int channel_shift(const RCarDMACChannel *c)
{
    return unit_shift[FIELD_EX32(c->chcr, DMACHCR, TS_HIGH) << 2 |
                      FIELD_EX32(c->chcr, DMACHCR, TS_LOW)];
}

static uint64_t address(uint32_t high, uint32_t low)
{
    return (uint64_t)(high & ADDRESS_HIGH) << 32 | low;
}

static bool channel_in_list(const RCarDMACChannel *c)
{
    return FIELD_EX32(c->chcr, DMACHCR, DPM) != DPM_DISABLED;
}

/* Fetch the descriptor at DPTR, and point to the next one. */
static MemTxResult channel_load(RCarDMACChannel *c)
{
    uint32_t n = FIELD_EX32(c->chcrb, DMACHCRB, DPTR);
    uint32_t last = FIELD_EX32(c->chcrb, DMACHCRB, DCNT);
    uint64_t at = address(c->fixdpbase, c->dpbase & ~0xfu) +
                  n * sizeof(HWDescriptor);
    HWDescriptor desc;
    RCarDMARun run;
    bool keep_dar;

    if (!FIELD_EX32(c->dpbase, DMADPBASE, SEL)) {
        qemu_log_mask(LOG_UNIMP,
                      "rcar_dmac %s: descriptor memory inside of "
                      "the controller\n",
                      c->port.master);
        return MEMTX_ERROR;
    }
    if (rcar_dma_translate(&c->port, at, sizeof(desc), false, &run) !=
        MEMTX_OK) {
        rcar_dma_traced(&c->port, &run, false, "descriptor");
        return MEMTX_ACCESS_ERROR;
    }
    keep_dar = n == 0 && run.context >= 0; /* the erratum */
    if (rcar_dma_rw(&c->port, at, &desc, sizeof(desc), false, "descriptor") !=
        MEMTX_OK) {
        return MEMTX_ACCESS_ERROR;
    }
    if (FIELD_EX32(c->chcr, DMACHCR, RPT_SAR)) {
        c->sar = le32_to_cpu(desc.sar);
    }
    if (FIELD_EX32(c->chcr, DMACHCR, RPT_DAR) && !keep_dar) {
        c->dar = le32_to_cpu(desc.dar);
    }
    if (FIELD_EX32(c->chcr, DMACHCR, RPT_TCR)) {
        c->tcr = le32_to_cpu(desc.tcr) & R_DMATCR_COUNT_MASK;
    }
    c->chcrb = FIELD_DP32(c->chcrb, DMACHCRB, DPTR, n >= last ? 0 : n + 1);
    return MEMTX_OK;
}

/* Begin a stage: an extent of units to move. */
static MemTxResult channel_begin(RCarDMACChannel *c, bool first)
{
    if (channel_in_list(c)) {
        if (!first || FIELD_EX32(c->chcr, DMACHCR, DPB)) {
            MemTxResult r = channel_load(c);

            if (r != MEMTX_OK) {
                return r;
            }
        } else {
            uint32_t last = FIELD_EX32(c->chcrb, DMACHCRB, DCNT);

            c->chcrb = FIELD_DP32(c->chcrb, DMACHCRB, DPTR, last ? 1 : 0);
        }
    }
    c->tsr = c->tcr;
    c->left = c->tcr ? c->tcr : R_DMATCR_COUNT_MASK + 1;
    c->staged = true;
    return MEMTX_OK;
}

/* A stage has moved. Returns false if the transfer goes on. */
static bool channel_stage_end(RCarDMACChannel *c)
{
    uint32_t next = FIELD_EX32(c->chcrb, DMACHCRB, DPTR);

    c->staged = false;
    if (!channel_in_list(c)) {
        return true;
    }
    if (next == FIELD_EX32(c->dpcr, DMADPCR, DIPT)) {
        c->chcr = FIELD_DP32(c->chcr, DMACHCR, DSE, 1);
    }
    return next == 0 && FIELD_EX32(c->chcr, DMACHCR, DPM) != DPM_INFINITE;
}

/* The units of one turn: one block if both addresses rise, else one unit. */
static uint64_t channel_block(const RCarDMACChannel *c, int shift)
{
    uint64_t bytes = (uint64_t)c->left << shift;

    if (FIELD_EX32(c->chcr, DMACHCR, SM) != STEP_INC ||
        FIELD_EX32(c->chcr, DMACHCR, DM) != STEP_INC) {
        return 1ull << shift;
    }
    bytes = MIN(bytes, TURN_BYTES);
    bytes = MIN(bytes, (1ull << 32) - c->sar);
    return MIN(bytes, (1ull << 32) - c->dar);
}

static uint32_t stepped(uint32_t addr, uint32_t step, uint64_t bytes)
{
    return step == STEP_INC   ? addr + bytes
           : step == STEP_DEC ? addr - bytes
                              : addr;
}

static MemTxResult channel_move(RCarDMACChannel *c)
{
    int shift = channel_shift(c);
    g_autofree uint8_t *data = NULL;
    uint64_t moved = 0;

    if (shift < 0 || ((c->sar | c->dar) & ((1u << shift) - 1))) {
        qemu_log_mask(LOG_GUEST_ERROR,
                      "rcar_dmac %s: 0x%x to 0x%x, CHCR = 0x%x: not aligned to "
                      "the unit, or no unit\n",
                      c->port.master, c->sar, c->dar, c->chcr);
        return MEMTX_ERROR;
    }
    data = g_malloc(TURN_BYTES);
    for (int n = 0; n < TURN_UNITS && c->left && moved < TURN_BYTES; n++) {
        uint64_t bytes = channel_block(c, shift);
        MemTxResult r = rcar_dma_rw(&c->port, address(c->fixsar, c->sar), data,
                                    bytes, false, "data");

        if (r == MEMTX_OK) {
            r = rcar_dma_rw(&c->port, address(c->fixdar, c->dar), data, bytes,
                            true, "data");
        }
        if (r != MEMTX_OK) {
            return r;
        }
        c->sar = stepped(c->sar, FIELD_EX32(c->chcr, DMACHCR, SM), bytes);
        c->dar = stepped(c->dar, FIELD_EX32(c->chcr, DMACHCR, DM), bytes);
        c->left -= bytes >> shift;
        moved += bytes;
    }
    c->tcr = c->left & R_DMATCR_COUNT_MASK;
    return MEMTX_OK;
}

static void channel_turn(RCarDMACChannel *c)
{
    MemTxResult r = MEMTX_OK;

    if (!c->staged) {
        r = channel_begin(c, FIELD_EX32(c->chcrb, DMACHCRB, DPTR) == 0);
    }
    if (r == MEMTX_OK) {
        r = channel_move(c);
    }
    if (r != MEMTX_OK) {
        c->staged = false;
        c->chcr = FIELD_DP32(c->chcr, DMACHCR, CAE, 1);
        c->chcr = FIELD_DP32(c->chcr, DMACHCR, DE, 0);
    } else if (!c->left && channel_stage_end(c)) {
        c->chcr = FIELD_DP32(c->chcr, DMACHCR, TE, 1);
    }
}

static void dmac_bh(void *opaque)
{
    RCarDMACState *s = opaque;

    for (int i = 0; i < RCAR_DMAC_CHANNELS; i++) {
        if (channel_runs(s, &s->ch[i])) {
            channel_turn(&s->ch[i]);
        }
    }
    dmac_update_irq(s);
    dmac_kick(s);
}

/* Registers */

/* DMACHCLR: all but what the machine wired. */
static void channel_clear(RCarDMACChannel *c)
{
    *c = (RCarDMACChannel){ .port = c->port, .irq = c->irq };
}

static uint32_t *channel_storage(RCarDMACChannel *c, hwaddr reg)
{
    switch (reg) {
    case A_DMASAR:
        return &c->sar;
    case A_DMADAR:
        return &c->dar;
    case A_DMAFIXSAR:
        return &c->fixsar;
    case A_DMAFIXDAR:
        return &c->fixdar;
    case A_DMABUFCR:
        return &c->bufcr;
    case A_DMADPBASE:
        return &c->dpbase;
    case A_DMADPCR:
        return &c->dpcr;
    case A_DMAFIXDPBASE:
        return &c->fixdpbase;
    default:
        return NULL;
    }
}

static void dmac_unimp(hwaddr addr, const char *what)
{
    qemu_log_mask(LOG_UNIMP,
                  "rcar_dmac: %s of unimplemented register 0x%" HWADDR_PRIx
                  "\n",
                  what, addr);
}

static RCarDMACChannel *channel_at(RCarDMACState *s, hwaddr addr, hwaddr *reg)
{
    hwaddr n = (addr - CHANNEL_BASE) / CHANNEL_STRIDE;

    *reg = addr % CHANNEL_STRIDE;
    return addr >= CHANNEL_BASE && n < RCAR_DMAC_CHANNELS ? &s->ch[n] : NULL;
}

static uint64_t dmac_read(void *opaque, hwaddr addr, unsigned size)
{
    RCarDMACState *s = opaque;
    hwaddr reg;
    RCarDMACChannel *c = channel_at(s, addr, &reg);

    if (c) {
        uint32_t *p = channel_storage(c, reg);

        switch (p ? A_DMASAR : reg) {
        case A_DMASAR:
            return *p;
        case A_DMATCR:
        case A_DMATCRB:
            return c->tcr;
        case A_DMATSR:
        case A_DMATSRB:
            return c->tsr;
        case A_DMACHCR:
            return c->chcr;
        case A_DMACHCRB:
            return c->chcrb;
        case A_DMARS:
            return c->dmars;
        }
    } else {
        switch (addr) {
        case A_DMAISTA:
            return dmac_ista(s);
        case A_DMASEC:
            return s->sec;
        case A_DMAOR:
            return s->dmaor | (dmac_has_error(s) ? R_DMAOR_AE_MASK : 0);
        case A_DMACHCLR:
            return 0;
        case A_DMADPSEC:
            return s->dpsec;
        }
    }
    dmac_unimp(addr, "read");
    return 0;
}

static void channel_write_chcr(RCarDMACState *s, RCarDMACChannel *c,
                               uint32_t val)
{
    c->chcr = (val & ~CHCR_STATUS) | (c->chcr & val & CHCR_STATUS);
    if (FIELD_EX32(val, DMACHCR, DE) &&
        FIELD_EX32(val, DMACHCR, RS) != RS_AUTO) {
        qemu_log_mask(
            LOG_UNIMP,
            "rcar_dmac %s: peripheral 0x%x (CHCR = 0x%x) never asks\n",
            c->port.master, c->dmars, val);
    }
    if (FIELD_EX32(val, DMACHCR, DPM) == DPM_REPEAT) {
        qemu_log_mask(LOG_UNIMP, "rcar_dmac %s: repeat mode ends once\n",
                      c->port.master);
    }
    dmac_update_irq(s);
    dmac_kick(s);
}

static void channel_write(RCarDMACState *s, RCarDMACChannel *c, hwaddr reg,
                          uint32_t val)
{
    uint32_t *p = channel_storage(c, reg);

    if (p) {
        *p = val;
        return;
    }
    switch (reg) {
    case A_DMATCR:
        c->tcr = val & R_DMATCR_COUNT_MASK;
        c->staged = false;
        break;
    case A_DMACHCR:
        channel_write_chcr(s, c, val);
        break;
    case A_DMACHCRB:
        c->chcrb = (val & CHCRB_STORED) | (c->chcrb & R_DMACHCRB_DPTR_MASK);
        if (FIELD_EX32(val, DMACHCRB, DRST)) {
            c->chcrb = FIELD_DP32(c->chcrb, DMACHCRB, DPTR, 0);
            c->staged = false;
        }
        break;
    case A_DMARS:
        c->dmars = val;
        break;
    case A_DMATCRB:
    case A_DMATSR:
    case A_DMATSRB:
        qemu_log_mask(LOG_UNIMP,
                      "rcar_dmac %s: write of 0x%x to counter 0x%" HWADDR_PRIx
                      "\n",
                      c->port.master, val, reg);
        break;
    default:
        dmac_unimp(reg, "write");
        break;
    }
}

static void dmac_write(void *opaque, hwaddr addr, uint64_t val, unsigned size)
{
    RCarDMACState *s = opaque;
    hwaddr reg;
    RCarDMACChannel *c = channel_at(s, addr, &reg);

    if (c) {
        channel_write(s, c, reg, val);
        return;
    }
    switch (addr) {
    case A_DMASEC:
        s->sec = val;
        break;
    case A_DMAOR:
        s->dmaor = val & DMAOR_STORED;
        dmac_kick(s);
        break;
    case A_DMACHCLR:
        for (int i = 0; i < RCAR_DMAC_CHANNELS; i++) {
            if (val & 1u << i) {
                channel_clear(&s->ch[i]);
            }
        }
        dmac_update_irq(s);
        break;
    case A_DMADPSEC:
        s->dpsec = val;
        break;
    case A_DMAISTA:
        qemu_log_mask(LOG_GUEST_ERROR, "rcar_dmac: DMAISTA is read only\n");
        break;
    default:
        dmac_unimp(addr, "write");
        break;
    }
}

/* DMAOR and DMARS are accessed in 16 bits, the others in 32. */
static const MemoryRegionOps dmac_ops = {
    .read = dmac_read,
    .write = dmac_write,
    .endianness = DEVICE_LITTLE_ENDIAN,
    .valid = { .min_access_size = 2, .max_access_size = 4 },
    .impl = { .min_access_size = 2, .max_access_size = 4 },
};

/* Device */

static void dmac_reset_hold(Object *obj, ResetType type)
{
    RCarDMACState *s = RCAR_DMAC(obj);

    qemu_bh_cancel(s->bh);
    s->dmaor = 0;
    s->sec = 0;
    s->dpsec = 0;
    for (int i = 0; i < RCAR_DMAC_CHANNELS; i++) {
        channel_clear(&s->ch[i]);
    }
    dmac_update_irq(s);
}

static void dmac_realize(DeviceState *dev, Error **errp)
{
    RCarDMACState *s = RCAR_DMAC(dev);

    for (int i = 0; i < RCAR_DMAC_CHANNELS; i++) {
        if (!s->ch[i].port.master) {
            error_setg(errp, "rcar-dmac: the machine has not wired channel %d",
                       i);
            return;
        }
    }
    s->bh = qemu_bh_new_guarded(dmac_bh, s, &dev->mem_reentrancy_guard);
}

static void dmac_unrealize(DeviceState *dev)
{
    qemu_bh_delete(RCAR_DMAC(dev)->bh);
}

static void dmac_init(Object *obj)
{
    RCarDMACState *s = RCAR_DMAC(obj);
    SysBusDevice *sbd = SYS_BUS_DEVICE(obj);

    memory_region_init_io(&s->mmio, obj, &dmac_ops, s, TYPE_RCAR_DMAC,
                          RCAR_DMAC_MMIO_SIZE);
    sysbus_init_mmio(sbd, &s->mmio);
    sysbus_init_irq(sbd, &s->error_irq);
    for (int i = 0; i < RCAR_DMAC_CHANNELS; i++) {
        sysbus_init_irq(sbd, &s->ch[i].irq);
    }
}

static int dmac_post_load(void *opaque, int version_id)
{
    RCarDMACState *s = opaque;

    dmac_kick(s);
    return 0;
}

static const VMStateDescription
    vmstate_dmac_channel = { .name = TYPE_RCAR_DMAC "/channel",
                             .version_id = 1,
                             .minimum_version_id = 1,
                             .fields = (const VMStateField[]){
                                 VMSTATE_UINT32(sar, RCarDMACChannel),
                                 VMSTATE_UINT32(fixsar, RCarDMACChannel),
                                 VMSTATE_UINT32(dar, RCarDMACChannel),
                                 VMSTATE_UINT32(fixdar, RCarDMACChannel),
                                 VMSTATE_UINT32(tcr, RCarDMACChannel),
                                 VMSTATE_UINT32(tsr, RCarDMACChannel),
                                 VMSTATE_UINT32(chcr, RCarDMACChannel),
                                 VMSTATE_UINT32(chcrb, RCarDMACChannel),
                                 VMSTATE_UINT32(bufcr, RCarDMACChannel),
                                 VMSTATE_UINT32(dpbase, RCarDMACChannel),
                                 VMSTATE_UINT32(fixdpbase, RCarDMACChannel),
                                 VMSTATE_UINT32(dpcr, RCarDMACChannel),
                                 VMSTATE_UINT16(dmars, RCarDMACChannel),
                                 VMSTATE_BOOL(staged, RCarDMACChannel),
                                 VMSTATE_UINT32(left, RCarDMACChannel),
                                 VMSTATE_END_OF_LIST(),
                             } };

static const VMStateDescription vmstate_dmac = {
    .name = TYPE_RCAR_DMAC,
    .version_id = 1,
    .minimum_version_id = 1,
    .post_load = dmac_post_load,
    .fields =
        (const VMStateField[]){
            VMSTATE_UINT16(dmaor, RCarDMACState),
            VMSTATE_UINT32(sec, RCarDMACState),
            VMSTATE_UINT32(dpsec, RCarDMACState),
            VMSTATE_STRUCT_ARRAY(ch, RCarDMACState, RCAR_DMAC_CHANNELS, 1,
                                 vmstate_dmac_channel, RCarDMACChannel),
            VMSTATE_END_OF_LIST(),
        }
};

static void dmac_class_init(ObjectClass *klass, void *data)
{
    DeviceClass *dc = DEVICE_CLASS(klass);

    RESETTABLE_CLASS(klass)->phases.hold = dmac_reset_hold;
    dc->realize = dmac_realize;
    dc->unrealize = dmac_unrealize;
    dc->vmsd = &vmstate_dmac;
    dc->desc = "R-Car Gen3 direct memory access controller";
    dc->user_creatable = false; /* its DMA ports are wired by the machine */
}

static const TypeInfo dmac_types[] = {
    {
        .name = TYPE_RCAR_DMAC,
        .parent = TYPE_SYS_BUS_DEVICE,
        .instance_size = sizeof(RCarDMACState),
        .instance_init = dmac_init,
        .class_init = dmac_class_init,
    },
};

DEFINE_TYPES(dmac_types)
