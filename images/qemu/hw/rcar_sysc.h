/*
 * R-Car H3 power domains and pins: SYSC, PFC
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef HW_DMASPEC_RCAR_SYSC_H
#define HW_DMASPEC_RCAR_SYSC_H

#include "hw/sysbus.h"
#include "qom/object.h"

#define TYPE_RCAR_SYSC "rcar-sysc"
OBJECT_DECLARE_SIMPLE_TYPE(RCarSYSCState, RCAR_SYSC)

#define RCAR_SYSC_MMIO_SIZE 0x400

struct RCarSYSCState {
    SysBusDevice parent_obj;

    MemoryRegion mmio;
    uint32_t regs[RCAR_SYSC_MMIO_SIZE / 4];
};

#define TYPE_RCAR_PFC "rcar-pfc"
OBJECT_DECLARE_SIMPLE_TYPE(RCarPFCState, RCAR_PFC)

/* The device tree's 0x50c, rounded up. */
#define RCAR_PFC_MMIO_SIZE 0x600

struct RCarPFCState {
    SysBusDevice parent_obj;

    MemoryRegion mmio;
    uint32_t regs[RCAR_PFC_MMIO_SIZE / 4];
};

#endif
