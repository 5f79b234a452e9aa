import { existsSync, readFileSync } from 'node:fs'
import t from 'tap'
import { parseConsole } from '../parse.ts'

/** Real logs, and what people found in them by hand: every IOMMU message with driver and device, every DMA value. */
const LOGS = new URL('../../../../shared/logs/mail/', import.meta.url)

interface Labels {
  file: string
  iommu: { driver: string; device: string | null; message: string; count?: number }[]
  dma: { kind: string; value: string }[]
}

t.test('real logs', { skip: existsSync(LOGS) ? false : 'no sample logs in ../shared/logs' }, async t => {
  const index = JSON.parse(readFileSync(new URL('index.json', LOGS), 'utf8')) as Labels[]
  for (const { file, iommu, dma } of index) {
    const report = parseConsole(readFileSync(new URL(file, LOGS), 'utf8').split('\n'))
    for (const label of iommu) {
      const { driver, device, message, count = 1 } = label
      const found = report.iommu.facts.filter(
        fact => fact.message === message && fact.driver === driver && fact.device === device,
      )
      const same = iommu.filter(other => other.message === message && other.device === device)
      t.equal(found.length, count * same.length, `${file}: ${driver} ${device ?? ''}: ${message}`)
    }
    const values = new Set<unknown>([
      ...report.iommu.facts.flatMap(fact => [...fact.addresses, ...Object.values(fact.values)]),
      ...report.dma.flatMap(fact => [fact.mask, fact.busLimit]),
    ])
    for (const { kind, value } of dma) t.ok(values.has(BigInt(value)), `${file}: ${kind} ${value}`)
    if (iommu.length === 0) t.same(report.iommu.facts, [], `${file}: nothing of DMA or IOMMUs`)
  }
})
