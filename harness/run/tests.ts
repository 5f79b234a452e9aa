import type { Result } from 'tap-parser'
import type { Assertion, TestResult, Verdict } from '../results/result.ts'
import { diagnosticsOf, diagnosticsText } from './diagnostics.ts'
import { isTest, type Level } from './tap.ts'

export interface Naming {
  kernel: string
  spec: string
}

/**
 * The leaf tests of a cell, in order. `cut` says why it was not run to its end: the tests that were running then are
 * errors.
 */
export function testsOf(root: Level, naming: Naming, cut: string | null): TestResult[] {
  return walk(root, [], naming, cut)
}

function walk(level: Level, path: string[], naming: Naming, cut: string | null): TestResult[] {
  const isOuter = path.length === 0
  const isParent = level.items.some(isTest)
  const own: Result[] = []
  const tests: TestResult[] = []
  for (const item of level.items) {
    if (isTest(item)) tests.push(...walk(item, inside(path, item.title, naming), naming, cut))
    // A test that is skipped is one line of TAP, as an assertion is: what is around it tells.
    else if ((isOuter || isParent) && (item.skip || item.todo)) tests.push(skippedTest(item, path, naming))
    else own.push(item)
  }
  const isLeaf = tests.length === 0 && !isOuter
  // A plan that was not kept is no assertion.
  const isShort = level.end !== null && !level.end.ok && !level.end.todo && !tests.some(isWrong)
  if (!isLeaf && own.length === 0 && level.boots.length === 0 && !isShort) return tests
  const named = path.length > 0 ? path : [naming.spec]
  return [leaf(level, own, named, isLeaf ? cut : null), ...tests]
}

const isWrong = ({ verdict }: TestResult) => verdict === 'failed' || verdict === 'error'

/** Titles from the outside in; what a spec calls the kernel is not one of them. */
function inside(path: string[], title: string, { kernel }: Naming): string[] {
  return path.length === 0 && title === `linux ${kernel}` ? path : [...path, title]
}

function skippedTest(result: Result, path: string[], naming: Naming): TestResult {
  const [kind, why] = result.skip ? ['', result.skip] : ['to do', result.todo]
  const reason = [kind, typeof why === 'string' ? why : ''].filter(Boolean).join(': ') || 'skipped'
  const titles = inside(path, result.name, naming)
  return {
    path: titles.length > 0 ? titles : [naming.spec],
    verdict: 'skipped',
    seconds: 0,
    reason,
    assertions: [],
    boots: [],
  }
}

function leaf({ boots, end }: Level, assertions: Result[], path: string[], cut: string | null): TestResult {
  const [verdict, reason] = judge(assertions, end, cut)
  return {
    path,
    verdict,
    seconds: Math.round(end?.time ?? 0) / 1000,
    reason,
    assertions: assertions.map(assertion),
    boots: boots.map(({ boot }) => boot),
  }
}

/** The first thing that went wrong decides: what comes after it may be its consequence. */
function judge(assertions: Result[], end: Result | null, cut: string | null): [Verdict, string | null] {
  const wrong = assertions.find(({ ok, todo, skip }) => !ok && !todo && !skip)
  if (wrong) return broke(wrong) ? ['error', wrong.name] : ['failed', null]
  if (!end && cut !== null) return ['error', cut]
  const skip =
    end?.skip || (assertions.length > 0 && assertions.every(each => each.skip) && assertions[0]?.skip)
  if (skip) return ['skipped', typeof skip === 'string' ? skip : 'skipped']
  if (end && !end.ok && !end.todo) return ['failed', end.tapError ?? 'it did not do what its plan says']
  return ['passed', null]
}

/** Whether the test itself broke. A kernel that never reached its marker did so; the test did not. */
function broke(result: Result): boolean {
  const { tapCaught, type, name, expired, timeout } = diagnosticsOf(result) ?? {}
  if (type === 'BootError' || name === 'BootError') return false
  return tapCaught !== undefined || expired !== undefined || timeout !== undefined
}

function assertion(result: Result): Assertion {
  const { ok, name, skip, todo } = result
  const words = (kind: string, why: string | boolean) =>
    `# ${kind}${typeof why === 'string' ? ` ${why}` : ''}`
  return {
    ok,
    title: name,
    diagnostics: ok ? null : diagnosticsText(diagnosticsOf(result)),
    directive: skip ? words('SKIP', skip) : todo ? words('TODO', todo) : null,
  }
}
