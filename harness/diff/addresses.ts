import { hex } from '../report/json.ts'
import { count } from '../text.ts'
import { groupBy, kinds, type Fact } from './fact.ts'
import { located, memoryPlace, placeOf, poolOf, type Pool } from './place.ts'
import type { Boot, BootReport, Transfer } from './schema.ts'

/** Where the kernel put what devices read and write, and the way the devices went there. */
export function addressFacts({ report, trace, notObserved = [] }: Boot): Fact[] {
  const seen = !notObserved.some(({ fact }) => fact === 'pageTables')
  return [
    ...(seen ? pageTables(report) : []),
    ...transfers(trace.transfers, poolOf(report)),
    ...dmaFacts(report),
    ...swiotlb(report),
  ]
}

type Page = BootReport['pageTables'][number]

function pageTables({ pageTables: pages }: BootReport): Fact[] {
  return [...groupBy(pages, page => page.device)].map(([about, pages]) => {
    const ways = [...groupBy(pages, wayOfPage)].sort()
    return {
      subject: 'page tables',
      about,
      kind: kinds(ways.map(([way]) => way)),
      text: ways.map(([way, pages]) => `${pages.length} ${way} (${example(pages)})`).join('; '),
    }
  })
}

function wayOfPage({ bounced, phys, dma }: Page): string {
  return bounced ? `bounced from ${placeOf(phys)} to ${placeOf(dma)}` : `direct, ${placeOf(phys)}`
}

/** The highest page: that is the one that a limit meets first. */
function example(pages: readonly Page[]): string {
  const { phys, dma, bounced } = pages.reduce((a, b) => (b.phys > a.phys ? b : a))
  const first = pages.length > 1 ? 'highest ' : ''
  return bounced ? `${first}${hex(phys)} → ${hex(dma)}` : first + hex(phys)
}

function transfers(events: readonly Transfer[], pool: Pool): Fact[] {
  return [...groupBy(events, ({ master, what }) => `${master} ${what}`)].map(([about, events]) => {
    const ways = [...groupBy(events, event => wayOf(event, pool))].sort()
    return {
      subject: 'transfers',
      about,
      kind: kinds(ways.map(([way]) => way)),
      text: ways.map(([way, events]) => `${events.length} ${way}${fromTo(events[0])}`).join('; '),
    }
  })
}

/** A refused transfer went nowhere: only what it asked for counts. */
function wayOf({ mmu, utlb, iova, phys, ok, access }: Transfer, pool: Pool): string {
  const route = mmu === null ? 'past the IOMMU' : `through ${mmu}, micro-TLB ${utlb ?? 'none'}`
  const asked = mmu !== null && placeOf(iova) === 'above 4 GiB' ? ', iova above 4 GiB' : ''
  return ok ? `${route}${asked}, memory ${memoryPlace(phys, pool)}` : `${route}${asked}, ${access} refused`
}

function fromTo(event: Transfer | undefined): string {
  if (event === undefined) return ''
  const { iova, phys, mmu, ok } = event
  if (!ok) return ` (iova ${hex(iova)})`
  return mmu === null ? ` (${hex(phys)})` : ` (${hex(iova)} → ${hex(phys)})`
}

/** `swiotlb buffer is full`, `DMA addr … overflow`: by device. */
function dmaFacts({ dma }: BootReport): Fact[] {
  const troubles = dma.filter(({ kind, error }) => error ?? kind !== 'swiotlb-mapped')
  return [...groupBy(troubles, ({ device, kind }) => `${device ?? 'no device'} ${kind}`)].map(
    ([about, facts]) => ({
      subject: 'dma',
      about,
      kind: 'reported',
      text: `${count(facts.length, 'time')}: ${facts[0]?.message ?? ''}`,
    }),
  )
}

function swiotlb({ dma }: BootReport): Fact[] {
  const [pool] = dma.filter(({ kind }) => kind === 'swiotlb-mapped')
  const from = pool?.addresses[0]
  if (pool === undefined || from === undefined) return []
  const size = pool.size === null ? 'of unknown size' : `${pool.size >> 20n} MiB`
  return [
    {
      subject: 'swiotlb',
      about: 'pool',
      kind: `${size} ${placeOf(from)}`,
      text: `${size} at ${located(from)}`,
    },
  ]
}
