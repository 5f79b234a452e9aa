import { Command, InvalidArgumentError } from 'commander'
import { bootCell, hasOops } from '../boot/boot.ts'
import { known } from '../boot/prepare.ts'
import { SILENCE_SECONDS } from '../boot/run.ts'
import type { Images } from '../cell/argv.ts'
import { DEFAULTS } from '../cell/cell.ts'
import { BootError } from '../errors.ts'
import { toJson } from '../report/json.ts'
import type { BootResult, CellInput } from '../types.ts'
import { collect } from './collect.ts'
import { interruptible } from './interrupt.ts'
import { bootProgress } from './progress.ts'
import { verdict } from './verdict.ts'

interface Options {
  kernel: string
  fault?: string[]
  overlay?: string[]
  memory: string
  cpus: number
  append: string
  timeout: number
  silence: number
  out?: string
  json?: boolean
}

const EXAMPLES = `
Examples:
  dmaspec boot --overlay sata-behind-ipmmu
      SATA behind the IPMMU: where are its page tables, is its data right?
  dmaspec boot --overlay sata-behind-ipmmu --fault bus-mask-always-set --fault domain-free-unguarded
      the report of 2018: page tables refused, then a NULL dereference
  dmaspec boot --overlay sata-behind-ipmmu --overlay bus-limit-32bit --memory 1G --json | jq .report.iommu

Exit status: 0 the marker was reached and nothing crashed, 1 there was an oops, 2 it could not be
booted or never got there, 130 interrupted.`

/** `dmaspec boot`: boots one cell and says what came of it. */
export function bootCommand(images?: Partial<Images>): Command {
  const { series, faults, overlays } = known()
  const names = (list: readonly string[]) => (list.length > 0 ? list.join(', ') : 'none')
  return new Command('boot')
    .description('boot one kernel on one board, and say what it did')
    .option('--kernel <series>', `kernel series: ${names(series)}`, DEFAULTS.kernel)
    .option('--fault <name>', `compiled in (repeatable): ${names(faults(DEFAULTS.kernel))}`, collect)
    .option('--overlay <name>', `on the device tree (repeatable, in order): ${names(overlays)}`, collect)
    .option('--memory <size>', 'RAM, 256M to 8G', DEFAULTS.memory)
    .option('--cpus <n>', 'Cortex-A57 cores, 1 to 4', number, DEFAULTS.cpus)
    .option('--append <bootargs>', "added to the kernel's command line", '')
    .option('--timeout <seconds>', 'deadline of the whole boot', number, DEFAULTS.timeout)
    .option('--silence <seconds>', 'how long the kernel may print nothing', number, SILENCE_SECONDS)
    .option('--out <dir>', 'folder for console, argv, tree, trace and report (default: out/<time>-<id>)')
    .option('--json', 'print the result as JSON, and nothing else')
    .addHelpText('after', EXAMPLES)
    .action((options: Options) => boot(options, images))
}

async function boot(options: Options, images: Partial<Images> | undefined): Promise<void> {
  const {
    kernel,
    fault: faults = [],
    overlay: overlays = [],
    memory,
    cpus,
    append: bootargs,
    timeout,
  } = options
  const cell: CellInput = { kernel, faults, overlays, memory, cpus, bootargs, timeout }
  const print = (result: BootResult) => {
    process.stdout.write(options.json ? toJson(result) + '\n' : verdict(result))
  }
  const progress = bootProgress(process.stderr)
  try {
    const { silence, out } = options
    const result = await interruptible(signal =>
      bootCell(cell, { images, out, silence, signal, onLine: line => progress.line(line) }),
    )
    progress.stop()
    print(result)
    process.exitCode = hasOops(result.report) ? 1 : 0
  } catch (error) {
    progress.stop()
    if (error instanceof BootError && error.result) print(error.result)
    throw error
  }
}

function number(value: string): number {
  if (!/^\d{1,9}(\.\d{1,9})?$/.test(value)) throw new InvalidArgumentError('It is not a number.')
  return Number(value)
}
