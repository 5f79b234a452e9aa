/*
 * R-Car H3 power domains and pins: SYSC, PFC
 *
 * A power request is done by the time the write returns. A domain that is
 * off stops no device of ours.
 *
 * Sources: drivers/soc/renesas/rcar-sysc.c (registers, polling),
 * r8a7795-sysc.c (domains), include/dt-bindings/power/r8a7795-sysc.h
 * (interrupt bits); drivers/pinctrl/renesas/core.c (PMMR).
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "qemu/log.h"
#include "hw/registerfields.h"
#include "migration/vmstate.h"
#include "rcar_sysc.h"

/* clang-format off */
REG32(SYSCSR, 0x00)             /* status: ready for requests */
    FIELD(SYSCSR, POFFENB, 0, 1)
    FIELD(SYSCSR, PONENB, 1, 1)
REG32(SYSCISR, 0x04)            /* interrupt status: request completed */
REG32(SYSCISCR, 0x08)           /* interrupt status clear */
REG32(SYSCIER, 0x0c)            /* interrupt enable: storage */
REG32(SYSCIMR, 0x10)            /* interrupt mask: storage; no line wired */
/* clang-format on */

/* In each domain's block (rcar-sysc.c: PWR*_OFFS). */
enum {
    PWRSR = 0x00,    /* status: 1 is off */
    PWROFFCR = 0x04, /* shutoff request */
    PWRONCR = 0x0c,  /* resume request */
};

typedef struct RCarPowerDomain {
    uint16_t block;
    uint8_t bit;
    uint8_t isr;
    bool on; /* when the firmware is done */
} RCarPowerDomain;

static const RCarPowerDomain rcar_domains[] = {
    { 0x080, 0, 0, true }, /* ca57-cpu0 to 3 */
    { 0x080, 1, 1, true },   { 0x080, 2, 2, true },   { 0x080, 3, 3, true },
    { 0x1c0, 0, 12, true }, /* ca57-scu */
    { 0x200, 0, 5, false }, /* ca53-cpu0 to 3 */
    { 0x200, 1, 6, false },  { 0x200, 2, 7, false },  { 0x200, 3, 8, false },
    { 0x140, 0, 21, false }, /* ca53-scu */
    { 0x340, 0, 9, false },  /* a3vp */
    { 0x240, 0, 13, false }, /* cr7 */
    { 0x380, 0, 14, false }, /* a3vc */
    { 0x3c0, 1, 26, false }, /* a2vc1 */
    { 0x100, 0, 17, false }, /* 3dg-a to 3dg-e */
    { 0x100, 1, 18, false }, { 0x100, 2, 19, false }, { 0x100, 3, 20, false },
    { 0x100, 4, 22, false }, { 0x180, 0, 24, false }, /* a3ir */
};

static uint64_t rcar_sysc_read(void *opaque, hwaddr addr, unsigned size)
{
    RCarSYSCState *s = opaque;

    if (addr == A_SYSCSR) {
        return R_SYSCSR_POFFENB_MASK | R_SYSCSR_PONENB_MASK;
    }
    return s->regs[addr / 4];
}

static void rcar_sysc_write(void *opaque, hwaddr addr, uint64_t val,
                            unsigned size)
{
    RCarSYSCState *s = opaque;

    switch (addr) {
    case A_SYSCSR:
    case A_SYSCISR:
        qemu_log_mask(LOG_GUEST_ERROR,
                      "rcar_sysc: write to read-only register 0x%" HWADDR_PRIx
                      "\n",
                      addr);
        return;
    case A_SYSCISCR:
        s->regs[R_SYSCISR] &= ~val;
        return;
    default:
        break;
    }

    for (int i = 0; i < ARRAY_SIZE(rcar_domains); i++) {
        const RCarPowerDomain *d = &rcar_domains[i];
        uint32_t mask = 1u << d->bit;

        if (!(val & mask)) {
            continue;
        }
        if (addr == d->block + PWROFFCR) {
            s->regs[(d->block + PWRSR) / 4] |= mask;
            s->regs[R_SYSCISR] |= 1u << d->isr;
        } else if (addr == d->block + PWRONCR) {
            s->regs[(d->block + PWRSR) / 4] &= ~mask;
            s->regs[R_SYSCISR] |= 1u << d->isr;
        }
    }

    if (addr == A_SYSCIER || addr == A_SYSCIMR) {
        s->regs[addr / 4] = val;
    }
}

static const MemoryRegionOps rcar_sysc_ops = {
    .read = rcar_sysc_read,
    .write = rcar_sysc_write,
    .endianness = DEVICE_LITTLE_ENDIAN,
    .valid = { .min_access_size = 4, .max_access_size = 4 },
};

static void rcar_sysc_reset_hold(Object *obj, ResetType type)
{
    RCarSYSCState *s = RCAR_SYSC(obj);

    memset(s->regs, 0, sizeof(s->regs));
    for (int i = 0; i < ARRAY_SIZE(rcar_domains); i++) {
        const RCarPowerDomain *d = &rcar_domains[i];

        if (!d->on) {
            s->regs[(d->block + PWRSR) / 4] |= 1u << d->bit;
        }
    }
}

static void rcar_sysc_init(Object *obj)
{
    RCarSYSCState *s = RCAR_SYSC(obj);

    memory_region_init_io(&s->mmio, obj, &rcar_sysc_ops, s, TYPE_RCAR_SYSC,
                          RCAR_SYSC_MMIO_SIZE);
    sysbus_init_mmio(SYS_BUS_DEVICE(obj), &s->mmio);
}

static const VMStateDescription vmstate_rcar_sysc = {
    .name = TYPE_RCAR_SYSC,
    .version_id = 1,
    .minimum_version_id = 1,
    .fields =
        (const VMStateField[]){
            VMSTATE_UINT32_ARRAY(regs, RCarSYSCState, RCAR_SYSC_MMIO_SIZE / 4),
            VMSTATE_END_OF_LIST(),
        }
};

static void rcar_sysc_class_init(ObjectClass *klass, void *data)
{
    DeviceClass *dc = DEVICE_CLASS(klass);

    RESETTABLE_CLASS(klass)->phases.hold = rcar_sysc_reset_hold;
    dc->vmsd = &vmstate_rcar_sysc;
    dc->desc = "R-Car H3 SYSC";
}

/*
 * PFC: pin registers are storage behind a lock. A register takes a write
 * only if PMMR was written just before with the value's complement.
 */
REG32(PMMR, 0x00)

static uint64_t rcar_pfc_read(void *opaque, hwaddr addr, unsigned size)
{
    RCarPFCState *s = opaque;

    return s->regs[addr / 4];
}

static void rcar_pfc_write(void *opaque, hwaddr addr, uint64_t val,
                           unsigned size)
{
    RCarPFCState *s = opaque;

    if (addr == A_PMMR) {
        s->regs[R_PMMR] = val;
        return;
    }
    if (s->regs[R_PMMR] != (uint32_t)~val) {
        qemu_log_mask(LOG_GUEST_ERROR,
                      "rcar_pfc: write to 0x%" HWADDR_PRIx
                      " without its complement in PMMR\n",
                      addr);
        return;
    }
    s->regs[addr / 4] = val;
    s->regs[R_PMMR] = 0;
}

static const MemoryRegionOps rcar_pfc_ops = {
    .read = rcar_pfc_read,
    .write = rcar_pfc_write,
    .endianness = DEVICE_LITTLE_ENDIAN,
    .valid = { .min_access_size = 4, .max_access_size = 4 },
};

static void rcar_pfc_reset_hold(Object *obj, ResetType type)
{
    RCarPFCState *s = RCAR_PFC(obj);

    memset(s->regs, 0, sizeof(s->regs));
}

static void rcar_pfc_init(Object *obj)
{
    RCarPFCState *s = RCAR_PFC(obj);

    memory_region_init_io(&s->mmio, obj, &rcar_pfc_ops, s, TYPE_RCAR_PFC,
                          RCAR_PFC_MMIO_SIZE);
    sysbus_init_mmio(SYS_BUS_DEVICE(obj), &s->mmio);
}

static const VMStateDescription vmstate_rcar_pfc = {
    .name = TYPE_RCAR_PFC,
    .version_id = 1,
    .minimum_version_id = 1,
    .fields =
        (const VMStateField[]){
            VMSTATE_UINT32_ARRAY(regs, RCarPFCState, RCAR_PFC_MMIO_SIZE / 4),
            VMSTATE_END_OF_LIST(),
        }
};

static void rcar_pfc_class_init(ObjectClass *klass, void *data)
{
    DeviceClass *dc = DEVICE_CLASS(klass);

    RESETTABLE_CLASS(klass)->phases.hold = rcar_pfc_reset_hold;
    dc->vmsd = &vmstate_rcar_pfc;
    dc->desc = "R-Car H3 PFC";
}

static const TypeInfo rcar_sysc_types[] = {
    {
        .name = TYPE_RCAR_SYSC,
        .parent = TYPE_SYS_BUS_DEVICE,
        .instance_size = sizeof(RCarSYSCState),
        .instance_init = rcar_sysc_init,
        .class_init = rcar_sysc_class_init,
    },
    {
        .name = TYPE_RCAR_PFC,
        .parent = TYPE_SYS_BUS_DEVICE,
        .instance_size = sizeof(RCarPFCState),
        .instance_init = rcar_pfc_init,
        .class_init = rcar_pfc_class_init,
    },
};

DEFINE_TYPES(rcar_sysc_types)
