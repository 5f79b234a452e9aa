/*
 * Device trace: what the emulated hardware saw, as JSON lines
 *
 * A line costs less than the system call that writes it, and a transfer of
 * 128 KiB through an IOMMU makes 40 lines: so a device that holds the trace
 * has what it does in one step written at once, before anybody can see that
 * it did.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "qapi/error.h"
#include "qemu/main-loop.h"
#include "qemu/timer.h"
#include "rcar_trace.h"

/* Longer than any line: names come from the device tree, numbers are short. */
#define LINE_SIZE 4096

bool rcar_trace_on;

static int trace_fd;
static unsigned trace_holds;
/* Whole lines that are composed but not written: none if nobody holds. */
static char trace_lines[16 * LINE_SIZE];
static size_t trace_used;

bool rcar_trace_open(const char *path, Error **errp)
{
    trace_fd = qemu_create(path, O_WRONLY | O_TRUNC, 0666, errp);
    rcar_trace_on = trace_fd >= 0;
    return rcar_trace_on;
}

static void trace_ends(const char *why)
{
    rcar_trace_on = false;
    fprintf(stderr, "rcar_trace: the device trace ends here: %s\n", why);
}

static void trace_write(void)
{
    size_t lines = trace_used;

    trace_used = 0;
    if (lines && qemu_write_full(trace_fd, trace_lines, lines) != lines) {
        trace_ends(strerror(errno));
    }
}

void rcar_trace_hold(void)
{
    trace_holds++;
}

void rcar_trace_release(void)
{
    if (!--trace_holds) {
        trace_write();
    }
}

void rcar_trace_event(const char *event, const char *fmt, ...)
{
    char *line;
    size_t length;
    va_list ap;

    if (!rcar_trace_on) {
        return;
    }
    g_assert(bql_locked());
    if (trace_used > sizeof(trace_lines) - LINE_SIZE) {
        trace_write();
    }

    line = trace_lines + trace_used;
    length = snprintf(line, LINE_SIZE, "{\"event\":\"%s\",\"t\":%" PRId64 ",",
                      event, qemu_clock_get_ns(QEMU_CLOCK_VIRTUAL));
    if (length < LINE_SIZE) {
        va_start(ap, fmt);
        length += vsnprintf(line + length, LINE_SIZE - length, fmt, ap);
        va_end(ap);
    }
    if (length + strlen("}\n") > LINE_SIZE) {
        trace_ends("an event is too long for a line");
        return;
    }
    memcpy(line + length, "}\n", strlen("}\n"));
    trace_used += length + strlen("}\n");
    if (!trace_holds) {
        trace_write();
    }
}
