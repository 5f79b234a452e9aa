import type { Command } from 'commander'
import { bashScript } from './bash.ts'
import { fishScript } from './fish.ts'
import { type CompletionCommand, modelOf, type Values } from './model.ts'
import { zshScript } from './zsh.ts'

/** The shells, and what makes the script for each. */
const scripts: Readonly<Record<string, (commands: readonly CompletionCommand[]) => string>> = {
  bash: bashScript,
  zsh: zshScript,
  fish: fishScript,
}

export const shells: readonly string[] = Object.keys(scripts)

/** The script by which a shell completes the command line of this program. */
export function completionScript(shell: string, program: Command, values: Values): string {
  const make = scripts[shell]
  if (!make) throw new Error(`no script is known for ${shell}`)
  return make(modelOf(program, values))
}
