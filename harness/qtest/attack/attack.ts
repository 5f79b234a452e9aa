import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { InfraError } from '../../errors.ts'
import { Dice } from './dice.ts'
import { nextOperation } from './operations.ts'
import { startQtest } from '../start.ts'
import { emptyDisk } from '../sata.ts'

/** How many operations are in flight at most. */
const BATCH = 500
/** A sanitized QEMU on a busy machine may take that long for a batch. */
const SILENCE_MS = 60_000

export interface AttackRequest {
  /** The emulator's binary. */
  qemu: string
  /** Operations in all. */
  count: number
  /** Of the first round; the next one's is one more. */
  seed: number
  /** Operations until the machine is started anew. */
  round: number
  /** A folder for the commands of a round that found something. */
  out: string
  signal?: AbortSignal
  onRound?: (done: number) => void
}

/** What a machine did that it must not: it died, hung, or its sanitizers said something. */
export interface Finding {
  seed: number
  /** What QEMU said, its command included. */
  reason: string
  /** The round's commands as qtest got them. */
  commands: string
}

export interface AttackResult {
  operations: number
  rounds: number
  /** How many of each kind. */
  kinds: Record<string, number>
  /** What QEMU logged: the guest's mistakes and what is not modelled, by who said it. */
  mistakes: Record<string, number>
  findings: Finding[]
}

/** Attacks QEMU round by round, until all operations are done or something is found. */
export async function attack(request: AttackRequest): Promise<AttackResult> {
  const result: AttackResult = { operations: 0, rounds: 0, kinds: {}, mistakes: {}, findings: [] }
  const folder = await mkdtemp(join(tmpdir(), 'dmaspec-attack-'))
  try {
    const disk = emptyDisk(folder)
    while (result.operations < request.count && result.findings.length === 0) {
      request.signal?.throwIfAborted()
      const seed = request.seed + result.rounds
      const operations = Math.min(request.round, request.count - result.operations)
      const finding = await attackOnce({ ...request, seed, count: operations }, disk, result)
      if (finding) result.findings.push(finding)
      result.rounds++
      request.onRound?.(result.operations)
    }
    return result
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

async function attackOnce(
  request: AttackRequest,
  disk: string,
  result: AttackResult,
): Promise<Finding | null> {
  const { qemu, seed, count, signal } = request
  const dice = new Dice(seed)
  const sent: string[] = []
  // The eMMC, too: SDHI2's.
  const args = ['-drive', `file=${disk},format=raw,if=sd,index=2,snapshot=on`]
  await using qtest = await startQtest({ qemu, disk, args, silence: SILENCE_MS, env: SANITIZERS })
  try {
    for (let done = 0; done < count;) {
      signal?.throwIfAborted()
      const until = Math.min(count, done + BATCH)
      for (; done < until; done++) {
        const { what, lines } = nextOperation(dice)
        for (const line of lines) qtest.command(line)
        sent.push(...lines)
        count1(result.kinds, what)
        result.operations++
      }
      await qtest.done()
      // Between batches QEMU does what devices put off: bottom halves, timers, the disk.
      if (dice.below(20) === 0) await qtest.qmp.execute('system_reset')
    }
    for (const line of await qtest.log()) count1(result.mistakes, /^[\w-]+/.exec(line)?.[0] ?? 'other')
    // A clean end is part of it: devices that are torn down under the sanitizers' eyes.
    qtest.expectExit()
    qtest.qmp.execute('quit').catch(() => {})
    const { exitCode, signal: killed, stderr } = await Promise.race([qtest.exited, neverEnding()])
    if (exitCode === 0 && !REPORT.test(stderr)) return null
    const how = killed === null ? `exited ${exitCode}` : `was killed by ${killed}`
    throw new InfraError(`qemu ${how} at its end: ${stderr}`)
  } catch (error) {
    if (!(error instanceof InfraError)) throw error
    await mkdir(request.out, { recursive: true })
    const commands = join(request.out, `${seed}.qtest`)
    await writeFile(commands, `${sent.join('\n')}\n`)
    return { seed, reason: error.message, commands }
  }
}

/** The first report ends QEMU; memory that is not freed at the end is not looked for: QEMU's own is not, either. */
const SANITIZERS = {
  ASAN_OPTIONS: 'detect_leaks=0:detect_stack_use_after_return=0',
  UBSAN_OPTIONS: 'halt_on_error=1:print_stacktrace=1',
}
const REPORT = /runtime error:|ERROR: \w*Sanitizer/

/** Rejects when QEMU should long have ended. */
function neverEnding(): Promise<never> {
  return new Promise((_, reject) => {
    setTimeout(() => reject(new InfraError('qemu hangs at its end')), SILENCE_MS).unref()
  })
}

function count1(counts: Record<string, number>, key: string): void {
  counts[key] = (counts[key] ?? 0) + 1
}
