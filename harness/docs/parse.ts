import { spawnSync } from 'node:child_process'
import { type Command, CommanderError } from 'commander'
import { known } from '../boot/prepare.ts'
import { DEFAULTS } from '../cell/cell.ts'
import { program } from '../cli/main.ts'
import { splitName } from '../images/kernel-name.ts'
import { projectRoot } from '../project.ts'
import { findSpecs } from '../run/specs.ts'
import { type Call, callsOf } from './calls.ts'

/**
 * What is wrong with a command line that is not run: commands, options, names that there are none of but those that a
 * page has its reader make.
 */
export async function mistakesOf(text: string, made: readonly string[] = []): Promise<string[]> {
  let calls: Call[]
  try {
    calls = callsOf(text)
  } catch (error) {
    return [(error as Error).message]
  }
  const mistakes: string[] = []
  for (const [program, ...args] of calls) {
    if (program === 'dmaspec') mistakes.push(...(await mistakesOfDmaspec(args, made)))
    if (program === 'make') mistakes.push(...mistakesOfMake(args))
  }
  return mistakes
}

/** What is wrong with the arguments of dmaspec, as its own parser and its own tables have it. */
async function mistakesOfDmaspec(args: readonly string[], made: readonly string[]): Promise<string[]> {
  const dmaspec = program()
  let options: Record<string, unknown> = {}
  doNothing(dmaspec, command => (options = command.opts()))
  try {
    await dmaspec.parseAsync(args, { from: 'user' })
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error
    return error.exitCode === 0 ? [] : [error.message]
  }
  return Object.entries(options).flatMap(([option, value]) => unknownNames(option, value, made))
}

/** Makes every command say that it was called, and nothing else. */
function doNothing(command: Command, called: (command: Command) => void): void {
  command.exitOverride().configureOutput({ writeOut: () => {}, writeErr: () => {} })
  if (command.commands.length === 0) command.action(() => called(command))
  for (const sub of command.commands) doNothing(sub, called)
}

const { kernels, flavours, platforms, overlays, faults } = known()
const everyOverlay = platforms.flatMap(overlays)

/** Options whose values are names of a table, and whether a name is in it. */
const tables: Record<string, (name: string) => boolean> = {
  kernel: name => kernels.includes(splitName(name).series),
  flavour: name => name === 'none' || flavours.some(flavour => flavour.name === name),
  platform: name => platforms.includes(name),
  overlay: name => everyOverlay.includes(name),
  fault: name => faults(DEFAULTS.kernel).includes(name),
  // Specs with a folder are the reader's own.
  spec: name => name.includes('/') || isSpec(name),
}

function unknownNames(option: string, value: unknown, made: readonly string[]): string[] {
  const isKnown = tables[option]
  if (!isKnown) return []
  const names = (Array.isArray(value) ? value : [value]).filter(name => typeof name === 'string')
  return names
    .filter(name => !made.includes(name) && !isKnown(name))
    .map(name => `there is no ${option} '${name}'`)
}

function isSpec(name: string): boolean {
  try {
    return findSpecs([name]).length > 0
  } catch {
    return false
  }
}

function mistakesOfMake(args: readonly string[]): string[] {
  const { status, stderr } = spawnSync('make', ['--dry-run', ...args], { cwd: projectRoot, encoding: 'utf8' })
  return status === 0 ? [] : [stderr.trim()]
}
