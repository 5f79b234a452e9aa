import { CellError } from '../errors.ts'
import { compareBoots, type KeptBoot } from './boot.ts'
import { DiffBuilder, named, type Diff, type Named } from './diff.ts'
import { NONE, type Difference } from './fact.ts'
import { matchCells, matchInOrder, matchTests, type Matched } from './match.ts'
import { oopsDifferences } from './oopses.ts'
import type { BootRecord, CellResult, TestResult } from '../results/result.ts'
import { compareTests, compareVerdicts } from './verdicts.ts'

/** A run, or one kernel of it. */
export interface RunSide extends Named {
  cells: readonly CellResult[]
  /** What the boot left behind; why it can't be looked at, in words, if it can't. */
  load(boot: BootRecord): Promise<KeptBoot | string>
}

/**
 * Two runs. Reads the boots of a pair at a time: a run of all kernels has more than fits into memory.
 *
 * @param onBoot called before each pair of boots, with how many there are
 */
export async function diffRuns(
  before: RunSide,
  after: RunSide,
  onBoot: (done: number, of: number) => void = () => {},
): Promise<Diff> {
  const matched = matchCells(before.cells, after.cells)
  if (matched.pairs.length === 0)
    throw new CellError(
      `${before.path} and ${after.path} have no cell in common (${before.what}; ${after.what}): to compare two kernels, name one of each: ${before.path}:<kernel>`,
    )
  const builder = new DiffBuilder()
  only(builder, matched, '')
  const total = countBoots(matched)
  for (const { name, before: old, after: now } of matched.pairs) {
    builder.compared.cells++
    const found: Difference[] = []
    const tests = matchTests(old.tests, now.tests)
    only(builder, tests, `${name} › `)
    for (const { name: title, before: was, after: is } of tests.pairs) {
      const place = title === '' ? name : `${name} › ${title}`
      builder.compared.tests++
      const differences = compareTests(was, is)
      builder.add(differences, place)
      found.push(...differences)
      const boots = matchInOrder(was.boots, is.boots)
      only(builder, boots, `${place}, `)
      for (const [i, pair] of boots.pairs.entries()) {
        onBoot(builder.compared.boots, total)
        const where = boots.pairs.length > 1 ? `${place}, boot ${i + 1}` : place
        found.push(...(await diffBoot(builder, { before, after }, pair, where)))
      }
    }
    // A spec that never ran has no tests to say it.
    if (!found.some(({ subject }) => subject === 'verdict')) {
      const differences = compareVerdicts(old, now)
      builder.add(differences, name)
      found.push(...differences)
    }
    const differences = found.filter(({ severity }) => severity === 'behaviour').length
    if (differences > 0)
      builder.cells.push({ cell: name, before: old.verdict, after: now.verdict, differences })
  }
  return builder.build(named(before), named(after))
}

async function diffBoot(
  builder: DiffBuilder,
  sides: { before: RunSide; after: RunSide },
  boots: { before: BootRecord; after: BootRecord },
  place: string,
): Promise<Difference[]> {
  const before = await sides.before.load(boots.before)
  const after = await sides.after.load(boots.after)
  if (typeof before !== 'string' && typeof after !== 'string') {
    const difference = compareBoots(before, after)
    builder.boot(difference, place)
    return difference.differences
  }
  const why = typeof before === 'string' ? `before: ${before}` : `after: ${after as string}`
  builder.notCompared(`boots, but for how they ended and their oopses: ${why}`, place)
  builder.compared.boots++
  const differences = compareRecords(boots.before, boots.after)
  builder.add(differences, place)
  return differences
}

/** Of boots whose folders are not there. */
function compareRecords(before: BootRecord, after: BootRecord): Difference[] {
  const oopses = ({ oopses }: BootRecord) => oopses.map(title => ({ title }))
  const differences = oopsDifferences(oopses(before), oopses(after), { before: NONE, after: NONE })
  if (before.end === after.end) return differences
  const side = ({ end, reason }: BootRecord) => ({ kind: end, text: `${end}: ${reason}` })
  const ends = { before: side(before), after: side(after) }
  return [{ subject: 'end of boot', about: '', severity: 'behaviour', ...ends }, ...differences]
}

function only(builder: DiffBuilder, { onlyBefore, onlyAfter }: Matched<unknown>, place: string): void {
  builder.onlyBefore.push(...onlyBefore.map(name => place + name))
  builder.onlyAfter.push(...onlyAfter.map(name => place + name))
}

function countBoots({ pairs }: Matched<CellResult>): number {
  const tests = pairs.flatMap(({ before, after }) => matchTests(before.tests, after.tests).pairs)
  const count = (test: TestResult) => test.boots.length
  return tests.reduce((sum, { before, after }) => sum + Math.min(count(before), count(after)), 0)
}
