import type { DmaFact, KernelReport } from '../report/report.ts'
import { count } from '../text.ts'
import { bits } from './readings/masks.ts'
import { text, type Item } from './page.ts'
import { join, prose, say, type Say } from './say.ts'
import type { Scene } from './scene.ts'

/** What a log without a crash tells of the kernel, the machine, and their DMA. */
export function settingItems(report: KernelReport, boot: number, scene: Scene): Item[] {
  const { kernel = null, machine = null } = report.boots[boot] ?? {}
  const { groups } = report.iommu
  const only = report.boots.length === 1
  const said: (Say | null)[] = [
    kernel === null && machine === null
      ? null
      : join(
          [
            ...(kernel === null ? [] : [say`linux ${kernel}`]),
            ...(machine === null ? [] : [say`${machine}`]),
          ],
          ' on ',
        ),
    swiotlb(scene.dma),
    ...masks(scene.dma),
    pages(scene),
    only && groups.length > 0 ? behind(groups) : null,
    memory(scene),
    only ? disk(report) : null,
  ]
  return said.filter(sentence => sentence !== null).map(sentence => text(sentence))
}

function swiotlb(dma: readonly DmaFact[]): Say | null {
  const pool = dma.find(({ kind }) => kind === 'swiotlb-mapped')
  const [start, end] = pool?.addresses ?? []
  if (start === undefined || end === undefined) return null
  const size = pool?.size ? say`, ${`${pool.size >> 20n} MiB`}` : prose('')
  return say`Bounce buffers (swiotlb) are at ${start} to ${end}${size}.`
}

function masks(dma: readonly DmaFact[]): Say[] {
  const named = dma.filter(
    ({ kind, mask, busLimit }) => kind !== 'dma-overflow' && (mask !== null || busLimit !== null),
  )
  return named.slice(-4).map(({ device, mask, busLimit }) => {
    const limits = [
      ...(mask === null ? [] : [say`DMA mask ${mask} (${bits(mask)} bits)`]),
      ...(busLimit === null ? [] : [say`bus limit ${busLimit} (${bits(busLimit)} bits)`]),
    ]
    return say`${device === null ? prose('A device') : say`${device}`} has ${join(limits, ' and ')}.`
  })
}

function pages({ pages }: Scene): Say | null {
  if (pages.length === 0) return null
  const bounced = pages.filter(page => page.bounced).length
  const [highest] = pages.toSorted((a, b) => (a.phys < b.phys ? 1 : -1))
  const top = highest ? say`; the highest is at phys ${highest.phys}, dma ${highest.dma}` : prose('')
  return say`${count(pages.length, 'page-table page')} of an IOMMU, ${bounced === 0 ? 'none' : String(bounced)} bounced${top}.`
}

function behind(groups: KernelReport['iommu']['groups']): Say {
  const shown = groups.slice(0, 6).map(({ device, group }) => say`${device} (group ${group})`)
  const more = groups.length > shown.length ? prose(`, and ${groups.length - shown.length} more`) : prose('')
  return say`Behind an IOMMU: ${join(shown, ', ')}${more}.`
}

function memory({ memory: { zones } }: Scene): Say | null {
  if (zones.length === 0) return null
  const shown = zones.slice(0, 6).map(({ name, start, end }) => say`${name} ${start} to ${end}`)
  return say`Zones: ${join(shown, ', ')}.`
}

function disk({ disk }: KernelReport): Say | null {
  if (!disk) return null
  if (disk.why !== null) return say`The disk did not come up: ${disk.why}.`
  if (disk.device === null) return prose('The init of dmaspec found no disk.')
  return disk.ok
    ? say`The data on ${disk.device} was read and written right.`
    : say`The data on ${disk.device} was not right: ${Object.entries(disk.steps)
        .map(([name, result]) => `${name} ${result}`)
        .join(', ')}.`
}
