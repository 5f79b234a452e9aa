import { hex } from '../../report/json.ts'
import type { Mapping } from '../oracle.ts'
import { did, perMapping, range, type Rule } from '../rule.ts'
import type { Level } from '../caches.ts'
import { isTranslated, type Scene } from '../scene.ts'

/**
 * Rules on what is left of a mapping after its end. A strict domain flushes the IOMMU's caches before unmap returns; a
 * lazy one (DMA-FQ) flushes later, but before the address is given to another mapping (drivers/iommu/dma-iommu.c,
 * __iommu_dma_unmap() and the flush queue, 5.4 to 7.3). What a pool frees stays mapped.
 */
export const afterUnmapRules: Rule[] = [
  perMapping(
    'flush-owed',
    'in a strict domain, the caches that hold a translation are flushed before its unmap returns',
    function* (mapping, scene) {
      if (!isUnmapped(mapping) || mapping.domain === 'DMA-FQ') return
      const { to } = scene.life(mapping)
      for (const level of scene.caches.levels(mapping)) yield forgotten(mapping, level, scene, to, '')
    },
  ),

  perMapping(
    'flush-before-reuse',
    'in a lazy domain, the caches are flushed before an address is given to another mapping',
    function* (mapping, scene) {
      if (!isUnmapped(mapping) || mapping.domain !== 'DMA-FQ') return
      const { to } = scene.life(mapping)
      const next = scene.nextAt(mapping, to)
      if (!next) return
      const until = scene.life(next).from
      for (const level of scene.caches.levels(mapping))
        yield forgotten(mapping, level, scene, until, `, and it is mapping ${next.id} now`)
    },
  ),

  perMapping(
    'after-unmap',
    'behind an IOMMU an unmapped address faults: at once in a strict domain, after the flush in a lazy one',
    function* (mapping, scene) {
      if (!isUnmapped(mapping)) return
      const { ending } = scene.life(mapping)
      const levels = scene.caches.levels(mapping)
      for (const transfer of mapping.late) {
        const place = scene.order.of(transfer)
        const flushed = levels.every(level => scene.caches.isFlushed(level, transfer.iova, ending, place))
        const isLate = mapping.jobs.some(({ job, when }) => job === transfer.job && when === 'late')
        const may = mapping.domain === 'DMA-FQ' && !flushed && !isLate
        yield !transfer.ok || may
          ? null
          : {
              why: 'an unmapped address still works',
              kernel: `unmapped ${range(mapping.dma, mapping.size)}${flushed ? ' and flushed it' : ', and flushed nothing'}`,
              saw: did(transfer),
              line: mapping.unmap?.line ?? null,
            }
      }
    },
  ),

  perMapping('unmap-same', 'what is unmapped is what was mapped', function* ({ size, unmap, dma }) {
    if (unmap?.dma == null || unmap.size === null) return
    yield unmap.dma === dma && unmap.size === size
      ? null
      : {
          why: 'another range is unmapped than was mapped',
          kernel: `unmapped ${range(unmap.dma, unmap.size)}`,
          saw: `was given ${range(dma, size)}`,
          line: unmap.line,
        }
  }),
]

function isUnmapped({ unmap, domain, api }: Mapping): boolean {
  return unmap?.seq != null && isTranslated(domain) && api !== 'pool'
}

/** A cache that held the mapping when it ended, and was not flushed until `to`. */
function forgotten(mapping: Mapping, level: Level, scene: Scene, to: number, after: string) {
  const entry = scene.caches.stale(mapping, level, to)
  if (!entry) return null
  const used = mapping.late.find(({ ok }) => ok)
  const where = `${level.utlb === null ? `context ${level.context}` : `micro-TLB ${level.utlb}`} of ${level.mmu}`
  return {
    why: 'a flush that the driver owed never came',
    kernel: `unmapped ${range(mapping.dma, mapping.size)}${after}`,
    saw: `${where} still has ${hex(entry.iova)} as ${hex(entry.phys)}${used ? `, and it was used: ${did(used)}` : ''}`,
    line: mapping.unmap?.line ?? null,
  }
}
