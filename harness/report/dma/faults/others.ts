import type { IommuFault } from '../../report.ts'
import type { Syndrome, Values } from '../row.ts'
import { bit, numberOf, textOf } from './bits.ts'

type Access = IommuFault['access']

/** `read`, `WRITE`, `DMA Read`, `R`, `wr`: what a message calls the access. */
export function accessNamed(text: string | null): Access {
  const first = (text ?? '').replace('DMA ', '').trim().charAt(0).toLowerCase()
  return first === 'r' ? 'read' : first === 'w' ? 'write' : first === 'x' ? 'execute' : null
}

/** A message that names iova and access: `Page fault at 0x… of type write`. */
export function named(reason: string): (values: Values) => Syndrome {
  return values => ({
    iova: numberOf(values, 'iova'),
    access: accessNamed(textOf(values, 'access')),
    reason,
    stream: numberOf(values, 'stream'),
  })
}

/** The same, and the message says why. */
export function reasoned(values: Values): Syndrome {
  const reason = textOf(values, 'reason')?.toLowerCase() ?? null
  return {
    status: numberOf(values, 'status'),
    iova: numberOf(values, 'iova'),
    access: accessNamed(textOf(values, 'access')),
    reason: reason === null || reason.endsWith('fault') ? reason : `${reason} fault`,
    stream: numberOf(values, 'stream'),
  }
}

/** drivers/memory/tegra/mc.c: the reason is a sentence of its own. */
export function tegraFault(values: Values): Syndrome {
  return { ...reasoned(values), reason: textOf(values, 'reason')?.toLowerCase() ?? null }
}

/** drivers/iommu/apple-dart.c: READ and WRITE FAULT are permissions, NO … FOR IOVA are translations. */
export function dartFault(values: Values): Syndrome {
  const reason = textOf(values, 'reason') ?? ''
  const missing = reason.startsWith('NO ')
  return {
    status: numberOf(values, 'status'),
    iova: numberOf(values, 'iova'),
    access: missing ? null : accessNamed(reason),
    reason: missing ? `translation fault: ${reason.toLowerCase()}` : 'permission fault',
    stream: numberOf(values, 'stream'),
  }
}

/**
 * drivers/iommu/amd/iommu.c: `IO_PAGE_FAULT … flags=0x0020`. AMD's IOMMU specification, 2.5.3: PR (bit 4) the page
 * was there, RW (5) a write, PE (6) permission.
 */
export function amdFault(values: Values): Syndrome {
  const flags = numberOf(values, 'flags')
  const page = textOf(values, 'event') === 'IO_PAGE_FAULT' || values['event'] === undefined
  return {
    status: flags,
    iova: numberOf(values, 'address'),
    access: flags === null || !page ? null : bit(flags, 5) ? 'write' : 'read',
    reason: !page
      ? textOf(values, 'event')
      : flags === null
        ? null
        : bit(flags, 6)
          ? 'permission fault'
          : 'translation fault',
  }
}

/** drivers/iommu/intel/dmar.c: `[DMA Write] Request device [00:1f.2] fault addr 0x1000 [fault reason 05] PTE Write…`. */
export function dmarFault(values: Values): Syndrome {
  return {
    status: numberOf(values, 'code'),
    iova: numberOf(values, 'iova'),
    access: accessNamed(textOf(values, 'access')),
    reason: textOf(values, 'reason'),
  }
}
