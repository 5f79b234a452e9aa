import { hex } from '../../report/json.ts'
import type { Rule } from '../rule.ts'

/**
 * Rules that need no driver of ours: what the kernel says of its IOMMUs, held against what they did, whichever master
 * they did it for.
 */
export const tableRules: Rule[] = [
  {
    name: 'fault-seen',
    claims: 'an IOMMU that a driver reports a fault of refused that address',
    *check({ setting, walkFaults, contexts, walks }) {
      const traced = new Set([...contexts, ...walks, ...walkFaults].map(({ mmu }) => mmu))
      for (const { device, iova, status, line } of setting.report.iommu.faults) {
        // Only some IOMMUs write a device trace; and some faults have no address.
        if (iova === null || !traced.has(device)) continue
        yield walkFaults.some(fault => fault.iova === iova)
          ? null
          : {
              why: 'a fault was reported that the IOMMU did not have',
              kernel: `reports ${hex(iova)}, status ${hex(status)}`,
              saw: refused(walkFaults.map(fault => fault.iova)),
              ...{ device, mapping: null, line },
            }
      }
    },
  },

  {
    name: 'tables-told',
    claims: 'an IOMMU walks the page tables that its driver made, and no others',
    *check({ setting, walks, walkFaults }) {
      const { pageTables } = setting.report
      if (pageTables.length === 0 || setting.notObserved.some(({ fact }) => fact === 'pageTables')) return
      const made = new Set(pageTables.map(({ dma }) => dma))
      const told = new Set<bigint>()
      for (const { mmu, iova, tables } of [...walks, ...walkFaults]) {
        const other = tables.find(table => !within(pageTables, table))
        // Each page once: a stray table is met by every walk.
        if (other !== undefined && told.has(other)) continue
        if (other !== undefined) told.add(other)
        yield other === undefined
          ? null
          : {
              why: 'an IOMMU read a page table that its driver never made',
              kernel: `made ${pageTables.length}, from ${hex(least(made))} to ${hex(most(made))}`,
              saw: `read ${hex(other)} for ${hex(iova)}`,
              ...{ device: mmu, mapping: null, line: null },
            }
      }
    },
  },

  {
    name: 'root-told',
    claims: 'a context begins with a page table that its driver made',
    *check({ setting, contexts }) {
      const { pageTables } = setting.report
      if (pageTables.length === 0 || setting.notObserved.some(({ fact }) => fact === 'pageTables')) return
      const made = new Set(pageTables.map(({ dma }) => dma))
      for (const { mmu, context, op, ttbr } of contexts) {
        if (op !== 'enable' || ttbr === 0n) continue
        yield made.has(ttbr)
          ? null
          : {
              why: 'a context begins with a table that its driver never made',
              kernel: `made ${pageTables.length}, from ${hex(least(made))} to ${hex(most(made))}`,
              saw: `context ${context} begins at ${hex(ttbr)}`,
              ...{ device: mmu, mapping: null, line: null },
            }
      }
    },
  },
]

function refused(iovas: readonly bigint[]): string {
  if (iovas.length === 0) return 'refused nothing'
  const few = iovas.slice(0, 4).map(hex).join(', ')
  return `refused ${few}${iovas.length > 4 ? `, and ${iovas.length - 4} more` : ''}`
}

/** Walks read pages, and a root may be several side by side. */
const within = (made: readonly { dma: bigint; size: bigint }[], page: bigint): boolean =>
  made.some(({ dma, size }) => (dma & ~0xfffn) <= page && page < dma + size)

const least = (all: Iterable<bigint>) => [...all].reduce((a, b) => (a < b ? a : b))
const most = (all: Iterable<bigint>) => [...all].reduce((a, b) => (a > b ? a : b))
