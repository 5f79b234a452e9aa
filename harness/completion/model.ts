import type { Argument, Command, Option } from 'commander'

/** What can stand in one place of a command line. */
export interface Candidates {
  words: readonly string[]
  /** Whether names of files, or of folders only, fit as well. */
  files: 'none' | 'files' | 'folders'
}

export interface CompletionOption {
  /** `--kernel`, `-h`. */
  flags: readonly string[]
  title: string
  /** What its value can be; null if it takes none. */
  value: Candidates | null
}

/** A command, or a command of a command. */
export interface CompletionCommand {
  /** `dmaspec cache list`. */
  path: string
  title: string
  options: readonly CompletionOption[]
  /** By position; the last one of a variadic argument stands for all that follow. */
  arguments: readonly (Candidates & { isVariadic: boolean })[]
  commands: readonly { name: string; title: string }[]
}

/**
 * Says what fits an option (`--kernel`) or an argument (`name`) of a command; `placeholder` is what stands between its
 * brackets in --help: `--tree <dir>` has `dir`.
 */
export type Values = (place: { command: string; name: string; placeholder: string }) => Candidates

/** All commands of a program, the program itself first: what commander knows of them, and what `values` adds. */
export function modelOf(program: Command, values: Values, path = program.name()): CompletionCommand[] {
  const help = program.createHelp()
  const visible = help.visibleCommands(program)
  const here: CompletionCommand = {
    path,
    title: program.description(),
    options: help.visibleOptions(program).map(option => optionOf(option, path, values)),
    arguments: program.registeredArguments.map(argument => ({
      ...argumentOf(argument, path, values),
      isVariadic: argument.variadic,
    })),
    commands: visible.map(command => ({ name: command.name(), title: command.description() })),
  }
  const below = visible.flatMap(command =>
    command.name() === 'help' ? helpOf(path, here) : modelOf(command, values, `${path} ${command.name()}`),
  )
  return [here, ...below]
}

/** `dmaspec help` takes the name of a command. */
function helpOf(path: string, { commands }: CompletionCommand): CompletionCommand[] {
  const words = commands.map(({ name }) => name).filter(name => name !== 'help')
  const argument = { words: safe(words), files: 'none', isVariadic: false } as const
  return [{ path: `${path} help`, title: '', options: [], arguments: [argument], commands: [] }]
}

function optionOf(option: Option, command: string, values: Values): CompletionOption {
  const flags = [option.long, option.short].flatMap(flag => flag ?? [])
  const placeholder = /[<[]([^>\].]+)/.exec(option.flags)?.[1] ?? ''
  const value = { command, name: option.long ?? option.flags, placeholder }
  const takesValue = option.required || option.optional
  return {
    flags,
    title: titleOf(option.description),
    value: takesValue ? either(option.argChoices, () => values(value)) : null,
  }
}

function argumentOf(argument: Argument, command: string, values: Values): Candidates {
  const name = argument.name()
  return either(argument.argChoices, () => values({ command, name, placeholder: name }))
}

function either(choices: readonly string[] | undefined, values: () => Candidates): Candidates {
  const found = choices ? { words: choices, files: 'none' as const } : values()
  return { ...found, words: safe(found.words) }
}

/** Words that no shell makes anything else of: the scripts are made of them. */
function safe(words: readonly string[]): string[] {
  return words.filter(word => /^[\w.+@%/:,-]+$/.test(word))
}

/** The first words of a description: lists of names are what is offered anyway. */
function titleOf(description: string): string {
  return description.replace(/[:(;].*$/s, '').trim()
}
