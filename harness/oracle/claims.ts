/** What specs claim of one mapping, and how it is told: with both sides in hex, whether it holds or not. */
import { hex } from '../report/json.ts'
import type { Mapping, Transfer } from './oracle.ts'
import { range } from './rule.ts'
import { isTranslated } from './scene.ts'

/** What came of a claim. */
export interface Claimed {
  holds: boolean
  /** One line with both sides. */
  message: string
  /** Why it does not hold, and the sides in full; null if it does. */
  found: { why: string; kernel: string[]; device: string[] } | null
}

/** Some part of it is bounced, and the device was at the slot, not at the buffer. */
export function isBounced(mapping: Mapping): Claimed {
  const slots = mapping.parts.filter(({ bounced }) => bounced)
  if (slots.length === 0) return claimed(mapping, 'bounced', 'the kernel says that no part of it is')
  const atBuffer = moved(mapping).find(({ phys, length }) =>
    slots.some(part => phys < part.phys + part.size && part.phys < phys + length),
  )
  if (atBuffer)
    return claimed(mapping, 'bounced', `the device was at the buffer itself, ${hex(atBuffer.phys)}`)
  return claimed(mapping, 'bounced', unused(mapping))
}

/** No part of it is bounced, and the device was in the buffer, and nowhere else. */
export function isDirect(mapping: Mapping): Claimed {
  if (mapping.bounced) return claimed(mapping, 'direct', 'the kernel says that it is bounced')
  const elsewhere = moved(mapping).find(
    ({ phys, length }) =>
      !mapping.parts.some(part => phys < part.phys + part.size && part.phys < phys + length),
  )
  if (elsewhere)
    return claimed(mapping, 'direct', `the device was at ${hex(elsewhere.phys)}, not in the buffer`)
  return claimed(mapping, 'direct', unused(mapping))
}

/** Its domain translates, and every transfer of the device went through an IOMMU. */
export function isThroughIommu(mapping: Mapping): Claimed {
  const { domain } = mapping
  if (!isTranslated(domain)) return claimed(mapping, 'through the IOMMU', `its domain is ${domain}`)
  const past = moved(mapping).find(({ mmu }) => mmu === null)
  if (past) return claimed(mapping, 'through the IOMMU', `the device went past it at ${hex(past.iova)}`)
  return claimed(mapping, 'through the IOMMU', unused(mapping))
}

/**
 * Every address that the kernel gave, and every one that the device used, is below the limit.
 * @param limit the first address that is too high: `4n * GiB`
 */
export function isWithin(mapping: Mapping, limit: bigint): Claimed {
  const what = `within ${hex(limit)}`
  const given = mapping.parts.find(({ dma, size }) => dma + size > limit)
  if (given) return claimed(mapping, what, `the kernel gave ${range(given.dma, given.size)}`)
  const used = [...mapping.transfers, ...mapping.late].find(({ iova, length }) => iova + length > limit)
  if (used) return claimed(mapping, what, `the device used ${range(used.iova, used.length)}`)
  return claimed(mapping, what, null)
}

function claimed(mapping: Mapping, what: string, why: string | null): Claimed {
  const kernel = mapping.parts.map(
    ({ dma, size, phys, target }) => `${range(dma, size)} for ${hex(phys)}, meaning ${hex(target)}`,
  )
  const device = mapping.transfers.map(
    ({ access, iova, length, phys, mmu, ok, cause }) =>
      `${access} ${range(iova, length)} at ${ok ? hex(phys) : `nothing: ${cause ?? 'refused'}`}${mmu === null ? '' : ` by ${mmu}`}`,
  )
  const message = `mapping ${mapping.id} is ${why === null ? '' : 'not '}${what}: kernel ${first(kernel)}; device ${first(device)}`
  return { holds: why === null, message, found: why === null ? null : { why, kernel, device } }
}

/** What both sides must have done for a claim of both to mean anything. */
function unused(mapping: Mapping): string | null {
  return moved(mapping).length > 0 ? null : 'the device never reached it'
}

function moved({ transfers }: Mapping): Transfer[] {
  return transfers.filter(({ ok }) => ok)
}

function first([line = 'did nothing', ...more]: readonly string[]): string {
  return more.length === 0 ? line : `${line}, and ${more.length} more`
}
