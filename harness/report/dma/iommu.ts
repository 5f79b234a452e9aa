import type { KernelReport } from '../report.ts'
import type { Line } from '../input/line.ts'
import { between, deviceBefore, hexAfter, messageAt, numberAfter } from '../text.ts'

export type IommuReport = KernelReport['iommu']

/** An IOMMU's complaint; as a string it is its message, so that it can be matched against a pattern. */
class IommuError {
  readonly device: string | null
  readonly message: string
  readonly line: number

  constructor(device: string | null, message: string, line: number) {
    this.device = device
    this.message = message
    this.line = line
  }

  toString(): string {
    return this.message
  }
}

/** A message that starts so, and what it says. */
interface Row {
  message: string
  read(fact: Fact, report: IommuReport): void
}

interface Fact {
  device: string | null
  /** From its first word to the end of the line. */
  message: string
  line: number
}

const error = ({ device, message, line }: Fact, report: IommuReport) => {
  report.errors.push(new IommuError(device, message, line))
}

const ROWS: readonly Row[] = [
  // drivers/iommu/io-pgtable-arm.c, __arm_lpae_alloc_pages(): 4.4 to 7.3 (also io-pgtable-arm-v7s.c)
  { message: 'Cannot accommodate DMA translation for IOMMU page tables', read: error },
  // drivers/iommu/ipmmu-vmsa.c, ipmmu_attach_device(); `Cannot attach to IPMMU` and the last are from there too
  { message: 'Unable to initialize IPMMU context', read: error },
  { message: 'Cannot attach to IPMMU', read: error },
  { message: "Can't attach IPMMU ", read: error },
  { message: 'Using IPMMU context ', read: context },
  { message: 'Reusing IPMMU context ', read: context },
  // ipmmu-vmsa.c, ipmmu_tlb_sync()
  { message: 'TLB sync timed out -- MMU may be deadlocked', read: error },
  // ipmmu-vmsa.c, ipmmu_domain_irq(): iova is %08x before 4.19 or so
  { message: 'Unhandled fault: status ', read: fault },
  { message: 'Page Table Walk Abort @', read: error },
  { message: 'Multiple TLB hits @', read: error },
  // drivers/iommu/iommu.c, iommu_group_add_device(): `Adding device X to group N` before 5.3
  { message: 'Adding to iommu group ', read: group },
  { message: 'Adding device ', read: oldGroup },
  // iommu.c, iommu_group_remove_device(): `Removing device X from group N` before 5.3
  { message: 'Removing from iommu group ', read: ({ device }, report) => leave(device, report) },
  {
    message: 'Removing device ',
    read: ({ message }, report) => leave(between(message, 'Removing device ', ' from group '), report),
  },
  { message: 'Failed to add to iommu group ', read: error },
  { message: 'Failed to add device ', read: oldFailure },
]

/** Collects what IOMMU drivers and the IOMMU core say. */
export class IommuReader {
  readonly #report: IommuReport = { errors: [], groups: [], contexts: [], faults: [], facts: [] }

  line({ text, number }: Line): void {
    for (const row of ROWS) {
      const at = messageAt(text, row.message)
      if (at === -1) continue
      row.read(
        { device: deviceBefore(text, at), message: text.slice(at).trimEnd(), line: number },
        this.#report,
      )
      return
    }
  }

  report(): IommuReport {
    return this.#report
  }
}

function context({ device, message, line }: Fact, report: IommuReport): void {
  const context = numberAfter(message, 'IPMMU context ')
  if (device !== null && context !== null) report.contexts.push({ device, context, line })
}

function fault({ device, message, line }: Fact, report: IommuReport): void {
  const [status, iova] = [hexAfter(message, 'status '), hexAfter(message, 'iova ')]
  if (device !== null && status !== null && iova !== null)
    report.faults.push({
      ...{ device, status, iova, line, boot: 0 },
      ...{ access: null, reason: null, context: null, stream: null },
    })
}

function group({ device, message, line }: Fact, report: IommuReport): void {
  const group = numberAfter(message, 'group ')
  if (device !== null && group !== null) report.groups.push({ device, group, line })
}

function oldGroup({ message, line }: Fact, report: IommuReport): void {
  const [device, group] = [between(message, 'Adding device ', ' '), numberAfter(message, ' to group ')]
  if (device !== null && group !== null) report.groups.push({ device, group, line })
}

/** A device that left its group is in none: `groups` is how things are at the end. */
function leave(device: string | null, report: IommuReport): void {
  report.groups = report.groups.filter(entry => entry.device !== device)
}

function oldFailure({ message, line }: Fact, report: IommuReport): void {
  if (!message.includes(' to group ')) return
  error({ device: between(message, 'Failed to add device ', ' '), message, line }, report)
}
