/*
 * Device trace: what the emulated hardware saw, as JSON lines
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef HW_DMASPEC_RCAR_TRACE_H
#define HW_DMASPEC_RCAR_TRACE_H

#include "qemu/osdep.h"

/* True between rcar_trace_open() and exit; test it before composing a line. */
extern bool rcar_trace_on;

/**
 * rcar_trace_open: write the device trace of this run to @path.
 *
 * Each event is one line, written whole, so that a QEMU that is killed leaves
 * a trace of complete lines.
 */
bool rcar_trace_open(const char *path, Error **errp);

/**
 * rcar_trace_hold, rcar_trace_release: gather the events in between, and write
 * them with one call
 *
 * For one step of a device, that nobody sees the middle of: the BQL must not
 * be given up in between. A QEMU that is killed there loses the whole step.
 */
void rcar_trace_hold(void);
void rcar_trace_release(void);

/**
 * rcar_trace_event: write {"event":"@event","t":<guest ns>,<fields>}
 *
 * @fmt composes the rest of the object, without braces. Values come from the
 * model, never as text from the guest, so nothing needs escaping. The fields
 * are described by TraceEvent in harness/trace/events.ts. Needs the BQL.
 */
void rcar_trace_event(const char *event, const char *fmt, ...)
    G_GNUC_PRINTF(2, 3);

/**
 * rcar_trace_begin, rcar_trace_add, rcar_trace_end: the same in pieces
 *
 * Each @fmt brings its own commas: ",\"mmu\":\"%s\"". Of printf() they know
 * %s, and %d, %u and %x of 32 and 64 bits (PRIx64), without flags.
 */
void rcar_trace_begin(const char *event);
void rcar_trace_add(const char *fmt, ...) G_GNUC_PRINTF(1, 2);
void rcar_trace_end(void);

#endif
