import { Command } from 'commander'
import { join, relative } from 'node:path'
import { CellError } from '../errors.ts'
import { kernelsAsked } from '../cell/cell.ts'
import { startGuest } from '../guest/start.ts'
import { cacheRoot } from '../images/cache.ts'
import { cacheInUse } from '../images/lock.ts'
import { progressOn } from '../images/progress.ts'
import type { CellResult } from '../results/result.ts'
import { displayOn } from '../run/display.ts'
import { colourPaint, countVerdicts, plainPaint, tally } from '../run/lines.ts'
import { findSpecs } from '../run/specs.ts'
import { count as counted } from '../text.ts'
import { type Action, Keyboard, keyLine } from '../watch/keys.ts'
import type { WatchUi } from '../watch/request.ts'
import { Session } from '../watch/session.ts'
import { reasonOf } from '../watch/work.ts'
import { interruptible } from './interrupt.ts'
import { isColoured } from './shown.ts'
import { jobsOption, specOption } from './spec-options.ts'
import { checkKernelOptions, kernelOptions, type KernelOptions, kernelsOf } from './kernel-options.ts'
import { bootProgress } from './progress.ts'

interface Options extends KernelOptions {
  spec?: string[]
  jobs?: number
  out: string
}

const EXAMPLES = `
Examples:
  dmaspec watch --tree ~/linux --spec bus-limit --spec 'sata-*'
      whenever a file of the tree is saved: what that changes is built, and the specs run again
  dmaspec watch --spec ~/mine/quirk.spec.ts
      whenever the spec is saved, on linux 6.1: nothing is built
  dmaspec watch --tree ~/linux --fragment debug.config --spec 'probe-*'

A spec that is saved runs alone; an overlay (dts/) has those run that used it. A save while they run stops them, and
starts over. A build that fails is shown as the compiler said it, and the next save tries again.

Keys: r or Enter run all again, f those that failed, s a shell in a guest of this kernel (as the last boot had it),
c the console of the last boot, q quit. Without a terminal there are none, and all is said in plain lines.

Exit status: 0 q was typed, 2 it could not be done, 130 interrupted.`

/** `dmaspec watch`: specs again whenever something is saved. */
export function watchCommand(): Command {
  return kernelOptions(new Command('watch'))
    .description('run specs again whenever a kernel tree, a spec or an overlay is saved')
    .addOption(specOption())
    .addOption(jobsOption())
    .option('--out <dir>', 'folder for the results, console logs and traces', 'out/watch')
    .addHelpText('after', EXAMPLES)
    .action((options: Options) => interruptible(signal => watch(options, signal)))
}

async function watch(options: Options, signal: AbortSignal): Promise<void> {
  checkKernelOptions(options)
  if (options.ref !== undefined) throw new CellError('--ref is a commit, which nobody saves: leave it out')
  findSpecs(options.spec ?? [])
  using held = await cacheInUse(cacheRoot())
  const { tree, patch: patches = [], fragment: fragments = [], flavour = null, jobs, out } = options
  const progress = progressOn(process.stderr)
  const kernels =
    tree === undefined ? await kernelsOf(options, { progress, signal, defaults: kernelsAsked() }) : []
  const session = new Session({
    ...{ kernels, specs: options.spec ?? [], out, jobs, signal, progress, ui: uiOn(process.stdout) },
    tree: tree === undefined ? null : { tree, patches, fragments, flavour },
  })
  const { stdin } = process
  const keyboard = stdin.isTTY
    ? new Keyboard(stdin, action => act(action, session, () => keyboard, out, signal))
    : null
  try {
    await session.run()
  } finally {
    keyboard?.release()
  }
}

/** Plain lines, and on a terminal colours and what goes on below them. */
function uiOn(stream: NodeJS.WriteStream): WatchUi {
  const paint = isColoured(stream) ? colourPaint : plainPaint
  const say = (line: string) => void stream.write(`${line}\n`)
  let isTold = false
  return {
    say,
    display: (path, cells) => displayOn(stream, { out: path, cells, durationsKnown: true }),
    verdict(cells: readonly CellResult[], work, { all, build }) {
      const built = build >= 0.5 ? `, ${build.toFixed(1)} s of it building` : ''
      const after = work.isSaved ? `${all.toFixed(1)} s after it was saved` : `in ${all.toFixed(1)} s`
      say(`${reasonOf(work)}: ${tally(countVerdicts(cells), paint)}, ${after}${built}`)
    },
    idle(folders) {
      if (!isTold) say(`watching ${counted(folders, 'folder')}`)
      isTold = true
      if (process.stdin.isTTY) say(keyLine())
    },
  }
}

/** What a key does. */
function act(
  action: Action,
  session: Session,
  keyboard: () => Keyboard | null,
  out: string,
  signal: AbortSignal,
): void {
  const say = (line: string) => void process.stdout.write(`${line}\n`)
  const actions: Record<Action, () => void> = {
    again: () => session.again(),
    failed: () => {
      if (!session.failed()) say('nothing failed')
    },
    console: () => {
      const found = session.console()
      say(found ? `${found.text.trimEnd()}\n(${relative('', found.file)})` : 'there is no boot yet')
    },
    shell: () => {
      if (session.isRunning) say('a shell when the specs are through')
      else
        void shell(session, keyboard(), out, signal).catch((error: unknown) =>
          say(`dmaspec: ${(error as Error).message}`),
        )
    },
    quit: () => session.end(),
    interrupt: () => void process.kill(process.pid, 'SIGINT'),
  }
  actions[action]()
}

/** A guest of the present kernel, as the last boot had it, until its shell ends. */
async function shell(
  session: Session,
  keyboard: Keyboard | null,
  out: string,
  signal: AbortSignal,
): Promise<void> {
  const cell = session.guest()
  if (!cell) return void process.stdout.write('there is no kernel yet\n')
  keyboard?.release()
  try {
    await session.hold(async () => {
      const { stdin, stdout, stderr } = process
      const progress = bootProgress(stderr)
      await using guest = await startGuest(cell, {
        ...{ out: join(`${out}-shell`), signal, mayOops: true },
        onLine: line => progress.line(line),
      }).finally(() => progress.stop())
      const stop = () => void guest.stop()
      signal.addEventListener('abort', stop, { once: true })
      stderr.write('the guest ends with this shell: exit, or Ctrl-D; what is saved meanwhile is run then\n')
      await guest.shell({ input: stdin, output: stdout, type: process.env['TERM'] ?? 'vt100' })
      signal.removeEventListener('abort', stop)
    })
  } finally {
    if (!signal.aborted) {
      keyboard?.take()
      if (!session.isRunning) process.stdout.write(`${keyLine()}\n`)
    }
  }
}
