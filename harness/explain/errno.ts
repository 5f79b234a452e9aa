// include/uapi/asm-generic/errno-base.h, errno.h, and include/linux/errno.h: those that drivers return.
const ERRNO: Readonly<Record<number, string>> = {
  1: 'EPERM, not permitted',
  2: 'ENOENT, no such entry',
  4: 'EINTR, interrupted',
  5: 'EIO, input/output error',
  6: 'ENXIO, no such device or address',
  7: 'E2BIG, too long',
  11: 'EAGAIN, try again',
  12: 'ENOMEM, out of memory',
  13: 'EACCES, permission denied',
  14: 'EFAULT, bad address',
  16: 'EBUSY, device or resource busy',
  17: 'EEXIST, exists already',
  19: 'ENODEV, no such device',
  22: 'EINVAL, invalid argument',
  24: 'EMFILE, too many open',
  27: 'EFBIG, too large',
  28: 'ENOSPC, no space left',
  33: 'EDOM, out of the domain',
  34: 'ERANGE, out of range',
  38: 'ENOSYS, not implemented',
  61: 'ENODATA, no data',
  62: 'ETIME, timer expired',
  71: 'EPROTO, protocol error',
  74: 'EBADMSG, bad message',
  75: 'EOVERFLOW, value too large',
  95: 'EOPNOTSUPP, not supported',
  110: 'ETIMEDOUT, timed out',
  112: 'EHOSTDOWN, host is down',
  121: 'EREMOTEIO, remote I/O error',
  517: 'EPROBE_DEFER, asked to be tried later',
  524: 'ENOTSUPP, not supported',
}

/** What an error code says: `EINVAL, invalid argument` of -22; null if it is none that we know. */
export function errnoWords(code: number): string | null {
  return code < 0 ? (ERRNO[-code] ?? null) : null
}

// The code at the end of a message (`: -22`, `(-22)`, `err=-2`), or in `error -12: …`, `failed with error -2`.
const CODE = /(?:[ (=])(-\d{1,4})(?:\)?\.?$|[:,) ])/

/** The error code that a message names. */
export function errnoIn(message: string): number | null {
  const code = CODE.exec(message.trimEnd().slice(-200))?.[1]
  return code === undefined ? null : Number(code)
}
