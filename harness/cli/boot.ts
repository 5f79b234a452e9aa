import { Command, InvalidArgumentError } from 'commander'
import { bootCell, hasOops } from '../boot/boot.ts'
import { known } from '../boot/prepare.ts'
import { SILENCE_SECONDS } from '../boot/run.ts'
import type { Images } from '../cell/argv.ts'
import { DEFAULTS, resolveCell } from '../cell/cell.ts'
import { BootError, CellError } from '../errors.ts'
import { flavours } from '../images/flavours.ts'
import { needKernel } from '../images/index.ts'
import { progressOn } from '../images/progress.ts'
import { toJson } from '../report/json.ts'
import type { BootResult, CellInput, ConsoleLine, KernelName } from '../types.ts'
import { collect } from './collect.ts'
import { bootsOn, targetOption } from './target.ts'
import { interruptible } from './interrupt.ts'
import {
  checkKernelOptions,
  isGiven,
  kernelOptions,
  type KernelOptions,
  kernelsOf,
  namesOf,
} from './kernel-options.ts'
import { type BootProgress, bootProgress } from './progress.ts'
import { verdict } from './verdict.ts'

/** What a cell is made of, on a command line. */
export interface CellOptions extends KernelOptions {
  platform: string
  fault?: string[]
  overlay?: string[]
  memory: string
  cpus: number
  emmc?: boolean
  append: string
  probe?: string
  timeout?: number
  out?: string
}

interface Options extends CellOptions {
  silence?: number
  target?: string
  json?: boolean
}

const EXAMPLES = `
Examples:
  dmaspec boot --overlay sata-behind-ipmmu
      SATA behind the IPMMU: where are its page tables, is its data right?
  dmaspec boot --overlay sata-behind-ipmmu --fault bus-mask-always-set --fault domain-free-unguarded
      the report of 2018: page tables refused, then a NULL dereference
  dmaspec boot --overlay sata-behind-ipmmu --overlay bus-limit-32bit --memory 1G --json | jq .report.iommu
      the facts, for a program
  dmaspec boot --tree ~/linux --overlay sata-behind-ipmmu --fault bus-mask-always-set
      the same of a kernel of your own; the tree stays as it is (docs/kernels.md)
  dmaspec boot --kernel 6.1 --flavour debug --overlay sata-behind-ipmmu
      with the kernel's own checks of DMA, memory and locks

  dmaspec boot --target desk --overlay sata-behind-ipmmu
      on a board of yours, which dmaspec.config.ts calls desk (docs/board.md)

Exit status: 0 the marker was reached and nothing crashed; 1 there was an oops, the disk died, or kernel
and device disagree (docs/oracle.md); 2 it could not be booted or never got there; 130 interrupted.`

const slowly = flavours()
  .filter(({ slower }) => slower !== 1)
  .map(({ name, slower }) => `, with ${name} ${slower} times that`)
  .join('')

/** `dmaspec boot`: boots one cell and says what came of it. */
export function bootCommand(images?: Partial<Images>): Command {
  return targetOption(cellOptions(new Command('boot')))
    .description('boot one kernel on one board, and say what it did')
    .option(
      '--silence <seconds>',
      `how long the kernel may print nothing (default: ${SILENCE_SECONDS}${slowly})`,
      number,
    )
    .option('--json', 'print the result as JSON, and nothing else')
    .addHelpText('after', EXAMPLES)
    .action((options: Options) => boot(options, images))
}

/** The options that make a cell, and where its files are kept. */
export function cellOptions(command: Command): Command {
  const { faults, platforms, overlays } = known()
  const virt = overlays('virt')
  const names = (list: readonly string[]) => (list.length > 0 ? list.join(', ') : 'none')
  return kernelOptions(command)
    .option('--fault <name>', `compiled in (repeatable): ${names(faults(DEFAULTS.kernel))}`, collect)
    .option('--platform <name>', `what it is booted on: ${names(platforms)}`, DEFAULTS.platform)
    .option(
      '--overlay <name>',
      `on the device tree (repeatable, in order): ${names(overlays(DEFAULTS.platform))}; on virt: ${names(virt)}`,
      collect,
    )
    .option('--memory <size>', 'RAM, 256M to 8G', DEFAULTS.memory)
    .option('--cpus <n>', 'Cortex-A57 cores, 1 to 4', number, DEFAULTS.cpus)
    .option('--emmc', "with the board's eMMC, whose data is checked as the SATA disk's is")
    .option('--append <bootargs>', "added to the kernel's command line", '')
    .option('--probe <plan>', 'what the dmaprobe devices of the overlays do (docs/dmaprobe.md)')
    .option(
      '--timeout <seconds>',
      `deadline of the whole boot (default: ${DEFAULTS.timeout}${slowly})`,
      number,
    )
    .option('--out <dir>', 'folder for console, argv, tree, trace and report (default: out/<time>-<id>)')
}

async function boot(options: Options, images: Partial<Images> | undefined): Promise<void> {
  checkCellOptions(options)
  const print = (result: BootResult) => {
    process.stdout.write(options.json ? toJson(result) + '\n' : verdict(result))
  }
  let progress: BootProgress | undefined
  try {
    const { silence, out } = options
    const result = await interruptible(async signal => {
      const cell = await cellOf(options, signal)
      progress = bootProgress(process.stderr)
      const onLine = (line: ConsoleLine) => progress?.line(line)
      const onBoard = await bootsOn(options)
      return onBoard
        ? onBoard(cell, { images, out, signal, onLine })
        : bootCell(cell, { images, out, silence, signal, onLine })
    })
    progress?.stop()
    print(result)
    const isWrong = hasOops(result.report) || result.end === 'disk' || result.oracle.disagreements.length > 0
    process.exitCode = isWrong ? 1 : 0
  } catch (error) {
    progress?.stop()
    if (error instanceof BootError && error.result) print(error.result)
    throw error
  }
}

/** A CellError for what is wrong with the options, before a build of minutes. */
export function checkCellOptions(options: CellOptions): void {
  checkKernelOptions(options)
  resolveCell(withoutKernel(options), known())
}

/** The cell of the options; a kernel of the user's is built for it. */
export async function cellOf(options: CellOptions, signal: AbortSignal): Promise<CellInput> {
  return {
    ...withoutKernel(options),
    faults: options.fault ?? [],
    kernel: await kernelOf(options, signal),
  }
}

function withoutKernel(options: CellOptions): CellInput {
  const { platform, overlay = [], memory, cpus, emmc = false, append, probe, timeout } = options
  return {
    ...{ platform, overlays: overlay, memory, cpus, emmc, bootargs: append },
    ...(probe === undefined ? {} : { probe }),
    ...(timeout === undefined ? {} : { timeout }),
  }
}

/** The kernel to boot: one of the user's is built first, with its faults. */
async function kernelOf(options: CellOptions, signal: AbortSignal): Promise<KernelName> {
  const defaults = [DEFAULTS.kernel]
  if (!isGiven(options)) return onlyOne(namesOf(options, defaults))
  const progress = progressOn(process.stderr)
  const kernel = onlyOne(await kernelsOf(options, { progress, signal, defaults }))
  const { faults } = resolveCell({ kernel, faults: options.fault ?? [] }, known())
  await needKernel(kernel, faults, { progress, signal })
  return kernel
}

function onlyOne([kernel, ...more]: KernelName[]): KernelName {
  if (kernel === undefined || more.length > 0) throw new CellError('one boot is of one --kernel')
  return kernel
}

function number(value: string): number {
  if (!/^\d{1,9}(\.\d{1,9})?$/.test(value)) throw new InvalidArgumentError('It is not a number.')
  return Number(value)
}
