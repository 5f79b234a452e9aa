/** What specs use: a boot that fails its test by itself, and the kernels to run on. */
import { basename, join } from 'node:path'
import semver from 'semver'
import type { Test } from 'tap'
import { bootCell } from './boot/boot.ts'
import { DEFAULTS } from './cell/cell.ts'
import { BootError, DmaspecError } from './errors.ts'
import { currentSession, noteOf } from './run/session.ts'
import { takeTurn, withParents } from './run/turn.ts'
import type { BootResult, CellInput, Series } from './types.ts'
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
 * says that one may come. Console, argv, tree and trace are kept in out/specs/<spec>/<test>/, or where `dmaspec run`
 * wants them, which also says when the boot may start.
 */
export async function boot(t: Test, { mayOops = false, ...input }: SpecCell): Promise<BootResult> {
  const seconds = (input.timeout ?? DEFAULTS.timeout) + SLACK_SECONDS
  const out = folderOf(t)
  const session = currentSession()
  const over = session && (await takeTurn(session, t, { folder: out, memory: input.memory, seconds }))
  giveTime(t, seconds)
  const result = await bootCell(input, { out, whenInUse: 'next' })
    .catch((error: unknown) => {
      if (session && error instanceof BootError && error.result)
        session.booted(t, noteOf(error.result, session.root))
      throw error instanceof DmaspecError ? new SpecFailure(error) : error
    })
    .finally(over)
  session?.booted(t, noteOf(result, session.root))
  if (!mayOops) {
    for (const { title, line } of result.report.oopses) {
      t.fail(title, { at: null, stack: '', console: `${result.artifacts.console}:${line}` })
    }
  }
  return result
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
 * The kernel series to test: $KERNELS (`6.1 7.2`), or the default one, that are in a range: `kernels('>=5.10')`.
 */
export function kernels(range = '*', environment = process.env): Series[] {
  const asked = (environment['KERNELS'] ?? '').split(/[\s,]+/).filter(Boolean)
  const series = asked.length > 0 ? asked : [DEFAULTS.kernel]
  return series.filter(name => semver.satisfies(semver.coerce(name) ?? '0.0.0', range))
}

/** The test and all that it is in may take so long from now: tap gives a whole file 30 s. What has no limit gets none. */
function giveTime(t: Test, seconds: number): void {
  for (const test of withParents(t)) {
    if (test.options.timeout) test.setTimeout(Math.max(seconds * 1000, test.options.timeout))
  }
}

const folders = new Map<string, number>()

/** out/specs/<spec>/<test>/<subtest>, or in the session's folder; the second boot of the same test gets a -2. */
function folderOf(t: Test): string {
  const names = withParents(t)
    .filter(test => test.parent)
    .map(test => test.name)
    .reverse()
  const session = currentSession()
  // The session's folder is of one kernel.
  if (session && names[0] === `linux ${session.kernel}`) names.shift()
  const spec = basename(process.argv[1] ?? 'spec').replace(/\..*$/, '')
  const folder = join(session?.out ?? join(projectRoot, 'out/specs', spec), ...names.map(slug))
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
