/** Facts that nobody saw: a check of one is not passed, and not failed; it is skipped. */
import type { TestBase } from 'tap'
import type { BootResult, DiskReport, KernelReport, NotObserved } from './types.ts'

/** A spec looked at a fact that was not observed: the rest of its test can't be judged. */
export class Unobserved extends Error {}

/** Facts, as a sentence begins with them. */
export const FACTS: Record<NotObserved['fact'], string> = {
  pageTables: 'page tables are',
  trace: 'what the device saw is',
  probe: 'what dmaprobe says is',
  disk: 'the checks of the disk are',
}

/**
 * The result for a spec: who looks into what was not observed gets an Unobserved, rather than an empty list by which any
 * "none of them" is true. It still shows as what it is: what is not looked for is not touched.
 */
export function guarded(result: BootResult): BootResult {
  const why = (fact: NotObserved['fact']) => result.notObserved.find(found => found.fact === fact)?.why
  const [trace, disk, pageTables] = [why('trace'), why('disk'), why('pageTables')]
  return {
    ...result,
    report: closed(
      { ...result.report, ...unread(result) },
      { disk, emmc: disk, pageTables },
      { disk: FACTS.disk, emmc: FACTS.disk, pageTables: FACTS.pageTables },
    ),
    trace: trace === undefined ? result.trace : shut(result.trace, FACTS.trace, trace),
    oracle: trace === undefined ? result.oracle : shut(result.oracle, FACTS.trace, trace),
  }
}

/** The disks of a board, of which nobody but its own kernel can say what was written to them. */
function unread({
  target,
  report: { disk, emmc },
}: BootResult): Partial<Pick<KernelReport, 'disk' | 'emmc'>> {
  if (target === undefined) return {}
  const why = { written: `target ${target} is a board: nobody else reads its disk` }
  const close = (report: DiskReport) => closed(report, why, { written: 'what was written to the disk is' })
  return { ...(disk ? { disk: close(disk) } : {}), ...(emmc ? { emmc: close(emmc) } : {}) }
}

/** A copy of which nothing can be read. */
function shut<T extends object>(object: T, fact: string, why: string): T {
  const all = Object.keys(object) as (keyof T)[]
  const same = <V>(value: V) => Object.fromEntries(all.map(key => [key, value])) as Record<keyof T, V>
  return closed(object, same(why), same(fact))
}

/** A copy of which some keys, those with a reason, can't be read. They aren't enumerable: to print it is not to look. */
function closed<T extends object>(
  object: T,
  reasons: Partial<Record<keyof T, string | undefined>>,
  facts: Partial<Record<keyof T, string>>,
): T {
  const copy = { ...object }
  for (const key of Object.keys(reasons) as (keyof T)[]) {
    const why = reasons[key]
    if (why === undefined) continue
    const get = (): never => {
      throw new Unobserved(`${facts[key]} not observed: ${why}`)
    }
    Object.defineProperty(copy, key, { get, enumerable: false, configurable: true })
  }
  return copy
}

/** The plugin for tap: a test that an Unobserved ends is a skipped one, with the reason. */
export function skipsUnobserved(t: TestBase): object {
  const threw = t.threw.bind(t)
  t.threw = (error: unknown, ...rest: unknown[]) => {
    if (!(error instanceof Unobserved))
      return (threw as (...all: unknown[]) => ReturnType<typeof threw>)(error, ...rest)
    if (t.count === 0) t.plan(0, error.message)
    else {
      t.pass('can go no further', { skip: error.message })
      t.end()
    }
  }
  return {}
}
