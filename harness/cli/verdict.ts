import { describeCell } from '../errors.ts'
import { hex } from '../report/json.ts'
import { showSymbol } from '../report/crash/symbol.ts'
import { disagreementText, summary } from '../oracle/text.ts'
import type { BootResult, DiskReport, Frame, NotObserved, Oops, OracleReport, PageTables } from '../types.ts'

/** How many frames of a call trace a reader wants to see before the console. */
const FRAMES = 8

/** What came of a boot, for people: one block a subject, in the order in which it matters. */
export function verdict(result: BootResult): string {
  const { cell, report, reason, seconds, artifacts } = result
  const head = [describeCell(cell), `${reason}, after ${seconds.boot.toFixed(2)} s`]
  if (result.target !== undefined) head.push(`on target ${result.target}`)
  if (report.kernel !== null) head.push(`linux ${report.kernel} on ${report.machine ?? 'an unnamed machine'}`)
  const { version, sha256 } = result.kernel
  const blocks = {
    kernel: [version, `Image ${sha256}`],
    'page tables': pageTables(report.pageTables, result.notObserved),
    iommu: iommu(result),
    sata: [unseen(result) ?? disk(report.disk), ...transfers(result, 'ee300000.sata')],
    ...(cell.emmc && {
      emmc: [unseen(result) ?? disk(report.emmc ?? null), ...transfers(result, 'ee140000.mmc')],
    }),
    oops: oopses(report.oopses, result.complete),
    ...(speaks(result.oracle) ? { 'both sides': bothSides(result.oracle) } : {}),
    kept: [artifacts.console, artifacts.argv, ...(isTraced(result) ? [artifacts.trace] : [])],
  }
  const body = Object.entries(blocks).map(([name, lines]) => block(name, lines))
  return [...head, '', ...body, ''].join('\n')
}

function isTraced({ notObserved }: BootResult): boolean {
  return !notObserved.some(({ fact }) => fact === 'trace')
}

/** Without a dmaprobe, and all well, there is nothing to say. */
function speaks({ mappings, failures, disagreements }: OracleReport): boolean {
  return mappings.length + failures.length + disagreements.length > 0
}

/** What the kernel said of each mapping against what the device saw: every disagreement with its timeline. */
function bothSides(oracle: OracleReport): string[] {
  return [summary(oracle), ...disagreementText(oracle)]
}

function block(name: string, lines: string[]): string {
  return lines.map((line, i) => `  ${(i === 0 ? name : '').padEnd(13)}${line}`).join('\n')
}

function pageTables(pages: PageTables, notObserved: readonly NotObserved[]): string[] {
  const missing = notObserved.find(({ fact }) => fact === 'pageTables')
  if (missing) return [`not observed: ${missing.why}`]
  if (pages.length === 0) return ['none was printed']
  const bounced = pages.filter(page => page.bounced).length
  const { device, dma, phys, bounced: isBounced } = pages.highest
  const where = isBounced ? `bounced: dma ${hex(dma)} is not phys ${hex(phys)}` : `dma = phys = ${hex(phys)}`
  return [`${pages.length} of ${device}, ${bounced} bounced`, `the highest: ${where}`]
}

function iommu({ report: { iommu } }: BootResult): string[] {
  const lines = [
    ...iommu.errors.map(({ device, message }) => `${device ?? 'iommu'}: ${message}`),
    ...iommu.faults.map(
      ({ device, status, iova }) => `${device}: fault, status ${hex(status)}, iova ${hex(iova)}`,
    ),
    ...iommu.groups.map(({ device, group }) => `${device} is in group ${group}`),
    ...iommu.contexts.map(({ device, context }) => `${device} uses context ${context}`),
  ]
  return lines.length > 0 ? lines : ['nothing was said']
}

/** Why nobody checked the disks, if so. */
function unseen({ notObserved }: BootResult): string | null {
  const missing = notObserved.find(({ fact }) => fact === 'disk')
  return missing ? `not observed: ${missing.why}` : null
}

function disk(report: DiskReport | null): string {
  if (!report) return 'the init never reported'
  if (report.why !== null) return `dead: ${report.why}`
  if (report.device === null) return 'no disk appeared'
  const steps = Object.entries(report.steps).map(([step, result]) => `${step} ${result}`)
  const written = {
    true: 'the image has it',
    false: 'the image does not have it',
    null: 'the image was not read',
  }
  return `${report.device}: ${steps.join(', ')}; ${written[`${report.written}`]}`
}

function transfers({ trace, notObserved }: BootResult, of: string): string[] {
  const missing = notObserved.find(({ fact }) => fact === 'trace')
  if (missing) return [`what it moved is not observed: ${missing.why}`]
  const data = trace.transfers.filter(({ what, master }) => what === 'data' && master === of)
  if (data.length === 0) return []
  const translated = data.filter(({ mmu }) => mmu !== null)
  const [first] = translated.length > 0 ? translated : data
  const example = first ? `, the first iova ${hex(first.iova)} → phys ${hex(first.phys)}` : ''
  return [`${data.length} transfers of data, ${translated.length} translated${example}`]
}

function oopses(list: Oops[], complete: boolean): string[] {
  if (list.length === 0) return [complete ? 'none' : 'none seen, but the log is not complete']
  return list.flatMap(oops => {
    const facts = [
      oops.address === null ? null : `address ${hex(oops.address)}`,
      oops.cpu === null ? null : `cpu ${oops.cpu}`,
      oops.comm === null ? null : `${oops.comm}[${oops.pid}]`,
      oops.workqueue === null ? null : `workqueue ${oops.workqueue}`,
      `line ${oops.line}`,
    ].filter(fact => fact !== null)
    const frames = oops.callTrace.slice(0, FRAMES).map(frame => `  ${showSymbol(frame)}${place(frame)}`)
    const more = oops.callTrace.length - frames.length
    return [oops.title, `  ${facts.join(', ')}`, ...frames, ...(more > 0 ? [`  … and ${more} more`] : [])]
  })
}

/** ` at file:line`, if the kernel has line tables. */
function place({ source: [innermost] }: Frame): string {
  return innermost ? ` at ${innermost.file}:${innermost.line}` : ''
}
