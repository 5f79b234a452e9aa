import type { Syndrome, Values } from '../row.ts'
import { field, numberOf, words } from './bits.ts'

/** drivers/iommu/ipmmu-vmsa.c, IMSTR_*. */
const IMSTR = [
  [4, 'multiple TLB hits'],
  [2, 'page table walk abort'],
  [1, 'permission fault'],
  [0, 'translation fault'],
] as const

/** The same file, IMSTR_ERRCODE_*: up to 5.2. */
const ERRCODE: Readonly<Record<string, string>> = {
  1: 'TLB format',
  4: 'access permission',
  5: 'secure access',
}

/** `Unhandled fault: status 0x00001502 iova 0xfe000000`: IMSTR says why, and not whether it was a read or a write. */
export function ipmmuFault(values: Values): Syndrome {
  const status = numberOf(values, 'status')
  const reason = status === null ? null : words(status, IMSTR)
  const code = status === null ? undefined : ERRCODE[String(field(status, 10, 8))]
  return {
    status,
    iova: numberOf(values, 'iova'),
    reason: reason !== null && code !== undefined ? `${reason} (${code})` : reason,
  }
}
