import { type Block, blocksOf } from './blocks.ts'
import { type Command, commandsOf } from './commands.ts'

/** What a reader of a page does, in order. */
export type Step =
  /** A block whose first line is a comment that is a path and no more: that file. `~/` is the reader's home. */
  | { is: 'file'; path: string; text: string; line: number }
  /** A block of language diff. */
  | { is: 'patch'; text: string; line: number }
  /** A command of a block of language sh. A block without a language is the output of the last command before it. */
  | ({ is: 'command'; output: string | null } & Command)

/** What a reader of this page does. Blocks of other languages are to be read only. */
export function stepsOf(markdown: string): Step[] {
  const steps: Step[] = []
  for (const block of blocksOf(markdown)) {
    if (block.language === '') addOutput(steps, block)
    else steps.push(...stepsOfBlock(block))
  }
  return steps
}

function stepsOfBlock(block: Block): Step[] {
  const { language, text, line } = block
  const path = pathOf(text)
  if (path !== undefined) return [{ is: 'file', path, text: `${text}\n`, line }]
  if (language === 'diff') return [{ is: 'patch', text: `${text}\n`, line }]
  if (language !== 'sh') return []
  return commandsOf(text, line).map(command => ({ is: 'command', output: null, ...command }))
}

function pathOf(text: string): string | undefined {
  return /^(?:\/\/|#|\/\*|<!--) ((?:~\/)?[.\w-]+(?:\/[.\w-]+)*\.\w+)(?: \*\/| -->)?$/.exec(
    text.split('\n', 1)[0] ?? '',
  )?.[1]
}

function addOutput(steps: Step[], { text, line }: Block): void {
  const command = steps.at(-1)
  if (command?.is !== 'command' || command.output !== null)
    throw new Error(
      `line ${line}: a block without a language is what the command before it prints, and there is none: ` +
        `call it text if it is something else`,
    )
  command.output = text
}
