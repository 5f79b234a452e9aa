/*
 * Device trace: what the emulated hardware saw, as JSON lines
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "qapi/error.h"
#include "qemu/timer.h"
#include "rcar_trace.h"

bool rcar_trace_on;

static FILE *rcar_trace_file;

bool rcar_trace_open(const char *path, Error **errp)
{
    rcar_trace_file = fopen(path, "w");
    if (!rcar_trace_file) {
        error_setg_file_open(errp, errno, path);
        return false;
    }
    rcar_trace_on = true;
    return true;
}

void rcar_trace_event(const char *event, const char *fmt, ...)
{
    g_autoptr(GString) line = g_string_sized_new(256);
    va_list ap;

    if (!rcar_trace_on) {
        return;
    }

    g_string_printf(line, "{\"event\":\"%s\",\"t\":%" PRId64 ",", event,
                    qemu_clock_get_ns(QEMU_CLOCK_VIRTUAL));
    va_start(ap, fmt);
    g_string_append_vprintf(line, fmt, ap);
    va_end(ap);
    g_string_append(line, "}\n");

    /* One write a line: a QEMU that is killed leaves no half of one. */
    if (fwrite(line->str, line->len, 1, rcar_trace_file) != 1 ||
        fflush(rcar_trace_file) != 0) {
        rcar_trace_on = false;
        fprintf(stderr, "rcar_trace: the device trace ends here: %s\n",
                strerror(errno));
    }
}
