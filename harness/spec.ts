/** What specs use: a boot that fails its test by itself, and the kernels to run on. */
import { basename, join } from 'node:path'
import semver from 'semver'
import type { Test } from 'tap'
import { bootCell } from './boot/boot.ts'
import { DEFAULTS, resolveKernel } from './cell/cell.ts'
import { DmaspecError, UnavailableError } from './errors.ts'
import { givenKernelOf } from './images/given.ts'
import { knownKernels, needKernel } from './images/index.ts'
import { splitName } from './images/kernel-name.ts'
import { nearestSeries } from './images/tree-given.ts'
import { factsOf as seriesFacts, type SeriesFacts } from './series-facts.ts'
import type { BootResult, CellInput, KernelName, NotObserved } from './types.ts'
import { projectRoot } from './project.ts'

/** A cell of a spec. */
export interface SpecCell extends CellInput {
  /** An oops may come: it does not fail the test. */
  mayOops?: boolean
}

/** What a boot may take beyond its own deadline: to build its files, end QEMU, read the log. */
const SLACK_SECONDS = 30

/**
 * Boots a cell. The test fails if the kernel never reaches the marker, and on any oops, BUG or WARN unless the cell
 * says that one may come. Console, argv, tree and trace are kept in out/specs/<spec>/<test>/.
 */
export async function boot(t: Test, { mayOops = false, ...input }: SpecCell): Promise<BootResult> {
  const kernel = input.kernel ?? DEFAULTS.kernel
  try {
    const timeout = (input.timeout ?? DEFAULTS.timeout) * slowerOf(kernel)
    // Its faults are built when they are first asked for.
    if (givenKernelOf(kernel)) await withoutTimer(t, needKernel(kernel, input.faults))
    giveTime(t, timeout + SLACK_SECONDS)
    return await bootOrFail(t, { ...input, timeout, mayOops })
  } catch (error) {
    if (error instanceof UnavailableError) return skip(t, error.shortMessage)
    throw error instanceof DmaspecError ? new SpecFailure(error) : error
  }
}

async function bootOrFail(t: Test, { mayOops, ...input }: SpecCell): Promise<BootResult> {
  const result = await bootCell(input, { out: folderOf(t), whenInUse: 'next' })
  if (!mayOops) {
    for (const { title, line } of result.report.oopses) {
      t.fail(title, { at: null, stack: '', console: `${result.artifacts.console}:${line}` })
    }
  }
  return result
}

/**
 * Whether a kernel can be asked for a fact. If it can't, the test says so, as a skip, and goes on without.
 */
export function observed(t: Test, { notObserved }: BootResult, fact: NotObserved['fact']): boolean {
  const missing = notObserved.find(found => found.fact === fact)
  if (missing) t.pass(`${fact} are not observed`, { skip: missing.why })
  return missing === undefined
}

/**
 * Ends the test as a skipped one. It never returns: what the test goes on to do with a boot would be about nothing.
 */
function skip(t: Test, reason: string): Promise<never> {
  if (t.count === 0) t.plan(0, reason)
  else {
    t.pass('can go no further', { skip: reason })
    t.end()
  }
  return new Promise(() => {})
}

/** An error as a test shows it best: the reason in its line, the rest in lines of their own below. */
class SpecFailure extends Error {
  readonly details: string

  constructor(error: DmaspecError) {
    super(error.shortMessage)
    this.name = error.name
    this.details = error.message.slice(error.shortMessage.length).trim()
  }
}

/**
 * The kernels to test: $KERNELS (`6.1 7.2+debug`), or the default one, that are in a range: `kernels('>=5.10')`.
 */
export function kernels(range = '*', environment = process.env): KernelName[] {
  const asked = (environment['KERNELS'] ?? '').split(/[\s,]+/).filter(Boolean)
  const series = asked.length > 0 ? asked : [DEFAULTS.kernel]
  return series.filter(name => semver.satisfies(versionOf(name, environment), range))
}

function versionOf(kernel: KernelName, environment: NodeJS.ProcessEnv): semver.SemVer {
  const version = givenKernelOf(kernel, environment)?.version ?? kernel
  return semver.coerce(version) ?? new semver.SemVer('0.0.0')
}

/** What a kernel does differently, by its series, or by its version if it is none of them. */
export function factsOf(kernel: KernelName): SeriesFacts {
  const given = givenKernelOf(kernel)
  return seriesFacts(given ? nearestSeries(given.version) : splitName(kernel).series)
}

const slowerOf = (kernel: KernelName) => resolveKernel(kernel, knownKernels()).slower

/** The test and all that it is in may take so long from now: tap gives a whole file 30 s. */
function giveTime(t: Test, seconds: number): void {
  for (const test of withParents(t)) test.setTimeout(Math.max(seconds * 1000, test.options.timeout ?? 0))
}

/** A kernel's build takes as long as it takes; then the test's clocks start anew. */
async function withoutTimer(t: Test, work: Promise<unknown>): Promise<void> {
  const timers = withParents(t).map(test => ({ test, timeout: test.options.timeout ?? 0 }))
  for (const { test } of timers) test.setTimeout(0)
  try {
    await work
  } finally {
    for (const { test, timeout } of timers) test.setTimeout(timeout)
  }
}

function withParents(t: Test): Test[] {
  const tests: Test[] = []
  for (let test: Test | undefined = t; test; test = test.parent as Test | undefined) tests.push(test)
  return tests
}

const folders = new Map<string, number>()

/** out/specs/<spec>/<test>/<subtest>; the second boot of the same test gets a -2. */
function folderOf(t: Test): string {
  const names: string[] = []
  for (let test: Test | undefined = t; test?.parent; test = test.parent as Test | undefined)
    names.unshift(test.name)
  const spec = basename(process.argv[1] ?? 'spec').replace(/\..*$/, '')
  const folder = join(projectRoot, 'out/specs', spec, ...names.map(slug))
  const count = (folders.get(folder) ?? 0) + 1
  folders.set(folder, count)
  return count === 1 ? folder : `${folder}-${count}`
}

/** `no fault: SATA works` → no-fault-sata-works */
function slug(name: string): string {
  const words = name.toLowerCase().match(/[a-z0-9.]+/g) ?? ['test']
  return (
    words
      .join('-')
      .slice(0, 60)
      .replace(/^\.+|-$/g, '') || 'test'
  )
}
