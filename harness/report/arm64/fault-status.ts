/**
 * What a fault status code says: arch/arm64/mm/fault.c, fault_info, 7.3; codes that are `unknown n` there are named by
 * the Arm ARM (ESR_ELx, DFSC). Older kernels have the same names, but `unknown n` for level -1 and for access flag and
 * permission faults of level 0 (to 6.12 at least).
 */
const FAULTS: Readonly<Record<number, string>> = {
  0x00: 'ttbr address size fault',
  0x01: 'level 1 address size fault',
  0x02: 'level 2 address size fault',
  0x03: 'level 3 address size fault',
  ...levels(0x04, n => `level ${n} translation fault`),
  ...levels(0x08, n => `level ${n} access flag fault`),
  ...levels(0x0c, n => `level ${n} permission fault`),
  0x10: 'synchronous external abort',
  0x11: 'synchronous tag check fault',
  0x12: 'level -2 (translation table walk)',
  0x13: 'level -1 (translation table walk)',
  ...levels(0x14, n => `level ${n} (translation table walk)`),
  0x18: 'synchronous parity or ECC error',
  0x1b: 'level -1 synchronous parity error (translation table walk)',
  ...levels(0x1c, n => `level ${n} synchronous parity error (translation table walk)`),
  0x21: 'alignment fault',
  0x22: 'level -2 granule protection fault (translation table walk)',
  0x23: 'level -1 granule protection fault (translation table walk)',
  ...levels(0x24, n => `level ${n} granule protection fault (translation table walk)`),
  0x28: 'granule protection fault',
  0x29: 'level -1 address size fault',
  0x2a: 'level -2 translation fault',
  0x2b: 'level -1 translation fault',
  0x2c: 'level -2 address size fault',
  0x30: 'TLB conflict abort',
  0x31: 'Unsupported atomic hardware update fault',
  0x34: 'implementation fault (lockdown abort)',
  0x35: 'implementation fault (unsupported exclusive)',
  0x3d: 'section domain fault',
  0x3e: 'page domain fault',
}

/** `level 0 translation fault`; the code is bits 5:0 of the syndrome of an abort. */
export function faultName(code: number): string {
  return FAULTS[code] ?? `unknown ${code}`
}

function levels(first: number, name: (level: number) => string): Record<number, string> {
  return Object.fromEntries([0, 1, 2, 3].map(level => [first + level, name(level)]))
}
