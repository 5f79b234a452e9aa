import { resolve } from 'node:path'
import { Command, InvalidArgumentError } from 'commander'
import { needQemu } from '../images/index.ts'
import { attack, type AttackResult } from '../qtest/attack/attack.ts'
import { interruptible } from './interrupt.ts'

interface Options {
  count: number
  seed: number
  round: number
  plain?: boolean
  out: string
}

const EXAMPLES = `
Examples:
  dmaspec attack
      10^6 operations against the sanitized emulator (make images SANITIZE=1)
  dmaspec attack --count 20000 --plain
      a short one against the emulator that boots use
  dmaspec attack --seed 1017 --count 20000
      one round again: the one that a finding names

Exit status: 0 nothing was found, 1 QEMU died, hung or its sanitizers reported, 2 it could not be done,
130 interrupted.`

/** `dmaspec attack`: random use of all our devices, to see whether one breaks. */
export function attackCommand(): Command {
  return new Command('attack')
    .description(
      'attack our device models with random registers, descriptors and page tables, without a kernel',
    )
    .option('--count <n>', 'operations', positive, 1_000_000)
    .option('--seed <n>', 'of the first round; the next has one more', positive, 1)
    .option('--round <n>', 'operations until the machine is started anew', positive, 20_000)
    .option('--plain', 'the emulator that boots use, not the sanitized one')
    .option('--out <folder>', 'where the commands of a round that found something go', 'out/attack')
    .addHelpText('after', EXAMPLES)
    .action((options: Options) => interruptible(signal => run(options, signal)))
}

async function run(options: Options, signal: AbortSignal): Promise<void> {
  const { binary, version } = await needQemu(options.plain ? 'plain' : 'sanitized')
  const started = Date.now()
  const onRound = (done: number) => {
    if (process.stderr.isTTY) process.stderr.write(`\r${thousands(done)} of ${thousands(options.count)}`)
  }
  const result = await attack({ ...options, out: resolve(options.out), qemu: binary, signal, onRound })
  if (process.stderr.isTTY) process.stderr.write('\r\x1b[K')
  const which = `${options.plain ? '' : 'sanitized '}qemu ${version}`
  process.stdout.write(`${summary(result, which, options.seed, (Date.now() - started) / 1000)}\n`)
  if (result.findings.length > 0) process.exitCode = 1
}

/** What is printed of an attack. */
export function summary(result: AttackResult, which: string, seed: number, seconds: number): string {
  const { operations, rounds, kinds, mistakes, findings } = result
  const some = (counts: Record<string, number>) =>
    Object.entries(counts)
      .sort(([, a], [, b]) => b - a)
      .map(([what, n]) => `  ${thousands(n).padStart(9)} ${what}`)
  const logged = Object.values(mistakes).reduce((sum, n) => sum + n, 0)
  const verdict = findings.length === 0 ? 'no abort, no report, no hang' : 'it broke'
  return [
    `${thousands(operations)} operations in ${rounds} rounds from seed ${seed}, ${which}, ${seconds.toFixed(0)} s: ${verdict}`,
    ...some(kinds),
    `${thousands(logged)} mistakes of the guest and gaps of the model were logged`,
    ...some(mistakes),
    ...findings.flatMap(finding => [
      `seed ${finding.seed}: ${finding.reason}`,
      `  kept: ${finding.commands}`,
    ]),
  ].join('\n')
}

function thousands(n: number): string {
  return n.toLocaleString('en')
}

function positive(text: string): number {
  const n = Number(text)
  if (!Number.isSafeInteger(n) || n < 1) throw new InvalidArgumentError('a whole number above 0')
  return n
}
