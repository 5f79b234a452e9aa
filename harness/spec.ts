/** What specs use: a boot that fails its test by itself, and the kernels to run on. */
import { basename, join, resolve } from 'node:path'
import semver from 'semver'
import tap, { type Test } from 'tap'
import { bootCell } from './boot/boot.ts'
import { DEFAULTS, kernelsAsked, resolveKernel } from './cell/cell.ts'
import { loadConfig } from './config/load.ts'
import type { Guest } from './guest/guest.ts'
import { startGuest } from './guest/start.ts'
import { BootError, CellError, DmaspecError, UnavailableError } from './errors.ts'
import { givenKernelOf } from './images/given.ts'
import { knownKernels, needKernel } from './images/index.ts'
import { kernelVersion } from './images/kernel-version.ts'
import { currentSession, noteOf } from './run/session.ts'
import { takeTurn, untimed, withParents } from './run/turn.ts'
import { bootOnTarget, mostSeconds } from './target/boot.ts'
import { targetAsked } from './target/asked.ts'
import { startOnTarget } from './target/guest.ts'
import { lockTarget } from './target/lock.ts'
import type { BootResult, CellInput, KernelName, NotObserved } from './types.ts'
import { FACTS, guarded } from './unobserved.ts'
import { type Allowances, failOf } from './spec-judge.ts'

/** A cell of a spec. */
export interface SpecCell extends CellInput, Allowances {}

/** What a boot may take beyond its own deadline: to build its files, end QEMU, read the log. */
const SLACK_SECONDS = 30

/**
 * Boots a cell. The test fails if the kernel never reaches the marker, if the disk dies, on any oops, BUG or WARN, and on
 * what kernel and device disagree about, unless the cell says that it may. Console, argv, tree and trace are kept in
 * out/specs/<spec>/<test>/, or where `dmaspec run`
 * wants them, which also says when the boot may start.
 */
export function boot(t: Test, cell: SpecCell): Promise<BootResult> {
  return asVerdict(t, async () => bootOrFail(t, await ready(t, cell)))
}

/**
 * Boots a cell and leaves the guest up, for the test to work in; when the test ends, so does the guest. The test fails on
 * what a boot fails on, of the guest's whole life, and if it ends by itself. `timeout` is the boot's; give what the test does in it `seconds`.
 */
export function live(t: Test, cell: LiveCell): Promise<Guest> {
  return asVerdict(t, async () => liveOrFail(t, { seconds: 60, ...(await ready(t, cell)) }))
}

/** A cell of a guest that stays up. */
export interface LiveCell extends SpecCell {
  /** How long the test works in the guest. */
  seconds?: number
  /** The guest may end by itself: reset, power off, or lose its QEMU. */
  mayEnd?: boolean
}

/** What dmaspec could not do, as a test says it: a kernel that can't be had skips it, the rest fails it. */
async function asVerdict<T>(t: Test, act: () => Promise<T>): Promise<T> {
  try {
    return await act()
  } catch (error) {
    if (error instanceof UnavailableError) return skip(t, error.shortMessage)
    throw error instanceof DmaspecError ? new SpecFailure(error) : error
  }
}

/** The cell with its deadline; its faults are built when they are first asked for. */
async function ready<C extends SpecCell>(t: Test, cell: C): Promise<C & { timeout: number }> {
  await loadConfig()
  const kernel = cell.kernel ?? DEFAULTS.kernel
  const timeout = (cell.timeout ?? DEFAULTS.timeout) * slowerOf(kernel)
  if (givenKernelOf(kernel)) await untimed(t, () => needKernel(kernel, cell.faults))
  return { ...cell, timeout }
}

async function bootOrFail(
  t: Test,
  { mayOops, mayLoseDisk, mayDisagree, ...input }: SpecCell & { timeout: number },
): Promise<BootResult> {
  const target = await targetAsked()
  const seconds = (target ? mostSeconds(target) : input.timeout) + SLACK_SECONDS
  const out = folderOf(t)
  const session = currentSession()
  // A board is one: somebody else's boots are waited for, and are no time of ours.
  using held = target && (await untimed(t, () => lockTarget(target)))
  const over = session && (await takeTurn(session, t, { folder: out, memory: input.memory, seconds }))
  giveTime(t, seconds)
  const booting =
    held && target
      ? bootOnTarget(target, input, { out, whenInUse: 'next' })
      : bootCell(input, { out, whenInUse: 'next' })
  const result = await booting
    .catch((error: unknown) => {
      if (session && error instanceof BootError && error.result)
        session.booted(t, noteOf(error.result, session.root))
      throw error
    })
    .finally(over)
  session?.booted(t, noteOf(result, session.root))
  failOf(t, result, { mayOops, mayLoseDisk, mayDisagree })
  return guarded(result)
}

async function liveOrFail(
  t: Test,
  {
    mayOops,
    mayLoseDisk,
    mayDisagree,
    mayEnd,
    seconds,
    ...input
  }: LiveCell & { timeout: number; seconds: number },
): Promise<Guest> {
  const target = await targetAsked()
  const most = (target ? mostSeconds(target) : input.timeout) + seconds + SLACK_SECONDS
  const out = folderOf(t)
  const session = currentSession()
  const held = target && (await untimed(t, () => lockTarget(target)))
  const turn = session && (await takeTurn(session, t, { folder: out, memory: input.memory, seconds: most }))
  const over = () => {
    held?.[Symbol.dispose]()
    turn?.()
  }
  giveTime(t, most)
  const options = { out, whenInUse: 'next', mayOops } as const
  const starting = target ? startOnTarget(target, input, options) : startGuest(input, options)
  const guest = await starting.catch((error: unknown) => {
    over()
    if (session && error instanceof BootError && error.result)
      session.booted(t, noteOf(error.result, session.root))
    throw error
  })
  t.teardown(async () => {
    const { end } = guest
    const result = await guest
      .stop()
      .catch((error: unknown) => {
        if (!mayEnd || end === null) throw error
      })
      .finally(over)
    if (!result) return
    if (end !== null && !mayEnd && result.report.oopses.length === 0)
      t.fail(`the guest ended by itself: ${end}`, { at: null, stack: '', console: result.artifacts.console })
    session?.booted(t, noteOf(result, session.root))
    failOf(t, result, { mayOops, mayLoseDisk, mayDisagree })
  })
  return guest
}

/**
 * Whether a kernel on a platform can be asked for a fact. If it can't, the test says so, as a skip, and goes on without.
 * A test that looks at such a fact without having asked ends there, as a skipped one (unobserved.ts).
 */
export function observed(t: Test, { notObserved }: BootResult, fact: NotObserved['fact']): boolean {
  const missing = notObserved.find(found => found.fact === fact)
  if (missing) t.pass(`${FACTS[fact]} not observed`, { skip: missing.why })
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
  // What is left of the test's function waits for ever; tap need not.
  t.donePromise?.tapAbortPromise?.()
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
 * The kernels to test: $KERNELS (`6.1 7.2`), or the default one. A kernel whose version is not in the range is left out,
 * and a TAP skip says so, with the reason that the spec gives: `kernels('>=6.6', 'no cdev before')`.
 */
export function kernels(range = '*', why = '', environment = process.env): KernelName[] {
  return kernelsAsked(environment).filter(name => {
    const reason = reasonToSkip(name, range, why)
    if (reason !== null) void tap.test(`linux ${name}`, { skip: reason }, () => undefined)
    return reason === null
  })
}

/** `needs linux >=6.6: no cdev before`, if a kernel's version is out of the range; null if it is in it. */
export function reasonToSkip(name: KernelName, range: string, why: string): string | null {
  if (semver.validRange(range) === null) throw new CellError(`'${range}' is no range of kernel versions`)
  // Of a name that has no version nothing can be said: the spec runs, and its boots say what is wrong with it.
  const version = semver.coerce(kernelVersion(name))
  if (version === null || semver.satisfies(version, range)) return null
  return `needs linux ${range}${why === '' ? '' : `: ${why}`}`
}

const slowerOf = (kernel: KernelName) => resolveKernel(kernel, knownKernels()).slower

/** The test and all that it is in may take so long from now: tap gives a whole file 30 s. What has no limit gets none. */
function giveTime(t: Test, seconds: number): void {
  for (const test of withParents(t)) {
    if (test.options.timeout) test.setTimeout(Math.max(seconds * 1000, test.options.timeout))
  }
}

const folders = new Map<string, number>()

/** out/specs/<spec>/<test>/<subtest> here, or in the session's folder; the second boot of the same test gets a -2. */
function folderOf(t: Test): string {
  const names = withParents(t)
    .filter(test => test.parent)
    .map(test => test.name)
    .reverse()
  const session = currentSession()
  // The session's folder is of one kernel.
  if (session && names[0] === `linux ${session.kernel}`) names.shift()
  const spec = basename(process.argv[1] ?? 'spec').replace(/\..*$/, '')
  const folder = join(session?.out ?? resolve('out/specs', spec), ...names.map(slug))
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
