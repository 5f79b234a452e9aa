import { compareFacts, groupBy, NONE, type Absence, type Difference, type Fact } from './fact.ts'
import { stableMessage } from './normalise.ts'
import type { CellResult, TestResult } from '../results/result.ts'

/** Two runs of one test: how it came out, and the assertions that fail on one side only. */
export function compareTests(before: TestResult, after: TestResult): Difference[] {
  const failing = new Set([before, after].flatMap(failures))
  const absence: Absence = { text: 'not made', severity: 'behaviour' }
  return compareFacts(
    [verdictFact(before), ...assertionFacts(before, failing)],
    [verdictFact(after), ...assertionFacts(after, failing)],
    { before: absence, after: absence },
  )
}

/** Two runs of one spec as a whole: of interest if its tests don't say it. */
export function compareVerdicts(before: CellResult, after: CellResult): Difference[] {
  return compareFacts([verdictFact(before)], [verdictFact(after)], { before: NONE, after: NONE })
}

function verdictFact({ verdict, reason }: Pick<TestResult, 'verdict' | 'reason'>): Fact {
  return {
    subject: 'verdict',
    about: '',
    kind: verdict,
    text: reason === null ? verdict : `${verdict}: ${reason}`,
  }
}

function failures({ assertions }: TestResult): string[] {
  return assertions.filter(failed).map(({ title }) => stableMessage(title))
}

/** Titles carry measured addresses, so they are held together by what is stable in them. */
function assertionFacts({ assertions }: TestResult, failing: ReadonlySet<string>): Fact[] {
  const same = groupBy(assertions, ({ title }) => stableMessage(title))
  return [...same]
    .filter(([about]) => failing.has(about))
    .map(([about, [first, ...more]]): Fact => {
      const bad = [first, ...more].find(assertion => assertion !== undefined && failed(assertion))
      const title = (bad ?? first)?.title ?? ''
      return {
        subject: 'assertion',
        about,
        kind: bad ? 'fails' : 'holds',
        text: `${bad ? 'fails' : 'holds'}: ${title}`,
      }
    })
}

/** What is still to do may fail. */
function failed({ ok, directive }: TestResult['assertions'][number]): boolean {
  return !ok && directive === null
}
