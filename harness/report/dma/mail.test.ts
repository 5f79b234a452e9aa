import { existsSync, readFileSync } from 'node:fs'
import t from 'tap'
import { FactReader } from './facts.ts'
import { readLine } from '../input/line.ts'

/**
 * Real logs, and what people found in them by hand: every IOMMU message with driver and device, every DMA value.
 *
 * Quotes are stripped here, crudely, and the report that was mailed as one line is read in its restored form: taking
 * such lines apart is the work of report/input, which these readers do not need.
 */
const LOGS = new URL('../../../../shared/logs/mail/', import.meta.url)
const RESTORED: Readonly<Record<string, string>> = {
  '01-seed-ipmmu-oneline.log': '02-seed-ipmmu-restored.log',
}

interface Labels {
  file: string
  iommu: { driver: string; device: string | null; message: string; count?: number }[]
  dma: { kind: string; value: string }[]
}

t.test('real logs', { skip: existsSync(LOGS) ? false : 'no sample logs in ../shared/logs' }, async t => {
  const index = JSON.parse(readFileSync(new URL('index.json', LOGS), 'utf8')) as Labels[]
  for (const { file, iommu, dma } of index) {
    const facts = new FactReader()
    const text = readFileSync(new URL(RESTORED[file] ?? file, LOGS), 'latin1')
    text.split(/\r?\n/).forEach((raw, i) => {
      facts.line(readLine(raw.replace(/^(?:> ?){1,9}/, ''), i + 1))
    })
    const report = facts.report()
    for (const label of iommu) {
      const { driver, device, message, count = 1 } = label
      const found = report.iommu.facts.filter(
        fact => fact.message === message && fact.driver === driver && fact.device === device,
      )
      const same = iommu.filter(other => other.message === message && other.device === device)
      t.equal(found.length, count * same.length, `${file}: ${driver} ${device ?? ''}: ${message}`)
    }
    const values = new Set(
      [...report.iommu.facts, ...report.dma].flatMap(fact => [
        ...fact.addresses,
        ...Object.values(fact.values),
        ...('busLimit' in fact ? [fact.mask, fact.busLimit] : []),
      ]),
    )
    for (const { kind, value } of dma) t.ok(values.has(BigInt(value)), `${file}: ${kind} ${value}`)
    if (iommu.length === 0) t.same(report.iommu.facts, [], `${file}: nothing of DMA or IOMMUs`)
  }
})
