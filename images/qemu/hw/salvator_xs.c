/*
 * Renesas Salvator-XS board with R-Car H3 ES3.0 (r8a77951)
 *
 * The machine stands where the board's firmware hands over to Linux: it runs
 * the kernel's own device tree and, as U-Boot does, fills in memory, command
 * line and initrd. PSCI is QEMU's.
 *
 * Addresses and interrupts: arch/arm64/boot/dts/renesas/r8a77951.dtsi (v5.10
 * to v7.3; r8a7795.dtsi before) and salvator-xs.dtsi; the SoC's memory map in
 * the R-Car Gen3 hardware manual. What of a device is modelled says its file.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "qapi/error.h"
#include "qemu/error-report.h"
#include "qemu/units.h"
#include "exec/address-spaces.h"
#include "hw/arm/bsa.h"
#include "hw/arm/boot.h"
#include "hw/boards.h"
#include "hw/intc/arm_gic.h"
#include "hw/loader.h"
#include "hw/misc/unimp.h"
#include "hw/qdev-properties.h"
#include "system/blockdev.h"
#include "system/device_tree.h"
#include "system/system.h"
#include "target/arm/cpu.h"
#include "target/arm/cpu-qom.h"
#include "target/arm/gtimer.h"
#include "dmaprobe.h"
#include "rcar_cpg.h"
#include "rcar_ipmmu.h"
#include "rcar_sata.h"
#include "rcar_scif.h"
#include "rcar_sysc.h"
#include "rcar_trace.h"
#include "smmuv2.h"
#include <libfdt.h>

#define TYPE_SALVATOR_XS_MACHINE MACHINE_TYPE_NAME("salvator-xs")
OBJECT_DECLARE_SIMPLE_TYPE(SalvatorXSState, SALVATOR_XS_MACHINE)

/* r8a77951.dtsi: GIC_SPI numbers */
enum {
    SPI_SATA = 105,
    SPI_SCIF2 = 164,
    SPI_IPMMU_MM = 196, /* the second, 197, is for the secure bank */
    SPI_VIRTIO = 446,   /* 446 to 453 are no device's, 454 to 460 neither */
};

/* Ours, for overlays: no device's. */
enum {
    SPI_SMMU_GLOBAL = 462,
    SPI_SMMU_CONTEXT = 463, /* of all its context banks */
};

/* GIC-400 has at most 480 shared interrupts. */
#define NUM_SPI 480
#define NUM_IRQ (NUM_SPI + GIC_INTERNAL)

enum {
    CPG_BASE = 0xe6150000,
    RST_BASE = 0xe6160000,
    SYSC_BASE = 0xe6180000,
    PFC_BASE = 0xe6060000,
    SCIF2_BASE = 0xe6e88000,
    VIRTIO_BASE = 0xea000000, /* no device's; ours, for overlays */
    SMMU_BASE = 0xea200000,   /* ours as well */
    SATA_BASE = 0xee300000,
    GICD_BASE = 0xf1010000,
    GICC_BASE = 0xf1020000,
    GICH_BASE = 0xf1040000,
    GICV_BASE = 0xf1060000,
    PRR_BASE = 0xfff00044,
};

#define NUM_VIRTIO 8
#define VIRTIO_SLOT_SIZE 0x200

/* The SoC's peripherals: what is not modelled is logged. */
#define SOC_BASE 0xe6000000
#define SOC_SIZE 0x1a000000

/*
 * DRAM: four banks (salvator-xs.dts: memory@48000000, @500000000, @600000000,
 * @700000000), each of 1 GiB on the 4 GiB board and of 2 GiB on the 8 GiB one.
 * The first 128 MiB are the secure world's; Linux starts behind them.
 */
#define DRAM_BANKS 4
#define SECURE_SIZE (128 * MiB)
#define RAM_MIN (256 * MiB)

static const hwaddr dram_base[DRAM_BANKS] = {
    0x40000000,
    0x500000000,
    0x600000000,
    0x700000000,
};

/* GIC-400's page aliases: each 4 KiB page answers in all of its 64 KiB. */
#define GIC_ALIASES 16

typedef struct SalvatorXSBank {
    hwaddr base;
    uint64_t size;
    MemoryRegion mr;
} SalvatorXSBank;

struct SalvatorXSState {
    MachineState parent_obj;

    struct arm_boot_info bootinfo;
    char *device_trace;

    SalvatorXSBank banks[DRAM_BANKS];
    MemoryRegion gic_alias[6 * GIC_ALIASES];
    DeviceState *gic;
    RCarIPMMUState *ipmmu_mm;
    SMMUv2State *smmu;
    RCarSATAState *sata;
};

/* r8a77951.dtsi, iommu@…: the names are Linux's device names. */
static const hwaddr ipmmu_leaves[] = {
    0xe6740000, /* ds0 */
    0xe7740000, /* ds1 */
    0xe6570000, /* hc */
    0xff8b0000, /* ir */
    0xec670000, /* mp0 */
    0xfd800000, /* pv0 */
    0xfd950000, /* pv1 */
    0xfd960000, /* pv2 */
    0xfd970000, /* pv3 */
    0xffc80000, /* rt */
    0xfe6b0000, /* vc0 */
    0xfe6f0000, /* vc1 */
    0xfebd0000, /* vi0 */
    0xfebe0000, /* vi1 */
    0xfe990000, /* vp0 */
    0xfe980000, /* vp1 */
};
#define IPMMU_MM_BASE 0xe67b0000
#define IPMMU_HC_BASE 0xe6570000
#define IPMMU_HC_UTLB_SATA 2
#define SMMU_STREAM_DMAPROBE 0x10
#define IPMMU_HC_UTLB_DMAPROBE 8 /* no device's; ours */

/* Memory */

/* The board's split: banks of 1 GiB up to 4 GiB, of 2 GiB above. */
static void salvator_xs_split_ram(SalvatorXSState *s)
{
    uint64_t left = MACHINE(s)->ram_size;
    uint64_t bank_size = left > DRAM_BANKS * GiB ? 2 * GiB : 1 * GiB;

    if (left < RAM_MIN || left > DRAM_BANKS * 2 * GiB || left % MiB) {
        error_report("salvator-xs has 256 MiB to 8 GiB of RAM, in whole MiB");
        exit(EXIT_FAILURE);
    }
    for (int i = 0; i < DRAM_BANKS; i++) {
        s->banks[i].base = dram_base[i];
        s->banks[i].size = MIN(left, bank_size);
        left -= s->banks[i].size;
    }
}

static void salvator_xs_create_ram(SalvatorXSState *s)
{
    uint64_t offset = 0;

    for (int i = 0; i < DRAM_BANKS && s->banks[i].size; i++) {
        SalvatorXSBank *bank = &s->banks[i];
        g_autofree char *name = g_strdup_printf("dram%d", i);

        memory_region_init_alias(&bank->mr, OBJECT(s), name, MACHINE(s)->ram,
                                 offset, bank->size);
        memory_region_add_subregion(get_system_memory(), bank->base, &bank->mr);
        offset += bank->size;
    }
}

/* arm_load_dtb() has written the first bank; the others are left to us. */
static void salvator_xs_modify_dtb(const struct arm_boot_info *info, void *fdt)
{
    SalvatorXSState *s = container_of(info, SalvatorXSState, bootinfo);

    for (int i = 1; i < DRAM_BANKS && s->banks[i].size; i++) {
        g_autofree char *node = g_strdup_printf("/memory@%" HWADDR_PRIx,
                                                s->banks[i].base);

        qemu_fdt_add_subnode(fdt, node);
        qemu_fdt_setprop_string(fdt, node, "device_type", "memory");
        qemu_fdt_setprop_sized_cells(fdt, node, "reg", 2, s->banks[i].base, 2,
                                     s->banks[i].size);
    }
}

/* Processors and interrupts */

static void salvator_xs_create_cpus(SalvatorXSState *s)
{
    MachineState *ms = MACHINE(s);

    for (int i = 0; i < ms->smp.cpus; i++) {
        Object *cpu = object_new(ms->cpu_type);

        /* Linux is entered in EL2, as the board's firmware does. */
        object_property_set_bool(cpu, "has_el3", false, &error_abort);
        object_property_set_int(cpu, "reset-cbar", GICD_BASE & ~0xffff,
                                &error_abort);
        qdev_realize(DEVICE(cpu), NULL, &error_fatal);
        object_unref(cpu);
    }
}

/* Each page of @region answers in all of its 64 KiB, as GIC-400's do. */
static void salvator_xs_alias_gic(SalvatorXSState *s, int region, hwaddr base,
                                  int pages, MemoryRegion **alias)
{
    MemoryRegion *mr = sysbus_mmio_get_region(SYS_BUS_DEVICE(s->gic), region);

    for (int i = 0; i < pages * GIC_ALIASES; i++, (*alias)++) {
        memory_region_init_alias(*alias, OBJECT(s), "gic-alias", mr,
                                 i / GIC_ALIASES * 4 * KiB, 4 * KiB);
        memory_region_add_subregion(get_system_memory(), base + i * 4 * KiB,
                                    *alias);
    }
}

static void salvator_xs_create_gic(SalvatorXSState *s)
{
    unsigned cpus = MACHINE(s)->smp.cpus;
    /* The timer's outputs, and PPIs as the tree's timer node has them. */
    static const int timer_ppi[] = {
        [GTIMER_PHYS] = ARCH_TIMER_NS_EL1_IRQ,
        [GTIMER_VIRT] = ARCH_TIMER_VIRT_IRQ,
        [GTIMER_HYP] = ARCH_TIMER_NS_EL2_IRQ,
        [GTIMER_SEC] = ARCH_TIMER_S_EL1_IRQ,
    };
    MemoryRegion *alias = s->gic_alias;
    SysBusDevice *sbd;

    s->gic = qdev_new(TYPE_ARM_GIC);
    qdev_prop_set_uint32(s->gic, "num-cpu", cpus);
    qdev_prop_set_uint32(s->gic, "num-irq", NUM_IRQ);
    qdev_prop_set_uint32(s->gic, "revision", 2);
    qdev_prop_set_bit(s->gic, "has-virtualization-extensions", true);
    sbd = SYS_BUS_DEVICE(s->gic);
    sysbus_realize_and_unref(sbd, &error_fatal);
    sysbus_mmio_map(sbd, 0, GICD_BASE);
    salvator_xs_alias_gic(s, 1, GICC_BASE, 2, &alias);
    salvator_xs_alias_gic(s, 2, GICH_BASE, 1, &alias);
    salvator_xs_alias_gic(s, 3, GICV_BASE, 2, &alias);

    for (int i = 0; i < cpus; i++) {
        DeviceState *cpu = DEVICE(qemu_get_cpu(i));
        int ppi = NUM_SPI + i * GIC_INTERNAL;
        static const int outputs[] = {
            ARM_CPU_IRQ,
            ARM_CPU_FIQ,
            ARM_CPU_VIRQ,
            ARM_CPU_VFIQ,
        };

        for (int j = 0; j < ARRAY_SIZE(timer_ppi); j++) {
            qdev_connect_gpio_out(cpu, j,
                                  qdev_get_gpio_in(s->gic, ppi + timer_ppi[j]));
        }
        for (int j = 0; j < ARRAY_SIZE(outputs); j++) {
            sysbus_connect_irq(sbd, i + j * cpus,
                               qdev_get_gpio_in(cpu, outputs[j]));
        }
        sysbus_connect_irq(sbd, i + ARRAY_SIZE(outputs) * cpus,
                           qdev_get_gpio_in(s->gic, ppi + ARCH_GIC_MAINT_IRQ));
    }
}

/* Devices */

static SysBusDevice *salvator_xs_create(const char *type, hwaddr base)
{
    SysBusDevice *sbd = SYS_BUS_DEVICE(qdev_new(type));

    sysbus_realize_and_unref(sbd, &error_fatal);
    sysbus_mmio_map(sbd, 0, base);
    return sbd;
}

static void salvator_xs_connect(SalvatorXSState *s, SysBusDevice *sbd, int spi)
{
    sysbus_connect_irq(sbd, 0, qdev_get_gpio_in(s->gic, spi));
}

static RCarIPMMUState *salvator_xs_create_ipmmu(SalvatorXSState *s, hwaddr base)
{
    DeviceState *dev = qdev_new(TYPE_RCAR_IPMMU);
    g_autofree char *name = g_strdup_printf("%" HWADDR_PRIx ".iommu", base);
    g_autofree char *child = g_strdup_printf("ipmmu@%" HWADDR_PRIx, base);

    qdev_prop_set_string(dev, "name", name);
    if (s->ipmmu_mm) {
        object_property_set_link(OBJECT(dev), "main", OBJECT(s->ipmmu_mm),
                                 &error_abort);
    }
    object_property_add_child(OBJECT(s), child, OBJECT(dev));
    sysbus_realize_and_unref(SYS_BUS_DEVICE(dev), &error_fatal);
    sysbus_mmio_map(SYS_BUS_DEVICE(dev), 0, base);
    return RCAR_IPMMU(dev);
}

static RCarIPMMUState *salvator_xs_ipmmu_at(SalvatorXSState *s, hwaddr base)
{
    g_autofree char *child = g_strdup_printf("ipmmu@%" HWADDR_PRIx, base);
    Object *obj = object_resolve_path_component(OBJECT(s), child);

    return obj ? RCAR_IPMMU(obj) : NULL;
}

/* The IOMMU at @base, as the masters behind it see it. */
static RCarDMATranslator *salvator_xs_mmu_at(SalvatorXSState *s, hwaddr base)
{
    RCarIPMMUState *ipmmu = salvator_xs_ipmmu_at(s, base);

    if (base == SMMU_BASE) {
        return &s->smmu->translator;
    }
    return ipmmu ? &ipmmu->translator : NULL;
}

/* The first address in the node's reg; 0 if there is none. */
static hwaddr salvator_xs_node_base(const void *fdt, int node)
{
    int parent = fdt_parent_offset(fdt, node);
    int cells = parent < 0 ? 0 : fdt_address_cells(fdt, parent);
    const fdt32_t *reg;
    hwaddr base = 0;
    int len;

    reg = fdt_getprop(fdt, node, "reg", &len);
    if (!reg || cells <= 0 || len < cells * sizeof(*reg)) {
        return 0;
    }
    for (int i = 0; i < cells; i++) {
        base = base << 32 | fdt32_to_cpu(reg[i]);
    }
    return base;
}

/* An MMU-500, which the board doesn't have, for masters that overlays name. */
static void salvator_xs_create_smmu(SalvatorXSState *s)
{
    DeviceState *dev = qdev_new(TYPE_SMMUV2);

    s->smmu = SMMUV2(dev);
    qdev_prop_set_string(dev, "name", "ea200000.iommu");
    object_property_add_child(OBJECT(s), "smmu@ea200000", OBJECT(dev));
    sysbus_realize_and_unref(SYS_BUS_DEVICE(dev), &error_fatal);
    sysbus_mmio_map(SYS_BUS_DEVICE(dev), 0, SMMU_BASE);
    sysbus_connect_irq(SYS_BUS_DEVICE(dev), SMMUV2_IRQ_GLOBAL,
                       qdev_get_gpio_in(s->gic, SPI_SMMU_GLOBAL));
    sysbus_connect_irq(SYS_BUS_DEVICE(dev), SMMUV2_IRQ_CONTEXT,
                       qdev_get_gpio_in(s->gic, SPI_SMMU_CONTEXT));
}

/*
 * The micro-TLB that the device tree's `iommus` names, in the node of the
 * registers at @master, wherever that is: buses may be around it, as long as
 * they don't move its registers. A tree that names none leaves the SoC's own
 * wiring, and its driver leaves that uTLB switched off, so that addresses go
 * to memory as they are.
 */
static void salvator_xs_wire_dma(SalvatorXSState *s, hwaddr master,
                                 RCarDMAPort *port)
{
    const char *dtb = MACHINE(s)->dtb;
    g_autofree void *fdt = NULL;
    const fdt32_t *iommus;
    int size, len, node;
    hwaddr base;

    fdt = dtb ? load_device_tree(dtb, &size) : NULL;
    if (!fdt) {
        return;
    }
    node = fdt_next_node(fdt, -1, NULL);
    while (node >= 0 && (!fdt_getprop(fdt, node, "iommus", NULL) ||
                         salvator_xs_node_base(fdt, node) != master)) {
        node = fdt_next_node(fdt, node, NULL);
    }
    iommus = node < 0 ? NULL : fdt_getprop(fdt, node, "iommus", &len);
    if (!iommus || len < 2 * sizeof(*iommus)) {
        return;
    }
    node = fdt_node_offset_by_phandle(fdt, fdt32_to_cpu(iommus[0]));
    base = node < 0 ? 0 : salvator_xs_node_base(fdt, node);
    if (!base) {
        error_report("salvator-xs: %s: iommus of %s names no device", dtb,
                     port->master);
        exit(EXIT_FAILURE);
    }
    port->mmu = salvator_xs_mmu_at(s, base);
    port->stream = fdt32_to_cpu(iommus[1]);
    if (!port->mmu || port->stream >= port->mmu->streams) {
        error_report("salvator-xs: %s: iommus of %s: 0x%" HWADDR_PRIx
                     " has no micro-TLB %u",
                     dtb, port->master, base, port->stream);
        exit(EXIT_FAILURE);
    }
}

static void salvator_xs_create_sata(SalvatorXSState *s)
{
    DeviceState *dev = qdev_new(TYPE_RCAR_SATA);
    DriveInfo *disk = drive_get(IF_IDE, 0, 0);

    s->sata = RCAR_SATA(dev);
    s->sata->port = (RCarDMAPort){
        .master = "ee300000.sata",
        .mmu = salvator_xs_mmu_at(s, IPMMU_HC_BASE),
        .stream = IPMMU_HC_UTLB_SATA,
    };
    salvator_xs_wire_dma(s, SATA_BASE, &s->sata->port);
    sysbus_realize_and_unref(SYS_BUS_DEVICE(dev), &error_fatal);
    sysbus_mmio_map(SYS_BUS_DEVICE(dev), 0, SATA_BASE);
    salvator_xs_connect(s, SYS_BUS_DEVICE(dev), SPI_SATA);
    if (disk) {
        rcar_sata_create_drive(s->sata, disk);
    }
}

/*
 * The bus on which each dmaprobe sits. None is on the board; the windows are
 * hardware, and the overlays dts/dmaprobe-*.dtso tell them to the kernel.
 */
static const struct {
    const char *master;
    hwaddr base;
    int spi;
    hwaddr mmu; /* 0: none; else the tree's `iommus` may name another */
    uint32_t stream;
    RCarDMAWindow window; /* of size 0: none */
} dmaprobes[] = {
    {
        .master = "ea100000.dmaprobe",
        .base = 0xea100000,
        .spi = 454,
        .mmu = IPMMU_HC_BASE,
        .stream = IPMMU_HC_UTLB_DMAPROBE,
    },
    {
        .master = "ea110000.dmaprobe", /* the bare bus */
        .base = 0xea110000,
        .spi = 455,
    },
    {
        .master = "ea120000.dmaprobe", /* 32 address lines */
        .base = 0xea120000,
        .spi = 456,
        .window = { .size = 4 * GiB },
    },
    {
        .master = "ea130000.dmaprobe", /* addresses are moved */
        .base = 0xea130000,
        .spi = 457,
        .window = { .bus = 0x1000000000, .size = 32 * GiB },
    },
    {
        /* 30 lines to the first RAM: a Raspberry Pi 4's bus (bcm2711.dtsi) */
        .master = "ea140000.dmaprobe",
        .base = 0xea140000,
        .spi = 458,
        .window = { .phys = 0x40000000, .size = 1 * GiB },
    },
    {
        .master = "ea150000.dmaprobe", /* bare; its overlay says coherent */
        .base = 0xea150000,
        .spi = 459,
    },
    {
        .master = "ea160000.dmaprobe",
        .base = 0xea160000,
        .spi = 460,
        .mmu = SMMU_BASE,
        .stream = SMMU_STREAM_DMAPROBE,
    },
};

static void salvator_xs_create_dmaprobe(SalvatorXSState *s, int n)
{
    DeviceState *dev = qdev_new(TYPE_DMAPROBE);
    RCarDMAPort *port = &DMAPROBE(dev)->port;
    g_autofree char *child = g_strdup_printf("dmaprobe@%" HWADDR_PRIx,
                                             dmaprobes[n].base);

    *port = (RCarDMAPort){
        .master = dmaprobes[n].master,
        .window = dmaprobes[n].window.size ? &dmaprobes[n].window : NULL,
    };
    if (dmaprobes[n].mmu) {
        port->mmu = salvator_xs_mmu_at(s, dmaprobes[n].mmu);
        port->stream = dmaprobes[n].stream;
        salvator_xs_wire_dma(s, dmaprobes[n].base, port);
    }
    object_property_add_child(OBJECT(s), child, OBJECT(dev));
    sysbus_realize_and_unref(SYS_BUS_DEVICE(dev), &error_fatal);
    sysbus_mmio_map(SYS_BUS_DEVICE(dev), 0, dmaprobes[n].base);
    salvator_xs_connect(s, SYS_BUS_DEVICE(dev), dmaprobes[n].spi);
}

static void salvator_xs_create_scif2(SalvatorXSState *s)
{
    DeviceState *dev = qdev_new(TYPE_RCAR_SCIF);

    qdev_prop_set_chr(dev, "chardev", serial_hd(0));
    sysbus_realize_and_unref(SYS_BUS_DEVICE(dev), &error_fatal);
    sysbus_mmio_map(SYS_BUS_DEVICE(dev), 0, SCIF2_BASE);
    salvator_xs_connect(s, SYS_BUS_DEVICE(dev), SPI_SCIF2);
}

static void salvator_xs_create_devices(SalvatorXSState *s)
{
    create_unimplemented_device("rcar-h3", SOC_BASE, SOC_SIZE);

    salvator_xs_create(TYPE_RCAR_CPG, CPG_BASE);
    salvator_xs_create(TYPE_RCAR_RST, RST_BASE);
    salvator_xs_create(TYPE_RCAR_SYSC, SYSC_BASE);
    salvator_xs_create(TYPE_RCAR_PFC, PFC_BASE);
    salvator_xs_create(TYPE_RCAR_PRR, PRR_BASE);
    salvator_xs_create_scif2(s);

    s->ipmmu_mm = salvator_xs_create_ipmmu(s, IPMMU_MM_BASE);
    salvator_xs_connect(s, SYS_BUS_DEVICE(s->ipmmu_mm), SPI_IPMMU_MM);
    for (int i = 0; i < ARRAY_SIZE(ipmmu_leaves); i++) {
        salvator_xs_create_ipmmu(s, ipmmu_leaves[i]);
    }

    salvator_xs_create_smmu(s);
    salvator_xs_create_sata(s);
    for (int i = 0; i < ARRAY_SIZE(dmaprobes); i++) {
        salvator_xs_create_dmaprobe(s, i);
    }

    for (int i = 0; i < NUM_VIRTIO; i++) {
        sysbus_create_simple("virtio-mmio", VIRTIO_BASE + i * VIRTIO_SLOT_SIZE,
                             qdev_get_gpio_in(s->gic, SPI_VIRTIO + i));
    }
}

/* Machine */

static void salvator_xs_init(MachineState *machine)
{
    SalvatorXSState *s = SALVATOR_XS_MACHINE(machine);

    if (s->device_trace) {
        Error *err = NULL;

        if (!rcar_trace_open(s->device_trace, &err)) {
            error_report_err(err);
            exit(EXIT_FAILURE);
        }
    }

    salvator_xs_split_ram(s);
    salvator_xs_create_ram(s);
    salvator_xs_create_cpus(s);
    salvator_xs_create_gic(s);
    salvator_xs_create_devices(s);

    s->bootinfo = (struct arm_boot_info){
        .ram_size = s->banks[0].size - SECURE_SIZE,
        .loader_start = s->banks[0].base + SECURE_SIZE,
        .board_id = -1,
        .psci_conduit = QEMU_PSCI_CONDUIT_SMC,
        .modify_dtb = salvator_xs_modify_dtb,
    };
    arm_load_kernel(ARM_CPU(first_cpu), machine, &s->bootinfo);
}

static char *salvator_xs_get_trace(Object *obj, Error **errp)
{
    return g_strdup(SALVATOR_XS_MACHINE(obj)->device_trace);
}

static void salvator_xs_set_trace(Object *obj, const char *value, Error **errp)
{
    SalvatorXSState *s = SALVATOR_XS_MACHINE(obj);

    g_free(s->device_trace);
    s->device_trace = g_strdup(value);
}

static void salvator_xs_finalize(Object *obj)
{
    g_free(SALVATOR_XS_MACHINE(obj)->device_trace);
}

static void salvator_xs_class_init(ObjectClass *oc, void *data)
{
    MachineClass *mc = MACHINE_CLASS(oc);
    static const char *const valid_cpu_types[] = {
        ARM_CPU_TYPE_NAME("cortex-a57"), NULL
    };

    mc->desc = "Renesas Salvator-XS (R-Car H3 ES3.0), for DMA and the IPMMU";
    mc->init = salvator_xs_init;
    mc->default_cpu_type = ARM_CPU_TYPE_NAME("cortex-a57");
    mc->valid_cpu_types = valid_cpu_types;
    mc->min_cpus = 1;
    mc->max_cpus = 4;
    mc->default_cpus = 4;
    mc->default_ram_size = 4 * GiB;
    mc->default_ram_id = "salvator-xs.dram";
    mc->block_default_type = IF_IDE;
    mc->no_cdrom = true;
    mc->no_floppy = true;
    mc->no_parallel = true;

    object_class_property_add_str(oc, "device-trace", salvator_xs_get_trace,
                                  salvator_xs_set_trace);
    object_class_property_set_description(
        oc, "device-trace",
        "Write what the devices saw to this file, as JSON lines");
}

static const TypeInfo salvator_xs_types[] = {
    {
        .name = TYPE_SALVATOR_XS_MACHINE,
        .parent = TYPE_MACHINE,
        .instance_size = sizeof(SalvatorXSState),
        .instance_finalize = salvator_xs_finalize,
        .class_init = salvator_xs_class_init,
    },
};

DEFINE_TYPES(salvator_xs_types)
