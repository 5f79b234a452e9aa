import { readFile, writeFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import { shellCommand } from '../cell/shell.ts'
import { platformOf } from '../platform/platforms.ts'
import { BootError, DmaspecError, InfraError } from '../errors.ts'
import { toJson } from '../report/json.ts'
import { parseConsole } from '../report/parse.ts'
import { judge } from '../oracle/judge.ts'
import { parseEvents, traceOf } from '../trace/trace.ts'
import { symbolizeOurs } from '../symbols/symbolize.ts'
import type { BootResult, CellInput, ConsoleLog, KernelReport, NotObserved } from '../types.ts'
import { guestWrote } from './disk.ts'
import { prepareBoot, type PreparedBoot, type PrepareOptions } from './prepare.ts'
import { run, type Run, type RunOptions } from './run.ts'

export type BootOptions = PrepareOptions & RunOptions

/**
 * Boots a cell until its answer is known and says what there is to know of it. An oops is an answer, and so is a disk
 * that dies; a kernel that did neither, and did not reach the marker, is a BootError, which has the result all the same.
 */
export async function bootCell(input: CellInput, options: BootOptions = {}): Promise<BootResult> {
  const started = performance.now()
  try {
    const boot = await prepareBoot(input, options)
    return await bootPrepared(boot, options, started)
  } catch (error) {
    throw asInfraError(error, resolve(options.out ?? 'out'))
  }
}

async function bootPrepared(boot: PreparedBoot, options: RunOptions, started: number): Promise<BootResult> {
  let ran: Run | undefined
  try {
    ran = await run(boot, options)
    const result = await conclude(boot, ran, started)
    options.signal?.throwIfAborted()
    return result
  } catch (error) {
    if (!ran || options.signal?.aborted) await boot.folder.discard()
    throw error
  }
}

/** True if the kernel crashed: a WARN is none, and a panic by itself is the end of a boot, not its answer. */
export function hasOops(report: KernelReport): boolean {
  return report.oopses.some(({ kind }) => kind !== 'warning' && kind !== 'panic')
}

/** Whatever QEMU's own devices do, none of them writes it down. */
const UNTRACED: NotObserved = { fact: 'trace', why: "QEMU's own devices write none" }

/** A boot that has its answer without the marker. */
export function isAnswer({ report, end }: Pick<BootResult, 'report' | 'end'>): boolean {
  return hasOops(report) || end === 'disk'
}

/** What came of a run, kept and returned. Throws a BootError of a kernel that neither reached the marker nor crashed. */
export async function conclude(boot: PreparedBoot, ran: Run, started: number): Promise<BootResult> {
  const result = await examine(boot, ran, started)
  await writeFile(boot.folder.report, toJson(result) + '\n')
  if (!result.complete && !isAnswer(result)) throw bootError(boot, ran.log, result)
  return result
}

/** Reads what a run left: its console, its trace, its disk. */
async function examine(
  boot: PreparedBoot,
  { log, seconds, failure }: Run,
  started: number,
): Promise<BootResult> {
  const { cell, folder, argv } = boot
  const { artifacts } = folder
  const written = await guestWrote(boot.disk)
  const emmcWritten = boot.emmc && (await guestWrote(boot.emmc))
  await folder.tidy()
  if (failure !== null) {
    throw new InfraError(failure, { cell, artifacts, console: log.lines, command: shellCommand(argv) })
  }
  const report = await symbolizeOurs(parseConsole(log.lines, { nonce: boot.nonce }), boot.kernel.vmlinux)
  if (report.disk) report.disk.written = written
  if (report.emmc) report.emmc.written = emmcWritten
  const { traces } = platformOf(cell.platform).board
  const events = parseEvents(traces ? await readFile(artifacts.trace, 'utf8') : '', artifacts.trace)
  const { complete, end, reason } = log
  const notObserved = [...boot.kernel.notObserved, ...(traces ? [] : [UNTRACED])]
  const oracle = judge(log.lines, events, { report, notObserved, complete, asked: cell.probe !== undefined })
  const total = (performance.now() - started) / 1000
  return {
    cell,
    kernel: { name: cell.kernel, version: boot.kernel.version, sha256: boot.kernel.sha256 },
    notObserved,
    complete,
    end,
    reason,
    seconds: { boot: seconds, total },
    report,
    trace: traceOf(events),
    oracle,
    artifacts,
  }
}

/** The error of a boot that came to nothing, with what was learnt of it. */
export function bootError(
  boot: Pick<PreparedBoot, 'cell' | 'folder'>,
  log: ConsoleLog,
  result: BootResult,
): BootError {
  const last = log.lines.at(-1)?.text ?? 'none was printed'
  const words = log.reason.startsWith('no marker') ? log.reason : `no marker: ${log.reason}`
  const { artifacts } = boot.folder
  return new BootError(`${words}; last line: ${last}`, {
    cell: boot.cell,
    artifacts,
    console: log.lines,
    result,
  })
}

/** A full disk, a folder that can't be written: the file system's words and the folder, as an error of ours. */
export function asInfraError(error: unknown, folder: string): unknown {
  if (error instanceof DmaspecError || !(error instanceof Error)) return error
  const { code, syscall } = error as NodeJS.ErrnoException
  if (code === undefined || syscall === undefined) return error
  const full = code === 'ENOSPC' || code === 'EDQUOT'
  const reason = full
    ? `no space left for the boot's files in ${folder}: free some, or name another folder with --out`
    : error.message
  return new InfraError(reason, { cause: error })
}
