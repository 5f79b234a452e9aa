import { hex } from '../report/json.ts'
import { showSymbol } from '../report/crash/symbol.ts'
import { factsOf } from '../series-facts.ts'
import type { BootResult, Oops } from '../types.ts'

/** One kernel of the report: the faults put back, and what its story is if all is as it was in 2018. */
export interface Chapter {
  faults: readonly string[]
  /** Page tables are bounced and refused. */
  refused: boolean
  /** The kernel dereferences NULL in ipmmu_domain_free(). */
  crashes: boolean
}

export const chapters: readonly Chapter[] = [
  { faults: [], refused: false, crashes: false },
  { faults: ['bus-mask-always-set'], refused: true, crashes: false },
  { faults: ['domain-free-unguarded'], refused: false, crashes: false },
  { faults: ['bus-mask-always-set', 'domain-free-unguarded'], refused: true, crashes: true },
]

/** True if a boot went as its chapter tells. */
export function asTold(
  { refused, crashes }: Chapter,
  { cell, report, trace, complete }: BootResult,
): boolean {
  const bounced = report.pageTables.some(page => page.bounced)
  const translated = trace.transfers.length > 0 && trace.transfers.every(x => x.mmu !== null)
  if (bounced !== refused || saysRefused({ cell, report }) !== refused) return false
  // Some kernels WARN of a refusal; that is no crash.
  const [crash] = report.oopses.filter(({ kind }) => kind !== 'warning')
  if (crashes) return crash?.title === `null-deref in ${factsOf(cell.kernel).nullDerefIn}`
  return complete && crash === undefined && report.disk?.ok === true && translated !== refused
}

/** The lines of a chapter's row: faults, page tables, SATA, oops. */
export function row({ faults }: Chapter, result: BootResult): string[][] {
  const names = faults.length === 0 ? ['none'] : faults.map((name, i) => (i === 0 ? name : `+ ${name}`))
  return [names, pageTables(result), sata(result), oops(result)]
}

function saysRefused({ cell, report }: Pick<BootResult, 'cell' | 'report'>): boolean {
  return report.iommu.errors.some(({ message }) => message.includes(factsOf(cell.kernel).refusal))
}

function pageTables({ cell, report }: BootResult): string[] {
  const [first] = report.pageTables
  if (!first) return ['none was made']
  const lines = [`phys ${hex(first.phys)}`, `dma  ${hex(first.dma)}`]
  if (!first.bounced) return [...lines, `not bounced; ${report.pageTables.length} in all`]
  return [...lines, saysRefused({ cell, report }) ? 'bounced, so refused' : 'bounced']
}

function sata({ report, trace }: BootResult): string[] {
  if (!report.disk) return ['never came up']
  const [group] = report.iommu.groups
  const data = trace.transfers.filter(x => x.what === 'data')
  const translated = data.filter(x => x.mmu !== null).length
  const [first] = data
  return [
    translated > 0 && group ? `in IOMMU group ${group.group}` : 'runs without the IOMMU',
    `${data.length} transfers, ${translated} translated`,
    ...(first ? [`${hex(first.iova)} → ${hex(first.phys)}`] : []),
    report.disk.ok ? 'data right' : 'data wrong',
  ]
}

function oops({ report }: BootResult): string[] {
  const first = report.oopses.find(({ kind }) => kind !== 'warning') ?? report.oopses[0]
  return first ? crash(first) : ['none']
}

function crash({ kind, address, pc, callTrace }: Oops): string[] {
  const at = address === null ? '' : kind === 'null-deref' ? `: NULL + ${hex(address)}` : `: ${hex(address)}`
  const callers = callTrace.slice(1, 3).map(ref => `from ${ref.symbol}`)
  return [`${kind}${at}`, ...(pc ? [`in ${showSymbol(pc)}`] : []), ...callers]
}
