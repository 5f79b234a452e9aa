import { execa } from 'execa'
import { spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { join, resolve } from 'node:path'
import type { Readable } from 'node:stream'
import { guarded } from '../boot/qemu.ts'
import { projectRoot } from '../project.ts'
import type { BootRecord, RunResult } from '../results/result.ts'
import type { Figure } from './harness.ts'

const OUT = 'out/bench/matrix'
/** A bare boot that goes on for so much longer than the harness's will not end as that did. */
const PATIENCE = { factor: 4, seconds: 10 }

/**
 * The wall time of `dmaspec run` over all specs, on the kernels of $KERNELS, against the bare boots' CPU time spread
 * over all cores: what no harness could be faster than.
 *
 * Bare is the same argv and a reader that looks for the line at which the harness ended QEMU, as many at once as there
 * are cores: two boots on two threads of a core take more CPU time than one after the other would.
 */
export async function matrixEfficiency(): Promise<Figure[]> {
  const started = performance.now()
  const run = await measured([process.execPath, join(projectRoot, 'bin/dmaspec.js'), 'run', '--out', OUT], {})
  const seconds = (performance.now() - started) / 1000
  const result = JSON.parse(readFileSync(join(OUT, 'results.json'), 'utf8')) as RunResult
  const boots = result.cells.flatMap(cell => cell.tests.flatMap(test => test.boots))
  const wrong = result.cells.filter(({ verdict }) => verdict !== 'passed' && verdict !== 'skipped')
  if (wrong.length > 0)
    throw new Error(`not a run to measure: ${wrong.map(({ id }) => id).join(', ')} did not pass`)
  const cores = availableParallelism()
  const bare = await bareSeconds(boots, cores)
  return [
    ['matrix-efficiency', seconds / (bare / cores)],
    ['matrix-cpu-overhead', run.cpu / bare],
    ['matrix-seconds', seconds],
    ['matrix-bare-cpu-seconds', bare],
  ]
}

/** CPU seconds of all these boots, `cores` at a time. */
async function bareSeconds(boots: readonly BootRecord[], cores: number): Promise<number> {
  const queue = [...boots]
  let sum = 0
  const lane = async () => {
    for (let boot = queue.shift(); boot; boot = queue.shift()) {
      const cpu = await bareBoot(OUT, boot)
      sum += cpu
    }
  }
  await Promise.all(Array.from({ length: cores }, lane))
  return sum
}

/** Runs what the boot's `argv` file says: the disk image, which is not measured, then QEMU. `out` is the run's folder. */
export async function bareBoot(out: string, boot: BootRecord): Promise<number> {
  const folder = resolve(out, boot.folder)
  const [disk = '', ...qemu] = readFileSync(join(folder, 'argv'), 'utf8').split('\n')
  await execa('sh', ['-c', disk])
  const command = qemu.join('\n')
  const nonce = /dmaspec\.nonce=(\w+)/.exec(command)?.[1] ?? ''
  const isEnd = endOf(boot, nonce, readFileSync(join(folder, 'console.log'), 'latin1'))
  const patience = boot.seconds * PATIENCE.factor + PATIENCE.seconds
  const { cpu } = await measured(['sh', '-c', `exec ${command}`], { isEnd, patience })
  await execa('rm', ['-f', join(folder, 'disk.img')])
  return cpu
}

/** Whether the console is where the harness stopped reading: at the marker, or at the last crash's end. */
function endOf({ end }: BootRecord, nonce: string, kept: string): (console: string) => boolean {
  const marker = `dmaspec: ${nonce} done`
  if (end === 'marker') return console => console.includes(marker)
  const line = end === 'panic' ? 'Kernel panic' : '---[ end trace'
  const count = kept.split(line).length
  return console => console.split(line).length >= count || console.includes(marker)
}

interface Until {
  /** Ends the program when its output is so. */
  isEnd?: (output: string) => boolean
  /** Ends it after so many seconds. */
  patience?: number
}

/** Runs a program to its end, or to ours, and says how much CPU time it and its children took, in seconds. */
async function measured(argv: readonly string[], { isEnd, patience }: Until): Promise<{ cpu: number }> {
  // `times` tells of the shell's children that it has waited for, and of theirs. The trap is not inherited.
  const [command, ...args] = guarded(['sh', '-c', 'trap : TERM; "$@"; times >&3', 'sh', ...argv])
  const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'inherit', 'pipe'], detached: true })
  const end = () => void (child.pid !== undefined && process.kill(-child.pid, 'SIGTERM'))
  const timer = patience === undefined ? undefined : setTimeout(end, patience * 1000)
  let [output, times, ended] = ['', '', false]
  child.stdout?.setEncoding('latin1').on('data', (text: string) => {
    if (!isEnd || ended) return
    output += text
    ended = isEnd(output)
    if (ended) end()
  })
  ;(child.stdio[3] as Readable).on('data', (bytes: Buffer) => (times += bytes.toString()))
  await new Promise(done => child.on('close', done))
  clearTimeout(timer)
  return { cpu: childSeconds(times) }
}

/** The second line of `times`, `0m1.520000s 0m0.100000s`: user and system time of the children. */
export function childSeconds(times: string): number {
  const found = [...(times.split('\n')[1] ?? '').matchAll(/(\d+)m([\d.]+)s/g)]
  if (found.length !== 2) throw new Error(`the shell said no times: ${JSON.stringify(times)}`)
  return found.reduce((sum, [, minutes, seconds]) => sum + Number(minutes) * 60 + Number(seconds), 0)
}
