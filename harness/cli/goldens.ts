import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { Command } from 'commander'
import { kernelsAsked } from '../cell/cell.ts'
import { unknown } from '../cell/suggest.ts'
import { CellError } from '../errors.ts'
import { factsOf, readGolden, writeGolden } from '../goldens/golden.ts'
import { provoke } from '../goldens/provoke.ts'
import { KASAN_SERIES, seriesOf, type Provocation } from '../goldens/provocation.ts'
import { goldenFile, provocations } from '../goldens/table.ts'
import { buildImages, knownSeries, needKernel } from '../images/index.ts'
import { joinName } from '../images/kernel-name.ts'
import { progressOn } from '../images/progress.ts'
import { isClone } from '../project.ts'
import type { KernelName } from '../types.ts'
import { collect } from './collect.ts'
import { interruptible } from './interrupt.ts'

interface Options {
  kernel?: string[]
  name?: string[]
  flavour?: string[]
  out: string
  list?: boolean
  facts?: boolean
}

const HELP = `
Each provocation is a row of harness/goldens/table.ts. The whole consoles stay in the --out folder.

Examples:
  dmaspec goldens --kernel 7.3 --name null-deref-write
  dmaspec goldens --list

Exit status: 0 all were written, 1 a console lacks what its provocation is to show (it is not written),
2 it could not be done, 130 interrupted.`

/** `dmaspec goldens`: provokes crashes in real guests, and keeps their consoles with what is expected of them. */
export function goldensCommand(): Command {
  return new Command('goldens')
    .description("provoke the kernel's crashes in real guests, and keep the consoles as the parser's goldens")
    .option(
      '--kernel <series>',
      `series (repeatable; default: 6.1; there are: ${knownSeries().join(', ')})`,
      collect,
    )
    .option('--name <name>', 'only this provocation (repeatable)', collect)
    .option('--flavour <name>', 'only those of this kernel: crash, crash-kasan, none (repeatable)', collect)
    .option('--out <dir>', 'folder for the whole consoles', 'out/goldens')
    .option('--facts', "write the rows' facts to the goldens that there are, and provoke nothing")
    .option('--list', 'name the provocations, and provoke nothing')
    .addHelpText('after', HELP)
    .action(async (options: Options) => {
      if (options.list) return list()
      if (!isClone) throw new CellError('goldens are kept in a clone of dmaspec, and this is its package')
      if (options.facts) return refresh(jobsOf({ ...options, kernel: options.kernel ?? knownSeries() }))
      process.exitCode = await interruptible(signal => goldens(options, signal))
    })
}

function list(): void {
  const width = Math.max(...provocations.map(({ name }) => name.length))
  for (const { name, shows } of provocations) process.stdout.write(`${name.padEnd(width)}  ${shows}\n`)
}

/** A fact that was corrected needs no boot. */
function refresh(jobs: readonly Job[]): void {
  const files = jobs.map(({ series, row }) => ({ file: goldenFile(series, row), row }))
  for (const { file, row } of files.filter(({ file }) => existsSync(file))) {
    const text = readFileSync(file, 'utf8')
    const corrected = writeGolden({ ...readGolden(text, file), ...factsOf(row) })
    if (corrected === text) continue
    writeFileSync(file, corrected)
    process.stderr.write(`corrected ${relative('.', file)}\n`)
  }
}

interface Job {
  series: string
  row: Provocation
}

async function goldens(options: Options, signal: AbortSignal): Promise<number> {
  const jobs = jobsOf(options)
  await build([...new Set(jobs.map(({ series, row }) => joinName(series, row.flavour)))], signal)
  let duds = 0
  for (const [i, { series, row }] of jobs.entries()) {
    const say = (words: string) =>
      process.stderr.write(`${i + 1}/${jobs.length} ${series} ${row.name}: ${words}\n`)
    const started = performance.now()
    const golden = await provoke(row, { series, out: join(options.out, series, row.name), signal })
    const seconds = ((performance.now() - started) / 1000).toFixed(1)
    if ('missing' in golden) {
      duds += 1
      say(`not written: after ${seconds} s the console has no '${golden.missing}'`)
      continue
    }
    const file = goldenFile(series, row)
    mkdirSync(dirname(file), { recursive: true })
    writeFileSync(file, writeGolden(golden))
    say(`${golden.lines.length} lines, ${seconds} s`)
  }
  return duds === 0 ? 0 : 1
}

/** Builds what there is not; a kernel that is there does not wait for another one's build. No faults: none is needed. */
async function build(kernels: readonly KernelName[], signal: AbortSignal): Promise<void> {
  const missing: KernelName[] = []
  for (const kernel of kernels) await needKernel(kernel).catch(() => missing.push(kernel))
  const progress = progressOn(process.stderr)
  await buildImages({ kernels: missing.map(kernel => ({ kernel, faultSets: [[]] })), progress, signal })
}

function jobsOf({ kernel, name: names, flavour: flavours }: Options): Job[] {
  const known = knownSeries()
  const asked = kernel ?? kernelsAsked()
  for (const series of asked)
    if (!known.includes(series)) throw new CellError(unknown('series', series, known))
  const all = provocations.map(({ name }) => name)
  for (const name of names ?? [])
    if (!all.includes(name)) throw new CellError(unknown('provocation', name, all))
  const rows = provocations
    .filter(({ name }) => names === undefined || names.includes(name))
    .filter(({ flavour }) => flavours === undefined || flavours.includes(flavour ?? 'none'))
  const jobs = asked.flatMap(series =>
    rows.filter(row => seriesOf(row, known).includes(series)).map(row => ({ series, row })),
  )
  if (jobs.length === 0) {
    const why = rows
      .map(({ name, only }) => `${name}: ${only?.why ?? `KASAN is for ${KASAN_SERIES.join(' and ')}`}`)
      .join('; ')
    throw new CellError(`none of these is for linux ${asked.join(', ')}: ${why}`)
  }
  return jobs
}
