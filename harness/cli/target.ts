import type { Command } from 'commander'
import { TARGET_VARIABLE, targetAsked } from '../target/asked.ts'
import { bootOnTarget, type TargetBootOptions } from '../target/boot.ts'
import { lockTarget, tryLockTarget } from '../target/lock.ts'
import { switchOff } from '../target/power.ts'
import { sweep } from '../target/prepare.ts'
import type { BootResult, CellInput } from '../types.ts'

/** The option that names a board of the user's. */
export function targetOption(command: Command): Command {
  return command.option(
    '--target <name>',
    `a board of dmaspec.config.ts, rather than the emulator (docs/board.md); or $${TARGET_VARIABLE}`,
  )
}

/** How a cell is booted on the board that was asked for, which is ours until the boot is over; null: on the emulator. */
export async function bootsOn({ target: name }: { target?: string }) {
  putIntoEnvironment(name)
  const target = await targetAsked()
  if (!target) return null
  return async (cell: CellInput, options: TargetBootOptions): Promise<BootResult> => {
    const { signal } = options
    using held = await lockTarget(target, { signal, onWait: pid => say(target.name, pid) })
    return await bootOnTarget(target, cell, options)
  }
}

/** The board that was asked for; nulls: none. */
export interface AskedTarget extends AsyncDisposable {
  name: string | null
  /** Whether we send it what it boots. */
  boots: 'uboot' | 'own' | null
}

/**
 * Lets all that this process starts boot on a board. At the end the board is off, also if a boot was killed in the
 * middle, unless somebody else has it by then.
 */
export async function askForTarget(name: string | undefined): Promise<AskedTarget> {
  putIntoEnvironment(name)
  const target = await targetAsked()
  return {
    name: target?.name ?? null,
    boots: target?.boot.kind ?? null,
    async [Symbol.asyncDispose]() {
      if (!target) return
      using held = await tryLockTarget(target)
      if (!held) return
      await switchOff(target)
      await sweep(target)
    },
  }
}

function putIntoEnvironment(name: string | undefined): void {
  if (name !== undefined) process.env[TARGET_VARIABLE] = name
}

function say(name: string, pid: string): void {
  process.stderr.write(`waiting for process ${pid}, which has target ${name}\n`)
}
