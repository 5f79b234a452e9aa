/*
 * R-Car Gen3 SCIF (Serial Communication Interface with FIFO)
 *
 * The console of Salvator-XS is SCIF2. Sources: the R-Car Gen3 hardware
 * manual's SCIF section as drivers/tty/serial/sh-sci.{c,h} applies it
 * (regtype SCIx_SH4_SCIF_BRG); names are the manual's.
 *
 * Bytes leave whatever the baud rate: the transmit FIFO is always empty. They
 * reach the chardev a line at a time, or a millisecond later: a write for each
 * byte costs the host more than the guest's whole boot. Parity, framing and break errors never occur; the baud rate
 * generator, modem lines and DMA requests are storage only.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "qemu/log.h"
#include "hw/irq.h"
#include "hw/qdev-properties.h"
#include "hw/qdev-properties-system.h"
#include "hw/registerfields.h"
#include "migration/vmstate.h"
#include "system/runstate.h"
#include "rcar_scif.h"

/* clang-format off */
REG32(SCSMR, 0x00)              /* serial mode: storage */
REG32(SCBRR, 0x04)              /* bit rate: storage */
REG32(SCSCR, 0x08)              /* serial control */
    FIELD(SCSCR, TE, 5, 1)
    FIELD(SCSCR, RE, 4, 1)
    FIELD(SCSCR, RIE, 6, 1)
    FIELD(SCSCR, TIE, 7, 1)
REG32(SCFTDR, 0x0c)             /* transmit FIFO, write only */
REG32(SCFSR, 0x10)              /* serial status; flags cleared by writing 0 */
    FIELD(SCFSR, DR, 0, 1)
    FIELD(SCFSR, RDF, 1, 1)
    FIELD(SCFSR, TDFE, 5, 1)
    FIELD(SCFSR, TEND, 6, 1)
REG32(SCFRDR, 0x14)             /* receive FIFO, read only */
REG32(SCFCR, 0x18)              /* FIFO control */
    FIELD(SCFCR, RFRST, 1, 1)
    FIELD(SCFCR, RTRG, 6, 2)
REG32(SCFDR, 0x1c)              /* FIFO data count: T in 12:8, R in 4:0 */
REG32(SCSPTR, 0x20)             /* port pins: storage */
REG32(SCLSR, 0x24)              /* line status */
    FIELD(SCLSR, ORER, 0, 1)
REG32(DL, 0x30)                 /* BRG frequency division: storage */
REG32(CKS, 0x34)                /* BRG clock select: storage */
/* clang-format on */

/* Receive trigger by SCFCR.RTRG (sh-sci.c: scif_set_rtrg, PORT_SCIF). */
static const uint8_t rcar_scif_rtrg[] = { 1, 4, 8, 14 };

static bool rcar_scif_rx_full(RCarSCIFState *s)
{
    unsigned rtrg = FIELD_EX32(s->regs[R_SCFCR], SCFCR, RTRG);

    return s->rx_len >= rcar_scif_rtrg[rtrg];
}

/*
 * RDF says that the trigger was reached, DR that the line went quiet below
 * it. No time passes on our line, so DR follows at once.
 */
static uint16_t rcar_scif_status(RCarSCIFState *s)
{
    uint16_t status = R_SCFSR_TDFE_MASK | R_SCFSR_TEND_MASK;

    if (rcar_scif_rx_full(s)) {
        status |= R_SCFSR_RDF_MASK;
    } else if (s->rx_len) {
        status |= R_SCFSR_DR_MASK;
    }
    return status;
}

/* All four interrupt sources share SPI 164 on Gen3. */
static void rcar_scif_update_irq(RCarSCIFState *s)
{
    uint16_t scscr = s->regs[R_SCSCR];
    bool rx = FIELD_EX32(scscr, SCSCR, RIE) &&
              (s->rx_len || FIELD_EX32(s->regs[R_SCLSR], SCLSR, ORER));
    bool tx = FIELD_EX32(scscr, SCSCR, TIE) && FIELD_EX32(scscr, SCSCR, TE);

    qemu_set_irq(s->irq, rx || tx);
}

static void rcar_scif_flush(void *opaque)
{
    RCarSCIFState *s = opaque;

    timer_del(s->flush);
    qemu_chr_fe_write_all(&s->chr, s->tx, s->tx_len);
    s->tx_len = 0;
}

static void rcar_scif_send(RCarSCIFState *s, uint8_t byte)
{
    s->tx[s->tx_len++] = byte;
    if (byte == '\n' || s->tx_len == RCAR_SCIF_TX_BUFFER) {
        rcar_scif_flush(s);
    } else if (!timer_pending(s->flush)) {
        timer_mod(s->flush, qemu_clock_get_ms(QEMU_CLOCK_REALTIME) + 1);
    }
}

/* What the guest has sent is out before the machine stops or goes away. */
static void rcar_scif_vm_state(void *opaque, bool running, RunState state)
{
    rcar_scif_flush(opaque);
}

static int rcar_scif_can_receive(void *opaque)
{
    RCarSCIFState *s = opaque;

    if (!FIELD_EX32(s->regs[R_SCSCR], SCSCR, RE)) {
        return 0;
    }
    return RCAR_SCIF_FIFO - s->rx_len;
}

static void rcar_scif_receive(void *opaque, const uint8_t *buf, int size)
{
    RCarSCIFState *s = opaque;

    for (int i = 0; i < size; i++) {
        if (s->rx_len == RCAR_SCIF_FIFO) {
            s->regs[R_SCLSR] |= R_SCLSR_ORER_MASK;
            break;
        }
        s->rx[(s->rx_head + s->rx_len++) % RCAR_SCIF_FIFO] = buf[i];
    }
    rcar_scif_update_irq(s);
}

static uint64_t rcar_scif_read(void *opaque, hwaddr addr, unsigned size)
{
    RCarSCIFState *s = opaque;
    uint8_t byte = 0;

    switch (addr) {
    case A_SCFSR:
        return rcar_scif_status(s);
    case A_SCFDR:
        return s->rx_len;
    case A_SCFRDR:
        if (s->rx_len) {
            byte = s->rx[s->rx_head];
            s->rx_head = (s->rx_head + 1) % RCAR_SCIF_FIFO;
            s->rx_len--;
            qemu_chr_fe_accept_input(&s->chr);
            rcar_scif_update_irq(s);
        }
        return byte;
    case A_SCFTDR:
        qemu_log_mask(LOG_GUEST_ERROR, "rcar_scif: SCFTDR is write only\n");
        return 0;
    default:
        return s->regs[addr / 4];
    }
}

static void rcar_scif_write(void *opaque, hwaddr addr, uint64_t val,
                            unsigned size)
{
    RCarSCIFState *s = opaque;

    switch (addr) {
    case A_SCFTDR:
        if (FIELD_EX32(s->regs[R_SCSCR], SCSCR, TE)) {
            rcar_scif_send(s, val);
        }
        break;
    case A_SCFSR:
        /* The flags follow the FIFOs; there is nothing left to clear. */
        break;
    case A_SCFRDR:
    case A_SCFDR:
        qemu_log_mask(LOG_GUEST_ERROR,
                      "rcar_scif: write to read-only register 0x%" HWADDR_PRIx
                      "\n",
                      addr);
        break;
    case A_SCLSR:
        s->regs[R_SCLSR] &= val;
        break;
    case A_SCFCR:
        if (FIELD_EX32(val, SCFCR, RFRST)) {
            s->rx_head = 0;
            s->rx_len = 0;
            qemu_chr_fe_accept_input(&s->chr);
        }
        s->regs[R_SCFCR] = val;
        break;
    case A_SCSCR:
        s->regs[R_SCSCR] = val;
        qemu_chr_fe_accept_input(&s->chr);
        break;
    default:
        s->regs[addr / 4] = val;
        break;
    }
    rcar_scif_update_irq(s);
}

static const MemoryRegionOps rcar_scif_ops = {
    .read = rcar_scif_read,
    .write = rcar_scif_write,
    .endianness = DEVICE_LITTLE_ENDIAN,
    .valid = { .min_access_size = 1, .max_access_size = 4 },
};

static void rcar_scif_reset_hold(Object *obj, ResetType type)
{
    RCarSCIFState *s = RCAR_SCIF(obj);

    memset(s->regs, 0, sizeof(s->regs));
    s->rx_head = 0;
    s->rx_len = 0;
    rcar_scif_update_irq(s);
}

static void rcar_scif_realize(DeviceState *dev, Error **errp)
{
    RCarSCIFState *s = RCAR_SCIF(dev);

    s->flush = timer_new_ms(QEMU_CLOCK_REALTIME, rcar_scif_flush, s);
    qemu_add_vm_change_state_handler(rcar_scif_vm_state, s);
    qemu_chr_fe_set_handlers(&s->chr, rcar_scif_can_receive, rcar_scif_receive,
                             NULL, NULL, s, NULL, true);
}

static void rcar_scif_init(Object *obj)
{
    RCarSCIFState *s = RCAR_SCIF(obj);

    memory_region_init_io(&s->mmio, obj, &rcar_scif_ops, s, TYPE_RCAR_SCIF,
                          RCAR_SCIF_MMIO_SIZE);
    sysbus_init_mmio(SYS_BUS_DEVICE(obj), &s->mmio);
    sysbus_init_irq(SYS_BUS_DEVICE(obj), &s->irq);
}

static int rcar_scif_post_load(void *opaque, int version_id)
{
    RCarSCIFState *s = opaque;

    return s->rx_head < RCAR_SCIF_FIFO && s->rx_len <= RCAR_SCIF_FIFO ? 0
                                                                      : -EINVAL;
}

static const VMStateDescription vmstate_rcar_scif = {
    .name = TYPE_RCAR_SCIF,
    .version_id = 1,
    .minimum_version_id = 1,
    .post_load = rcar_scif_post_load,
    .fields =
        (const VMStateField[]){
            VMSTATE_UINT16_ARRAY(regs, RCarSCIFState, RCAR_SCIF_MMIO_SIZE / 4),
            VMSTATE_UINT8_ARRAY(rx, RCarSCIFState, RCAR_SCIF_FIFO),
            VMSTATE_UINT32(rx_head, RCarSCIFState),
            VMSTATE_UINT32(rx_len, RCarSCIFState),
            VMSTATE_END_OF_LIST(),
        }
};

static const Property rcar_scif_properties[] = {
    DEFINE_PROP_CHR("chardev", RCarSCIFState, chr),
};

static void rcar_scif_class_init(ObjectClass *klass, void *data)
{
    DeviceClass *dc = DEVICE_CLASS(klass);

    RESETTABLE_CLASS(klass)->phases.hold = rcar_scif_reset_hold;
    dc->realize = rcar_scif_realize;
    dc->vmsd = &vmstate_rcar_scif;
    dc->desc = "R-Car Gen3 SCIF";
    device_class_set_props(dc, rcar_scif_properties);
}

static const TypeInfo rcar_scif_types[] = {
    {
        .name = TYPE_RCAR_SCIF,
        .parent = TYPE_SYS_BUS_DEVICE,
        .instance_size = sizeof(RCarSCIFState),
        .instance_init = rcar_scif_init,
        .class_init = rcar_scif_class_init,
    },
};

DEFINE_TYPES(rcar_scif_types)
