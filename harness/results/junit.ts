import { Builder } from 'xml2js'
import { reportCells, type Case, type ReportCell } from './cases.ts'
import type { Excerpts } from './excerpt.ts'
import { isBad, missingCells, OUTCOMES, problemsOf } from './outcome.ts'
import type { RunResult } from './result.ts'
import { count, oneLine, printable } from '../text.ts'

/** Suites that no run wrote: what a merge found. Merged once more, they are made anew (junit-merge.ts). */
export const MERGE_SUITE = 'dmaspec merge'
export const VERDICT = 'dmaspec.verdict'

/** An element as xml2js has it: attributes under `$`, text under `_`. */
export interface Element {
  $: Record<string, string>
  _?: string
  [child: string]: unknown
}

export interface Suite extends Element {
  properties: [{ property: Element[] }]
  testcase: Element[]
}

/**
 * JUnit XML as Jenkins, GitLab and GitHub's reporters read it (the schema is Jenkins's xunit-plugin, junit-10.xsd): a suite
 * a cell, a testcase a test. A crash, and what could not be run, is an `error`; an assertion that does not hold, and what
 * is flaky, a `failure`. Deterministic: nothing in it is of the time or the place of writing.
 */
export function junit(result: RunResult, excerpts: Excerpts): string {
  return document([
    ...reportCells(result).map(cell => suiteOf(cell, result, excerpts)),
    ...mergeSuite(result),
  ])
}

/** Only what the parts of a merged result don't have: its missing cells, and what is wrong with the parts. */
export function junitOfMerge(result: RunResult): string {
  const missing = new Set(missingCells(result))
  const cells = reportCells(result).filter(({ id }) => missing.has(id))
  return document([...cells.map(cell => suiteOf(cell, result, () => '')), ...mergeSuite(result)])
}

function suiteOf(cell: ReportCell, { started }: RunResult, excerpts: Excerpts): Suite {
  const { kernel, attempts } = cell.result ?? {}
  const facts = {
    'kernel.version': kernel?.version,
    'kernel.sha256': kernel?.sha256,
    attempts: attempts === undefined ? undefined : String(attempts),
  }
  return {
    $: {
      name: oneLine(cell.id),
      time: cell.seconds.toFixed(3),
      // Without fraction and zone, as the strictest of the schemas has it; UTC.
      timestamp: new Date(cell.result?.started ?? started).toISOString().slice(0, 19),
    },
    properties: [{ property: [property(VERDICT, cell.outcome), ...propertiesOf(facts)] }],
    testcase: cell.cases.map(one => testcase(one, cell, excerpts)),
  }
}

function testcase(one: Case, cell: ReportCell, excerpts: Excerpts): Element {
  const name = one.path.map(title => oneLine(title)).join(' › ') || 'the spec as a whole'
  // Jenkins takes what is before the last dot for the package.
  const classname = `${oneLine(cell.kernel).replaceAll('.', '_')}.${oneLine(cell.spec).replaceAll('.', '_')}`
  return {
    $: { classname, name, time: one.seconds.toFixed(3) },
    ...outcomeOf(one),
    ...(isBad(one.outcome) && one.boots.length > 0 ? { 'system-out': consoles(one, excerpts) } : {}),
  }
}

function outcomeOf({ outcome, crashed, timedOut, message, details }: Case): Record<string, Element> {
  const { junit } = OUTCOMES[outcome]
  if (junit === null) return {}
  if (junit === 'skipped') return { skipped: { $: { message } } }
  const type = crashed ? 'crash' : timedOut ? 'timeout' : outcome === 'failed' ? 'assertion' : outcome
  const said = outcome === 'flaky' ? `flaky: ${message}` : message
  return { [crashed || timedOut ? 'error' : junit]: { $: { type, message: said }, _: details || said } }
}

function consoles({ boots }: Case, excerpts: Excerpts): string {
  return boots
    .map(
      boot => `${oneLine(boot.folder)}/console.log: ${oneLine(boot.reason)}\n${printable(excerpts(boot))}\n`,
    )
    .join('\n')
}

function mergeSuite(result: RunResult): Suite[] {
  if (!result.merged) return []
  const problems = problemsOf(result)
  const text = problems.map(problem => oneLine(problem, 2000)).join('\n')
  const message = count(problems.length, 'problem')
  return [
    {
      $: {
        name: MERGE_SUITE,
        time: '0.000',
        timestamp: new Date(result.started).toISOString().slice(0, 19),
      },
      properties: [{ property: [property(VERDICT, 'merge')] }],
      testcase: [
        {
          $: { classname: MERGE_SUITE, name: 'every cell of the matrix is here, once', time: '0.000' },
          ...(problems.length > 0 ? { error: { $: { type: 'merge', message }, _: text } } : {}),
        },
      ],
    },
  ]
}

export function property(name: string, value: string): Element {
  return { $: { name, value: oneLine(value) } }
}

function propertiesOf(facts: Record<string, string | undefined>): Element[] {
  return Object.entries(facts).flatMap(([name, value]) => (value ? [property(name, value)] : []))
}

/** A whole document of suites, with the sums that readers look for. */
export function document(suites: readonly Suite[]): string {
  const summed = suites.map(suite => ({ ...suite, $: { ...suite.$, ...sums(suite.testcase) } }))
  // junit-10.xsd: <testsuites> can't say how many were skipped
  const { tests, failures, errors } = sums(suites.flatMap(({ testcase }) => testcase))
  const time = suites.reduce((sum, { $ }) => sum + Number($['time']), 0).toFixed(3)
  // Not its `cdata`: that escapes the first ]]> of a text only, so that a console could end it.
  const xml = new Builder({ xmldec: { version: '1.0', encoding: 'UTF-8' } })
  return (
    xml.buildObject({
      testsuites: { $: { name: 'dmaspec', tests, failures, errors, time }, testsuite: summed },
    }) + '\n'
  )
}

function sums(cases: readonly Element[]): Record<'tests' | 'failures' | 'errors' | 'skipped', string> {
  const having = (child: string) => String(cases.filter(one => one[child] !== undefined).length)
  return {
    tests: String(cases.length),
    failures: having('failure'),
    errors: having('error'),
    skipped: having('skipped'),
  }
}
