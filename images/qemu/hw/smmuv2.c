/*
 * Arm SMMU architecture version 2, as an MMU-500
 *
 * Masters' transactions carry a stream id. Stream match registers (SMR) find
 * its group, whose S2CR says: through, refused, or translated by a context
 * bank, whose page tables smmuv2_walk.c walks.
 *
 * Sources. Registers, offsets and bits: drivers/iommu/arm/arm-smmu/arm-smmu.h
 * (v5.10 to v7.3; arm-smmu-regs.h before v5.9); what they do: arm-smmu.c, and
 * arm-smmu-impl.c for MMU-500's sACR and ACTLR. Where the driver says nothing,
 * Arm IHI 0062, "System MMU Architecture Specification, SMMU architecture
 * version 2", by the register's name. Sizes: zynqmp.dtsi, iommu@fd800000. The
 * addresses that come out have the 40 bits of the board's bus.
 *
 * Choices, where the sources leave one:
 * - Every translation is cached until it is invalidated; ours forgets nothing
 *   early, so that a driver that forgets an invalidation always meets the
 *   stale entry. Only a cache of 65536 entries starts afresh.
 * - An invalidation is owed from its register's write to the next sync (of
 *   any context bank, or the global one): a driver that doesn't sync keeps the
 *   stale entry. Only if 65536 of them are owed are they done early.
 * - Entries are tagged by VMID and ASID, not by context bank, as on hardware.
 *   Table descriptors are not cached, so TLBIVAL does what TLBIVA does.
 * - The first fault stays in FSR until it is cleared; FSR.MULTI tells of
 *   later ones. Until then SCTLR.HUPCF = 0 refuses the context's other
 *   transactions, which is recorded nowhere but in the device trace.
 * - Every stream id with more than one match is a stream match conflict.
 * - sACR.CACHE_LOCK is set at reset, and ACTLR.CPRE, so that the driver's
 *   MMU-500 reset has something to do.
 * - All context banks share one interrupt output (MMU-500's combined one).
 * - Masters are unprivileged and non-secure.
 *
 * Not here: nested translation, address translation operations, the AArch32
 * formats, granules other than 4 KiB, TTBR1, 16-bit VMIDs, extended stream
 * ids (ID0 and ID2 say so of all but TTBR1), stalls, performance counters, the
 * secure side, the debug registers. A refused master always sees an abort,
 * whatever GFRE and CFRE say. Cacheability and shareability have no effect.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "qemu/log.h"
#include "hw/irq.h"
#include "hw/qdev-properties.h"
#include "hw/registerfields.h"
#include "migration/vmstate.h"
#include "rcar_trace.h"
#include "smmuv2.h"

/* clang-format off */
/* The first global page: ARM_SMMU_GR0_* */
REG32(SCR0, 0x000)
    FIELD(SCR0, CLIENTPD, 0, 1)     /* all streams go through untranslated */
    FIELD(SCR0, GFRE, 1, 1)         /* global faults abort the access */
    FIELD(SCR0, GFIE, 2, 1)         /* global faults raise the interrupt */
    FIELD(SCR0, USFCFG, 10, 1)      /* unmatched streams fault */
REG32(SACR, 0x010)                  /* arm-smmu-impl.c: ARM_MMU500_ACR_* */
    FIELD(SACR, CACHE_LOCK, 26, 1)  /* ACTLRs don't take writes */
REG32(ID0, 0x020)
    FIELD(ID0, NUMSMRG, 0, 8)
    FIELD(ID0, NUMSIDB, 9, 4)
    FIELD(ID0, CTTW, 14, 1)
    FIELD(ID0, PTFS_NO_AARCH32S, 24, 1)
    FIELD(ID0, PTFS_NO_AARCH32, 25, 1)
    FIELD(ID0, ATOSNS, 26, 1)       /* no address translation operations */
    FIELD(ID0, SMS, 27, 1)          /* stream matching */
    FIELD(ID0, S2TS, 29, 1)
    FIELD(ID0, S1TS, 30, 1)
REG32(ID1, 0x024)
    FIELD(ID1, NUMCB, 0, 8)
    FIELD(ID1, NUMPAGENDXB, 28, 3)  /* 2^(n + 1) pages before the banks */
REG32(ID2, 0x028)
    FIELD(ID2, IAS, 0, 4)
    FIELD(ID2, OAS, 4, 4)
    FIELD(ID2, UBS, 8, 4)
    FIELD(ID2, PTFS_4K, 12, 1)
REG32(ID7, 0x03c)
    FIELD(ID7, MAJOR, 4, 4)
REG32(SGFAR, 0x040)                 /* IHI 0062: SMMU_sGFAR, 64 bits */
REG32(SGFSR, 0x048)                 /* cleared by writing 1 */
    FIELD(SGFSR, ICF, 0, 1)         /* invalid context: S2CR says fault */
    FIELD(SGFSR, USF, 1, 1)         /* unidentified stream */
    FIELD(SGFSR, SMCF, 2, 1)        /* stream match conflict */
    FIELD(SGFSR, UCBF, 3, 1)        /* context bank that isn't there */
    FIELD(SGFSR, MULTI, 31, 1)
REG32(SGFSRRESTORE, 0x04c)          /* IHI 0062: writes sGFSR */
REG32(SGFSYNR0, 0x050)
    FIELD(SGFSYNR0, WNR, 1, 1)      /* IHI 0062: SMMU_sGFSYNR0 */
REG32(SGFSYNR1, 0x054)              /* stream id, bits 15:0 */
REG32(SGFSYNR2, 0x058)
REG32(TLBIVMID, 0x064)              /* VMID, bits 7:0 */
REG32(TLBIALLNSNH, 0x068)
REG32(TLBIALLH, 0x06c)
REG32(STLBGSYNC, 0x070)
REG32(STLBGSTATUS, 0x074)           /* GSACTIVE is never seen */
REG32(SMR, 0x800)                   /* one a group */
    FIELD(SMR, ID, 0, 15)
    FIELD(SMR, MASK, 16, 15)        /* bits of the id that don't matter */
    FIELD(SMR, VALID, 31, 1)
REG32(S2CR, 0xc00)                  /* one a group */
    FIELD(S2CR, CBNDX, 0, 8)
    FIELD(S2CR, TYPE, 16, 2)
    FIELD(S2CR, PRIVCFG, 24, 2)

/* The second global page: ARM_SMMU_GR1_*, each one a context bank */
#define A_CBAR 0x000
    FIELD(CBAR, VMID, 0, 8)
    FIELD(CBAR, TYPE, 16, 2)
#define A_CBFRSYNRA 0x400           /* stream id of the latched fault */
#define A_CBA2R 0x800
    FIELD(CBA2R, VA64, 0, 1)

/* A context bank: ARM_SMMU_CB_* */
#define A_SCTLR 0x000
    FIELD(SCTLR, M, 0, 1)           /* translate */
    FIELD(SCTLR, E, 4, 1)           /* big-endian tables */
    FIELD(SCTLR, CFIE, 6, 1)        /* faults raise the interrupt */
    FIELD(SCTLR, CFCFG, 7, 1)       /* faults stall: not here */
    FIELD(SCTLR, HUPCF, 8, 1)       /* go on while a fault is outstanding */
#define A_ACTLR 0x004
    FIELD(ACTLR, CPRE, 1, 1)        /* arm-smmu-impl.c: prefetcher */
#define A_RESUME 0x008
#define A_TCR2 0x010
#define A_TTBR0 0x020               /* 64 bits */
    FIELD(TTBR_HIGH, ASID, 16, 16)
#define A_TTBR1 0x028               /* 64 bits */
#define A_TCR 0x030
#define A_CONTEXTIDR 0x034
#define A_MAIR0 0x038
#define A_MAIR1 0x03c
#define A_FSR 0x058                 /* cleared by writing 1 */
    FIELD(FSR, TF, 1, 1)            /* translation */
    FIELD(FSR, AFF, 2, 1)           /* access flag */
    FIELD(FSR, PF, 3, 1)            /* permission */
    FIELD(FSR, EF, 4, 1)            /* external: no memory at a table */
    FIELD(FSR, ASF, 7, 1)           /* address size */
    FIELD(FSR, FORMAT, 9, 2)        /* of the tables; 2: AArch64 */
    FIELD(FSR, MULTI, 31, 1)
#define A_FSRRESTORE 0x05c          /* IHI 0062: writes FSR */
#define A_FAR 0x060                 /* 64 bits */
#define A_FSYNR0 0x068
    FIELD(FSYNR0, PLVL, 0, 2)       /* level */
    FIELD(FSYNR0, WNR, 4, 1)        /* write, not read */
    FIELD(FSYNR0, PNU, 5, 1)        /* privileged */
    FIELD(FSYNR0, PTWF, 10, 1)      /* of the walk's own access */
    FIELD(FSYNR0, S1CBNDX, 16, 8)
#define A_FSYNR1 0x06c
#define A_TLBIVA 0x600              /* 64 bits: ASID 63:48, VA >> 12 */
#define A_TLBIVAA 0x608
#define A_TLBIASID 0x610
#define A_TLBIALL 0x618
#define A_TLBIVAL 0x620
#define A_TLBIVAAL 0x628
#define A_TLBIIPAS2 0x630           /* 64 bits: IPA >> 12 */
#define A_TLBIIPAS2L 0x638
#define A_TLBSYNC 0x7f0
#define A_TLBSTATUS 0x7f4           /* SACTIVE is never seen */
/* clang-format on */

#define PAGE_SIZE_4K 0x1000
#define GLOBAL_PAGES 16 /* ID1.NUMPAGENDXB */

#define SGFSR_FAULTS \
    (R_SGFSR_ICF_MASK | R_SGFSR_USF_MASK | R_SGFSR_SMCF_MASK | \
     R_SGFSR_UCBF_MASK | R_SGFSR_MULTI_MASK)
#define FSR_FAULTS \
    (R_FSR_TF_MASK | R_FSR_AFF_MASK | R_FSR_PF_MASK | R_FSR_EF_MASK | \
     R_FSR_ASF_MASK | R_FSR_MULTI_MASK)
#define FSR_FORMAT_AARCH64 2

/* S2CR.TYPE, CBAR.TYPE, S2CR.PRIVCFG: enums of arm-smmu.h */
enum {
    S2CR_TRANS,
    S2CR_BYPASS,
    S2CR_FAULT
};
enum {
    CBAR_S2_TRANS,
    CBAR_S1_TRANS_S2_BYPASS
};
enum {
    PRIVCFG_PRIV = 3
};

/* ID2's sizes: arm_smmu_id_size_to_bits() */
enum {
    SIZE_40_BIT = 2,
    SIZE_48_BIT = 5
};

/* FSR's bit, and the word for the device trace. */
static const struct {
    uint32_t fsr;
    const char *reason;
} walk_faults[] = {
    [SMMUV2_BAD_FORMAT] = { R_FSR_TF_MASK, "bad-format" },
    [SMMUV2_BEYOND_SPAN] = { R_FSR_TF_MASK, "beyond-span" },
    [SMMUV2_DISABLED] = { R_FSR_TF_MASK, "walks-disabled" },
    [SMMUV2_ADDRESS_SIZE] = { R_FSR_ASF_MASK, "address-size" },
    [SMMUV2_ABORT] = { R_FSR_EF_MASK, "walk-abort" },
    [SMMUV2_INVALID] = { R_FSR_TF_MASK, "invalid" },
    [SMMUV2_ACCESS_FLAG] = { R_FSR_AFF_MASK, "access-flag" },
    [SMMUV2_PERMISSION] = { R_FSR_PF_MASK, "permission" },
    [SMMUV2_PREVIOUS_FAULT] = { 0, "previous-fault" },
};

static const struct {
    uint32_t sgfsr;
    const char *reason;
} stream_faults[] = {
    { R_SGFSR_ICF_MASK, "fault-context" },
    { R_SGFSR_USF_MASK, "unmatched-stream" },
    { R_SGFSR_SMCF_MASK, "stream-conflict" },
    { R_SGFSR_UCBF_MASK, "no-context-bank" },
};

/* An access on its way, and whose it is. */
typedef struct Access {
    uint32_t stream;
    uint64_t iova;
    bool is_write;
    bool privileged;
    bool ahead; /* only looked at: no fault, no trace of one */
} Access;

/* TLB */

static SMMUv2Tag context_tag(const SMMUv2Context *c)
{
    bool stage2 = FIELD_EX32(c->cbar, CBAR, TYPE) == CBAR_S2_TRANS;

    return (SMMUv2Tag){
        .stage2 = stage2,
        .vmid = FIELD_EX32(c->cbar, CBAR, VMID),
        .asid = stage2 ? 0 : FIELD_EX32(c->ttbr[0] >> 32, TTBR_HIGH, ASID),
    };
}

static void trace_context(SMMUv2State *s, unsigned n, const char *op,
                          const char *range)
{
    SMMUv2Context *c = &s->ctx[n];

    rcar_trace_event("context",
                     "\"mmu\":\"%s\",\"context\":%u,\"op\":\"%s\","
                     "\"ttbr\":\"0x%" PRIx64 "\",\"ttbcr\":\"0x%x\","
                     "\"mair\":\"0x%x\"%s",
                     s->name, n, op,
                     (uint64_t)(c->ttbr[0] & MAKE_64BIT_MASK(0, 48)), c->tcr,
                     c->mair[0], range);
}

/* A flush of each context that the invalidation was for. */
static void trace_tlbi(void *opaque, const SMMUv2TLBI *op)
{
    SMMUv2State *s = opaque;
    g_autofree char *range = NULL;

    if (!rcar_trace_on) {
        return;
    }
    if (op->scope >= SMMUV2_TLBI_VA) {
        range = g_strdup_printf(",\"iova\":\"0x%" PRIx64 "\"", op->va);
    }
    for (int n = 0; n < SMMUV2_CONTEXTS; n++) {
        const SMMUv2Context *c = &s->ctx[n];

        if (op->context >= 0
                ? n == op->context
                : FIELD_EX32(c->sctlr, SCTLR, M) &&
                      (op->scope == SMMUV2_TLBI_ALL ||
                       FIELD_EX32(c->cbar, CBAR, VMID) == op->tag.vmid)) {
            trace_context(s, n, "flush", range ?: "");
        }
    }
}

static void tlbi_sync(SMMUv2State *s)
{
    smmuv2_tlb_sync(&s->tlb, trace_tlbi, s);
}

static void tlbi_owe(SMMUv2State *s, SMMUv2TLBI op)
{
    if (!smmuv2_tlb_owe(&s->tlb, &op)) {
        tlbi_sync(s); /* early, as hardware may */
        smmuv2_tlb_owe(&s->tlb, &op);
    }
}

/* Faults */

static void smmuv2_update_irq(SMMUv2State *s)
{
    bool context = false;

    for (int n = 0; n < SMMUV2_CONTEXTS; n++) {
        context |= FIELD_EX32(s->ctx[n].sctlr, SCTLR, CFIE) &&
                   (s->ctx[n].fsr & FSR_FAULTS);
    }
    qemu_set_irq(s->irq[SMMUV2_IRQ_CONTEXT], context);
    qemu_set_irq(s->irq[SMMUV2_IRQ_GLOBAL],
                 FIELD_EX32(s->scr0, SCR0, GFIE) && (s->sgfsr & SGFSR_FAULTS));
}

/* The pages that the walk read from, as a list in JSON. */
static GString *trace_tables(const SMMUv2Walk *w)
{
    GString *tables = g_string_new(NULL);

    for (int i = 0; i < w->tables; i++) {
        g_string_append_printf(tables, "%s\"0x%" PRIx64 "\"", i ? "," : "",
                               (uint64_t)(w->table[i] & ~0xfffull));
    }
    return tables;
}

static void trace_fault(SMMUv2State *s, const Access *a, int context,
                        const char *reason, const SMMUv2Walk *w)
{
    g_autoptr(GString) tables = NULL;
    g_autofree char *bank = NULL;

    if (!rcar_trace_on) {
        return;
    }
    tables = trace_tables(w);
    bank = context < 0 ? g_strdup("null") : g_strdup_printf("%d", context);
    rcar_trace_event("walk-fault",
                     "\"mmu\":\"%s\",\"utlb\":%u,\"context\":%s,"
                     "\"iova\":\"0x%" PRIx64 "\",\"access\":\"%s\","
                     "\"reason\":\"%s\",\"level\":%d,\"tables\":[%s]",
                     s->name, a->stream, bank, a->iova,
                     a->is_write ? "write" : "read", reason, w->level,
                     tables->str);
}

/* A fault of the stream, before there is a context: sGFSR. */
static MemTxResult stream_fault(SMMUv2State *s, const Access *a, uint32_t bit)
{
    static const SMMUv2Walk no_walk;

    if (a->ahead) {
        return MEMTX_ACCESS_ERROR;
    }
    if (s->sgfsr) {
        s->sgfsr |= R_SGFSR_MULTI_MASK;
    } else {
        s->sgfsr = bit;
        s->sgfar = a->iova;
        s->sgfsynr0 = FIELD_DP32(0, SGFSYNR0, WNR, a->is_write);
        s->sgfsynr1 = a->stream;
    }
    for (int i = 0; i < ARRAY_SIZE(stream_faults); i++) {
        if (stream_faults[i].sgfsr == bit) {
            trace_fault(s, a, -1, stream_faults[i].reason, &no_walk);
        }
    }
    smmuv2_update_irq(s);
    return MEMTX_ACCESS_ERROR;
}

static MemTxResult context_fault(SMMUv2State *s, const Access *a, unsigned n,
                                 const SMMUv2Walk *w)
{
    SMMUv2Context *c = &s->ctx[n];
    bool stage2 = FIELD_EX32(c->cbar, CBAR, TYPE) == CBAR_S2_TRANS;

    if (a->ahead) {
        return MEMTX_ACCESS_ERROR;
    }
    trace_fault(s, a, n, walk_faults[w->status].reason, w);
    if (w->status == SMMUV2_PREVIOUS_FAULT) {
        return MEMTX_ACCESS_ERROR;
    }
    if (c->fsr & FSR_FAULTS) {
        c->fsr |= R_FSR_MULTI_MASK;
    } else {
        c->fsr = FIELD_DP32(walk_faults[w->status].fsr, FSR, FORMAT,
                            FSR_FORMAT_AARCH64);
        c->far = a->iova;
        c->fsynr0 = FIELD_DP32(0, FSYNR0, PLVL, w->level);
        c->fsynr0 = FIELD_DP32(c->fsynr0, FSYNR0, WNR, a->is_write);
        c->fsynr0 = FIELD_DP32(c->fsynr0, FSYNR0, PNU, a->privileged);
        c->fsynr0 = FIELD_DP32(c->fsynr0, FSYNR0, PTWF,
                               w->status == SMMUV2_ABORT);
        c->fsynr0 = FIELD_DP32(c->fsynr0, FSYNR0, S1CBNDX, stage2 ? 0 : n);
        c->cbfrsynra = a->stream;
    }
    smmuv2_update_irq(s);
    return MEMTX_ACCESS_ERROR;
}

/* Translation: rcar_dma.h */

/* The group that the stream belongs to: -1 none, -2 more than one. */
static int stream_group(const SMMUv2State *s, uint32_t stream)
{
    int group = -1;

    for (int i = 0; i < SMMUV2_GROUPS; i++) {
        uint32_t differs = FIELD_EX32(s->smr[i], SMR, ID) ^ stream;

        if (!FIELD_EX32(s->smr[i], SMR, VALID) ||
            (differs & ~FIELD_EX32(s->smr[i], SMR, MASK))) {
            continue;
        }
        if (group >= 0) {
            return -2;
        }
        group = i;
    }
    return group;
}

static void trace_walk(SMMUv2State *s, const Access *a, unsigned n,
                       const SMMUv2Walk *w)
{
    g_autoptr(GString) tables = NULL;

    if (!rcar_trace_on) {
        return;
    }
    tables = trace_tables(w);
    rcar_trace_event("walk",
                     "\"mmu\":\"%s\",\"utlb\":%u,\"context\":%u,"
                     "\"iova\":\"0x%" PRIx64 "\",\"phys\":\"0x%" PRIx64
                     "\",\"tables\":[%s],\"size\":\"0x%" PRIx64 "\"",
                     s->name, a->stream, n, a->iova,
                     w->phys | (a->iova & (w->size - 1)), tables->str, w->size);
}

static MemTxResult context_lookup(SMMUv2State *s, const Access *a, unsigned n,
                                  RCarDMALookup *found)
{
    const SMMUv2Context *c = &s->ctx[n];
    SMMUv2Tag tag = context_tag(c);
    const SMMUv2Regime regime = {
        .stage2 = tag.stage2,
        .aarch64 = FIELD_EX32(c->cba2r, CBA2R, VA64),
        .big_endian = FIELD_EX32(c->sctlr, SCTLR, E),
        .ttbr0 = c->ttbr[0],
        .tcr = c->tcr,
        .tcr2 = c->tcr2,
    };
    const SMMUv2Walk *cached = NULL;
    SMMUv2Walk w;

    *found = (RCarDMALookup){
        .length = PAGE_SIZE_4K - (a->iova & (PAGE_SIZE_4K - 1)),
        .context = n,
    };
    if ((c->fsr & FSR_FAULTS) && !FIELD_EX32(c->sctlr, SCTLR, HUPCF)) {
        w = (SMMUv2Walk){ .status = SMMUV2_PREVIOUS_FAULT };
        return context_fault(s, a, n, &w);
    }

    if (!(a->iova >> SMMUV2_ADDRESS_BITS)) {
        cached = smmuv2_tlb_lookup(&s->tlb, tag, a->iova);
    }
    w = cached ? *cached : smmuv2_walk(&regime, a->iova);
    if (w.status != SMMUV2_OK) {
        return context_fault(s, a, n, &w);
    }
    if (!cached) {
        trace_walk(s, a, n, &w);
        smmuv2_tlb_insert(&s->tlb, tag, a->iova, &w);
    }

    if (a->is_write ? !(a->privileged ? w.priv_write : w.write)
                    : !(w.read || (a->privileged && !regime.stage2))) {
        w.status = SMMUV2_PERMISSION;
        return context_fault(s, a, n, &w);
    }
    found->phys = w.phys | (a->iova & (w.size - 1));
    found->length = w.size - (a->iova & (w.size - 1));
    return MEMTX_OK;
}

static MemTxResult smmuv2_lookup(RCarDMATranslator *translator, uint32_t stream,
                                 uint64_t iova, bool is_write, bool ahead,
                                 RCarDMALookup *found)
{
    SMMUv2State *s = container_of(translator, SMMUv2State, translator);
    Access a = {
        .stream = stream,
        .iova = iova,
        .is_write = is_write,
        .ahead = ahead,
    };
    int group = stream_group(s, stream);
    uint32_t s2cr, n;

    /* Untranslated, or refused by nobody's context. */
    *found = (RCarDMALookup){
        .phys = iova,
        .length = UINT64_MAX - iova ?: 1,
        .context = -1,
    };
    if (FIELD_EX32(s->scr0, SCR0, CLIENTPD)) {
        return MEMTX_OK;
    }
    if (group == -1) {
        return FIELD_EX32(s->scr0, SCR0, USFCFG)
                   ? stream_fault(s, &a, R_SGFSR_USF_MASK)
                   : MEMTX_OK;
    }
    if (group < 0) {
        return stream_fault(s, &a, R_SGFSR_SMCF_MASK);
    }

    s2cr = s->s2cr[group];
    switch (FIELD_EX32(s2cr, S2CR, TYPE)) {
    case S2CR_TRANS:
        break;
    case S2CR_BYPASS:
        return MEMTX_OK;
    default:
        return stream_fault(s, &a, R_SGFSR_ICF_MASK);
    }
    n = FIELD_EX32(s2cr, S2CR, CBNDX);
    if (n >= SMMUV2_CONTEXTS) {
        return stream_fault(s, &a, R_SGFSR_UCBF_MASK);
    }
    if (FIELD_EX32(s->ctx[n].cbar, CBAR, TYPE) > CBAR_S1_TRANS_S2_BYPASS) {
        return stream_fault(s, &a, R_SGFSR_ICF_MASK);
    }
    if (!FIELD_EX32(s->ctx[n].sctlr, SCTLR, M)) {
        return MEMTX_OK;
    }
    a.privileged = FIELD_EX32(s2cr, S2CR, PRIVCFG) == PRIVCFG_PRIV;
    return context_lookup(s, &a, n, found);
}

/* Registers */

static void smmuv2_unimp(SMMUv2State *s, hwaddr addr, const char *what)
{
    qemu_log_mask(LOG_UNIMP,
                  "smmuv2 %s: %s of unimplemented register 0x%" HWADDR_PRIx
                  "\n",
                  s->name, what, addr);
}

static void smmuv2_read_only(SMMUv2State *s, hwaddr addr)
{
    qemu_log_mask(LOG_GUEST_ERROR,
                  "smmuv2 %s: write of read-only register 0x%" HWADDR_PRIx "\n",
                  s->name, addr);
}

static void set_half(uint64_t *r, bool high, uint32_t val)
{
    *r = deposit64(*r, high ? 32 : 0, 32, val);
}

/* Splits an offset into an array's index and the rest of it: -1 not in it. */
static int array_index(hwaddr addr, hwaddr base, int count)
{
    return addr >= base && addr < base + count * 4 && !(addr & 3)
               ? (addr - base) / 4
               : -1;
}

static uint32_t id_register(hwaddr addr)
{
    uint32_t id = 0;

    switch (addr) {
    case A_ID0:
        id = FIELD_DP32(id, ID0, NUMSMRG, SMMUV2_GROUPS);
        id = FIELD_DP32(id, ID0, NUMSIDB, SMMUV2_STREAM_BITS);
        id = FIELD_DP32(id, ID0, CTTW, 0); /* walks are not coherent */
        id = FIELD_DP32(id, ID0, PTFS_NO_AARCH32S, 1);
        id = FIELD_DP32(id, ID0, PTFS_NO_AARCH32, 1);
        id = FIELD_DP32(id, ID0, ATOSNS, 1);
        id = FIELD_DP32(id, ID0, SMS, 1);
        id = FIELD_DP32(id, ID0, S2TS, 1);
        return FIELD_DP32(id, ID0, S1TS, 1);
    case A_ID1:
        id = FIELD_DP32(id, ID1, NUMCB, SMMUV2_CONTEXTS);
        return FIELD_DP32(id, ID1, NUMPAGENDXB, ctz32(GLOBAL_PAGES) - 1);
    case A_ID2:
        id = FIELD_DP32(id, ID2, IAS, SIZE_40_BIT);
        id = FIELD_DP32(id, ID2, OAS, SIZE_40_BIT);
        id = FIELD_DP32(id, ID2, UBS, SIZE_48_BIT);
        return FIELD_DP32(id, ID2, PTFS_4K, 1);
    case A_ID7:
        return FIELD_DP32(id, ID7, MAJOR, 2); /* r2p0 */
    default:
        return 0;
    }
}

static uint32_t global_read(SMMUv2State *s, hwaddr addr)
{
    int i = array_index(addr, A_SMR, SMMUV2_GROUPS);

    if (i >= 0) {
        return s->smr[i];
    }
    i = array_index(addr, A_S2CR, SMMUV2_GROUPS);
    if (i >= 0) {
        return s->s2cr[i];
    }
    switch (addr) {
    case A_SCR0:
        return s->scr0;
    case A_SACR:
        return s->sacr;
    case A_ID0 ... A_ID7:
        return id_register(addr);
    case A_SGFAR:
        return s->sgfar;
    case A_SGFAR + 4:
        return s->sgfar >> 32;
    case A_SGFSR:
        return s->sgfsr;
    case A_SGFSYNR0:
        return s->sgfsynr0;
    case A_SGFSYNR1:
        return s->sgfsynr1;
    case A_SGFSYNR2:
    case A_STLBGSTATUS:
        return 0;
    default:
        smmuv2_unimp(s, addr, "read");
        return 0;
    }
}

/* The streams that a group sends to a context, as the trace tells it. */
static void trace_group(SMMUv2State *s, int i, uint32_t smr, uint32_t s2cr)
{
    bool was_on = FIELD_EX32(smr, SMR, VALID) &&
                  FIELD_EX32(s2cr, S2CR, TYPE) == S2CR_TRANS;
    bool is_on = FIELD_EX32(s->smr[i], SMR, VALID) &&
                 FIELD_EX32(s->s2cr[i], S2CR, TYPE) == S2CR_TRANS;
    bool same = FIELD_EX32(smr, SMR, ID) == FIELD_EX32(s->smr[i], SMR, ID) &&
                FIELD_EX32(s2cr, S2CR, CBNDX) ==
                    FIELD_EX32(s->s2cr[i], S2CR, CBNDX);
    const char *format = "\"mmu\":\"%s\",\"utlb\":%u,\"op\":\"%s\","
                         "\"context\":%u";

    if (was_on && !(is_on && same)) {
        rcar_trace_event("utlb", format, s->name, FIELD_EX32(smr, SMR, ID),
                         "disable", FIELD_EX32(s2cr, S2CR, CBNDX));
    }
    if (is_on && !(was_on && same)) {
        rcar_trace_event("utlb", format, s->name,
                         FIELD_EX32(s->smr[i], SMR, ID), "enable",
                         FIELD_EX32(s->s2cr[i], S2CR, CBNDX));
    }
}

static void global_write(SMMUv2State *s, hwaddr addr, uint32_t val)
{
    int i = array_index(addr, A_SMR, SMMUV2_GROUPS);

    if (i >= 0) {
        uint32_t old = s->smr[i];

        s->smr[i] = val;
        trace_group(s, i, old, s->s2cr[i]);
        return;
    }
    i = array_index(addr, A_S2CR, SMMUV2_GROUPS);
    if (i >= 0) {
        uint32_t old = s->s2cr[i];

        s->s2cr[i] = val;
        trace_group(s, i, s->smr[i], old);
        return;
    }
    switch (addr) {
    case A_SCR0:
        s->scr0 = val;
        break;
    case A_SACR:
        s->sacr = val;
        break;
    case A_SGFSR:
        s->sgfsr &= ~val;
        break;
    case A_SGFSRRESTORE:
        s->sgfsr = val & SGFSR_FAULTS;
        break;
    case A_TLBIVMID:
        tlbi_owe(s, (SMMUv2TLBI){ .scope = SMMUV2_TLBI_VMID,
                                  .tag.vmid = val,
                                  .context = -1 });
        break;
    case A_TLBIALLNSNH:
        tlbi_owe(s, (SMMUv2TLBI){ .scope = SMMUV2_TLBI_ALL, .context = -1 });
        break;
    case A_TLBIALLH: /* of the hypervisor's contexts: there are none */
        break;
    case A_STLBGSYNC:
        tlbi_sync(s);
        break;
    case A_ID0 ... A_ID7:
    case A_SGFAR:
    case A_SGFAR + 4:
    case A_SGFSYNR0:
    case A_SGFSYNR1:
    case A_SGFSYNR2:
    case A_STLBGSTATUS:
        smmuv2_read_only(s, addr);
        break;
    default:
        smmuv2_unimp(s, addr, "write");
        break;
    }
    smmuv2_update_irq(s);
}

/* Where a register of the second global page is kept. */
static uint32_t *attribute_storage(SMMUv2State *s, hwaddr addr)
{
    int n = array_index(addr, A_CBAR, SMMUV2_CONTEXTS);

    if (n >= 0) {
        return &s->ctx[n].cbar;
    }
    n = array_index(addr, A_CBFRSYNRA, SMMUV2_CONTEXTS);
    if (n >= 0) {
        return &s->ctx[n].cbfrsynra;
    }
    n = array_index(addr, A_CBA2R, SMMUV2_CONTEXTS);
    return n >= 0 ? &s->ctx[n].cba2r : NULL;
}

/* Where a context bank's register is kept, if it is only that. */
static uint32_t *context_storage(SMMUv2Context *c, hwaddr reg)
{
    switch (reg) {
    case A_TCR2:
        return &c->tcr2;
    case A_TCR:
        return &c->tcr;
    case A_CONTEXTIDR:
        return &c->contextidr;
    case A_MAIR0:
        return &c->mair[0];
    case A_MAIR1:
        return &c->mair[1];
    case A_FSYNR0:
        return &c->fsynr0;
    default:
        return NULL;
    }
}

static uint64_t *context_storage64(SMMUv2Context *c, hwaddr reg)
{
    switch (reg & ~4ull) {
    case A_TTBR0:
        return &c->ttbr[0];
    case A_TTBR1:
        return &c->ttbr[1];
    case A_FAR:
        return &c->far;
    default:
        return NULL;
    }
}

static uint32_t context_read(SMMUv2State *s, unsigned n, hwaddr reg,
                             hwaddr addr)
{
    SMMUv2Context *c = &s->ctx[n];
    uint32_t *p = context_storage(c, reg);
    uint64_t *q = context_storage64(c, reg);

    if (p) {
        return *p;
    }
    if (q) {
        return *q >> (reg & 4 ? 32 : 0);
    }
    switch (reg) {
    case A_SCTLR:
        return c->sctlr;
    case A_ACTLR:
        return c->actlr;
    case A_FSR:
        return c->fsr;
    case A_FSYNR1:
    case A_TLBSTATUS:
        return 0;
    default:
        smmuv2_unimp(s, addr, "read");
        return 0;
    }
}

static void write_sctlr(SMMUv2State *s, unsigned n, uint32_t val)
{
    bool was_on = FIELD_EX32(s->ctx[n].sctlr, SCTLR, M);
    bool is_on = FIELD_EX32(val, SCTLR, M);

    if (FIELD_EX32(val, SCTLR, CFCFG)) {
        qemu_log_mask(LOG_UNIMP, "smmuv2 %s: context %u: faults don't stall\n",
                      s->name, n);
    }
    s->ctx[n].sctlr = val;
    if (was_on != is_on) {
        trace_context(s, n, is_on ? "enable" : "disable", "");
    }
}

static void context_write(SMMUv2State *s, unsigned n, hwaddr reg, hwaddr addr,
                          uint32_t val)
{
    SMMUv2Context *c = &s->ctx[n];
    uint32_t *p = context_storage(c, reg);
    uint64_t *q = context_storage64(c, reg);
    SMMUv2TLBI op = { .tag = context_tag(c), .context = n };

    if (p) {
        *p = val;
        return;
    }
    if (q) {
        set_half(q, reg & 4, val);
        return;
    }
    switch (reg) {
    case A_SCTLR:
        write_sctlr(s, n, val);
        break;
    case A_ACTLR:
        if (!FIELD_EX32(s->sacr, SACR, CACHE_LOCK)) {
            c->actlr = val;
        }
        break;
    case A_RESUME:
        qemu_log_mask(LOG_GUEST_ERROR,
                      "smmuv2 %s: context %u: nothing to resume\n", s->name, n);
        break;
    case A_FSR:
        c->fsr &= ~val;
        if (!(c->fsr & FSR_FAULTS)) {
            c->fsr = 0;
        }
        break;
    case A_FSRRESTORE:
        c->fsr = val & (FSR_FAULTS | R_FSR_FORMAT_MASK);
        break;
    case A_TLBIASID:
        op.scope = SMMUV2_TLBI_ASID;
        op.tag.asid = val;
        tlbi_owe(s, op);
        break;
    case A_TLBIALL:
        op.scope = SMMUV2_TLBI_STAGE1;
        tlbi_owe(s, op);
        break;
    case A_TLBSYNC:
        tlbi_sync(s);
        break;
    case A_TLBSTATUS:
    case A_FSYNR1:
        smmuv2_read_only(s, addr);
        break;
    default:
        smmuv2_unimp(s, addr, "write");
        break;
    }
    smmuv2_update_irq(s);
}

/* Invalidations by address take 64 bits; false if @reg is none of them. */
static bool context_tlbi(SMMUv2State *s, unsigned n, hwaddr reg, uint64_t val)
{
    SMMUv2TLBI op = { .tag = context_tag(&s->ctx[n]), .context = n };

    op.va = (val & MAKE_64BIT_MASK(0, 36)) << SMMUV2_PAGE_BITS;
    op.tag.asid = val >> 48;
    switch (reg) {
    case A_TLBIVA:
    case A_TLBIVAL:
        op.scope = SMMUV2_TLBI_VA;
        op.tag.stage2 = false;
        break;
    case A_TLBIVAA:
    case A_TLBIVAAL:
        op.scope = SMMUV2_TLBI_VA_ALL_ASIDS;
        break;
    case A_TLBIIPAS2:
    case A_TLBIIPAS2L:
        op.scope = SMMUV2_TLBI_IPA;
        op.tag.stage2 = true;
        op.tag.asid = 0;
        break;
    default:
        return false;
    }
    tlbi_owe(s, op);
    return true;
}

static uint32_t smmuv2_read32(SMMUv2State *s, hwaddr addr)
{
    hwaddr page = addr / PAGE_SIZE_4K;
    hwaddr reg = addr % PAGE_SIZE_4K;
    uint32_t *p = page == 1 ? attribute_storage(s, reg) : NULL;

    if (page == 0) {
        return global_read(s, reg);
    }
    if (p) {
        return *p;
    }
    if (page >= GLOBAL_PAGES) {
        return context_read(s, page - GLOBAL_PAGES, reg, addr);
    }
    smmuv2_unimp(s, addr, "read");
    return 0;
}

static void smmuv2_write32(SMMUv2State *s, hwaddr addr, uint32_t val)
{
    hwaddr page = addr / PAGE_SIZE_4K;
    hwaddr reg = addr % PAGE_SIZE_4K;
    uint32_t *p = page == 1 ? attribute_storage(s, reg) : NULL;

    if (page == 0) {
        global_write(s, reg, val);
    } else if (p) {
        *p = val;
    } else if (page >= GLOBAL_PAGES) {
        context_write(s, page - GLOBAL_PAGES, reg, addr, val);
    } else {
        smmuv2_unimp(s, addr, "write");
    }
}

static uint64_t smmuv2_read(void *opaque, hwaddr addr, unsigned size)
{
    uint64_t val = smmuv2_read32(opaque, addr);

    return size == 8 ? val | (uint64_t)smmuv2_read32(opaque, addr + 4) << 32
                     : val;
}

static void smmuv2_write(void *opaque, hwaddr addr, uint64_t val, unsigned size)
{
    hwaddr page = addr / PAGE_SIZE_4K;

    if (size == 8 && page >= GLOBAL_PAGES &&
        context_tlbi(opaque, page - GLOBAL_PAGES, addr % PAGE_SIZE_4K, val)) {
        return;
    }
    smmuv2_write32(opaque, addr, val);
    if (size == 8) {
        smmuv2_write32(opaque, addr + 4, val >> 32);
    }
}

static const MemoryRegionOps smmuv2_ops = {
    .read = smmuv2_read,
    .write = smmuv2_write,
    .endianness = DEVICE_LITTLE_ENDIAN,
    .valid = { .min_access_size = 4, .max_access_size = 8 },
    .impl = { .min_access_size = 4, .max_access_size = 8 },
};

/* Device */

static void smmuv2_reset_hold(Object *obj, ResetType type)
{
    SMMUv2State *s = SMMUV2(obj);

    s->scr0 = R_SCR0_CLIENTPD_MASK;
    s->sacr = R_SACR_CACHE_LOCK_MASK;
    s->sgfsr = 0;
    s->sgfsynr0 = 0;
    s->sgfsynr1 = 0;
    s->sgfar = 0;
    memset(s->smr, 0, sizeof(s->smr));
    memset(s->s2cr, 0, sizeof(s->s2cr));
    memset(s->ctx, 0, sizeof(s->ctx));
    for (int n = 0; n < SMMUV2_CONTEXTS; n++) {
        s->ctx[n].actlr = R_ACTLR_CPRE_MASK;
    }
    smmuv2_tlb_reset(&s->tlb);
    smmuv2_update_irq(s);
}

/* Caches don't migrate: what was stale before is fresh after. */
static int smmuv2_post_load(void *opaque, int version_id)
{
    smmuv2_tlb_reset(&SMMUV2(opaque)->tlb);
    return 0;
}

static void smmuv2_realize(DeviceState *dev, Error **errp)
{
    SMMUv2State *s = SMMUV2(dev);

    s->translator = (RCarDMATranslator){
        .name = s->name,
        .streams = 1u << SMMUV2_STREAM_BITS,
        .lookup = smmuv2_lookup,
    };
}

static void smmuv2_init(Object *obj)
{
    SMMUv2State *s = SMMUV2(obj);

    memory_region_init_io(&s->mmio, obj, &smmuv2_ops, s, TYPE_SMMUV2,
                          SMMUV2_MMIO_SIZE);
    sysbus_init_mmio(SYS_BUS_DEVICE(obj), &s->mmio);
    for (int i = 0; i < SMMUV2_IRQS; i++) {
        sysbus_init_irq(SYS_BUS_DEVICE(obj), &s->irq[i]);
    }
    smmuv2_tlb_init(&s->tlb);
}

static void smmuv2_finalize(Object *obj)
{
    smmuv2_tlb_finalize(&SMMUV2(obj)->tlb);
}

static const VMStateDescription
    vmstate_smmuv2_context = { .name = TYPE_SMMUV2 "/context",
                               .version_id = 1,
                               .minimum_version_id = 1,
                               .fields = (const VMStateField[]){
                                   VMSTATE_UINT32(cbar, SMMUv2Context),
                                   VMSTATE_UINT32(cba2r, SMMUv2Context),
                                   VMSTATE_UINT32(cbfrsynra, SMMUv2Context),
                                   VMSTATE_UINT32(sctlr, SMMUv2Context),
                                   VMSTATE_UINT32(actlr, SMMUv2Context),
                                   VMSTATE_UINT32(tcr, SMMUv2Context),
                                   VMSTATE_UINT32(tcr2, SMMUv2Context),
                                   VMSTATE_UINT32(contextidr, SMMUv2Context),
                                   VMSTATE_UINT32_ARRAY(mair, SMMUv2Context, 2),
                                   VMSTATE_UINT32(fsr, SMMUv2Context),
                                   VMSTATE_UINT32(fsynr0, SMMUv2Context),
                                   VMSTATE_UINT64_ARRAY(ttbr, SMMUv2Context, 2),
                                   VMSTATE_UINT64(far, SMMUv2Context),
                                   VMSTATE_END_OF_LIST(),
                               } };

static const VMStateDescription vmstate_smmuv2 = {
    .name = TYPE_SMMUV2,
    .version_id = 1,
    .minimum_version_id = 1,
    .post_load = smmuv2_post_load,
    .fields =
        (const VMStateField[]){
            VMSTATE_UINT32(scr0, SMMUv2State),
            VMSTATE_UINT32(sacr, SMMUv2State),
            VMSTATE_UINT32(sgfsr, SMMUv2State),
            VMSTATE_UINT32(sgfsynr0, SMMUv2State),
            VMSTATE_UINT32(sgfsynr1, SMMUv2State),
            VMSTATE_UINT64(sgfar, SMMUv2State),
            VMSTATE_UINT32_ARRAY(smr, SMMUv2State, SMMUV2_GROUPS),
            VMSTATE_UINT32_ARRAY(s2cr, SMMUv2State, SMMUV2_GROUPS),
            VMSTATE_STRUCT_ARRAY(ctx, SMMUv2State, SMMUV2_CONTEXTS, 1,
                                 vmstate_smmuv2_context, SMMUv2Context),
            VMSTATE_END_OF_LIST(),
        }
};

static const Property smmuv2_properties[] = {
    DEFINE_PROP_STRING("name", SMMUv2State, name),
};

static void smmuv2_class_init(ObjectClass *klass, void *data)
{
    DeviceClass *dc = DEVICE_CLASS(klass);

    RESETTABLE_CLASS(klass)->phases.hold = smmuv2_reset_hold;
    dc->realize = smmuv2_realize;
    dc->vmsd = &vmstate_smmuv2;
    dc->desc = "Arm SMMUv2 (MMU-500)";
    device_class_set_props(dc, smmuv2_properties);
}

static const TypeInfo smmuv2_types[] = {
    {
        .name = TYPE_SMMUV2,
        .parent = TYPE_SYS_BUS_DEVICE,
        .instance_size = sizeof(SMMUv2State),
        .instance_init = smmuv2_init,
        .instance_finalize = smmuv2_finalize,
        .class_init = smmuv2_class_init,
    },
};

DEFINE_TYPES(smmuv2_types)
