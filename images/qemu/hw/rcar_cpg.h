/*
 * R-Car H3 clocks, resets and identification: CPG/MSSR, RST, PRR
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef HW_DMASPEC_RCAR_CPG_H
#define HW_DMASPEC_RCAR_CPG_H

#include "hw/sysbus.h"
#include "qom/object.h"

#define TYPE_RCAR_CPG "rcar-cpg"
OBJECT_DECLARE_SIMPLE_TYPE(RCarCPGState, RCAR_CPG)

#define RCAR_CPG_MMIO_SIZE 0x1000

struct RCarCPGState {
    SysBusDevice parent_obj;

    MemoryRegion mmio;
    uint32_t regs[RCAR_CPG_MMIO_SIZE / 4];
};

#define TYPE_RCAR_RST "rcar-rst"
OBJECT_DECLARE_SIMPLE_TYPE(RCarRSTState, RCAR_RST)

#define RCAR_RST_MMIO_SIZE 0x200

struct RCarRSTState {
    SysBusDevice parent_obj;

    MemoryRegion mmio;
    uint32_t regs[RCAR_RST_MMIO_SIZE / 4];
    uint32_t mode_pins;
};

#define TYPE_RCAR_PRR "rcar-prr"
OBJECT_DECLARE_SIMPLE_TYPE(RCarPRRState, RCAR_PRR)

struct RCarPRRState {
    SysBusDevice parent_obj;

    MemoryRegion mmio;
    uint32_t product;
};

#endif
