import { reportCells, type Case, type ReportCell } from './cases.ts'
import type { Excerpts } from './excerpt.ts'
import { isBad, OUTCOMES, problemsOf, worst, type Outcome } from './outcome.ts'
import type { RunResult } from './result.ts'
import { cut, linesOf, oneLine } from '../text.ts'

/** What is quoted of a failure: a console belongs into a file of its own. */
const QUOTED = 100

/**
 * KTAP version 1, Documentation/dev-tools/ktap.rst: a test a kernel, in it a test a spec, in it the spec's tests, for
 * `tools/testing/kunit/kunit.py parse` and all that reads what kselftest prints. Every line that isn't ours is a
 * diagnostic line, so that nothing in it counts.
 */
export function ktap(result: RunResult, excerpts: Excerpts): string {
  const cells = reportCells(result)
  const kernels = [...new Set(cells.map(({ kernel }) => kernel))]
  const tests = kernels.map(kernel => kernelTest(kernel, cells, excerpts))
  // Problems of a merge that belong to no cell are a test of their own.
  const problems = problemsOf(result)
  if (result.merged)
    tests.push({
      name: 'every cell of the matrix is here, once',
      outcome: problems.length > 0 ? 'error' : 'passed',
      why: problems.length > 0 ? `${problems[0]} (${problems.length} in all)` : '',
      said: problems.map(problem => oneLine(problem)),
    })
  return [...plan(tests), ''].join('\n')
}

interface KtapTest {
  name: string
  outcome: Outcome
  timedOut?: boolean
  /** After the directive. */
  why: string
  /** Lines to quote, printable. */
  said?: string[]
  tests?: KtapTest[]
}

function kernelTest(kernel: string, all: ReportCell[], excerpts: Excerpts): KtapTest {
  const cells = all.filter(cell => cell.kernel === kernel)
  const outcome = worst(cells.map(cell => cell.outcome)) ?? 'skipped'
  return {
    name: `linux ${kernel}`,
    outcome: isBad(outcome) ? 'failed' : outcome,
    why: '',
    tests: cells.map(({ spec, outcome, cases }) => {
      const [only] = cases
      if (only?.path.length === 0 && cases.length === 1) return caseTest(spec, only, excerpts)
      const name = (one: Case) => one.path.join(' / ') || 'the spec as a whole'
      return {
        name: spec,
        outcome: isBad(outcome) ? 'failed' : outcome,
        why: '',
        tests: cases.map(one => caseTest(name(one), one, excerpts)),
      }
    }),
  }
}

function caseTest(
  name: string,
  { outcome, timedOut, message, details, boots }: Case,
  excerpts: Excerpts,
): KtapTest {
  const bad = isBad(outcome)
  const consoles = bad
    ? boots.flatMap(boot => [`${oneLine(boot.folder)}/console.log`, ...linesOf(excerpts(boot))])
    : []
  const why =
    outcome === 'flaky' ? `flaky: ${message}` : outcome === 'missing' ? `missing: ${message}` : message
  return {
    name,
    outcome,
    timedOut,
    why: outcome === 'passed' ? '' : why,
    said: [...linesOf(details), ...consoles],
  }
}

function plan(tests: readonly KtapTest[], parent?: string): string[] {
  // kunit's `# Subtest:` names the test that the block is of; to others it is a diagnostic line.
  const head = [
    'KTAP version 1',
    ...(parent === undefined ? [] : [`# Subtest: ${parent}`]),
    `1..${tests.length}`,
  ]
  return [...head, ...tests.flatMap((test, i) => linesOfTest(test, i + 1, parent))]
}

function linesOfTest(test: KtapTest, number: number, parent: string | undefined): string[] {
  // kunit_parser.py ends a block at the first result line that has the block's name.
  const name = nameOf(test.name) === parent ? `${parent} (test)` : nameOf(test.name)
  const { ok, directive } = OUTCOMES[test.outcome].ktap
  const word = test.timedOut ? 'TIMEOUT' : directive
  const after = [word, wordsOf(test.why)].filter(Boolean).join(' ')
  const said = test.said ?? []
  return [
    ...(test.tests ? plan(test.tests, name).map(line => `  ${line}`) : []),
    ...said.slice(0, QUOTED).map(line => `#   ${unbroken(line)}`),
    ...(said.length > QUOTED ? [`#   … and ${said.length - QUOTED} more lines`] : []),
    `${ok ? 'ok' : 'not ok'} ${number} ${name}${after ? ` # ${after}` : ''}`,
  ]
}

/** A description, and no parser wants an empty one. */
function nameOf(text: string): string {
  return cut(wordsOf(text), 200).replace(/^[-: ]+/, '') || 'unnamed'
}

/** What may stand in a result line: a `#` begins a directive, and kunit_parser.py takes the last SKIP that it sees. */
function wordsOf(text: string): string {
  return unbroken(oneLine(text)).replaceAll('#', '＃')
}

/** kunit_parser.py, KTAP_END: where it sees one of these anywhere in a line, it reads no further. A no-break space hides it. */
const ENDS = ['List of all partitions:', 'Kernel panic - not syncing: VFS:', 'reboot: System halted']

function unbroken(line: string): string {
  return ENDS.reduce((text, end) => text.replaceAll(end, end.replaceAll(' ', '\u00a0')), line)
}
