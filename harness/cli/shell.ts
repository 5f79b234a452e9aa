import { Command } from 'commander'
import { prepareBoot } from '../boot/prepare.ts'
import { DEFAULTS } from '../cell/cell.ts'
import { CellError, GuestError } from '../errors.ts'
import { attach, DETACH } from '../guest/attach.ts'
import { gdbHint } from '../guest/gdb.ts'
import type { Guest } from '../guest/guest.ts'
import { startGuest } from '../guest/start.ts'
import { buildImages } from '../images/index.ts'
import { progressOn } from '../images/progress.ts'
import type { BootResult, CellInput } from '../types.ts'
import { cellOf, type CellOptions, cellOptions, checkCellOptions } from './boot.ts'
import { interruptible } from './interrupt.ts'
import { isGiven } from './kernel-options.ts'
import { bootProgress } from './progress.ts'

interface Options extends CellOptions {
  serial?: boolean
  gdb?: boolean
}

const EXAMPLES = `
Examples:
  dmaspec shell --overlay sata-behind-ipmmu
      a shell in the guest, over ssh; it ends with the shell (exit, Ctrl-D)
  echo 'cat /sys/kernel/iommu_groups/*/type' | dmaspec shell --overlay sata-behind-ipmmu
      the same for a script; the exit status is its own
  dmaspec shell --serial
      the board's console, from the first line on; ${DETACH.key} leaves
  dmaspec shell --gdb --fault domain-free-unguarded
      stopped before its first instruction; says how gdb gets in
  dmaspec shell --gdb --flavour gdb
      the same kernel with all its types, and the lx- commands

Exit status: the shell's or the script's, 1 if the kernel crashed, 2 it could not be booted or the guest died,
130 interrupted.`

/** `dmaspec shell`: a guest to work in. */
export function shellCommand(): Command {
  return cellOptions(new Command('shell').description('boot one kernel, and work in it'))
    .option('--serial', `on its serial console, not over ssh; ${DETACH.key} leaves`)
    .option('--gdb', 'stop at the first instruction, and let gdb in; implies --serial')
    .addHelpText('after', EXAMPLES)
    .action(shell)
}

async function shell(options: Options): Promise<void> {
  checkCellOptions(options)
  const { stdin } = process
  if ((options.serial || options.gdb) && !stdin.isTTY)
    throw new CellError('--serial and --gdb want a terminal to type at: leave them out to run a script')
  const status = await interruptible(async signal => {
    const cell = await cellOf(options, signal)
    await build(cell, options, signal)
    return options.serial || options.gdb ? onSerial(cell, options, signal) : overSsh(cell, options, signal)
  })
  process.exitCode = status
}

/** What is missing of a series is built now: a flavour that nobody asked for before, say. */
async function build(cell: CellInput, options: Options, signal: AbortSignal): Promise<void> {
  if (isGiven(options)) return
  const { kernel = DEFAULTS.kernel, faults = [] } = cell
  await buildImages({
    kernels: [{ kernel, faultSets: [faults] }],
    progress: progressOn(process.stderr),
    signal,
  })
}

async function overSsh(cell: CellInput, { out }: Options, signal: AbortSignal): Promise<number> {
  const { stdin, stdout, stderr } = process
  const progress = bootProgress(stderr)
  await using guest = await startGuest(cell, {
    out,
    signal,
    mayOops: true,
    onLine: line => progress.line(line),
  }).finally(() => progress.stop())
  signal.addEventListener('abort', () => void guest.stop())
  if (stdin.isTTY) stderr.write('the guest ends with this shell: exit, or Ctrl-D\n')
  void guest.crashed.then(title => void stderr.write(`\r\n${title}\r\n`))
  const session = stdin.isTTY
    ? guest.shell({ input: stdin, output: stdout, type: process.env['TERM'] ?? 'vt100' })
    : script(guest)
  let death: GuestError | null = null
  const status = await session.catch((error: unknown) => {
    if (!(error instanceof GuestError)) throw error
    death = error
    return null
  })
  const result = await guest.stop()
  signal.throwIfAborted()
  const { oopses } = result.report
  if (death !== null && oopses.length === 0) throw death as GuestError
  tell(result)
  return oopses.length > 0 ? 1 : (status ?? 1)
}

/** Runs what is piped to us. */
async function script(guest: Guest): Promise<number | null> {
  const chunks: Buffer[] = []
  for await (const chunk of process.stdin) chunks.push(chunk as Buffer)
  const { status } = await guest.exec('sh -s', {
    input: Buffer.concat(chunks),
    timeout: MOST_SECONDS,
    onOutput: (text, from) => void process[from].write(text),
  })
  return status
}

/** A day: a script of somebody's may take its time. */
const MOST_SECONDS = 86_400

/** The crashes of the guest's life, and where they are kept. */
function tell({ report, artifacts }: BootResult): void {
  for (const { title, line } of report.oopses)
    process.stderr.write(`${title}: ${artifacts.console}:${line}\n`)
}

async function onSerial(cell: CellInput, { gdb, out }: Options, signal: AbortSignal): Promise<number> {
  const { stdin, stdout, stderr } = process
  const terminal = { rows: stdout.rows || 24, columns: stdout.columns || 80 }
  const boot = await prepareBoot(cell, { out, live: { gdb: gdb ?? false, terminal } })
  try {
    if (gdb) stderr.write(gdbHint({ vmlinux: boot.kernel.vmlinux, socket: boot.folder.gdb }))
    stderr.write(`${DETACH.key} leaves, and ends the guest; after a change of the window's size: ${RESIZE}\n`)
    await attach(boot, { input: stdin, output: stdout }, signal)
  } finally {
    await boot.folder.tidy()
  }
  stderr.write(`\r\nkept: ${boot.folder.artifacts.console}\n`)
  return 0
}

/** A serial line tells nobody of its terminal's size. */
const RESIZE = 'stty rows R cols C'
