/*
 * dmaprobe: a DMA master that does what it is told
 *
 * Copies, fills and sums memory of any length at 64-bit addresses, from one
 * extent or a scatter list to another, through a port of whatever bus the
 * machine puts it on; what the IOMMU, the bus or memory refuse is reported
 * with its address and cause. It tells the device trace of each job, and, by
 * MARK, of what its driver does in between.
 *
 * Source: ours. No board has one. The registers are below; the driver is in
 * images/kernel, the overlays that show an instance to it are
 * dts/dmaprobe-*.dtso.
 *
 * Choices:
 * - A job goes in pieces, each of one physically contiguous run of the source
 *   and what that takes at the destination; so what was moved before a refusal
 *   is moved, and BYTES and SUM tell how much it was, exactly. Source and
 *   destination that overlap get what comes of that.
 * - After CHUNK_SIZE bytes it pauses, for others to get their turn.
 * - Descriptors are fetched when they are needed, each once. That one side is
 *   longer than the other shows when the shorter one is used up.
 * - DONE is success; a job that failed sets ERROR alone. START clears both,
 *   and all that tells of the job before.
 * - While BUSY, only CTRL, STATUS and MARK take writes. RESET ends the job
 *   without a word: no DONE, no ERROR, no event in the trace.
 * - A job in flight goes along in a migration.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "qemu/bswap.h"
#include "qemu/log.h"
#include "qemu/timer.h"
#include "qemu/units.h"
#include "hw/irq.h"
#include "hw/qdev-core.h"
#include "hw/registerfields.h"
#include "migration/vmstate.h"
#include "qapi/error.h"
#include "system/runstate.h"
#include "dmaprobe.h"
#include "rcar_trace.h"

/* clang-format off */
REG32(ID, 0x000)                /* "DMAP" in memory */
REG32(CAPS, 0x004)
    FIELD(CAPS, VERSION, 0, 8)
REG32(CTRL, 0x008)
    FIELD(CTRL, START, 0, 1)    /* reads 0 */
    FIELD(CTRL, RESET, 1, 1)    /* reads 0; goes before START */
    FIELD(CTRL, IRQEN, 2, 1)
REG32(STATUS, 0x00c)
    FIELD(STATUS, BUSY, 0, 1)   /* read only */
    FIELD(STATUS, DONE, 1, 1)   /* cleared by writing 1 */
    FIELD(STATUS, ERROR, 2, 1)  /* cleared by writing 1 */
REG32(OP, 0x010)                /* ops[] */
REG32(PATTERN, 0x014)           /* word i of a fill is PATTERN + i */
REG32(SRC, 0x018)               /* address, or that of a table */
REG32(SRC_HIGH, 0x01c)
REG32(DST, 0x020)
REG32(DST_HIGH, 0x024)
REG32(LEN, 0x028)               /* bytes; lists have their own */
REG32(LEN_HIGH, 0x02c)
REG32(SRC_COUNT, 0x030)         /* descriptors in the table */
REG32(DST_COUNT, 0x034)
REG32(SUM, 0x038)               /* s1: see dmaprobe_sum() */
REG32(SUM_HIGH, 0x03c)          /* s2 */
REG32(ERROR, 0x040)             /* DMAProbeError */
REG32(ERR_ACCESS, 0x044)        /* 0: read, 1: write */
REG32(ERR_ADDR, 0x048)          /* as the port was given it */
REG32(ERR_ADDR_HIGH, 0x04c)
REG32(BYTES, 0x050)             /* moved before the end */
REG32(BYTES_HIGH, 0x054)
REG32(JOB, 0x058)               /* the driver's name for it */
REG32(DELAY_US, 0x05c)          /* from START to the first access */
REG32(MARK, 0x060)              /* a write is an event in the trace */
/* clang-format on */

#define DMAPROBE_ID 0x50414d44
#define DMAPROBE_VERSION 1

/* What is moved at one go, at most. */
#define CHUNK_SIZE (1 * MiB)
/* What a descriptor's fetch counts for in a chunk. */
#define FETCH_COST (4 * KiB)
/* Long enough for a processor that waits to get its turn. */
#define PAUSE_NS (50 * SCALE_US)

/* A descriptor: two little-endian words of 64 bits, address and length. */
#define DESC_SIZE 16

typedef enum DMAProbeError {
    ERROR_NONE = 0,
    ERROR_TRANSLATION = 1,    /* the IOMMU refused it */
    ERROR_BUS_LIMIT = 2,      /* outside of the bus's window: lost */
    ERROR_NO_MEMORY = 3,      /* no RAM there */
    ERROR_BAD_DESCRIPTOR = 4, /* past the last address, or without peer */
    ERROR_BAD_OP = 5,
} DMAProbeError;

static const DMAProbeError refusal_errors[] = {
    [RCAR_DMA_TRANSLATION] = ERROR_TRANSLATION,
    [RCAR_DMA_BUS_LIMIT] = ERROR_BUS_LIMIT,
    [RCAR_DMA_NO_MEMORY] = ERROR_NO_MEMORY,
};

/* The words for the device trace. */
static const char *const error_names[] = {
    [ERROR_TRANSLATION] = "translation",
    [ERROR_BUS_LIMIT] = "bus-limit",
    [ERROR_NO_MEMORY] = "no-memory",
    [ERROR_BAD_DESCRIPTOR] = "bad-descriptor",
    [ERROR_BAD_OP] = "bad-op",
};

typedef struct DMAProbeOp {
    const char *name; /* in the device trace */
    bool reads;
    bool writes;
    bool lists; /* SRC and DST are tables */
} DMAProbeOp;

static const DMAProbeOp ops[] = {
    { "copy", .reads = true, .writes = true },
    { "fill", .writes = true },
    { "checksum", .reads = true },
    { "sg-copy", .reads = true, .writes = true, .lists = true },
    { "sg-fill", .writes = true, .lists = true },
    { "sg-checksum", .reads = true, .lists = true },
};

/* NULL if there is none of this number. */
static const DMAProbeOp *dmaprobe_op(const DMAProbeState *s)
{
    return s->regs[R_OP] < ARRAY_SIZE(ops) ? &ops[s->regs[R_OP]] : NULL;
}

static uint64_t dmaprobe_get64(const DMAProbeState *s, unsigned low)
{
    return (uint64_t)s->regs[low + 1] << 32 | s->regs[low];
}

static void dmaprobe_set64(DMAProbeState *s, unsigned low, uint64_t val)
{
    s->regs[low] = val;
    s->regs[low + 1] = val >> 32;
}

static bool dmaprobe_busy(const DMAProbeState *s)
{
    return ARRAY_FIELD_EX32(s->regs, STATUS, BUSY);
}

static void dmaprobe_update_irq(DMAProbeState *s)
{
    bool ended = s->regs[R_STATUS] & (R_STATUS_DONE_MASK | R_STATUS_ERROR_MASK);

    qemu_set_irq(s->irq, ended && ARRAY_FIELD_EX32(s->regs, CTRL, IRQEN));
}

/* Trace */

static void trace_job(const DMAProbeState *s, const char *state)
{
    const DMAProbeOp *op = dmaprobe_op(s);
    DMAProbeError error = s->regs[R_ERROR];
    g_autofree char *number = NULL;
    g_autofree char *cause = NULL;
    g_autofree char *address = NULL;

    if (!rcar_trace_on) {
        return;
    }
    if (!op) {
        number = g_strdup_printf("0x%x", s->regs[R_OP]);
    }
    if (error) {
        cause = g_strdup_printf("\"%s\"", error_names[error]);
    }
    if (error && error != ERROR_BAD_OP) {
        address = g_strdup_printf("\"0x%" PRIx64 "\"",
                                  dmaprobe_get64(s, R_ERR_ADDR));
    }
    rcar_trace_event("job",
                     "\"master\":\"%s\",\"job\":%u,\"op\":\"%s\","
                     "\"state\":\"%s\",\"cause\":%s,\"address\":%s,"
                     "\"sum\":\"0x%" PRIx64 "\"",
                     s->port.master, s->regs[R_JOB], op ? op->name : number,
                     state, cause ?: "null", address ?: "null",
                     dmaprobe_get64(s, R_SUM));
}

/* Words */

static void dmaprobe_sum_word(DMAProbeState *s, uint32_t word)
{
    s->sum[0] += word;
    s->sum[1] += s->sum[0];
}

/*
 * Take the next bytes of the job into its sum: over little-endian words w,
 * s1 += w, s2 += s1, so that the order counts too.
 */
static void dmaprobe_sum(DMAProbeState *s, const uint8_t *buf, uint64_t length)
{
    const uint8_t *end = buf + length;

    while (buf < end) {
        unsigned byte = s->moved % 4;

        if (!byte && end - buf >= 4) {
            dmaprobe_sum_word(s, ldl_le_p(buf));
            s->moved += 4;
            buf += 4;
            continue;
        }
        s->word |= (uint32_t)*buf << (8 * byte);
        if (byte == 3) {
            dmaprobe_sum_word(s, s->word);
            s->word = 0;
        }
        s->moved++;
        buf++;
    }
}

/* The next bytes of a fill. */
static void dmaprobe_pattern(const DMAProbeState *s, uint8_t *buf,
                             uint64_t length)
{
    uint64_t at = s->moved;
    const uint8_t *end = buf + length;

    while (buf < end) {
        uint32_t word = s->regs[R_PATTERN] + (uint32_t)(at / 4);

        if (at % 4 == 0 && end - buf >= 4) {
            stl_le_p(buf, word);
            at += 4;
            buf += 4;
            continue;
        }
        *buf++ = word >> (8 * (at++ % 4));
    }
}

/* Job */

static void dmaprobe_end(DMAProbeState *s)
{
    bool failed = s->regs[R_ERROR] != ERROR_NONE;

    if (s->moved % 4) {
        dmaprobe_sum_word(s, s->word); /* padded with zeros */
    }
    s->regs[R_SUM] = s->sum[0];
    s->regs[R_SUM_HIGH] = s->sum[1];
    dmaprobe_set64(s, R_BYTES, s->moved);
    ARRAY_FIELD_DP32(s->regs, STATUS, BUSY, 0);
    ARRAY_FIELD_DP32(s->regs, STATUS, DONE, !failed);
    ARRAY_FIELD_DP32(s->regs, STATUS, ERROR, failed);
    trace_job(s, failed ? "error" : "done");
    dmaprobe_update_irq(s);
}

static void dmaprobe_fail(DMAProbeState *s, DMAProbeError error, uint64_t addr,
                          bool is_write)
{
    s->regs[R_ERROR] = error;
    s->regs[R_ERR_ACCESS] = is_write;
    dmaprobe_set64(s, R_ERR_ADDR, addr);
    dmaprobe_end(s);
}

static void dmaprobe_fetch(DMAProbeState *s, DMAProbeCursor *c)
{
    uint64_t desc[DESC_SIZE / sizeof(uint64_t)];
    uint8_t *p = (uint8_t *)desc;
    uint64_t addr = c->table;

    for (uint64_t left = DESC_SIZE; left;) {
        RCarDMARun run;

        if (rcar_dma_rw_run(&s->port, addr, p, left, false, "descriptor",
                            &run) != MEMTX_OK) {
            dmaprobe_fail(s, refusal_errors[run.refusal], addr, false);
            return;
        }
        p += run.length;
        addr += run.length;
        left -= run.length;
    }
    c->addr = le64_to_cpu(desc[0]);
    c->length = le64_to_cpu(desc[1]);
    if (c->length && c->addr + (c->length - 1) < c->addr) {
        qemu_log_mask(LOG_GUEST_ERROR,
                      "dmaprobe %s: descriptor at 0x%" PRIx64
                      " reaches past the last address\n",
                      s->port.master, c->table);
        dmaprobe_fail(s, ERROR_BAD_DESCRIPTOR, c->table, false);
        return;
    }
    c->table += DESC_SIZE;
    c->count--;
}

/* Move one run of @length bytes at most; sets @length to the run's. */
static bool dmaprobe_access(DMAProbeState *s, DMAProbeCursor *c, uint8_t *buf,
                            uint64_t *length, bool is_write)
{
    RCarDMARun run;

    if (rcar_dma_rw_run(&s->port, c->addr, buf, *length, is_write, "data",
                        &run) != MEMTX_OK) {
        dmaprobe_fail(s, refusal_errors[run.refusal], c->addr, is_write);
        return false;
    }
    c->addr += run.length;
    c->length -= run.length;
    *length = run.length;
    return true;
}

/* Both sides of the job have @length bytes or more left. */
static void dmaprobe_move(DMAProbeState *s, const DMAProbeOp *op,
                          uint64_t length)
{
    if (op->reads) {
        if (!dmaprobe_access(s, &s->src, s->chunk, &length, false)) {
            return;
        }
    } else {
        dmaprobe_pattern(s, s->chunk, length);
    }
    for (uint64_t done = 0; done < length;) {
        uint64_t part = length - done;

        if (op->writes &&
            !dmaprobe_access(s, &s->dst, s->chunk + done, &part, true)) {
            return;
        }
        dmaprobe_sum(s, s->chunk + done, part);
        done += part;
    }
}

/* The next descriptor, or the next run; returns what that cost. */
static uint64_t dmaprobe_piece(DMAProbeState *s, uint64_t budget)
{
    const DMAProbeOp *op = dmaprobe_op(s);
    uint64_t before = s->moved;
    uint64_t length;

    if (!op) {
        qemu_log_mask(LOG_GUEST_ERROR, "dmaprobe %s: no operation 0x%x\n",
                      s->port.master, s->regs[R_OP]);
        dmaprobe_fail(s, ERROR_BAD_OP, 0, false);
        return 0;
    }
    if (op->reads && !s->src.length && s->src.count) {
        dmaprobe_fetch(s, &s->src);
        return FETCH_COST;
    }
    if (op->writes && !s->dst.length && s->dst.count) {
        dmaprobe_fetch(s, &s->dst);
        return FETCH_COST;
    }
    if (op->reads && op->writes && !s->src.length != !s->dst.length) {
        bool longer_dst = s->dst.length;
        uint64_t table = longer_dst ? s->dst.table : s->src.table;

        qemu_log_mask(LOG_GUEST_ERROR,
                      "dmaprobe %s: lists of different length\n",
                      s->port.master);
        dmaprobe_fail(s, ERROR_BAD_DESCRIPTOR, table - DESC_SIZE, longer_dst);
        return 0;
    }
    length = op->reads ? s->src.length : s->dst.length;
    if (op->reads && op->writes) {
        length = MIN(length, s->dst.length);
    }
    if (!length) {
        dmaprobe_end(s);
        return 0;
    }
    dmaprobe_move(s, op, MIN(length, budget));
    return s->moved - before;
}

/* A chunk of the job, of a VM that runs: dmaprobe_vm_changed() goes on. */
static void dmaprobe_step(void *opaque)
{
    DMAProbeState *s = opaque;
    uint64_t cost;

    if (!runstate_is_running()) {
        return;
    }
    s->port.job = s->regs[R_JOB];
    for (uint64_t left = CHUNK_SIZE; left && dmaprobe_busy(s); left -= cost) {
        cost = MIN(left, dmaprobe_piece(s, left));
    }
    if (dmaprobe_busy(s)) {
        timer_mod_ns(s->step,
                     qemu_clock_get_ns(QEMU_CLOCK_REALTIME) + PAUSE_NS);
    }
}

/* As soon as the caller is done; not in the guest's time, which may stand. */
static void dmaprobe_go(void *opaque)
{
    DMAProbeState *s = opaque;

    timer_mod_ns(s->step, qemu_clock_get_ns(QEMU_CLOCK_REALTIME));
}

static void dmaprobe_vm_changed(void *opaque, bool running, RunState state)
{
    DMAProbeState *s = opaque;

    if (running && dmaprobe_busy(s) && !timer_pending(s->delay)) {
        dmaprobe_go(s);
    }
}

static DMAProbeCursor dmaprobe_cursor(const DMAProbeState *s, unsigned address,
                                      unsigned count)
{
    const DMAProbeOp *op = dmaprobe_op(s);

    if (op && op->lists) {
        return (DMAProbeCursor){
            .table = dmaprobe_get64(s, address),
            .count = s->regs[count],
        };
    }
    return (DMAProbeCursor){
        .addr = dmaprobe_get64(s, address),
        .length = dmaprobe_get64(s, R_LEN),
    };
}

static void dmaprobe_start(DMAProbeState *s)
{
    s->src = dmaprobe_cursor(s, R_SRC, R_SRC_COUNT);
    s->dst = dmaprobe_cursor(s, R_DST, R_DST_COUNT);
    s->moved = 0;
    s->sum[0] = s->sum[1] = 0;
    s->word = 0;
    for (int i = R_SUM; i <= R_BYTES_HIGH; i++) {
        s->regs[i] = 0;
    }
    s->regs[R_STATUS] = R_STATUS_BUSY_MASK;
    dmaprobe_update_irq(s);
    trace_job(s, "start");
    if (s->regs[R_DELAY_US]) {
        timer_mod_ns(s->delay, qemu_clock_get_ns(QEMU_CLOCK_VIRTUAL) +
                                   s->regs[R_DELAY_US] * (int64_t)SCALE_US);
    } else {
        dmaprobe_go(s);
    }
}

static void dmaprobe_reset(DMAProbeState *s)
{
    timer_del(s->delay);
    timer_del(s->step);
    memset(s->regs, 0, sizeof(s->regs));
    s->regs[R_ID] = DMAPROBE_ID;
    s->regs[R_CAPS] = DMAPROBE_VERSION;
    dmaprobe_update_irq(s);
}

/* Registers */

static uint64_t dmaprobe_read(void *opaque, hwaddr addr, unsigned size)
{
    DMAProbeState *s = opaque;

    if (addr / 4 >= DMAPROBE_NUM_REGS) {
        qemu_log_mask(LOG_GUEST_ERROR,
                      "dmaprobe %s: read of no register 0x%" HWADDR_PRIx "\n",
                      s->port.master, addr);
        return 0;
    }
    return s->regs[addr / 4];
}

static void dmaprobe_write_ctrl(DMAProbeState *s, uint32_t val)
{
    if (FIELD_EX32(val, CTRL, RESET)) {
        dmaprobe_reset(s);
    }
    s->regs[R_CTRL] = val & R_CTRL_IRQEN_MASK;
    dmaprobe_update_irq(s);
    if (!FIELD_EX32(val, CTRL, START)) {
        return;
    }
    if (dmaprobe_busy(s)) {
        qemu_log_mask(LOG_GUEST_ERROR, "dmaprobe %s: START while busy\n",
                      s->port.master);
        return;
    }
    dmaprobe_start(s);
}

static void dmaprobe_write(void *opaque, hwaddr addr, uint64_t val,
                           unsigned size)
{
    DMAProbeState *s = opaque;

    switch (addr) {
    case A_CTRL:
        dmaprobe_write_ctrl(s, val);
        break;
    case A_STATUS:
        s->regs[R_STATUS] &= ~(val &
                               (R_STATUS_DONE_MASK | R_STATUS_ERROR_MASK));
        dmaprobe_update_irq(s);
        break;
    case A_MARK:
        s->regs[R_MARK] = val;
        rcar_trace_event("mark", "\"master\":\"%s\",\"mark\":%u",
                         s->port.master, s->regs[R_MARK]);
        break;
    case A_OP:
    case A_PATTERN:
    case A_SRC:
    case A_SRC_HIGH:
    case A_DST:
    case A_DST_HIGH:
    case A_LEN:
    case A_LEN_HIGH:
    case A_SRC_COUNT:
    case A_DST_COUNT:
    case A_JOB:
    case A_DELAY_US:
        if (dmaprobe_busy(s)) {
            qemu_log_mask(LOG_GUEST_ERROR,
                          "dmaprobe %s: write to register 0x%" HWADDR_PRIx
                          " while busy\n",
                          s->port.master, addr);
            break;
        }
        s->regs[addr / 4] = val;
        break;
    default:
        qemu_log_mask(LOG_GUEST_ERROR,
                      "dmaprobe %s: write to read-only or no register "
                      "0x%" HWADDR_PRIx "\n",
                      s->port.master, addr);
        break;
    }
}

static const MemoryRegionOps dmaprobe_ops = {
    .read = dmaprobe_read,
    .write = dmaprobe_write,
    .endianness = DEVICE_LITTLE_ENDIAN,
    .valid = { .min_access_size = 4, .max_access_size = 4 },
};

/* Device */

static void dmaprobe_reset_hold(Object *obj, ResetType type)
{
    dmaprobe_reset(DMAPROBE(obj));
}

static void dmaprobe_realize(DeviceState *dev, Error **errp)
{
    DMAProbeState *s = DMAPROBE(dev);

    if (!s->port.master) {
        error_setg(errp, "dmaprobe: the machine has not wired its DMA port");
        return;
    }
    s->port.has_job = true;
    qdev_add_vm_change_state_handler(dev, dmaprobe_vm_changed, s);
}

static void dmaprobe_init(Object *obj)
{
    DMAProbeState *s = DMAPROBE(obj);

    s->chunk = g_malloc(CHUNK_SIZE);
    s->delay = timer_new_ns(QEMU_CLOCK_VIRTUAL, dmaprobe_go, s);
    s->step = timer_new_ns(QEMU_CLOCK_REALTIME, dmaprobe_step, s);
    memory_region_init_io(&s->mmio, obj, &dmaprobe_ops, s, TYPE_DMAPROBE,
                          DMAPROBE_MMIO_SIZE);
    sysbus_init_mmio(SYS_BUS_DEVICE(obj), &s->mmio);
    sysbus_init_irq(SYS_BUS_DEVICE(obj), &s->irq);
}

static void dmaprobe_finalize(Object *obj)
{
    DMAProbeState *s = DMAPROBE(obj);

    timer_free(s->delay);
    timer_free(s->step);
    g_free(s->chunk);
}

static const VMStateDescription
    vmstate_dmaprobe_cursor = { .name = "dmaprobe/cursor",
                                .version_id = 1,
                                .minimum_version_id = 1,
                                .fields = (const VMStateField[]){
                                    VMSTATE_UINT64(addr, DMAProbeCursor),
                                    VMSTATE_UINT64(length, DMAProbeCursor),
                                    VMSTATE_UINT64(table, DMAProbeCursor),
                                    VMSTATE_UINT32(count, DMAProbeCursor),
                                    VMSTATE_END_OF_LIST(),
                                } };

/* Not @step: dmaprobe_vm_changed() sets it when the VM runs again. */
static const VMStateDescription vmstate_dmaprobe = {
    .name = TYPE_DMAPROBE,
    .version_id = 1,
    .minimum_version_id = 1,
    .fields =
        (const VMStateField[]){
            VMSTATE_UINT32_ARRAY(regs, DMAProbeState, DMAPROBE_NUM_REGS),
            VMSTATE_TIMER_PTR(delay, DMAProbeState),
            VMSTATE_STRUCT(src, DMAProbeState, 1, vmstate_dmaprobe_cursor,
                           DMAProbeCursor),
            VMSTATE_STRUCT(dst, DMAProbeState, 1, vmstate_dmaprobe_cursor,
                           DMAProbeCursor),
            VMSTATE_UINT64(moved, DMAProbeState),
            VMSTATE_UINT32_ARRAY(sum, DMAProbeState, 2),
            VMSTATE_UINT32(word, DMAProbeState),
            VMSTATE_END_OF_LIST(),
        }
};

static void dmaprobe_class_init(ObjectClass *klass, void *data)
{
    DeviceClass *dc = DEVICE_CLASS(klass);

    RESETTABLE_CLASS(klass)->phases.hold = dmaprobe_reset_hold;
    dc->realize = dmaprobe_realize;
    dc->vmsd = &vmstate_dmaprobe;
    dc->desc = "DMA master that does what it is told";
    dc->user_creatable = false; /* its DMA port is wired by the machine */
}

static const TypeInfo dmaprobe_types[] = {
    {
        .name = TYPE_DMAPROBE,
        .parent = TYPE_SYS_BUS_DEVICE,
        .instance_size = sizeof(DMAProbeState),
        .instance_init = dmaprobe_init,
        .instance_finalize = dmaprobe_finalize,
        .class_init = dmaprobe_class_init,
    },
};

DEFINE_TYPES(dmaprobe_types)
