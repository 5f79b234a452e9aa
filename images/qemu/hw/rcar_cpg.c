/*
 * R-Car H3 clocks, resets and identification: CPG/MSSR, RST, PRR
 *
 * As much as Linux polls. No clock of ours ever stops a device, and a module
 * reset resets nothing: what a driver reads back is what it asked for.
 *
 * Sources: drivers/clk/renesas/renesas-cpg-mssr.c (module stop and reset
 * register offsets), rcar-gen3-cpg.c (PLLs, Z clocks), r8a7795-cpg-mssr.c
 * (mode pins), drivers/soc/renesas/rcar-rst.c, renesas-soc.c; the manual's
 * CPG, RST and PRR sections for the names.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "qemu/log.h"
#include "hw/qdev-properties.h"
#include "hw/registerfields.h"
#include "migration/vmstate.h"
#include "rcar_cpg.h"

/* clang-format off */
REG32(FRQCRB, 0x004)            /* frequency control B */
    FIELD(FRQCRB, KICK, 31, 1)  /* apply FRQCRC; reads 0 once done */
REG32(PLL2CR, 0x02c)
REG32(PLLECR, 0x0d0)            /* PLL enable and status */
    FIELD(PLLECR, PLLST, 8, 5)  /* each PLL is stable */
REG32(PLL0CR, 0x0d8)
    FIELD(PLL0CR, STC, 24, 7)   /* multiplier: (STC + 1) × 2 × EXTAL */
REG32(PLL4CR, 0x1f4)
REG32(RPCCKCR, 0x238)           /* RPC clock: DIV in 2:0, source in 4:3 */
/* clang-format on */

/*
 * EXTAL is 16.64 MHz on Salvator-XS: 90 × 2 × EXTAL is about 3.0 GHz, twice
 * the 1.5 GHz of the Cortex-A57s.
 */
#define PLL_STC_RESET 0x59

/*
 * What the loader leaves for an 80 MHz RPC; 0 would be a division by zero
 * (rcar-gen3-cpg.c: cpg_rpcsrc_div_table).
 */
#define RPCCKCR_RESET 0x17

/* SCIF2 (3·10) and INTC-AP (4·08) are running when the firmware is done. */
#define SMSTPCR3_SCIF2 (1u << 10)
#define SMSTPCR4_INTC_AP (1u << 8)

/* Module stop and software reset, for each group of 32 modules. */
typedef struct RCarModuleRegs {
    uint16_t smstpcr; /* control: 1 stops the module's clock */
    uint16_t mstpsr;  /* status, follows control at once */
    uint16_t srcr;    /* software reset: 1 asserts */
    uint16_t srstclr; /* writing 1 clears the bit in SRCR */
    uint32_t running; /* when the firmware is done */
} RCarModuleRegs;

/* clang-format off */
static const RCarModuleRegs rcar_modules[] = {
    { 0x130, 0x030, 0x0a0, 0x940 },
    { 0x134, 0x038, 0x0a8, 0x944 },
    { 0x138, 0x040, 0x0b0, 0x948 },
    { 0x13c, 0x048, 0x0b8, 0x94c, SMSTPCR3_SCIF2 },
    { 0x140, 0x04c, 0x0bc, 0x950, SMSTPCR4_INTC_AP },
    { 0x144, 0x03c, 0x0c4, 0x954 },
    { 0x148, 0x1c0, 0x1c8, 0x958 },
    { 0x14c, 0x1c4, 0x1cc, 0x95c },
    { 0x990, 0x9a0, 0x920, 0x960 },
    { 0x994, 0x9a4, 0x924, 0x964 },
    { 0x998, 0x9a8, 0x928, 0x968 },
    { 0x99c, 0x9ac, 0x92c, 0x96c },
};
/* clang-format on */

static uint64_t rcar_cpg_read(void *opaque, hwaddr addr, unsigned size)
{
    RCarCPGState *s = opaque;

    return s->regs[addr / 4];
}

static void rcar_cpg_write(void *opaque, hwaddr addr, uint64_t val,
                           unsigned size)
{
    RCarCPGState *s = opaque;

    for (int i = 0; i < ARRAY_SIZE(rcar_modules); i++) {
        const RCarModuleRegs *m = &rcar_modules[i];

        if (addr == m->mstpsr) {
            qemu_log_mask(LOG_GUEST_ERROR, "rcar_cpg: MSTPSR%d is read only\n",
                          i);
            return;
        }
        if (addr == m->smstpcr) {
            s->regs[m->mstpsr / 4] = val;
            break;
        }
        if (addr == m->srstclr) {
            s->regs[m->srcr / 4] &= ~val;
            return;
        }
    }

    switch (addr) {
    case A_FRQCRB:
        val &= ~R_FRQCRB_KICK_MASK;
        break;
    case A_PLLECR:
        val |= R_PLLECR_PLLST_MASK;
        break;
    default:
        break;
    }
    s->regs[addr / 4] = val;
}

static const MemoryRegionOps rcar_cpg_ops = {
    .read = rcar_cpg_read,
    .write = rcar_cpg_write,
    .endianness = DEVICE_LITTLE_ENDIAN,
    .valid = { .min_access_size = 4, .max_access_size = 4 },
};

static void rcar_cpg_reset_hold(Object *obj, ResetType type)
{
    RCarCPGState *s = RCAR_CPG(obj);
    uint32_t pllcr = FIELD_DP32(0, PLL0CR, STC, PLL_STC_RESET);

    memset(s->regs, 0, sizeof(s->regs));
    for (int i = 0; i < ARRAY_SIZE(rcar_modules); i++) {
        uint32_t running = rcar_modules[i].running;

        s->regs[rcar_modules[i].smstpcr / 4] = ~running;
        s->regs[rcar_modules[i].mstpsr / 4] = ~running;
    }
    s->regs[R_PLL0CR] = pllcr;
    s->regs[R_PLL2CR] = pllcr;
    s->regs[R_PLL4CR] = pllcr;
    s->regs[R_PLLECR] = R_PLLECR_PLLST_MASK;
    s->regs[R_RPCCKCR] = RPCCKCR_RESET;
}

static void rcar_cpg_init(Object *obj)
{
    RCarCPGState *s = RCAR_CPG(obj);

    memory_region_init_io(&s->mmio, obj, &rcar_cpg_ops, s, TYPE_RCAR_CPG,
                          RCAR_CPG_MMIO_SIZE);
    sysbus_init_mmio(SYS_BUS_DEVICE(obj), &s->mmio);
}

static const VMStateDescription vmstate_rcar_cpg = {
    .name = TYPE_RCAR_CPG,
    .version_id = 1,
    .minimum_version_id = 1,
    .fields =
        (const VMStateField[]){
            VMSTATE_UINT32_ARRAY(regs, RCarCPGState, RCAR_CPG_MMIO_SIZE / 4),
            VMSTATE_END_OF_LIST(),
        }
};

static void rcar_cpg_class_init(ObjectClass *klass, void *data)
{
    DeviceClass *dc = DEVICE_CLASS(klass);

    RESETTABLE_CLASS(klass)->phases.hold = rcar_cpg_reset_hold;
    dc->vmsd = &vmstate_rcar_cpg;
    dc->desc = "R-Car H3 CPG/MSSR";
}

/*
 * RST: the mode pins that the board straps, and the R7's boot address.
 */
REG32(MODEMR, 0x60)

static uint64_t rcar_rst_read(void *opaque, hwaddr addr, unsigned size)
{
    RCarRSTState *s = opaque;

    return addr == A_MODEMR ? s->mode_pins : s->regs[addr / 4];
}

static void rcar_rst_write(void *opaque, hwaddr addr, uint64_t val,
                           unsigned size)
{
    RCarRSTState *s = opaque;

    if (addr == A_MODEMR) {
        qemu_log_mask(LOG_GUEST_ERROR, "rcar_rst: MODEMR is read only\n");
        return;
    }
    s->regs[addr / 4] = val;
}

static const MemoryRegionOps rcar_rst_ops = {
    .read = rcar_rst_read,
    .write = rcar_rst_write,
    .endianness = DEVICE_LITTLE_ENDIAN,
    .valid = { .min_access_size = 4, .max_access_size = 4 },
};

static void rcar_rst_reset_hold(Object *obj, ResetType type)
{
    RCarRSTState *s = RCAR_RST(obj);

    memset(s->regs, 0, sizeof(s->regs));
}

static void rcar_rst_init(Object *obj)
{
    RCarRSTState *s = RCAR_RST(obj);

    memory_region_init_io(&s->mmio, obj, &rcar_rst_ops, s, TYPE_RCAR_RST,
                          RCAR_RST_MMIO_SIZE);
    sysbus_init_mmio(SYS_BUS_DEVICE(obj), &s->mmio);
}

static const VMStateDescription vmstate_rcar_rst = {
    .name = TYPE_RCAR_RST,
    .version_id = 1,
    .minimum_version_id = 1,
    .fields =
        (const VMStateField[]){
            VMSTATE_UINT32_ARRAY(regs, RCarRSTState, RCAR_RST_MMIO_SIZE / 4),
            VMSTATE_END_OF_LIST(),
        }
};

static const Property rcar_rst_properties[] = {
    /*
     * MD14 = MD13 = 0: EXTAL is 16.66 MHz; MD19 = MD17 = 0: DDR3200
     * (r8a7795-cpg-mssr.c: cpg_pll_configs[0]).
     */
    DEFINE_PROP_UINT32("mode-pins", RCarRSTState, mode_pins, 0),
};

static void rcar_rst_class_init(ObjectClass *klass, void *data)
{
    DeviceClass *dc = DEVICE_CLASS(klass);

    RESETTABLE_CLASS(klass)->phases.hold = rcar_rst_reset_hold;
    dc->vmsd = &vmstate_rcar_rst;
    dc->desc = "R-Car H3 RST";
    device_class_set_props(dc, rcar_rst_properties);
}

/*
 * PRR: one word. Linux reads the SoC in 14:8 and the revision in 7:0
 * (renesas-soc.c: eshi = 7:4 + 1, eslo = 3:0).
 */
static uint64_t rcar_prr_read(void *opaque, hwaddr addr, unsigned size)
{
    RCarPRRState *s = opaque;

    return s->product;
}

static void rcar_prr_write(void *opaque, hwaddr addr, uint64_t val,
                           unsigned size)
{
    qemu_log_mask(LOG_GUEST_ERROR, "rcar_prr: PRR is read only\n");
}

static const MemoryRegionOps rcar_prr_ops = {
    .read = rcar_prr_read,
    .write = rcar_prr_write,
    .endianness = DEVICE_LITTLE_ENDIAN,
    .valid = { .min_access_size = 4, .max_access_size = 4 },
};

static void rcar_prr_init(Object *obj)
{
    RCarPRRState *s = RCAR_PRR(obj);

    memory_region_init_io(&s->mmio, obj, &rcar_prr_ops, s, TYPE_RCAR_PRR, 4);
    sysbus_init_mmio(SYS_BUS_DEVICE(obj), &s->mmio);
}

static const Property rcar_prr_properties[] = {
    /* 0x4f is H3, 0x20 is ES3.0. */
    DEFINE_PROP_UINT32("product", RCarPRRState, product, 0x4f20),
};

static void rcar_prr_class_init(ObjectClass *klass, void *data)
{
    DeviceClass *dc = DEVICE_CLASS(klass);

    dc->desc = "R-Car Product Register";
    device_class_set_props(dc, rcar_prr_properties);
}

static const TypeInfo rcar_cpg_types[] = {
    {
        .name = TYPE_RCAR_CPG,
        .parent = TYPE_SYS_BUS_DEVICE,
        .instance_size = sizeof(RCarCPGState),
        .instance_init = rcar_cpg_init,
        .class_init = rcar_cpg_class_init,
    },
    {
        .name = TYPE_RCAR_RST,
        .parent = TYPE_SYS_BUS_DEVICE,
        .instance_size = sizeof(RCarRSTState),
        .instance_init = rcar_rst_init,
        .class_init = rcar_rst_class_init,
    },
    {
        .name = TYPE_RCAR_PRR,
        .parent = TYPE_SYS_BUS_DEVICE,
        .instance_size = sizeof(RCarPRRState),
        .instance_init = rcar_prr_init,
        .class_init = rcar_prr_class_init,
    },
};

DEFINE_TYPES(rcar_cpg_types)
