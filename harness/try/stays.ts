import { factsOf } from '../diff/boot.ts'
import type { Fact, Subject } from '../diff/fact.ts'
import { matchCells, matchInOrder, matchTests } from '../diff/match.ts'
import type { RunSide } from '../diff/runs.ts'

/** What IOMMUs and the DMA API complain of. */
const TROUBLE: readonly Subject[] = ['iommu error', 'iommu fault', 'page-table walk', 'dma']

/**
 * What IOMMUs and the DMA API complain of on both sides, each once: the refusal that stays when its crash is gone. Looks at
 * these tests only, named as harness/try/effect.ts does. A boot whose files are gone has nothing to say.
 */
export async function staying(before: RunSide, after: RunSide, tests: ReadonlySet<string>): Promise<Fact[]> {
  const pairs = matchCells(before.cells, after.cells).pairs.flatMap(cell =>
    matchTests(cell.before.tests, cell.after.tests)
      .pairs.filter(({ name }) => tests.has(`${cell.name} › ${name}`))
      .flatMap(test => matchInOrder(test.before.boots, test.after.boots).pairs),
  )
  const found = new Map<string, Fact>()
  for (const pair of pairs) {
    const [old, now] = [await before.load(pair.before), await after.load(pair.after)]
    if (typeof old === 'string' || typeof now === 'string') continue
    const had = new Set(factsOf(old).map(keyOf))
    for (const fact of factsOf(now))
      if (TROUBLE.includes(fact.subject) && had.has(keyOf(fact))) found.set(keyOf(fact), fact)
  }
  return [...found.values()]
}

const keyOf = ({ subject, about, kind }: Fact) => [subject, about, kind].join('\0')
