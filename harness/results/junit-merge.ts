import { parseStringPromise } from 'xml2js'
import { CellError } from '../errors.ts'
import { document, MERGE_SUITE, property, VERDICT, type Element, type Suite } from './junit.ts'
import { OUTCOMES, rank, type Outcome } from './outcome.ts'
import { oneLine } from '../text.ts'

/**
 * One document of the suites of all: sorted by name, sums made anew. Of a cell that is in several, the worst is kept, and
 * a property `dmaspec.doubled` says so. In whatever order they are given, the same comes out.
 * @throws CellError if one is no JUnit XML
 */
export async function mergeJunit(texts: readonly string[]): Promise<string> {
  const suites = (await Promise.all(texts.map(readJunit))).flat()
  const byName = new Map<string, Suite[]>()
  for (const suite of suites) {
    const name = suite.$['name'] ?? ''
    byName.set(name, [...(byName.get(name) ?? []), suite])
  }
  const names = [...byName.keys()].sort()
  return document(names.map(name => oneOf(byName.get(name) ?? [])))
}

/** The suites of a document that runs wrote: not those that an earlier merge put in. */
export async function junitOfRuns(text: string): Promise<{ names: string[]; text: string }> {
  const suites = await readJunit(text)
  const own = suites.filter(suite => suite.$['name'] !== MERGE_SUITE && verdictOf(suite) !== 'missing')
  return { names: own.map(({ $ }) => $['name'] ?? ''), text: document(own) }
}

interface Document {
  testsuites?: { testsuite?: Suite[] } | string
  testsuite?: Suite
}

/** The suites of a document, with `<testsuites>` around them or not. */
async function readJunit(text: string): Promise<Suite[]> {
  const parsed = (await parseStringPromise(text).catch((error: unknown) => {
    throw new CellError(`it is no XML: ${oneLine((error as Error).message, 200)}`, { cause: error })
  })) as Document | null
  if (parsed?.testsuite) return [whole(parsed.testsuite)]
  // An element without attributes and children is a string.
  if (typeof parsed?.testsuites === 'string') return []
  if (parsed?.testsuites) return (parsed.testsuites.testsuite ?? []).map(whole)
  throw new CellError("it is no JUnit XML: it has no 'testsuites'")
}

/** xml2js leaves out what is empty. */
function whole(suite: Suite | string): Suite {
  const { $, properties, testcase, ...rest } = typeof suite === 'string' ? ({} as Partial<Suite>) : suite
  return { $: $ ?? {}, properties: properties ?? [{ property: [] }], testcase: testcase ?? [], ...rest }
}

function oneOf(suites: Suite[]): Suite {
  const [kept, ...others] = suites
    .map(suite => ({ suite, rank: rankOf(suite), text: document([suite]) }))
    .sort((a, b) => a.rank - b.rank || (a.text < b.text ? -1 : a.text > b.text ? 1 : 0))
    .map(({ suite }) => suite)
  if (!kept) throw new Error('a name without a suite')
  if (others.length === 0) return kept
  const [{ property: list = [] } = {}] = kept.properties as [{ property?: Element[] }?]
  const doubled = property('dmaspec.doubled', String(suites.length))
  return { ...kept, properties: [{ property: [...list, doubled] }] }
}

/** 0 is the worst. What ran is never worse than what is missing: the latter is only said of what no part has. */
function rankOf(suite: Suite): number {
  const verdict = verdictOf(suite)
  if (verdict === 'missing') return Infinity
  if (verdict !== undefined && verdict in OUTCOMES) return rank(verdict as Outcome)
  const bad = suite.testcase.some(one => one['failure'] !== undefined || one['error'] !== undefined)
  return rank(bad ? 'failed' : 'passed')
}

function verdictOf(suite: Suite): string | undefined {
  const list = (suite.properties as { property?: Element[] }[])[0]?.property ?? []
  return list.find(({ $ }) => $?.['name'] === VERDICT)?.$['value']
}
