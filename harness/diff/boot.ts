import { addressFacts } from './addresses.ts'
import { consoleDifference, type ConsoleDifference } from './console.ts'
import { compareFacts, inOrder, NONE, type Absence, type Difference, type Fact } from './fact.ts'
import { iommuFacts } from './iommu.ts'
import { oopsDifferences } from './oopses.ts'
import type { Boot } from './schema.ts'

/** A boot as it lies on the disk. */
export interface KeptBoot extends Boot {
  /** Its console's lines; null if that is not there. */
  console: readonly string[] | null
}

export interface BootDifference {
  differences: Difference[]
  console: ConsoleDifference | null
  /** What could not be held against each other, and why. */
  notCompared: string[]
}

/** Two boots, fact by fact. */
export function compareBoots(before: KeptBoot, after: KeptBoot): BootDifference {
  const absent = { before: absence(before, after), after: absence(after, before) }
  const unseen = [...new Set([before, after].flatMap(unobserved))]
  const facts = (boot: Boot) =>
    factsOf(boot).filter(({ subject }) => unseen.length === 0 || subject !== 'page tables')
  const differences = [
    ...compareFacts(facts(before), facts(after), absent),
    ...oopsDifferences(before.report.oopses, after.report.oopses, absent),
  ]
  const console = compareConsoles(before, after)
  const notCompared = console ? unseen : [...unseen, 'consoles: console.log is not there']
  return { differences: inOrder(differences), console, notCompared }
}

/** What a boot did, but for its oopses. */
export function factsOf(boot: Boot): Fact[] {
  const { end, reason } = boot
  return [
    { subject: 'end of boot', about: '', kind: end, text: `${end}: ${reason}` },
    ...addressFacts(boot),
    ...iommuFacts(boot),
    ...disk(boot),
  ]
}

function disk({ report: { disk } }: Boot): Fact[] {
  if (!disk) return []
  const steps = Object.entries(disk.steps).map(([step, result]) => `${step} ${result}`)
  const image = {
    true: 'the image has it',
    false: 'the image does not have it',
    null: 'the image was not read',
  }
  const text = `${disk.device ?? 'no disk'}: ${[...steps, image[`${disk.written}`]].join(', ')}`
  return [{ subject: 'disk', about: '', kind: text, text }]
}

/**
 * That something did not happen may be claimed only of a boot that came to its end. If it came to another end than the
 * other boot, that says it already.
 */
function absence({ complete, end }: Boot, other: Boot): Absence {
  if (complete) return NONE
  return {
    text: `none before the boot ended (${end})`,
    severity: end === other.end ? 'behaviour' : 'unreached',
  }
}

function unobserved({ notObserved = [], cell }: Boot): string[] {
  return notObserved.map(({ fact, why }) =>
    fact === 'trace'
      ? `transfers: not observed on ${cell.platform}: ${why}`
      : `page tables: not observed on ${cell.kernel}: ${why}`,
  )
}

function compareConsoles(before: KeptBoot, after: KeptBoot): ConsoleDifference | null {
  if (before.console === null || after.console === null) return null
  const side = ({ console, complete, end, report }: KeptBoot) => ({
    lines: console ?? [],
    complete,
    end,
    oopses: report.oopses.map(({ line }) => line),
  })
  return consoleDifference(side(before), side(after))
}
