import { hex } from '../../report/json.ts'
import type { Part, Transfer } from '../oracle.ts'
import { overlaps } from '../join.ts'
import { did, given, perMapping, range, ranges, type Rule } from '../rule.ts'
import { isTranslated } from '../scene.ts'

/** Rules on where a mapping lies, and on where the device ends up that uses it. */
export const addressRules: Rule[] = [
  perMapping('mask', "every byte of a mapping is within the device's DMA mask", function* ({ parts, mask }) {
    for (const { dma, size, line } of parts) {
      const last = dma + size - 1n
      yield last <= mask
        ? null
        : {
            why: "the address is beyond the device's DMA mask",
            kernel: `gave ${range(dma, size)}`,
            saw: `its mask is ${hex(mask)}`,
            line,
          }
    }
  }),

  perMapping('bus-limit', 'every byte of a mapping is within the bus limit', function* ({ parts, limit }) {
    if (limit === null) return
    for (const { dma, size, line } of parts) {
      yield dma + size - 1n <= limit
        ? null
        : {
            why: 'the address is beyond the bus',
            kernel: `gave ${range(dma, size)}`,
            saw: `the bus ends at ${hex(limit)}`,
            line,
          }
    }
  }),

  perMapping(
    'address-used',
    'a job at a mapping goes to the addresses that the kernel gave, and to no others',
    function* ({ device, jobs, parts }, scene) {
      const own = [...parts, ...scene.tables(device)]
      const tags = new Set(jobs.map(({ job }) => job))
      if (tags.size === 0) return
      for (const { address, line, result } of jobs) {
        if (!REFUSALS.has(result)) continue
        yield own.some(({ dma, size }) => address >= dma && address < dma + size)
          ? null
          : {
              why: 'a job was refused at another address',
              kernel: `gave ${ranges(parts)}`,
              saw: `was refused ${hex(address)}`,
              line,
            }
      }
      const others = [...tags].flatMap(tag => scene.strays(device, tag)).filter(({ what }) => what === 'data')
      for (const stray of others) {
        yield {
          why: 'the device was at an address that the kernel did not give',
          kernel: `gave ${ranges(parts)}`,
          saw: did(stray),
          line: jobs.find(({ job }) => job === stray.job)?.line ?? null,
        }
      }
    },
  ),

  perMapping(
    'translation',
    'an address leads to the memory that the kernel means: the buffer, or its bounce slot',
    function* (mapping) {
      for (const transfer of mapping.transfers) {
        if (!transfer.ok) continue
        for (const part of mapping.parts) {
          if (!overlaps(part, transfer)) continue
          const wrong = astray(part, transfer)
          yield (
            wrong && {
              why: 'the address leads elsewhere',
              kernel: `says ${given(part)}${part.bounced ? `, a bounce slot of ${hex(part.phys)}` : ''}`,
              saw: `${did(transfer)}; ${hex(wrong.iova)} should be ${hex(wrong.phys)}`,
              line: part.line,
            }
          )
        }
      }
    },
  ),

  perMapping(
    'bounce-told',
    'a mapping is bounced if, and only if, its address means other memory than the buffer',
    function* ({ parts }) {
      for (const { phys, target, bounced, line } of parts) {
        yield bounced === (phys !== target)
          ? null
          : {
              why: bounced ? 'it is said to be bounced' : 'it is not said to be bounced',
              kernel: `buffer ${hex(phys)}`,
              saw: `target ${hex(target)}`,
              line,
            }
      }
    },
  ),

  perMapping(
    'through-iommu',
    'a device goes through an IOMMU if its domain translates, and past it if not',
    function* ({ domain, transfers, parts }) {
      for (const transfer of transfers) {
        if (!transfer.ok) continue
        yield isTranslated(domain) === (transfer.mmu !== null)
          ? null
          : {
              why: transfer.mmu === null ? 'the device went past its IOMMU' : 'the device was translated',
              kernel: `domain ${domain}`,
              saw: did(transfer),
              line: parts[0]?.line ?? null,
            }
      }
    },
  ),
]

/** How a job ends that was refused an address. */
const REFUSALS = new Set(['translation', 'bus-limit', 'no-memory'])

/** The first address of a transfer that should have led elsewhere; null if there is none. */
function astray(part: Part, { iova, phys }: Transfer) {
  const from = iova > part.dma ? iova : part.dma
  const meant = part.target + (from - part.dma)
  return phys + (from - iova) === meant ? null : { iova: from, phys: meant }
}
