/*
 * R-Car Gen3 IPMMU (VMSA-compatible I/O MMU)
 *
 * Bus masters sit behind micro-TLBs (uTLBs) of leaf instances; a uTLB that is
 * switched on names a context, whose page tables the one main instance walks.
 *
 * Sources. Registers, offsets and bits: drivers/iommu/ipmmu-vmsa.c, v4.20 to
 * v7.3 (field names that the driver has dropped since are from v4.20), which
 * quotes the R-Car Gen3 hardware manual's IPMMU section. Page tables: the
 * long-descriptor format of the ARM ARM (ARMv7-A, B3.6; AArch32 in ARMv8-A,
 * G5.5), as drivers/iommu/io-pgtable-arm.c writes it.
 *
 * Choices, where the sources leave one:
 * - Both levels cache every translation until it is flushed: a leaf per uTLB,
 *   the main per context. Hardware holds fewer; ours forgets nothing early,
 *   so that a driver that forgets a flush always meets the stale entry. Only
 *   a cache that reached RCAR_IPMMU_TLB_MAX entries starts afresh.
 * - A fault stays latched until IMSTR is cleared; later ones are dropped.
 * - A context whose MMUEN is 0 lets addresses through, as SCTLR.M = 0 does.
 * - Masters are unprivileged and non-secure.
 *
 * Not here: TTBR1 (IMTTLBR1/IMTTUBR1), the short-descriptor format, PMB,
 * performance counters, the secure register bank. Cacheability and
 * shareability have no effect.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "qemu/log.h"
#include "exec/address-spaces.h"
#include "hw/irq.h"
#include "hw/qdev-properties.h"
#include "hw/registerfields.h"
#include "migration/vmstate.h"
#include "rcar_ipmmu.h"
#include "rcar_trace.h"

/* clang-format off */
/*
 * Context registers. Contexts 0 to 7 are 0x40 apart from 0x000, contexts 8 to
 * 15 from 0x800 (ipmmu-vmsa.c: ipmmu_ctx_reg()).
 */
REG32(IMCTR, 0x00)              /* control */
    FIELD(IMCTR, MMUEN, 0, 1)   /* translate */
    FIELD(IMCTR, FLUSH, 1, 1)   /* drop cached entries; reads 0 once done */
    FIELD(IMCTR, INTEN, 2, 1)   /* raise faults */
REG32(IMTTBCR, 0x08)            /* translation table base control */
    FIELD(IMTTBCR, TSZ0, 0, 3)  /* TTBR0 spans 2^(32 - TSZ0) bytes */
    FIELD(IMTTBCR, SL0, 6, 2)   /* start level is 3 - SL0 (Gen3, two bits) */
    FIELD(IMTTBCR, EAE, 31, 1)  /* long-descriptor format */
REG32(IMTTLBR0, 0x10)           /* table base, bits 31:0 */
REG32(IMTTUBR0, 0x14)           /* table base, bits 39:32 */
    FIELD(IMTTUBR0, BASE, 0, 8)
REG32(IMSTR, 0x20)              /* fault status; cleared by writing 0 */
    FIELD(IMSTR, TF, 0, 1)      /* translation fault */
    FIELD(IMSTR, PF, 1, 1)      /* permission fault */
    FIELD(IMSTR, ABORT, 2, 1)   /* the walk met no memory */
    FIELD(IMSTR, MHIT, 4, 1)    /* multiple TLB hits: never, here */
    FIELD(IMSTR, ERRCODE, 8, 3)
    FIELD(IMSTR, ERRLVL, 12, 2) /* level - 1: see ipmmu_walk() */
REG32(IMMAIR0, 0x28)            /* memory attributes: storage */
REG32(IMELAR, 0x30)             /* faulting IOVA, bits 31:0 */
REG32(IMEUAR, 0x34)             /* faulting IOVA, bits 39:32 */
/* clang-format on */

#define RCAR_IPMMU_CTX_STRIDE 0x40

#define IMSTR_FAULTS \
    (R_IMSTR_TF_MASK | R_IMSTR_PF_MASK | R_IMSTR_ABORT_MASK | R_IMSTR_MHIT_MASK)

/* IMSTR.ERRCODE (ipmmu-vmsa.c v4.20: IMSTR_ERRCODE_*) */
enum {
    ERRCODE_TLB_FORMAT = 1,
    ERRCODE_ACCESS_PERM = 4,
    ERRCODE_SECURE_ACCESS = 5,
};

/*
 * uTLB registers, 0x10 apart: 0 to 31 from 0x300, 32 to 47 from 0x600
 * (ipmmu-vmsa.c: IMUCTR(), IMUASID()).
 */
#define A_IMUCTR0 0x300
#define A_IMUCTR32 0x600
#define RCAR_IPMMU_UTLB_STRIDE 0x10
/* clang-format off */
FIELD(IMUCTR, MMUEN, 0, 1)      /* translate this uTLB's accesses */
FIELD(IMUCTR, FLUSH, 1, 1)      /* drop this uTLB's entries; reads 0 */
FIELD(IMUCTR, TTSEL, 4, 4)      /* context */
/* clang-format on */

#define A_IMUASID_OFFSET 0x08

/* Long descriptors: ARM ARM B3.6.1, B3.6.2 */
#define DESC_VALID (1ull << 0)
#define DESC_TABLE (1ull << 1)     /* levels 1 and 2; page at level 3 */
#define DESC_NS (1ull << 5)        /* block and page: non-secure */
#define DESC_AP_UNPRIV (1ull << 6) /* AP[1]: unprivileged access */
#define DESC_AP_RDONLY (1ull << 7) /* AP[2] */
#define DESC_AF (1ull << 10)       /* access flag */
#define DESC_APTABLE_NOUNPRIV (1ull << 61)
#define DESC_APTABLE_RDONLY (1ull << 62)
#define DESC_NSTABLE (1ull << 63)
#define DESC_ADDR_MASK 0xfffffff000ull /* 40-bit physical addresses */

#define PAGE_BITS 12
#define LEVEL_BITS 9
#define LAST_LEVEL 3
#define ENTRIES_PER_PAGE (1u << LEVEL_BITS)

/* How a walk ended. */
typedef enum WalkStatus {
    WALK_OK,
    WALK_BEYOND_SPAN, /* the IOVA is outside of TTBR0's span */
    WALK_BAD_FORMAT,  /* EAE is 0 or SL0 is reserved */
    WALK_ABORT,       /* no memory at a table's address */
    WALK_INVALID,     /* descriptor not valid */
    WALK_EMPTY,       /* the same, and neither NSTABLE nor NS is 1 */
    WALK_ACCESS_FLAG,
    WALK_SECURE, /* NSTABLE or NS is 0 */
    WALK_PERMISSION,
} WalkStatus;

/* IMSTR bits, the ERRCODE beside them, and the word for the device trace. */
static const struct {
    uint32_t imstr;
    uint8_t errcode;
    const char *reason;
} walk_faults[] = {
    [WALK_BEYOND_SPAN] = { R_IMSTR_TF_MASK, ERRCODE_TLB_FORMAT, "beyond-span" },
    [WALK_BAD_FORMAT] = { R_IMSTR_TF_MASK, ERRCODE_TLB_FORMAT, "bad-format" },
    [WALK_ABORT] = { R_IMSTR_ABORT_MASK, 0, "walk-abort" },
    [WALK_INVALID] = { R_IMSTR_TF_MASK, ERRCODE_TLB_FORMAT, "invalid" },
    [WALK_EMPTY] = { R_IMSTR_PF_MASK, ERRCODE_SECURE_ACCESS, "invalid" },
    [WALK_ACCESS_FLAG] = { R_IMSTR_PF_MASK, ERRCODE_ACCESS_PERM,
                           "access-flag" },
    [WALK_SECURE] = { R_IMSTR_PF_MASK, ERRCODE_SECURE_ACCESS, "secure" },
    [WALK_PERMISSION] = { R_IMSTR_PF_MASK, ERRCODE_ACCESS_PERM, "permission" },
};

typedef struct Walk {
    WalkStatus status;
    int level;
    int tables;
    uint64_t table[LAST_LEVEL]; /* what was read, from the top */
    RCarIPMMUTLBEntry entry;
} Walk;

/* TLBs */

/* IMCTR.FLUSH of one instance: the other keeps what it has. */
static void ipmmu_flush_context(RCarIPMMUState *s, unsigned n)
{
    for (int i = 0; i < RCAR_IPMMU_UTLBS; i++) {
        rcar_ipmmu_tlb_flush(&s->tlb[i][n]);
    }
}

static void ipmmu_flush_utlb(RCarIPMMUState *s, unsigned i)
{
    for (int n = 0; n < RCAR_IPMMU_CONTEXTS; n++) {
        rcar_ipmmu_tlb_flush(&s->tlb[i][n]);
    }
}

static void ipmmu_flush_all(RCarIPMMUState *s)
{
    for (int i = 0; i < RCAR_IPMMU_UTLBS; i++) {
        ipmmu_flush_utlb(s, i);
    }
}

/* Page-table walk */

static uint64_t context_ttbr(const RCarIPMMUContext *c)
{
    return ((uint64_t)FIELD_EX32(c->imttubr0, IMTTUBR0, BASE) << 32 |
            c->imttlbr0) &
           DESC_ADDR_MASK;
}

/*
 * The base of the first table. Its size is what the span leaves to the start
 * level, and it is aligned to that (ARM ARM B3.6.3: 32 bytes for 32 bits from
 * level 1); a start level below the architecture's for the span means tables
 * laid side by side, as in a stage 2 walk.
 */
static uint64_t walk_base(const RCarIPMMUContext *c, unsigned index_bits)
{
    uint64_t base = (uint64_t)FIELD_EX32(c->imttubr0, IMTTUBR0, BASE) << 32 |
                    c->imttlbr0;

    return base & ~((1ull << (index_bits + 3)) - 1);
}

static Walk ipmmu_walk(const RCarIPMMUContext *c, unsigned n, uint64_t iova)
{
    Walk w = {
        .level = 1,
        .entry = { .context = n, .readable = true, .writable = true },
    };
    unsigned span_bits = 32 - FIELD_EX32(c->imttbcr, IMTTBCR, TSZ0);
    unsigned sl0 = FIELD_EX32(c->imttbcr, IMTTBCR, SL0);
    unsigned shift;
    uint64_t base, index, desc;
    bool unpriv = true;

    if (!FIELD_EX32(c->imttbcr, IMTTBCR, EAE) || sl0 >= LAST_LEVEL) {
        w.status = WALK_BAD_FORMAT;
        return w;
    }
    w.level = LAST_LEVEL - sl0;
    if (iova >> span_bits) {
        w.status = WALK_BEYOND_SPAN;
        return w;
    }
    w.entry.span_bits = span_bits;

    shift = PAGE_BITS + LEVEL_BITS * (LAST_LEVEL - w.level);
    base = walk_base(c, span_bits > shift ? span_bits - shift : 0);
    index = iova >> shift;

    for (;; w.level++) {
        uint64_t addr = base + index * sizeof(desc);
        MemTxResult r;

        w.table[w.tables++] = addr & DESC_ADDR_MASK;
        /* Not address_space_ldq_le(): that ignores MemTxAttrs.memory. */
        r = address_space_read(&address_space_memory, addr, RCAR_DMA_ATTRS,
                               &desc, sizeof(desc));
        if (r != MEMTX_OK) {
            w.status = WALK_ABORT;
            return w;
        }
        desc = le64_to_cpu(desc);
        if (!(desc & DESC_VALID) ||
            (w.level == LAST_LEVEL && !(desc & DESC_TABLE))) {
            /*
             * Hardware seems to look at the non-secure bits first: an address
             * that was not mapped ended in "status 0x00001502", that is PF,
             * SECURE_ACCESS, ERRLVL 1, on an R-Car S4 (mainline commit
             * 8719c64e76bf, "PCI: dwc: ep: Cache MSI outbound iATU mapping").
             * Its iova, 0xfe000000, is in the gigabyte that the DMA API hands
             * out first, so level 1 had a table, and ERRLVL is level - 1.
             */
            w.status = desc & (DESC_NS | DESC_NSTABLE) ? WALK_INVALID
                                                       : WALK_EMPTY;
            return w;
        }
        if (w.level == LAST_LEVEL || !(desc & DESC_TABLE)) {
            break;
        }

        /*
         * ipmmu-vmsa.c, ipmmu_domain_init_context(): the IPMMU "generates a
         * secure access page fault if any of the NStable and NS bits isn't
         * set when running in non-secure mode".
         */
        if (!(desc & DESC_NSTABLE)) {
            w.status = WALK_SECURE;
            return w;
        }
        w.entry.writable &= !(desc & DESC_APTABLE_RDONLY);
        unpriv &= !(desc & DESC_APTABLE_NOUNPRIV);

        base = desc & DESC_ADDR_MASK;
        shift -= LEVEL_BITS;
        index = (iova >> shift) & (ENTRIES_PER_PAGE - 1);
    }

    if (!(desc & DESC_NS)) {
        w.status = WALK_SECURE;
        return w;
    }
    if (!(desc & DESC_AF)) {
        w.status = WALK_ACCESS_FLAG;
        return w;
    }
    unpriv &= !!(desc & DESC_AP_UNPRIV);
    w.entry.readable = unpriv;
    w.entry.writable &= unpriv && !(desc & DESC_AP_RDONLY);
    w.entry.level = w.level;
    w.entry.size = 1ull << shift;
    w.entry.phys = desc & DESC_ADDR_MASK & ~(w.entry.size - 1);
    return w;
}

/* Faults */

static void ipmmu_update_irq(RCarIPMMUState *s)
{
    bool level = false;

    for (int n = 0; n < RCAR_IPMMU_CONTEXTS; n++) {
        level |= FIELD_EX32(s->ctx[n].imctr, IMCTR, INTEN) &&
                 (s->ctx[n].imstr & IMSTR_FAULTS);
    }
    qemu_set_irq(s->irq, level);
}

static void ipmmu_fault(RCarIPMMUState *main, unsigned n, uint64_t iova,
                        const Walk *w)
{
    RCarIPMMUContext *c = &main->ctx[n];

    if (c->imstr) {
        return;
    }
    c->imstr = walk_faults[w->status].imstr;
    c->imstr = FIELD_DP32(c->imstr, IMSTR, ERRCODE,
                          walk_faults[w->status].errcode);
    c->imstr = FIELD_DP32(c->imstr, IMSTR, ERRLVL, w->level - 1);
    c->imelar = iova;
    c->imeuar = iova >> 32;
    ipmmu_update_irq(main);
}

/* Trace */

static void trace_walk(RCarIPMMUState *leaf, unsigned utlb, uint64_t iova,
                       bool is_write, const Walk *w)
{
    bool ok = w->status == WALK_OK;

    if (!rcar_trace_on) {
        return;
    }
    rcar_trace_begin(ok ? "walk" : "walk-fault");
    rcar_trace_add(",\"mmu\":\"%s\",\"utlb\":%u,\"context\":%u,"
                   "\"iova\":\"0x%" PRIx64 "\"",
                   leaf->name, utlb, w->entry.context, iova);
    if (ok) {
        rcar_trace_add(",\"phys\":\"0x%" PRIx64 "\"",
                       w->entry.phys | (iova & (w->entry.size - 1)));
    } else {
        rcar_trace_add(",\"access\":\"%s\",\"reason\":\"%s\",\"level\":%d",
                       is_write ? "write" : "read",
                       walk_faults[w->status].reason, w->level);
    }
    rcar_trace_add(",\"tables\":[");
    for (int i = 0; i < w->tables; i++) {
        rcar_trace_add("%s\"0x%" PRIx64 "\"", i ? "," : "",
                       (uint64_t)(w->table[i] & ~0xfffull));
    }
    rcar_trace_add("]");
    if (ok) {
        rcar_trace_add(",\"size\":\"0x%" PRIx64 "\"", w->entry.size);
    }
    rcar_trace_end();
}

static void trace_context(RCarIPMMUState *s, unsigned n, const char *op)
{
    RCarIPMMUContext *c = &s->ctx[n];

    rcar_trace_event("context",
                     "\"mmu\":\"%s\",\"context\":%u,\"op\":\"%s\","
                     "\"ttbr\":\"0x%" PRIx64 "\",\"ttbcr\":\"0x%x\","
                     "\"mair\":\"0x%x\"",
                     s->name, n, op, context_ttbr(c), c->imttbcr, c->immair0);
}

static void trace_utlb(RCarIPMMUState *s, unsigned i, const char *op)
{
    rcar_trace_event("utlb",
                     "\"mmu\":\"%s\",\"utlb\":%u,\"op\":\"%s\","
                     "\"context\":%u",
                     s->name, i, op, FIELD_EX32(s->imuctr[i], IMUCTR, TTSEL));
}

/* DMA through a uTLB: rcar_dma.h */

/* Look one address up: the leaf's uTLB, then the main's TLB, then the tables */
static MemTxResult ipmmu_lookup(RCarDMATranslator *translator, uint32_t utlb,
                                uint64_t iova, bool is_write, bool ahead,
                                RCarDMALookup *found)
{
    RCarIPMMUState *leaf = container_of(translator, RCarIPMMUState, translator);
    RCarIPMMUState *main = leaf->main;
    const uint64_t page = 1ull << PAGE_BITS;
    RCarIPMMUTLB *utlb_tlb, *main_tlb;
    const RCarIPMMUTLBEntry *e;
    unsigned n;
    Walk w;

    *found = (RCarDMALookup){
        .phys = iova,
        .length = UINT64_MAX,
        .context = -1,
    };
    if (!FIELD_EX32(leaf->imuctr[utlb], IMUCTR, MMUEN)) {
        return MEMTX_OK;
    }
    n = FIELD_EX32(leaf->imuctr[utlb], IMUCTR, TTSEL);
    if (!FIELD_EX32(main->ctx[n].imctr, IMCTR, MMUEN)) {
        return MEMTX_OK;
    }
    *found = (RCarDMALookup){
        .length = page - (iova & (page - 1)),
        .context = n,
    };

    utlb_tlb = &leaf->tlb[utlb][n];
    main_tlb = &main->tlb[0][n];
    e = rcar_ipmmu_tlb_lookup(utlb_tlb, iova);
    if (!e) {
        e = rcar_ipmmu_tlb_lookup(main_tlb, iova);
        if (!e) {
            w = ipmmu_walk(&main->ctx[n], n, iova);
            if (w.status != WALK_OK) {
                if (!ahead) {
                    trace_walk(leaf, utlb, iova, is_write, &w);
                    ipmmu_fault(main, n, iova, &w);
                }
                return MEMTX_ACCESS_ERROR;
            }
            trace_walk(leaf, utlb, iova, is_write, &w);
            rcar_ipmmu_tlb_insert(main_tlb, iova, &w.entry);
            e = &w.entry;
        }
        rcar_ipmmu_tlb_insert(utlb_tlb, iova, e);
    }

    if (is_write ? !e->writable : !e->readable) {
        if (ahead) {
            return MEMTX_ACCESS_ERROR;
        }
        w = (Walk){
            .status = WALK_PERMISSION,
            .level = e->level,
            .entry = *e,
        };
        trace_walk(leaf, utlb, iova, is_write, &w);
        ipmmu_fault(main, n, iova, &w);
        return MEMTX_ACCESS_ERROR;
    }
    found->phys = e->phys | (iova & (e->size - 1));
    found->length = MIN(e->size - (iova & (e->size - 1)),
                        (1ull << e->span_bits) - iova);
    return MEMTX_OK;
}

/* Registers */

/* Splits a register offset: the context it belongs to, or -1. */
static int context_reg(hwaddr addr, hwaddr *reg)
{
    const hwaddr bank = 8 * RCAR_IPMMU_CTX_STRIDE;

    *reg = addr % RCAR_IPMMU_CTX_STRIDE;
    if (addr < bank) {
        return addr / RCAR_IPMMU_CTX_STRIDE;
    }
    if (addr >= 0x800 && addr < 0x800 + bank) {
        return 8 + (addr - 0x800) / RCAR_IPMMU_CTX_STRIDE;
    }
    return -1;
}

/* Splits a register offset: the uTLB it belongs to, or -1. */
static int utlb_reg(hwaddr addr, hwaddr *reg)
{
    *reg = addr % RCAR_IPMMU_UTLB_STRIDE;
    if (addr >= A_IMUCTR0 && addr < A_IMUCTR0 + 32 * RCAR_IPMMU_UTLB_STRIDE) {
        return (addr - A_IMUCTR0) / RCAR_IPMMU_UTLB_STRIDE;
    }
    if (addr >= A_IMUCTR32 && addr < A_IMUCTR32 + 16 * RCAR_IPMMU_UTLB_STRIDE) {
        return 32 + (addr - A_IMUCTR32) / RCAR_IPMMU_UTLB_STRIDE;
    }
    return -1;
}

static uint32_t *context_storage(RCarIPMMUContext *c, hwaddr reg)
{
    switch (reg) {
    case A_IMCTR:
        return &c->imctr;
    case A_IMTTBCR:
        return &c->imttbcr;
    case A_IMTTLBR0:
        return &c->imttlbr0;
    case A_IMTTUBR0:
        return &c->imttubr0;
    case A_IMSTR:
        return &c->imstr;
    case A_IMMAIR0:
        return &c->immair0;
    case A_IMELAR:
        return &c->imelar;
    case A_IMEUAR:
        return &c->imeuar;
    default:
        return NULL;
    }
}

static void ipmmu_unimp(RCarIPMMUState *s, hwaddr addr, const char *what)
{
    qemu_log_mask(LOG_UNIMP,
                  "rcar_ipmmu %s: %s of unimplemented register "
                  "0x%" HWADDR_PRIx "\n",
                  s->name, what, addr);
}

static uint64_t ipmmu_read(void *opaque, hwaddr addr, unsigned size)
{
    RCarIPMMUState *s = opaque;
    hwaddr reg;
    int n = context_reg(addr, &reg);

    if (n >= 0) {
        uint32_t *p = context_storage(&s->ctx[n], reg);

        if (p) {
            return *p;
        }
    } else {
        n = utlb_reg(addr, &reg);
        if (n >= 0 && reg == 0) {
            return s->imuctr[n];
        }
        if (n >= 0 && reg == A_IMUASID_OFFSET) {
            return s->imuasid[n];
        }
    }
    ipmmu_unimp(s, addr, "read");
    return 0;
}

static void ipmmu_write_imctr(RCarIPMMUState *s, unsigned n, uint32_t val)
{
    bool was_on = FIELD_EX32(s->ctx[n].imctr, IMCTR, MMUEN);
    bool is_on = FIELD_EX32(val, IMCTR, MMUEN);

    s->ctx[n].imctr = FIELD_DP32(val, IMCTR, FLUSH, 0);
    if (was_on != is_on) {
        trace_context(s, n, is_on ? "enable" : "disable");
    }
    if (FIELD_EX32(val, IMCTR, FLUSH)) {
        ipmmu_flush_context(s, n);
        trace_context(s, n, "flush");
    }
    if (!s->main) {
        ipmmu_update_irq(s);
    }
}

static void ipmmu_write_context(RCarIPMMUState *s, hwaddr addr, unsigned n,
                                hwaddr reg, uint32_t val)
{
    RCarIPMMUContext *c = &s->ctx[n];
    uint32_t *p;

    switch (reg) {
    case A_IMCTR:
        ipmmu_write_imctr(s, n, val);
        return;
    case A_IMSTR:
        /*
         * ipmmu-vmsa.c, ipmmu_domain_irq(): "this status register seems to
         * require 0. The error address register must be read before,
         * otherwise its value will be 0."
         */
        c->imstr &= val;
        if (!(c->imstr & IMSTR_FAULTS)) {
            c->imstr = 0;
            c->imelar = 0;
            c->imeuar = 0;
        }
        if (!s->main) {
            ipmmu_update_irq(s);
        }
        return;
    case A_IMELAR:
    case A_IMEUAR:
        qemu_log_mask(LOG_GUEST_ERROR,
                      "rcar_ipmmu %s: error address "
                      "registers are read only\n",
                      s->name);
        return;
    default:
        p = context_storage(c, reg);
        if (p) {
            *p = val;
        } else {
            ipmmu_unimp(s, addr, "write");
        }
        return;
    }
}

static void ipmmu_write_imuctr(RCarIPMMUState *s, unsigned i, uint32_t val)
{
    bool was_on = FIELD_EX32(s->imuctr[i], IMUCTR, MMUEN);
    bool is_on = FIELD_EX32(val, IMUCTR, MMUEN);

    s->imuctr[i] = FIELD_DP32(val, IMUCTR, FLUSH, 0);
    if (was_on != is_on) {
        trace_utlb(s, i, is_on ? "enable" : "disable");
    }
    if (FIELD_EX32(val, IMUCTR, FLUSH)) {
        if (s->main) { /* the main's are its contexts' */
            ipmmu_flush_utlb(s, i);
        }
        trace_utlb(s, i, "flush");
    }
}

static void ipmmu_write(void *opaque, hwaddr addr, uint64_t val, unsigned size)
{
    RCarIPMMUState *s = opaque;
    hwaddr reg;
    int n = context_reg(addr, &reg);

    if (n >= 0) {
        ipmmu_write_context(s, addr, n, reg, val);
        return;
    }
    n = utlb_reg(addr, &reg);
    if (n >= 0 && reg == 0) {
        ipmmu_write_imuctr(s, n, val);
    } else if (n >= 0 && reg == A_IMUASID_OFFSET) {
        s->imuasid[n] = val;
    } else {
        ipmmu_unimp(s, addr, "write");
    }
}

static const MemoryRegionOps ipmmu_ops = {
    .read = ipmmu_read,
    .write = ipmmu_write,
    .endianness = DEVICE_LITTLE_ENDIAN,
    .valid = { .min_access_size = 4, .max_access_size = 4 },
};

/* Device */

static void ipmmu_reset_hold(Object *obj, ResetType type)
{
    RCarIPMMUState *s = RCAR_IPMMU(obj);

    memset(s->ctx, 0, sizeof(s->ctx));
    memset(s->imuctr, 0, sizeof(s->imuctr));
    memset(s->imuasid, 0, sizeof(s->imuasid));
    ipmmu_flush_all(s);
    qemu_set_irq(s->irq, 0);
}

/* Caches don't migrate: what was stale before is fresh after. */
static int ipmmu_post_load(void *opaque, int version_id)
{
    ipmmu_flush_all(opaque);
    return 0;
}

static void ipmmu_realize(DeviceState *dev, Error **errp)
{
    RCarIPMMUState *s = RCAR_IPMMU(dev);

    s->translator = (RCarDMATranslator){
        .name = s->name,
        .streams = s->main ? RCAR_IPMMU_UTLBS : 0, /* masters are at leaves */
        .lookup = ipmmu_lookup,
    };
}

static void ipmmu_init(Object *obj)
{
    RCarIPMMUState *s = RCAR_IPMMU(obj);

    memory_region_init_io(&s->mmio, obj, &ipmmu_ops, s, TYPE_RCAR_IPMMU,
                          RCAR_IPMMU_MMIO_SIZE);
    sysbus_init_mmio(SYS_BUS_DEVICE(obj), &s->mmio);
    sysbus_init_irq(SYS_BUS_DEVICE(obj), &s->irq);
}

static void ipmmu_finalize(Object *obj)
{
    RCarIPMMUState *s = RCAR_IPMMU(obj);

    for (int i = 0; i < RCAR_IPMMU_UTLBS; i++) {
        for (int n = 0; n < RCAR_IPMMU_CONTEXTS; n++) {
            rcar_ipmmu_tlb_free(&s->tlb[i][n]);
        }
    }
}

static const VMStateDescription
    vmstate_ipmmu_context = { .name = "rcar-ipmmu/context",
                              .version_id = 1,
                              .minimum_version_id = 1,
                              .fields = (const VMStateField[]){
                                  VMSTATE_UINT32(imctr, RCarIPMMUContext),
                                  VMSTATE_UINT32(imttbcr, RCarIPMMUContext),
                                  VMSTATE_UINT32(imttlbr0, RCarIPMMUContext),
                                  VMSTATE_UINT32(imttubr0, RCarIPMMUContext),
                                  VMSTATE_UINT32(immair0, RCarIPMMUContext),
                                  VMSTATE_UINT32(imstr, RCarIPMMUContext),
                                  VMSTATE_UINT32(imelar, RCarIPMMUContext),
                                  VMSTATE_UINT32(imeuar, RCarIPMMUContext),
                                  VMSTATE_END_OF_LIST(),
                              } };

static const VMStateDescription vmstate_ipmmu = {
    .name = TYPE_RCAR_IPMMU,
    .version_id = 1,
    .minimum_version_id = 1,
    .post_load = ipmmu_post_load,
    .fields =
        (const VMStateField[]){
            VMSTATE_STRUCT_ARRAY(ctx, RCarIPMMUState, RCAR_IPMMU_CONTEXTS, 1,
                                 vmstate_ipmmu_context, RCarIPMMUContext),
            VMSTATE_UINT32_ARRAY(imuctr, RCarIPMMUState, RCAR_IPMMU_UTLBS),
            VMSTATE_UINT32_ARRAY(imuasid, RCarIPMMUState, RCAR_IPMMU_UTLBS),
            VMSTATE_END_OF_LIST(),
        }
};

static const Property ipmmu_properties[] = {
    DEFINE_PROP_STRING("name", RCarIPMMUState, name),
    DEFINE_PROP_LINK("main", RCarIPMMUState, main, TYPE_RCAR_IPMMU,
                     RCarIPMMUState *),
};

static void ipmmu_class_init(ObjectClass *klass, void *data)
{
    DeviceClass *dc = DEVICE_CLASS(klass);

    RESETTABLE_CLASS(klass)->phases.hold = ipmmu_reset_hold;
    dc->realize = ipmmu_realize;
    dc->vmsd = &vmstate_ipmmu;
    dc->desc = "R-Car Gen3 IPMMU";
    device_class_set_props(dc, ipmmu_properties);
}

static const TypeInfo ipmmu_types[] = {
    {
        .name = TYPE_RCAR_IPMMU,
        .parent = TYPE_SYS_BUS_DEVICE,
        .instance_size = sizeof(RCarIPMMUState),
        .instance_init = ipmmu_init,
        .instance_finalize = ipmmu_finalize,
        .class_init = ipmmu_class_init,
    },
};

DEFINE_TYPES(ipmmu_types)
