/** What of a boot fails its test, whatever the test goes on to ask. */
import { dirname } from 'node:path'
import type { Test } from 'tap'
import { summary, timelineText } from './oracle/text.ts'
import type { BootResult, RuleName } from './types.ts'

/** What a cell of a spec may come to without failing its test. */
export interface Allowances {
  /** An oops may come. */
  mayOops?: boolean | undefined
  /**
   * Kernel and device may disagree. Better the names of the rules that may, so that all others still hold
   * (docs/oracle.md): `['flush-owed', 'after-unmap']`.
   */
  mayDisagree?: boolean | readonly RuleName[] | undefined
  /** The disk may die, and end the boot. */
  mayLoseDisk?: boolean | undefined
}

/** Fails the test on any oops, BUG or WARN, on a disk that died, and on what both sides disagree about, unless it may. */
export function failOf(t: Test, result: BootResult, { mayOops, mayLoseDisk, mayDisagree }: Allowances): void {
  const { report, artifacts, end, reason } = result
  if (!mayOops) {
    for (const { title, line } of report.oopses)
      t.fail(title, { at: null, stack: '', console: `${artifacts.console}:${line}` })
  }
  if (!mayLoseDisk && end === 'disk') t.fail(reason, { at: null, stack: '', console: artifacts.console })
  // Without the device's side there is nothing to hold the kernel's against.
  if (!result.notObserved.some(({ fact }) => fact === 'trace')) tellOracle(t, result, mayDisagree ?? false)
}

/** Says how much both sides were held against each other, and fails the test on what they disagree about. */
function tellOracle(t: Test, { oracle, artifacts }: BootResult, may: boolean | readonly RuleName[]): void {
  if (oracle.mappings.length > 0) t.comment(summary(oracle))
  if (may === true) return
  const names: readonly string[] = may === false ? [] : may
  const wrong = oracle.disagreements.filter(({ rule }) => !names.includes(rule))
  for (const { rule, message, line, timeline } of wrong.slice(0, MOST_TOLD)) {
    const where = line === null ? artifacts.trace : `${artifacts.console}:${line}`
    const both = timelineText(timeline).join('\n')
    t.fail(`${rule}: ${message}`, {
      at: null,
      stack: '',
      console: where,
      ...(both === '' ? {} : { timeline: both }),
    })
  }
  const more = wrong.length - MOST_TOLD
  if (more > 0)
    t.fail(`and ${more} more disagreements`, { at: null, stack: '', report: dirname(artifacts.console) })
}

/** So many disagreements are failures of their own: a broken IOMMU disagrees with every mapping. */
const MOST_TOLD = 10
