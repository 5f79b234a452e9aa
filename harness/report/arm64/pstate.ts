import { hexAt } from '../text.ts'

/** PSTATE, which the kernel prints as `pstate: 60000005 (nZCv daif -PAN -UAO)`. */
export interface Pstate {
  value: bigint
  /** Exception level: 0 is a process, 1 the kernel, 2 the kernel as hypervisor (VHE). */
  level: number
  /** A process of 32 bits. */
  is32Bit: boolean
  /** Which exceptions are masked: `debug`, `SError`, `IRQ`, `FIQ`. */
  masked: string[]
  /** `EL1, no interrupts masked`, `EL0 (32 bits), IRQ and FIQ masked`. */
  words: string
}

/** arch/arm64/include/uapi/asm/ptrace.h, PSR_*: all versions. */
const MASKS: readonly [bit: bigint, name: string][] = [
  [1n << 9n, 'debug'],
  [1n << 8n, 'SError'],
  [1n << 7n, 'IRQ'],
  [1n << 6n, 'FIQ'],
]

/**
 * What follows `pstate: `; null if that is no hexadecimal number. Kernels that mask interrupts by priority (pseudo-NMI)
 * print `pmr:` for that: their IRQs may be masked though PSTATE does not say so.
 */
export function readPstate(text: string): Pstate | null {
  const value = hexAt(text, 0)
  if (value === null) return null
  const is32Bit = (value & 0x10n) !== 0n
  const level = is32Bit ? 0 : Number((value >> 2n) & 3n)
  const masked = MASKS.filter(([bit, name]) => value & bit && !(is32Bit && name === 'debug')).map(
    ([, name]) => name,
  )
  const last = masked.at(-1)
  const names =
    masked.length > 1 ? `${masked.slice(0, -1).join(', ')} and ${last ?? ''}` : (last ?? 'no interrupts')
  return { value, level, is32Bit, masked, words: `EL${level}${is32Bit ? ' (32 bits)' : ''}, ${names} masked` }
}
