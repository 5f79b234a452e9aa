import { Command } from 'commander'
import { DEFAULTS } from '../cell/cell.ts'
import { CellError } from '../errors.ts'
import { cacheRoot, listEntries } from '../images/cache.ts'
import { hostPackages, needHostPackages } from '../images/host.ts'
import { buildImages, faultSets, knownSeries } from '../images/index.ts'
import { progressOn } from '../images/progress.ts'
import { collect } from './collect.ts'
import { interruptible } from './interrupt.ts'

interface Options {
  kernel?: string[]
  fault?: string[]
  list?: boolean
  update?: boolean
  tools?: string
}

/** What host packages are grouped by. */
const GROUPS = [...new Set(hostPackages.map(({ group }) => group))]

/** `dmaspec images`: builds what boots need, or shows what there is. */
export function imagesCommand(): Command {
  return new Command('images')
    .description(
      'build the emulator, the initramfs and the kernels that boots need, with what the host lacks',
    )
    .option(
      '--kernel <series>',
      `build this series (repeatable; default: ${DEFAULTS.kernel}; there are: ${knownSeries().join(', ')})`,
      collect,
    )
    .option(
      '--fault <name>',
      'one kernel with these faults (repeatable; default: those that the specs need)',
      collect,
    )
    .option('--update', 'take newer packages than the cache has, if the mirror has some')
    .option('--list', 'show what is cached, and build nothing')
    .option(
      '--tools <group>',
      `only install the Debian packages that the host lacks for: ${GROUPS.join(', ')}`,
    )
    .addHelpText('after', `\nThe cache is $DMASPEC_CACHE, now ${cacheRoot()}.`)
    .action(async (options: Options) => {
      if (options.list) process.stdout.write(listing())
      else await interruptible(signal => build(options, signal))
    })
}

async function build(options: Options, signal: AbortSignal): Promise<void> {
  const progress = progressOn(process.stderr)
  if (options.tools !== undefined) {
    const group = GROUPS.find(name => name === options.tools)
    if (!group) throw new CellError(`unknown tools '${options.tools}'; there are: ${GROUPS.join(', ')}`)
    const context = { root: cacheRoot(), progress, signal, update: false }
    return needHostPackages(context, [group])
  }
  const kernels = (options.kernel ?? [DEFAULTS.kernel]).map(series => ({
    series,
    faultSets: options.fault ? [[...options.fault].sort()] : faultSets(series),
  }))
  await buildImages({ kernels, progress, signal, update: options.update ?? false })
}

/** One line per cached entry: name, version, size, seconds it took to build. */
function listing(): string {
  const rows = listEntries(cacheRoot()).map(({ manifest }) => {
    const size = Object.values(manifest.outputs).reduce((sum, output) => sum + output.size, 0)
    return [
      manifest.name,
      manifest.version,
      `${(size / 1e6).toFixed(1)} MB`,
      `${manifest.seconds} s`,
      manifest.built,
    ]
  })
  if (rows.length === 0) return `nothing in ${cacheRoot()}\n`
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map(row => row[column]?.length ?? 0)))
  return rows
    .map(
      row =>
        `${row
          .map((cell, i) => cell.padEnd(widths[i] ?? 0))
          .join('  ')
          .trimEnd()}\n`,
    )
    .join('')
}
