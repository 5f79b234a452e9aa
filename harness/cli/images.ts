import { Command } from 'commander'
import { DEFAULTS } from '../cell/cell.ts'
import { CellError } from '../errors.ts'
import { cacheRoot } from '../images/cache.ts'
import { hostPackages, needHostPackages, type HostPackage } from '../images/host.ts'
import { buildImages, faultSets, knownSeries } from '../images/index.ts'
import { progressOn } from '../images/progress.ts'
import { collect } from './collect.ts'
import { interruptible } from './interrupt.ts'

interface Options {
  kernel?: string[]
  fault?: string[]
  update?: boolean
  sanitize?: boolean
  onlyQemu?: boolean
  tools?: string[]
}

const EXAMPLES = `
Examples:
  dmaspec images
      what linux ${DEFAULTS.kernel} needs: a few minutes the first time, tenths of a second from then on
  dmaspec images --kernel 5.10 --kernel 7.3
  dmaspec images --kernel 6.1 --fault bus-mask-always-set --fault flush-forgotten
      one more kernel, with two faults that no spec puts together
  dmaspec images --tools lint
      only the Debian packages that 'make lint' wants

Exit status: 0 all is there, 2 something could not be built or fetched, 130 interrupted.
'dmaspec cache list' shows what is there.`

/** What host packages are grouped by. */
const GROUPS = [...new Set(hostPackages.map(({ group }) => group))]

/** `dmaspec images`: builds what boots need, with what the host lacks. */
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
    .option('--sanitize', 'the emulator a second time, with ASan and UBSan, for dmaspec attack')
    .option('--only-qemu', 'build no kernel: enough for dmaspec attack')
    .option(
      '--tools <group>',
      `only install the Debian packages that the host lacks for (repeatable): ${GROUPS.join(', ')}`,
      collect,
    )
    .addHelpText('after', () => `${EXAMPLES}\nThe cache is ${cacheRoot()} ($DMASPEC_CACHE).`)
    .action((options: Options) => interruptible(signal => build(options, signal)))
}

async function build(options: Options, signal: AbortSignal): Promise<void> {
  const progress = progressOn(process.stderr)
  if (options.tools !== undefined) {
    const groups = options.tools.map(groupOf)
    const context = { root: cacheRoot(), progress, signal, update: false }
    return needHostPackages(context, groups)
  }
  const series = options.onlyQemu ? [] : (options.kernel ?? [DEFAULTS.kernel])
  const kernels = series.map(kernel => ({
    kernel,
    faultSets: options.fault ? [[...options.fault].sort()] : faultSets(kernel),
  }))
  await buildImages({
    kernels,
    progress,
    signal,
    update: options.update ?? false,
    sanitize: options.sanitize ?? false,
  })
}

function groupOf(asked: string): HostPackage['group'] {
  const group = GROUPS.find(name => name === asked)
  if (!group) throw new CellError(`unknown tools '${asked}'; there are: ${GROUPS.join(', ')}`)
  return group
}
