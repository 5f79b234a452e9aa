/** A boot on a board: the same cell in, the same result out, as of the emulator. */
import { createHash } from 'node:crypto'
import { writeFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { asInfraError, bootError, isAnswer } from '../boot/boot.ts'
import type { Target } from '../config/target.ts'
import { InfraError, UnavailableError } from '../errors.ts'
import { kernelVersion } from '../images/kernel-version.ts'
import { execute } from '../guest/ssh.ts'
import { judge } from '../oracle/judge.ts'
import { toJson } from '../report/json.ts'
import { parseConsole } from '../report/parse.ts'
import { symbolizeOurs } from '../symbols/symbolize.ts'
import { traceOf } from '../trace/trace.ts'
import type {
  BootResult,
  CellInput,
  ConsoleLine,
  KernelIdentity,
  KernelReport,
  NotObserved,
} from '../types.ts'
import { leave, prepareTarget, type TargetBoot, type TargetOptions } from './prepare.ts'
import { type Ran, type RunOptions, startRun } from './run.ts'
import { login, type Ssh } from './ssh.ts'

export type TargetBootOptions = TargetOptions & RunOptions

/**
 * Boots a cell on a board until its answer is known, and switches it off, whatever happens. Whoever calls has the board's
 * lock. Throws what bootCell() throws; an UnavailableError if the board can't stand for the cell.
 */
export async function bootOnTarget(
  target: Target,
  input: CellInput,
  options: TargetBootOptions = {},
): Promise<BootResult> {
  const started = performance.now()
  return prepared(target, input, options, async boot => {
    const run = await startRun(target, boot, options)
    try {
      if (run.verdict.end === 'marker' && target.ssh)
        await lookInto(target.ssh, boot, { target, signal: options.signal })
    } catch (error) {
      throw await run.failed(error)
    }
    return conclude(target, boot, await run.end(), started)
  })
}

/** Prepares a boot, and leaves nothing of it behind but what tells of it, when the work on it is done or failed. */
async function prepared<T>(
  target: Target,
  input: CellInput,
  options: TargetBootOptions,
  work: (boot: TargetBoot) => Promise<T>,
): Promise<T> {
  try {
    const boot = await prepareTarget(target, input, options)
    try {
      return await work(boot)
    } finally {
      await leave(boot, options.signal)
    }
  } catch (error) {
    throw asInfraError(error, resolve(options.out ?? 'out'))
  }
}

/** The longest that a boot can take, in seconds: off, on, the boot itself, a look into it, off. */
export function mostSeconds({ timeouts }: Target): number {
  return 3 * timeouts.power + timeouts.boot + 2 * timeouts.command
}

/**
 * Of a board that is up and lets us in: the device tree that its kernel was given. What it has not written yet, it writes,
 * for its power goes now.
 */
async function lookInto(
  ssh: Ssh,
  { folder }: TargetBoot,
  { target, signal }: { target: Target; signal: AbortSignal | undefined },
): Promise<void> {
  const seconds = target.timeouts.command
  const client = await login(ssh, { seconds, signal })
  const over = new AbortController()
  try {
    const late = delay(seconds * 1000, undefined, { signal: over.signal }).then(() => {
      throw new InfraError(`its device tree did not come over ssh in ${seconds} s`)
    })
    late.catch(() => undefined)
    const { status, stdout } = await Promise.race([execute(client, 'sync; cat /sys/firmware/fdt'), late])
    if (status === 0 && stdout.length > 0) await writeFile(folder.artifacts.dtb, stdout)
  } finally {
    over.abort()
    client.end()
  }
}

/** What came of it, kept and returned. Throws a BootError of a kernel that neither reached the marker nor crashed. */
export async function conclude(
  target: Target,
  boot: TargetBoot,
  { log, seconds }: Ran,
  started: number,
): Promise<BootResult> {
  const { cell, folder, nonce, kernel } = boot
  const { complete, end, reason, lines } = log
  const parsed = parseConsole(lines, { nonce })
  const report = kernel ? await symbolizeOurs(parsed, kernel.vmlinux) : parsed
  const notObserved = notObservedOf(target, boot, report)
  const result: BootResult = {
    cell,
    target: target.name,
    kernel: kernel
      ? { name: cell.kernel, version: kernel.version, sha256: kernel.sha256 }
      : ownKernel(target, cell.kernel, report, lines),
    notObserved,
    complete,
    end,
    reason,
    seconds: { boot: seconds, total: (performance.now() - started) / 1000 },
    report,
    trace: traceOf([]),
    oracle: judge(lines, [], { report, notObserved, complete, asked: false }),
    artifacts: folder.artifacts,
  }
  await writeFile(folder.report, toJson(result) + '\n')
  if (!complete && !isAnswer(result)) throw bootError(boot, log, result)
  return result
}

/** What nobody saw of a boot on a board, each with the reason. */
function notObservedOf(
  { name, has, boot: { kind } }: Target,
  { kernel }: TargetBoot,
  report: KernelReport,
): NotObserved[] {
  const own = kind === 'own'
  const facts: (NotObserved | false)[] = [
    { fact: 'trace', why: `target ${name} is a board: nothing writes down what its devices do` },
    { fact: 'probe', why: `target ${name} is a board: it has no dmaprobe` },
    own && { fact: 'disk', why: `target ${name} boots its own system, which does not check its disk` },
    !own &&
      has.disk === null && {
        fact: 'disk',
        why: `what the disk of target ${name} holds is not in has.disk (docs/board.md)`,
      },
    own &&
      report.pageTables.length === 0 && {
        fact: 'pageTables',
        why: `target ${name} boots its own kernel, which does not print them`,
      },
  ]
  return [...(kernel?.notObserved ?? []), ...facts.filter(fact => fact !== false)]
}

/** The kernel that a board booted by itself. An UnavailableError if it is of another version than the one asked for. */
function ownKernel(
  { name: target }: Target,
  name: string,
  report: KernelReport,
  lines: readonly ConsoleLine[],
): KernelIdentity {
  const banner = lines.find(({ text }) => /Linux version \d/.test(text))?.text ?? ''
  const version = report.kernel ?? 'unknown'
  const asked = kernelVersion(name)
  const series = (of: string) => /^\d+\.\d+/.exec(of)?.[0] ?? of
  if (report.kernel !== null && series(version) !== series(asked))
    throw new UnavailableError(
      `target ${target} boots its own kernel, linux ${version}, not ${asked}: ask for --kernel ${series(version)}`,
    )
  const sha256 = createHash('sha256')
    .update(banner.replace(/^.*Linux version/, 'Linux version'))
    .digest('hex')
  return { name, version, sha256 }
}
