/** Reports for tests, made by hand: what the parser makes of logs is its own tests' matter. */
import { readCode } from '../report/arm64/code.ts'
import { THE_REPORT } from '../report/consoles.ts'
import { parseConsole } from '../report/parse.ts'
import type { DmaFact, IommuFact, IommuFault, KernelReport, Oops } from '../report/report.ts'

type Values = IommuFact['values']

/** A fact of an IOMMU, or of DMA as the list of both has it. */
export function fact(line: number, kind: string, message: string, values: Values = {}): IommuFact {
  return {
    ...{ kind, error: true, driver: 'ipmmu-vmsa', device: 'e67b0000.mmu', addresses: [], values },
    ...{ message, line, boot: 0, places: [] },
  }
}

/** A fact of DMA. */
export function dmaFact(line: number, kind: string, more: Partial<DmaFact> = {}): DmaFact {
  return {
    ...{
      kind,
      error: false,
      driver: null,
      device: null,
      addresses: [],
      size: null,
      mask: null,
      busLimit: null,
    },
    ...{ values: {}, places: [], message: kind, line, boot: 0 },
    ...more,
  }
}

export function fault(line: number, iova: bigint, more: Partial<IommuFault> = {}): IommuFault {
  return {
    ...{ device: 'febd0000.iommu', status: 0x1502n, iova, access: 'read', reason: 'translation fault' },
    ...{ context: 1, stream: null, line, boot: 0 },
    ...more,
  }
}

interface Parts {
  oopses?: Oops[]
  facts?: IommuFact[]
  dma?: DmaFact[]
  faults?: IommuFault[]
  more?: Partial<KernelReport>
}

/** A report of these parts and nothing else. */
export function reportOf({ oopses = [], facts = [], dma = [], faults = [], more = {} }: Parts): KernelReport {
  const empty = parseConsole(['nothing'])
  return { ...empty, oopses, dma, iommu: { ...empty.iommu, facts, faults }, ...more }
}

/** The crash of the report of 2018, whole. */
export function theCrash(more: Partial<Oops> = {}): Oops {
  const [oops] = parseConsole(THE_REPORT).oopses
  if (!oops) throw new Error('the report has a crash')
  return {
    ...oops,
    ...{ arch: 'arm64', kind: 'null-deref', title: 'null-deref in ipmmu_domain_free', line: 27, fatal: true },
    ...{ lastLine: 70, corrupted: false, damage: [], access: 'read', panic: null },
    header: 'Unable to handle kernel NULL pointer dereference at virtual address 0000000000000038',
    registers: { x0: 0x28n, x1: 0n },
    code: readCode('aa0003f3 97ffeb1a d1002274 f85f8261 (f9401c20)', 'arm64'),
    ...more,
  }
}

/** The whole mail of 2018: refusal, crash, and the addresses that its author printed. */
export function theMail(): KernelReport {
  return reportOf({
    oopses: [theCrash()],
    facts: [
      fact(24, 'page-table-refused', 'Cannot accommodate DMA translation for IOMMU page tables'),
      { ...fact(25, 'ipmmu-context-failed', 'Unable to initialize IPMMU context'), device: 'ee300000.sata' },
      fact(26, 'group-failed', 'Failed to add device ee300000.sata to group 0: -22'),
    ],
    dma: [
      dmaFact(109, 'dma-field-print', { mask: 0xffffffffffn }),
      dmaFact(110, 'dma-field-print', { busLimit: 0xffffffffn }),
      dmaFact(115, 'page-table-print', { values: { dma: 0x7388f3000n } }),
      dmaFact(116, 'page-table-print', { values: { phys: 0x7388f3000n } }),
      dmaFact(121, 'page-table-print', { values: { dma: 0x74009000n } }),
      dmaFact(122, 'page-table-print', { values: { phys: 0x73882b000n } }),
    ],
  })
}
