import { Command, CommanderError } from 'commander'
import type { Images } from '../cell/argv.ts'
import { DmaspecError } from '../errors.ts'
import { projectVersion } from '../project.ts'
import { attackCommand } from './attack.ts'
import { benchCommand } from './bench.ts'
import { bootCommand } from './boot.ts'
import { cacheCommand } from './cache.ts'
import { demoCommand } from './demo.ts'
import { diffCommand } from './diff.ts'
import { explainCommand } from './explain.ts'
import { goldensCommand } from './goldens.ts'
import { imagesCommand } from './images.ts'
import { Interrupted } from './interrupt.ts'
import { mergeCommand } from './merge.ts'
import { matrixCommand } from './matrix.ts'
import { platformsCommand } from './platforms.ts'
import { runCommand } from './run.ts'
import { shellCommand } from './shell.ts'

/** The exit status of everything that could not be done, so that 1 is free for what the guest did wrong. */
const FAILED = 2

const EXAMPLES = `
Examples:
  dmaspec demo
      the report of 2018, on four kernels
  dmaspec boot --overlay sata-behind-ipmmu
      one kernel on one board: what it did, and what the devices saw
  dmaspec run --spec bus-limit
      a spec, and the results of it in out/run
  dmaspec explain console.log
      what happened in a log, whoever's it is

Exit status: 0 all is well, 1 the kernel crashed, 2 it could not be done, 130 interrupted.`

/** Runs the command line and sets the exit status. Tests boot with images of their own. */
export async function main(argv: readonly string[], images?: Partial<Images>): Promise<void> {
  process.on('uncaughtException', error => {
    report(error)
    process.exit(FAILED)
  })
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    // Whoever read our output has seen enough.
    if (error.code !== 'EPIPE') throw error
  })
  try {
    await program(images).parseAsync(argv, { from: 'node' })
  } catch (error) {
    process.exitCode = statusOf(error)
    report(error)
  }
}

/** The whole command line, without being run: what --help, the man page and the tests of docs are made from. */
export function program(images?: Partial<Images>): Command {
  const dmaspec = new Command('dmaspec')
    .description(
      'boots arm64 kernels on an emulated R-Car H3 board and says what they do with DMA and IOMMUs',
    )
    .version(projectVersion())
    .addHelpText('after', EXAMPLES)
  for (const command of [
    demoCommand(),
    bootCommand(images),
    shellCommand(),
    runCommand(),
    matrixCommand(),
    platformsCommand(),
    mergeCommand(),
    diffCommand(),
    explainCommand(),
    imagesCommand(),
    goldensCommand(),
    cacheCommand(),
    benchCommand(),
    attackCommand(),
  ])
    dmaspec.addCommand(command)
  for (const command of [dmaspec, ...dmaspec.commands])
    command.exitOverride().showHelpAfterError('(--help says more)')
  return dmaspec
}

function statusOf(error: unknown): number {
  if (error instanceof Interrupted) return error.status
  return error instanceof CommanderError && error.exitCode === 0 ? 0 : FAILED
}

function report(error: unknown): void {
  // commander has said its own already
  if (error instanceof CommanderError) return
  const expected = error instanceof DmaspecError || error instanceof Interrupted
  process.stderr.write(
    `dmaspec: ${expected ? error.message : error instanceof Error ? error.stack : String(error)}\n`,
  )
}
