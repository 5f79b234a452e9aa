import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { prepareBoot } from '../boot/prepare.ts'
import { run } from '../boot/run.ts'
import { shellCommand } from '../cell/shell.ts'
import { InfraError } from '../errors.ts'
import { cacheRoot } from '../images/cache.ts'
import { joinName } from '../images/kernel-name.ts'
import { factsOf, type Golden } from './golden.ts'
import type { Provocation } from './provocation.ts'
import { trim } from './trim.ts'

/** How long a guest that crashed may say nothing, in seconds, before it is taken for dead. */
const SILENCE = 25

export interface ProvokeOptions {
  series: string
  /** The boot's folder: the whole console stays there. */
  out: string
  signal: AbortSignal
}

/** Why a console is no golden: it lacks the kernel's words. */
export interface Dud {
  missing: string
}

/** Boots a provocation in a real guest. */
export async function provoke(row: Provocation, options: ProvokeOptions): Promise<Golden | Dud> {
  const { series, out, signal } = options
  const kernel = joinName(series, row.flavour ?? undefined)
  const what = row.provokeIn?.[series] ?? row.provoke
  const trigger = what === null ? 'bootargs alone' : `dmaspec.provoke=${what}`
  const bootargs = [...(what === null ? [] : [trigger]), ...(row.bootargs ? [row.bootargs] : [])].join(' ')
  const timeout = row.seconds === undefined ? {} : { timeout: row.seconds }
  const cell = { kernel, bootargs, overlays: [], ...timeout, ...(row.memory ? { memory: row.memory } : {}) }
  const boot = await prepareBoot(cell, { out })
  try {
    const { failure } = await run(boot, { signal, pastOopses: true, silence: row.silence ?? SILENCE })
    if (failure !== null) throw new InfraError(failure, { cell: boot.cell, command: shellCommand(boot.argv) })
  } finally {
    await boot.folder.tidy()
  }
  const lines = (await readConsole(boot.folder.artifacts.console)).map(relativePaths)
  if (!lines.some(line => line.includes(row.says))) return { missing: row.says }
  const banner = lines.find(line => line.includes('Linux version '))
  return {
    ...factsOf(row),
    kernel: /Linux version (\S{1,100})/.exec(banner ?? '')?.[1] ?? boot.kernel.version,
    built: kernel,
    trigger,
    bootargs: row.bootargs ?? '',
    ...(row.whole
      ? { lines, cut: 'nothing' }
      : trim(lines, what === null ? null : ` provoke=${what}`, row.says)),
  }
}

/** Out of tree, UBSAN names files by the build's folder: kept as a build in the tree has them. */
function relativePaths(line: string): string {
  const at = line.indexOf(join(cacheRoot(), 'work/'))
  const end = line.indexOf(SOURCE, at)
  return at === -1 || end === -1 ? line : line.slice(0, at) + line.slice(end + SOURCE.length)
}

const SOURCE = '/source/'

/** The console as it was printed, but for the UART's line ends. */
async function readConsole(file: string): Promise<string[]> {
  const lines = (await readFile(file, 'utf8')).split('\n').map(line => line.replace(/\r{1,2}$/, ''))
  return lines.at(-1) === '' ? lines.slice(0, -1) : lines
}
