import type { Command } from 'commander'
import { commandsOf } from './commands.ts'

/** A command's help in its parts. */
export interface Help {
  /** Paragraphs that are neither of the following, line by line. */
  words: string[]
  examples: { command: string; says: string }[]
  /** What the exit statuses mean; empty if the help doesn't say. */
  exits: string
}

/** The command and all below it, outermost first; commander's own `help` is none. */
export function commandsBelow(command: Command): Command[] {
  return [command, ...command.commands.filter(sub => sub.name() !== 'help').flatMap(commandsBelow)]
}

/** `dmaspec cache list`. */
export function fullName(command: Command): string {
  return command.parent ? `${fullName(command.parent)} ${command.name()}` : command.name()
}

/** What --help prints. */
export function helpText(command: Command): string {
  let text = ''
  command.configureOutput({ writeOut: part => (text += part), getOutHelpWidth: () => 80 })
  command.outputHelp()
  return text
}

/** What --help says below the options. */
export function helpOf(command: Command): Help {
  const own = command.createHelp().formatHelp(command, command.createHelp())
  const after = helpText(command).slice(own.length)
  const paragraphs = after.split(/\n{2,}/).map(text => text.replace(/^\n+|\s+$/g, ''))
  const examples = paragraphs.find(text => text.startsWith('Examples:\n')) ?? ''
  const exits = paragraphs.find(text => text.startsWith('Exit status: ')) ?? ''
  return {
    words: paragraphs.filter(text => text !== '' && text !== examples && text !== exits),
    examples: examplesOf(examples),
    exits: exits.slice('Exit status: '.length),
  }
}

/** An example stands two columns in, what is said of it six. */
function examplesOf(paragraph: string): Help['examples'] {
  const lines = paragraph.split('\n').slice(1)
  const commands = lines.map(line => (/^ {2}\S/.test(line) || !/^ {6}\S/.test(line) ? line : `# ${line}`))
  const whole = commandsOf(commands.join('\n'), 1)
  return whole.map(({ text, line }, i) => {
    const next = whole[i + 1]?.line ?? lines.length + 1
    const said = lines.slice(line - 1 + text.split('\n').length, next - 1)
    return { command: text.trim(), says: said.map(word => word.trim()).join(' ') }
  })
}
