import { Command, CommanderError } from 'commander'
import type { Images } from '../cell/argv.ts'
import { DmaspecError } from '../errors.ts'
import { projectVersion } from '../project.ts'
import { attackCommand } from './attack.ts'
import { benchCommand } from './bench.ts'
import { bisectCommand } from './bisect.ts'
import { bisectStepCommand, failedStep } from './bisect-step.ts'
import { bootCommand } from './boot.ts'
import { cacheCommand } from './cache.ts'
import { configBisectCommand } from './config-bisect.ts'
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
import { tryCommand } from './try.ts'

/** The exit status of everything that could not be done, so that 1 is free for what the guest did wrong. */
const FAILED = 2

/** Commands for which that status means something else. */
const failures: Readonly<Record<string, () => number>> = { 'bisect-step': failedStep }

/** Runs the command line and sets the exit status. Tests boot with images of their own. */
export async function main(argv: readonly string[], images?: Partial<Images>): Promise<void> {
  process.on('uncaughtException', error => {
    report(error)
    process.exit(failed(argv))
  })
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    // Whoever read our output has seen enough.
    if (error.code !== 'EPIPE') throw error
  })
  try {
    await program(images).parseAsync(argv, { from: 'node' })
  } catch (error) {
    report(error)
    process.exitCode = statusOf(error, argv)
  }
}

function program(images?: Partial<Images>): Command {
  const dmaspec = new Command('dmaspec')
    .description(
      'boots arm64 kernels on an emulated R-Car H3 board and says what they do with DMA and IOMMUs',
    )
    .version(projectVersion())
    .addHelpText(
      'after',
      '\nExit status: 0 all is well, 1 the kernel crashed, 2 it could not be done, 130 interrupted.',
    )
  for (const command of [
    demoCommand(),
    bootCommand(images),
    shellCommand(),
    runCommand(),
    matrixCommand(),
    platformsCommand(),
    mergeCommand(),
    bisectCommand(),
    bisectStepCommand(),
    diffCommand(),
    tryCommand(),
    configBisectCommand(),
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

function failed([, , command = '']: readonly string[]): number {
  return failures[command]?.() ?? FAILED
}

function statusOf(error: unknown, argv: readonly string[]): number {
  if (error instanceof Interrupted) return error.status
  return error instanceof CommanderError && error.exitCode === 0 ? 0 : failed(argv)
}

function report(error: unknown): void {
  // commander has said its own already
  if (error instanceof CommanderError) return
  const expected = error instanceof DmaspecError || error instanceof Interrupted
  process.stderr.write(
    `dmaspec: ${expected ? error.message : error instanceof Error ? error.stack : String(error)}\n`,
  )
}
