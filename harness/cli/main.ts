import { Command, CommanderError } from 'commander'
import { resolve } from 'node:path'
import type { Images } from '../cell/argv.ts'
import { findConfig, VARIABLE } from '../config/find.ts'
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
import { initCommand } from './init.ts'
import { Interrupted } from './interrupt.ts'
import { mergeCommand } from './merge.ts'
import { matrixCommand } from './matrix.ts'
import { platformsCommand } from './platforms.ts'
import { runCommand } from './run.ts'
import { shellCommand } from './shell.ts'

/** The exit status of everything that could not be done, so that 1 is free for what the guest did wrong. */
const FAILED = 2

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

function program(images?: Partial<Images>): Command {
  const dmaspec = new Command('dmaspec')
    .description(
      'boots arm64 kernels on an emulated R-Car H3 board and says what they do with DMA and IOMMUs',
    )
    .version(projectVersion())
    .option('--config <file>', 'read this instead of the dmaspec.config.ts in this folder or above')
    .hook('preAction', program => readConfigOf(program.opts()))
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
    diffCommand(),
    explainCommand(),
    imagesCommand(),
    initCommand(),
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

/** Before any command: all that it starts reads the same one. */
async function readConfigOf({ config }: { config?: string }): Promise<void> {
  if (config !== undefined) process.env[VARIABLE] = resolve(config)
  if (findConfig(process.cwd(), process.env) === null) return
  const { loadConfig } = await import('../config/load.ts')
  await loadConfig()
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
