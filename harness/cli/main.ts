import { Command, CommanderError } from 'commander'
import { resolve } from 'node:path'
import type { Images } from '../cell/argv.ts'
import { findConfig, VARIABLE } from '../config/find.ts'
import { DmaspecError } from '../errors.ts'
import { projectVersion } from '../project.ts'
import { attackCommand } from './attack.ts'
import { benchCommand } from './bench.ts'
import { bisectCommand } from './bisect.ts'
import { bisectStepCommand, failedStep } from './bisect-step.ts'
import { bootCommand } from './boot.ts'
import { cacheCommand } from './cache.ts'
import { completionCommand } from './completion.ts'
import { configBisectCommand } from './config-bisect.ts'
import { demoCommand } from './demo.ts'
import { diffCommand } from './diff.ts'
import { doctorCommand } from './doctor.ts'
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
import { tryCommand } from './try.ts'
import { watchCommand } from './watch.ts'

/** The exit status of everything that could not be done, so that 1 is free for what the guest did wrong. */
const FAILED = 2

/** Commands for which that status, and being interrupted, mean something else. */
const failures: Readonly<Record<string, () => number>> = { 'bisect-step': failedStep }

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

/** The whole command line, without being run: what --help, the man page and the tests of docs are made from. */
export function program(images?: Partial<Images>): Command {
  const dmaspec = new Command('dmaspec')
    .description(
      'boots arm64 kernels on an emulated R-Car H3 board and says what they do with DMA and IOMMUs',
    )
    .version(projectVersion())
    .option('--config <file>', 'read this instead of the dmaspec.config.ts in this folder or above')
    .hook('preAction', program => readConfigOf(program.opts()))
    .addHelpText('after', EXAMPLES)
  for (const [heading, commands] of Object.entries(commandGroups(images))) {
    dmaspec.commandsGroup(heading)
    for (const command of commands) dmaspec.addCommand(command)
  }
  for (const command of [dmaspec, ...dmaspec.commands])
    command.exitOverride().showHelpAfterError('(--help says more)')
  return dmaspec
}

/** All commands, by what they are for, as --help lists them. */
function commandGroups(images?: Partial<Images>): Record<string, Command[]> {
  return {
    'Boot a kernel:': [demoCommand(), bootCommand(images), shellCommand(), explainCommand()],
    'Run specs:': [
      runCommand(),
      watchCommand(),
      matrixCommand(),
      platformsCommand(),
      mergeCommand(),
      diffCommand(),
    ],
    'Find what did it:': [bisectCommand(), bisectStepCommand(), configBisectCommand(), tryCommand()],
    'Set up:': [initCommand(), imagesCommand(), cacheCommand(), doctorCommand(), completionCommand()],
    'Work on dmaspec itself:': [goldensCommand(), benchCommand(), attackCommand()],
  }
}

/** The status of a command line that came to nothing; `status` if its command has no other one. */
function failed(argv: readonly string[], status = FAILED): number {
  const [, failure] = Object.entries(failures).find(([command]) => argv.includes(command)) ?? []
  return failure?.() ?? status
}

/** Before any command: all that it starts reads the same one. */
async function readConfigOf({ config }: { config?: string }): Promise<void> {
  if (config !== undefined) process.env[VARIABLE] = resolve(config)
  if (findConfig(process.cwd(), process.env) === null) return
  const { loadConfig } = await import('../config/load.ts')
  await loadConfig()
}

function statusOf(error: unknown, argv: readonly string[]): number {
  if (error instanceof Interrupted) return failed(argv, error.status)
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
