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
/* Of the line that is being composed, behind those. */
static size_t trace_length;
static const char *trace_wrong;

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

/* Lines */

/* Adds to the line as far as it has room. */
static void trace_bytes(const char *bytes, size_t length)
{
    if (length < LINE_SIZE - trace_length) {
        memcpy(trace_lines + trace_used + trace_length, bytes, length);
        trace_length += length;
    } else {
        trace_wrong = "an event is too long for a line";
    }
}

static void trace_number(uint64_t number, unsigned base)
{
    char text[sizeof("18446744073709551615")];
    char *end = text + sizeof(text);
    char *start = end;

    do {
        *--start = "0123456789abcdef"[number % base];
        number /= base;
    } while (number);
    trace_bytes(start, end - start);
}

static void trace_signed(int64_t number)
{
    if (number < 0) {
        trace_bytes("-", 1);
    }
    trace_number(number < 0 ? -(uint64_t)number : number, 10);
}

/* What the models use of printf(), at a quarter of its price. */
static void trace_format(const char *fmt, va_list *ap)
{
    for (;;) {
        const char *percent = strchrnul(fmt, '%');
        bool wide;

        trace_bytes(fmt, percent - fmt);
        if (!*percent) {
            return;
        }
        fmt = percent + 1;
        wide = *fmt == 'l'; /* PRIx64 is "lx" or "llx" */
        fmt += strspn(fmt, "l");
        switch (*fmt++) {
        case 's': {
            const char *text = va_arg(*ap, const char *);

            trace_bytes(text, strlen(text));
            break;
        }
        case 'd':
            trace_signed(wide ? va_arg(*ap, int64_t) : va_arg(*ap, int));
            break;
        case 'u':
            trace_number(wide ? va_arg(*ap, uint64_t) : va_arg(*ap, unsigned),
                         10);
            break;
        case 'x':
            trace_number(wide ? va_arg(*ap, uint64_t) : va_arg(*ap, unsigned),
                         16);
            break;
        default:
            trace_wrong = "a model used a format that it does not know";
            return;
        }
    }
}

void rcar_trace_begin(const char *event)
{
    if (!rcar_trace_on) {
        return;
    }
    g_assert(bql_locked());
    if (trace_used > sizeof(trace_lines) - LINE_SIZE) {
        trace_write();
    }
    trace_length = 0;
    rcar_trace_add("{\"event\":\"%s\",\"t\":%" PRId64, event,
                   qemu_clock_get_ns(QEMU_CLOCK_VIRTUAL));
}

void rcar_trace_add(const char *fmt, ...)
{
    va_list ap;

    if (!rcar_trace_on) {
        return;
    }
    va_start(ap, fmt);
    trace_format(fmt, &ap);
    va_end(ap);
}

void rcar_trace_end(void)
{
    if (!rcar_trace_on) {
        return;
    }
    trace_bytes("}\n", 2);
    if (trace_wrong) {
        trace_ends(trace_wrong);
        return;
    }
    trace_used += trace_length;
    if (!trace_holds) {
        trace_write();
    }
}

void rcar_trace_event(const char *event, const char *fmt, ...)
{
    va_list ap;

    if (!rcar_trace_on) {
        return;
    }
    rcar_trace_begin(event);
    trace_bytes(",", 1);
    va_start(ap, fmt);
    trace_format(fmt, &ap);
    va_end(ap);
    rcar_trace_end();
}
