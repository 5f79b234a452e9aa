/*
 * R-Car Gen3 SD host interface (SDHI)
 *
 * A TMIO host controller with an internal DMAC, whose accesses go through an
 * IPMMU micro-TLB. The card, SD or eMMC, is QEMU's.
 *
 * Sources. Registers, offsets, bits and what the driver must see:
 * drivers/mmc/host/tmio_mmc.h, tmio_mmc_core.c, renesas_sdhi_core.c and
 * renesas_sdhi_internal_dmac.c, v5.10 to v7.3, by the names of their macros.
 * The hardware manual is not public.
 *
 * Choices, where the sources leave one:
 * - Commands and responses are there at once; a card that does not answer, or
 *   is not there, is CMDTIMEOUT.
 * - The DMA engine moves 32 KiB at a time while the CPUs run. DATAEND and
 *   DTRANEND are set together, when all is in memory or in the card.
 * - An address that the bus refuses stops the engine with DTRANERR; no DATAEND
 *   follows, and the bus stays busy until a reset. The driver masks DTRANERR:
 *   its timeout of 5 s is what ends the request (tmio_mmc_reset_work()).
 * - The response of the CMD12 that the controller sends by itself replaces the
 *   command's (tmio_mmc_do_data_irq() reads it there).
 * - Sampling never fails: SCC_SMPCMP and RVSREQ read 0, so that any tap is
 *   good. Other SCC registers are storage.
 * - CTL_SD_MEM_CARD_OPT comes up with the longest timeout and a bus of one bit,
 *   as tmio_mmc_core.c wrote it up to v4.0 (0x80e0): later drivers only read
 *   the timeout (renesas_sdhi_gen3_get_cycles()).
 * - The data port moves as many bytes as the access has, whatever
 *   CTL_HOST_MODE says.
 *
 * Not here: SDIO and its interrupt, the write-protect switch's edge, HS400's
 * data strobe, DMA to a fixed address, the response type "by command"; clocks
 * and voltages change nothing.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "qemu/log.h"
#include "qemu/main-loop.h"
#include "qemu/units.h"
#include "hw/irq.h"
#include "hw/qdev-properties.h"
#include "hw/registerfields.h"
#include "migration/vmstate.h"
#include "qapi/error.h"
#include "rcar_sdhi.h"

/* A CTL_* of tmio_mmc.h, with bus_shift 2 (of_data_rcar_gen3). */
#define CTL(reg) ((reg) << 2)

/* clang-format off */
REG16(SD_CMD, CTL(0x00))
    FIELD(SD_CMD, INDEX, 0, 6)
    FIELD(SD_CMD, RESP, 8, 3)           /* RESP_* */
    FIELD(SD_CMD, DATA, 11, 1)          /* DATA_PRESENT */
    FIELD(SD_CMD, READ, 12, 1)          /* TRANSFER_READ */
    FIELD(SD_CMD, MULTI, 13, 1)         /* TRANSFER_MULTI */
    FIELD(SD_CMD, NO_CMD12, 14, 1)      /* NO_CMD12_ISSUE */
REG16(ARG0, CTL(0x04))
REG16(ARG1, CTL(0x06))
REG16(STOP, CTL(0x08))
    FIELD(STOP, STP, 0, 1)              /* end the transfer, send CMD12 */
    FIELD(STOP, SEC, 8, 1)              /* count blocks */
REG32(BLK_COUNT, CTL(0x0a))
REG16(RESPONSE, CTL(0x0c))              /* 8 registers: bits 127:8 of a long */
REG16(RESPONSE_END, CTL(0x1a))          /* response, or a short one */
REG16(STATUS, CTL(0x1c))
REG16(STATUS2, CTL(0x1e))
    FIELD(STATUS, CMDRESPEND, 0, 1)
    FIELD(STATUS, DATAEND, 2, 1)
    FIELD(STATUS, REMOVE, 3, 1)
    FIELD(STATUS, INSERT, 4, 1)
    FIELD(STATUS, SIGSTATE, 5, 1)       /* a card is there */
    FIELD(STATUS, WRPROTECT, 7, 1)      /* and may be written */
    FIELD(STATUS, CMDTIMEOUT, 22, 1)
    FIELD(STATUS, DAT0, 23, 1)          /* the line: 0 while the card is busy */
    FIELD(STATUS, RXRDY, 24, 1)         /* a block can be read */
    FIELD(STATUS, TXRQ, 25, 1)          /* a block can be written */
    FIELD(STATUS, ALWAYS_27, 27, 1)     /* TMIO_STAT_ALWAYS_SET_27 */
    FIELD(STATUS, SCLKDIVEN, 29, 1)     /* the bus is idle */
    FIELD(STATUS, CBSY, 30, 1)          /* a command's data is under way */
REG16(IRQ_MASK, CTL(0x20))              /* 1: masked */
REG16(IRQ_MASK2, CTL(0x22))
REG16(CLK_CTL, CTL(0x24))               /* storage */
REG16(XFER_LEN, CTL(0x26))
REG16(CARD_OPT, CTL(0x28))              /* storage */
    FIELD(CARD_OPT, TOP, 4, 4)
    FIELD(CARD_OPT, ALWAYS1, 14, 1)
    FIELD(CARD_OPT, WIDTH, 15, 1)       /* 1: one bit */
REG16(ERROR_DETAIL, CTL(0x2c))          /* reads 0 */
REG16(ERROR_DETAIL2, CTL(0x2e))
REG64(DATA_PORT, CTL(0x30))
REG16(TRANSACTION, CTL(0x34))           /* storage */
REG16(SDIO_STATUS, CTL(0x36))           /* storage: no SDIO card */
REG16(SDIO_MASK, CTL(0x38))             /* storage */
REG16(DMA_ENABLE, CTL(0xd8))
    FIELD(DMA_ENABLE, SDRW, 1, 1)       /* data moves by DMA */
REG16(RESET, CTL(0xe0))
    FIELD(RESET, RUN, 0, 1)             /* 0: held in reset */
REG16(VERSION, CTL(0xe2))
REG16(HOST_MODE, CTL(0xe4))             /* storage */
REG16(SDIF_MODE, CTL(0xe6))             /* storage */

/* Internal DMAC: 32 bits, 8 bytes apart; up to v6.5 written in 64 */
REG32(DTRAN_MODE, 0x820)
    FIELD(DTRAN_MODE, INCREMENT, 0, 1)  /* DTRAN_MODE_ADDR_MODE */
    FIELD(DTRAN_MODE, READ, 16, 1)      /* DTRAN_MODE_CH_NUM_CH1 */
REG32(DTRAN_CTRL, 0x828)
    FIELD(DTRAN_CTRL, START, 0, 1)      /* reads 1 until the end */
REG32(DM_RST, 0x830)
    FIELD(DM_RST, DTRANRST0, 8, 1)      /* 0: held in reset */
    FIELD(DM_RST, DTRANRST1, 9, 1)
REG32(DM_INFO1, 0x840)                  /* cleared by writing 0 */
    FIELD(DM_INFO1, DTRANEND0, 16, 1)   /* write done */
    FIELD(DM_INFO1, DTRANEND1, 20, 1)   /* read done */
REG32(DM_INFO1_MASK, 0x848)             /* 1: masked */
REG32(DM_INFO2, 0x850)                  /* cleared by writing 0 */
    FIELD(DM_INFO2, DTRANERR0, 16, 1)
    FIELD(DM_INFO2, DTRANERR1, 17, 1)
REG32(DM_INFO2_MASK, 0x858)             /* 1: masked */
REG32(DTRAN_ADDR, 0x880)

/* SCC: SH_MOBILE_SDHI_SCC_*, scc_offset 0x1000 */
REG32(SCC, 0x1000)
REG32(SCC_RVSREQ, 0x1000 + CTL(0x0a))   /* reads 0 */
REG32(SCC_SMPCMP, 0x1000 + CTL(0x0c))   /* reads 0 */
REG32(SCC_TMPPORT7, 0x1000 + CTL(0x1c)) /* reads 0: no calibration code */
/* clang-format on */

/* CTL_VERSION: SDHI_VER_GEN3_* */
#define VERSION_SD 0xcc10
#define VERSION_SDMMC 0xcd10

/* TMIO_MASK_ALL_RCAR2: the mask at reset, and the bits that events latch. */
#define MASK_ALL 0x8b7f031d
#define STATUS_LATCHED (MASK_ALL & ~R_STATUS_ALWAYS_27_MASK)

/* CTL_SD_CMD: RESP_* >> 8 */
enum {
    RESP_AUTO = 0,
    RESP_NONE = 3,
    RESP_R2 = 6,
};

#define TYPE_RCAR_SDHI_BUS TYPE_RCAR_SDHI "-bus"

#define CMD_STOP_TRANSMISSION 12

/* One bit, TOP = 14: see the file's head. */
#define CARD_OPT_RESET 0x80e0

#define DMA_CHUNK (32 * KiB)

/* Interrupts and status */

static void sdhi_update_irq(RCarSDHIState *s)
{
    qemu_set_irq(s->irq, (s->status & STATUS_LATCHED & ~s->mask) ||
                             (s->info1 & ~s->info1_mask) ||
                             (s->info2 & ~s->info2_mask));
}

/* The status as it is read: what was latched, and the lines of the bus. */
static uint32_t sdhi_status(RCarSDHIState *s)
{
    uint32_t v = s->status | R_STATUS_ALWAYS_27_MASK;
    bool busy = s->phase != RCAR_SDHI_IDLE;
    bool inserted = sdbus_get_inserted(&s->bus);

    v = FIELD_DP32(v, STATUS, SIGSTATE, inserted);
    v = FIELD_DP32(v, STATUS, WRPROTECT,
                   inserted && !sdbus_get_readonly(&s->bus));
    v = FIELD_DP32(v, STATUS, DAT0,
                   !inserted || (sdbus_get_dat_lines(&s->bus) & 1));
    v = FIELD_DP32(v, STATUS, SCLKDIVEN, !busy);
    return FIELD_DP32(v, STATUS, CBSY, busy);
}

static void sdhi_raise(RCarSDHIState *s, uint32_t bits)
{
    s->status |= bits;
    sdhi_update_irq(s);
}

static void sdhi_set_inserted(DeviceState *dev, bool inserted)
{
    sdhi_raise(RCAR_SDHI(dev),
               inserted ? R_STATUS_INSERT_MASK : R_STATUS_REMOVE_MASK);
}

/* Commands */

static uint16_t *sdhi_reg(RCarSDHIState *s, hwaddr addr)
{
    return &s->regs[addr / 8];
}

static bool sdhi_by_dma(RCarSDHIState *s)
{
    return *sdhi_reg(s, A_DMA_ENABLE) & R_DMA_ENABLE_SDRW_MASK;
}

/* Sends a command. Returns the response's length, 0 if there was none. */
static int sdhi_send(RCarSDHIState *s, uint8_t index, uint32_t arg)
{
    SDRequest request = { .cmd = index, .arg = arg };
    uint8_t r[16] = { 0 };
    int length = sdbus_do_command(&s->bus, &request, r);

    if (length == 16) {
        /* 120 bits: the driver finds no CRC, and 8 bits free at the top. */
        s->response[0] = ldl_be_p(r + 11);
        s->response[1] = ldl_be_p(r + 7);
        s->response[2] = ldl_be_p(r + 3);
        s->response[3] = ldl_be_p(r) >> 8;
    } else if (length == 4) {
        s->response[0] = ldl_be_p(r);
    }
    return length;
}

/* The data of a command is over: the card is told so, if it has to be. */
static void sdhi_end_data(RCarSDHIState *s)
{
    s->phase = RCAR_SDHI_IDLE;
    if (s->stop) {
        sdhi_send(s, CMD_STOP_TRANSMISSION, 0);
    }
    sdhi_raise(s, R_STATUS_DATAEND_MASK);
}

/* PIO: the next block from the card, or room for the next block to it. */
static void sdhi_next_block(RCarSDHIState *s)
{
    s->taken = 0;
    s->buffered = 0;
    if (!s->blocks) {
        sdhi_end_data(s);
    } else if (s->phase == RCAR_SDHI_READ) {
        sdbus_read_data(&s->bus, s->buffer, s->block_size);
        s->buffered = s->block_size;
        s->blocks--;
        sdhi_raise(s, R_STATUS_RXRDY_MASK);
    } else {
        sdhi_raise(s, R_STATUS_TXRQ_MASK);
    }
}

static void sdhi_start_data(RCarSDHIState *s, uint16_t cmd)
{
    bool multi = FIELD_EX32(cmd, SD_CMD, MULTI);
    uint16_t size = *sdhi_reg(s, A_XFER_LEN);

    if (size == 0 || size > RCAR_SDHI_BLOCK_MAX) {
        qemu_log_mask(LOG_GUEST_ERROR, "rcar_sdhi %s: blocks of %u bytes\n",
                      s->port.master, size);
        size = RCAR_SDHI_BLOCK_MAX;
    }
    s->phase = FIELD_EX32(cmd, SD_CMD, READ) ? RCAR_SDHI_READ : RCAR_SDHI_WRITE;
    s->block_size = size;
    s->blocks = multi ? s->blocks_set : 1;
    s->stop = multi && !FIELD_EX32(cmd, SD_CMD, NO_CMD12);
    s->buffered = 0;
    s->taken = 0;
    if (sdhi_by_dma(s)) {
        qemu_bh_schedule(s->bh);
    } else {
        sdhi_next_block(s);
    }
}

static void sdhi_command(RCarSDHIState *s, uint16_t cmd)
{
    uint8_t index = FIELD_EX32(cmd, SD_CMD, INDEX);
    uint32_t arg = *sdhi_reg(s, A_ARG0) | (uint32_t)*sdhi_reg(s, A_ARG1) << 16;
    int wanted = FIELD_EX32(cmd, SD_CMD, RESP);
    int length;

    if (s->phase != RCAR_SDHI_IDLE && index != CMD_STOP_TRANSMISSION) {
        qemu_log_mask(LOG_GUEST_ERROR,
                      "rcar_sdhi %s: CMD%u while data is under way\n",
                      s->port.master, index);
    }
    s->phase = RCAR_SDHI_IDLE;
    length = sdhi_send(s, index, arg);
    if (wanted == RESP_AUTO) {
        qemu_log_mask(LOG_UNIMP,
                      "rcar_sdhi %s: CMD%u: response type by command\n",
                      s->port.master, index);
    } else if (wanted != RESP_NONE && length != (wanted == RESP_R2 ? 16 : 4)) {
        sdhi_raise(s, R_STATUS_CMDTIMEOUT_MASK);
        return;
    }
    sdhi_raise(s, R_STATUS_CMDRESPEND_MASK);
    if (FIELD_EX32(cmd, SD_CMD, DATA)) {
        sdhi_start_data(s, cmd);
    }
}

/* Data port */

static uint64_t sdhi_read_port(RCarSDHIState *s, unsigned size)
{
    uint64_t v = 0;

    if (s->phase != RCAR_SDHI_READ || s->taken >= s->buffered) {
        qemu_log_mask(LOG_GUEST_ERROR, "rcar_sdhi %s: no data to read\n",
                      s->port.master);
        return 0;
    }
    for (int i = 0; i < size && s->taken < s->buffered; i++) {
        v |= (uint64_t)s->buffer[s->taken++] << (8 * i);
    }
    if (s->taken == s->buffered) {
        sdhi_next_block(s);
    }
    return v;
}

static void sdhi_write_port(RCarSDHIState *s, uint64_t val, unsigned size)
{
    if (s->phase != RCAR_SDHI_WRITE || sdhi_by_dma(s) || !s->blocks) {
        qemu_log_mask(LOG_GUEST_ERROR, "rcar_sdhi %s: no data to write\n",
                      s->port.master);
        return;
    }
    for (int i = 0; i < size && s->buffered < s->block_size; i++) {
        s->buffer[s->buffered++] = val >> (8 * i);
    }
    if (s->buffered == s->block_size) {
        sdbus_write_data(&s->bus, s->buffer, s->block_size);
        s->blocks--;
        sdhi_next_block(s);
    }
}

/* Internal DMAC */

static bool sdhi_dma_ready(RCarSDHIState *s)
{
    return s->dtran_on && s->phase != RCAR_SDHI_IDLE && sdhi_by_dma(s);
}

static void sdhi_dma_fail(RCarSDHIState *s)
{
    s->dtran_on = false;
    s->info2 |= s->phase == RCAR_SDHI_READ ? R_DM_INFO2_DTRANERR1_MASK
                                           : R_DM_INFO2_DTRANERR0_MASK;
    sdhi_update_irq(s);
}

static void sdhi_dma_end(RCarSDHIState *s)
{
    s->dtran_on = false;
    s->info1 |= s->phase == RCAR_SDHI_READ ? R_DM_INFO1_DTRANEND1_MASK
                                           : R_DM_INFO1_DTRANEND0_MASK;
    sdhi_end_data(s);
}

static void sdhi_dma_bh(void *opaque)
{
    RCarSDHIState *s = opaque;
    bool to_memory = s->phase == RCAR_SDHI_READ;
    g_autofree uint8_t *data = NULL;
    uint32_t blocks, length;
    MemTxResult r;

    if (!sdhi_dma_ready(s)) {
        return;
    }
    if (to_memory != !!FIELD_EX32(s->dtran_mode, DTRAN_MODE, READ)) {
        qemu_log_mask(LOG_GUEST_ERROR,
                      "rcar_sdhi %s: DTRAN_MODE = 0x%x, but the data goes the "
                      "other way\n",
                      s->port.master, s->dtran_mode);
        sdhi_dma_fail(s);
        return;
    }
    if (!FIELD_EX32(s->dtran_mode, DTRAN_MODE, INCREMENT)) {
        qemu_log_mask(LOG_UNIMP, "rcar_sdhi %s: DMA to a fixed address\n",
                      s->port.master);
    }

    blocks = MIN(s->blocks, DMA_CHUNK / s->block_size);
    length = blocks * s->block_size;
    data = g_malloc(DMA_CHUNK);
    if (to_memory) {
        sdbus_read_data(&s->bus, data, length);
    }
    r = rcar_dma_rw(&s->port, s->dtran_at, data, length, to_memory, "data");
    if (r != MEMTX_OK) {
        sdhi_dma_fail(s);
        return;
    }
    if (!to_memory) {
        sdbus_write_data(&s->bus, data, length);
    }
    s->dtran_at += length;
    s->blocks -= blocks;
    if (s->blocks) {
        qemu_bh_schedule(s->bh);
    } else {
        sdhi_dma_end(s);
    }
}

static void sdhi_dma_start(RCarSDHIState *s)
{
    s->dtran_on = true;
    s->dtran_at = s->dtran_addr;
    qemu_bh_schedule(s->bh);
}

/* Registers */

/* CTL_RESET_SD: the card and the DMAC are not reset. */
static void sdhi_soft_reset(RCarSDHIState *s)
{
    s->status = 0;
    s->mask = MASK_ALL;
    s->phase = RCAR_SDHI_IDLE;
    s->stop = false;
    s->buffered = 0;
    s->taken = 0;
    memset(s->response, 0, sizeof(s->response));
    *sdhi_reg(s, A_STOP) = 0;
    *sdhi_reg(s, A_CARD_OPT) = CARD_OPT_RESET;
    sdhi_update_irq(s);
}

static uint16_t half(uint32_t word, bool high)
{
    return high ? word >> 16 : word;
}

static uint32_t with_half(uint32_t word, bool high, uint16_t val)
{
    return deposit32(word, high ? 16 : 0, 16, val);
}

/* Status bits are cleared by writing 0. */
static void sdhi_write_status(RCarSDHIState *s, bool high, uint16_t val)
{
    s->status &= with_half(UINT32_MAX, high, val);
    sdhi_update_irq(s);
}

static uint64_t sdhi_read_dm(RCarSDHIState *s, hwaddr addr)
{
    switch (addr) {
    case A_DTRAN_MODE:
        return s->dtran_mode;
    case A_DTRAN_CTRL:
        return s->dtran_on;
    case A_DM_INFO1:
        return s->info1;
    case A_DM_INFO1_MASK:
        return s->info1_mask;
    case A_DM_INFO2:
        return s->info2;
    case A_DM_INFO2_MASK:
        return s->info2_mask;
    case A_DTRAN_ADDR:
        return s->dtran_addr;
    default:
        return 0;
    }
}

static void sdhi_unimp(RCarSDHIState *s, hwaddr addr, const char *what)
{
    qemu_log_mask(LOG_UNIMP,
                  "rcar_sdhi %s: %s of unimplemented register "
                  "0x%" HWADDR_PRIx "\n",
                  s->port.master, what, addr);
}

static uint64_t sdhi_read(void *opaque, hwaddr addr, unsigned size)
{
    RCarSDHIState *s = opaque;

    switch (addr) {
    case A_RESPONSE ... A_RESPONSE_END:
        return half(s->response[(addr - A_RESPONSE) / 16], addr & 8);
    case A_STATUS:
    case A_STATUS2:
        return half(sdhi_status(s), addr == A_STATUS2);
    case A_IRQ_MASK:
    case A_IRQ_MASK2:
        return half(s->mask, addr == A_IRQ_MASK2);
    case A_BLK_COUNT:
        return s->blocks_set;
    case A_ERROR_DETAIL:
    case A_ERROR_DETAIL2:
        return 0;
    case A_DATA_PORT:
        return sdhi_read_port(s, size);
    case A_VERSION:
        return s->mmc ? VERSION_SDMMC : VERSION_SD;
    case A_CARD_OPT:
        return *sdhi_reg(s, addr) | R_CARD_OPT_ALWAYS1_MASK;
    case A_SD_CMD:
    case A_ARG0:
    case A_ARG1:
    case A_STOP:
    case A_CLK_CTL:
    case A_XFER_LEN:
    case A_TRANSACTION:
    case A_SDIO_STATUS:
    case A_SDIO_MASK:
    case A_DMA_ENABLE:
    case A_RESET:
    case A_HOST_MODE:
    case A_SDIF_MODE:
        return *sdhi_reg(s, addr);
    case A_DTRAN_MODE:
    case A_DTRAN_CTRL:
    case A_DM_RST:
    case A_DM_INFO1:
    case A_DM_INFO1_MASK:
    case A_DM_INFO2:
    case A_DM_INFO2_MASK:
    case A_DTRAN_ADDR:
        return sdhi_read_dm(s, addr);
    case A_SCC ... A_SCC_TMPPORT7:
        return s->scc[(addr - A_SCC) / 8];
    default:
        sdhi_unimp(s, addr, "read");
        return 0;
    }
}

static void sdhi_write_dm(RCarSDHIState *s, hwaddr addr, uint32_t val)
{
    switch (addr) {
    case A_DTRAN_MODE:
        s->dtran_mode = val;
        break;
    case A_DTRAN_CTRL:
        if (FIELD_EX32(val, DTRAN_CTRL, START)) {
            sdhi_dma_start(s);
        }
        break;
    case A_DM_RST:
        if (~val & (R_DM_RST_DTRANRST0_MASK | R_DM_RST_DTRANRST1_MASK)) {
            s->dtran_on = false;
        }
        break;
    case A_DM_INFO1:
        s->info1 &= val;
        break;
    case A_DM_INFO1_MASK:
        s->info1_mask = val;
        break;
    case A_DM_INFO2:
        s->info2 &= val;
        break;
    case A_DM_INFO2_MASK:
        s->info2_mask = val;
        break;
    case A_DTRAN_ADDR:
        s->dtran_addr = val;
        break;
    }
    sdhi_update_irq(s);
}

static void sdhi_write(void *opaque, hwaddr addr, uint64_t val, unsigned size)
{
    RCarSDHIState *s = opaque;

    switch (addr) {
    case A_SD_CMD:
        *sdhi_reg(s, addr) = val;
        if (*sdhi_reg(s, A_RESET) & R_RESET_RUN_MASK) {
            sdhi_command(s, val);
        } else {
            qemu_log_mask(LOG_GUEST_ERROR, "rcar_sdhi %s: command in reset\n",
                          s->port.master);
        }
        break;
    case A_STOP:
        *sdhi_reg(s, addr) = val & R_STOP_SEC_MASK;
        if ((val & R_STOP_STP_MASK) && s->phase != RCAR_SDHI_IDLE) {
            s->stop = true;
            sdhi_end_data(s);
        }
        break;
    case A_BLK_COUNT:
        s->blocks_set = val;
        break;
    case A_STATUS:
    case A_STATUS2:
        sdhi_write_status(s, addr == A_STATUS2, val);
        break;
    case A_IRQ_MASK:
    case A_IRQ_MASK2:
        s->mask = with_half(s->mask, addr == A_IRQ_MASK2, val);
        sdhi_update_irq(s);
        break;
    case A_DATA_PORT:
        sdhi_write_port(s, val, size);
        break;
    case A_RESET:
        *sdhi_reg(s, addr) = val;
        if (!(val & R_RESET_RUN_MASK)) {
            sdhi_soft_reset(s);
        }
        break;
    case A_ARG0:
    case A_ARG1:
    case A_CLK_CTL:
    case A_XFER_LEN:
    case A_CARD_OPT:
    case A_TRANSACTION:
    case A_SDIO_STATUS:
    case A_SDIO_MASK:
    case A_DMA_ENABLE:
    case A_HOST_MODE:
    case A_SDIF_MODE:
        *sdhi_reg(s, addr) = val;
        break;
    case A_DTRAN_MODE:
    case A_DTRAN_CTRL:
    case A_DM_RST:
    case A_DM_INFO1:
    case A_DM_INFO1_MASK:
    case A_DM_INFO2:
    case A_DM_INFO2_MASK:
    case A_DTRAN_ADDR:
        sdhi_write_dm(s, addr, val);
        break;
    case A_SCC_RVSREQ:
    case A_SCC_SMPCMP:
    case A_SCC_TMPPORT7:
        break;
    case A_SCC ... A_SCC_RVSREQ - 1:
    case A_SCC_SMPCMP + 1 ... A_SCC_TMPPORT7 - 1:
        s->scc[(addr - A_SCC) / 8] = val;
        break;
    default:
        sdhi_unimp(s, addr, "write");
        break;
    }
}

static const MemoryRegionOps sdhi_ops = {
    .read = sdhi_read,
    .write = sdhi_write,
    .endianness = DEVICE_LITTLE_ENDIAN,
    .valid = { .min_access_size = 2, .max_access_size = 8 },
    .impl = { .min_access_size = 2, .max_access_size = 8 },
};

/* Device */

static void sdhi_reset_hold(Object *obj, ResetType type)
{
    RCarSDHIState *s = RCAR_SDHI(obj);

    qemu_bh_cancel(s->bh);
    memset(s->regs, 0, sizeof(s->regs));
    memset(s->scc, 0, sizeof(s->scc));
    *sdhi_reg(s, A_RESET) = R_RESET_RUN_MASK;
    s->blocks_set = 0;
    s->block_size = 0;
    s->blocks = 0;
    s->dtran_mode = 0;
    s->dtran_addr = 0;
    s->dtran_at = 0;
    s->dtran_on = false;
    s->info1 = 0;
    s->info2 = 0;
    s->info1_mask = UINT32_MAX;
    s->info2_mask = UINT32_MAX;
    sdhi_soft_reset(s);
}

static void sdhi_realize(DeviceState *dev, Error **errp)
{
    RCarSDHIState *s = RCAR_SDHI(dev);

    if (!s->port.master) {
        error_setg(errp, "rcar-sdhi: the machine has not wired its DMA port");
        return;
    }
    s->bh = qemu_bh_new_guarded(sdhi_dma_bh, s, &dev->mem_reentrancy_guard);
}

static void sdhi_unrealize(DeviceState *dev)
{
    qemu_bh_delete(RCAR_SDHI(dev)->bh);
}

static void sdhi_init(Object *obj)
{
    RCarSDHIState *s = RCAR_SDHI(obj);

    qbus_init(&s->bus, sizeof(s->bus), TYPE_RCAR_SDHI_BUS, DEVICE(s), "sd-bus");
    memory_region_init_io(&s->mmio, obj, &sdhi_ops, s, TYPE_RCAR_SDHI,
                          RCAR_SDHI_MMIO_SIZE);
    sysbus_init_mmio(SYS_BUS_DEVICE(obj), &s->mmio);
    sysbus_init_irq(SYS_BUS_DEVICE(obj), &s->irq);
}

static int sdhi_post_load(void *opaque, int version_id)
{
    RCarSDHIState *s = opaque;

    if (s->block_size > RCAR_SDHI_BLOCK_MAX || s->phase > RCAR_SDHI_WRITE ||
        s->buffered > s->block_size || s->taken > s->buffered ||
        (s->phase != RCAR_SDHI_IDLE && !s->block_size)) {
        return -EINVAL;
    }
    if (sdhi_dma_ready(s)) {
        qemu_bh_schedule(s->bh);
    }
    return 0;
}

static const VMStateDescription vmstate_sdhi = {
    .name = TYPE_RCAR_SDHI,
    .version_id = 1,
    .minimum_version_id = 1,
    .post_load = sdhi_post_load,
    .fields =
        (const VMStateField[]){
            VMSTATE_UINT16_ARRAY(regs, RCarSDHIState, RCAR_SDHI_NUM_REGS),
            VMSTATE_UINT32_ARRAY(scc, RCarSDHIState, RCAR_SDHI_NUM_SCC),
            VMSTATE_UINT32(status, RCarSDHIState),
            VMSTATE_UINT32(mask, RCarSDHIState),
            VMSTATE_UINT32(blocks_set, RCarSDHIState),
            VMSTATE_UINT32_ARRAY(response, RCarSDHIState, 4),
            VMSTATE_UINT8(phase, RCarSDHIState),
            VMSTATE_BOOL(stop, RCarSDHIState),
            VMSTATE_UINT16(block_size, RCarSDHIState),
            VMSTATE_UINT32(blocks, RCarSDHIState),
            VMSTATE_UINT8_ARRAY(buffer, RCarSDHIState, RCAR_SDHI_BLOCK_MAX),
            VMSTATE_UINT16(buffered, RCarSDHIState),
            VMSTATE_UINT16(taken, RCarSDHIState),
            VMSTATE_UINT32(dtran_mode, RCarSDHIState),
            VMSTATE_UINT32(dtran_addr, RCarSDHIState),
            VMSTATE_BOOL(dtran_on, RCarSDHIState),
            VMSTATE_UINT32(dtran_at, RCarSDHIState),
            VMSTATE_UINT32(info1, RCarSDHIState),
            VMSTATE_UINT32(info1_mask, RCarSDHIState),
            VMSTATE_UINT32(info2, RCarSDHIState),
            VMSTATE_UINT32(info2_mask, RCarSDHIState),
            VMSTATE_END_OF_LIST(),
        }
};

static const Property sdhi_properties[] = {
    DEFINE_PROP_BOOL("mmc", RCarSDHIState, mmc, false),
};

static void sdhi_class_init(ObjectClass *klass, void *data)
{
    DeviceClass *dc = DEVICE_CLASS(klass);

    RESETTABLE_CLASS(klass)->phases.hold = sdhi_reset_hold;
    dc->realize = sdhi_realize;
    dc->unrealize = sdhi_unrealize;
    dc->vmsd = &vmstate_sdhi;
    dc->desc = "R-Car Gen3 SD host interface";
    dc->user_creatable = false; /* its DMA port is wired by the machine */
    device_class_set_props(dc, sdhi_properties);
    set_bit(DEVICE_CATEGORY_STORAGE, dc->categories);
}

static void sdhi_bus_class_init(ObjectClass *klass, void *data)
{
    SD_BUS_CLASS(klass)->set_inserted = sdhi_set_inserted;
}

static const TypeInfo sdhi_types[] = {
    {
        .name = TYPE_RCAR_SDHI,
        .parent = TYPE_SYS_BUS_DEVICE,
        .instance_size = sizeof(RCarSDHIState),
        .instance_init = sdhi_init,
        .class_init = sdhi_class_init,
    },
    {
        .name = TYPE_RCAR_SDHI_BUS,
        .parent = TYPE_SD_BUS,
        .instance_size = sizeof(SDBus),
        .class_init = sdhi_bus_class_init,
    },
};

DEFINE_TYPES(sdhi_types)
