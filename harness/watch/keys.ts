import type { Terminal } from '../guest/terminal.ts'
import { cook } from '../guest/terminal.ts'

export type Action = 'again' | 'failed' | 'shell' | 'console' | 'quit' | 'interrupt'

/** A key, as a terminal sends it, and what it does. Those without a title are not told. */
const keys: readonly { keys: readonly string[]; name: string; title: string; action: Action }[] = [
  { keys: ['r', '\r', '\n'], name: 'r', title: 'run again', action: 'again' },
  { keys: ['f'], name: 'f', title: 'failed only', action: 'failed' },
  { keys: ['s'], name: 's', title: 'shell', action: 'shell' },
  { keys: ['c'], name: 'c', title: 'console', action: 'console' },
  { keys: ['q', '\x04'], name: 'q', title: 'quit', action: 'quit' },
  // A terminal in raw mode sends no signals.
  { keys: ['\x03'], name: 'Ctrl-C', title: '', action: 'interrupt' },
]

/** `r run again · f failed only · …`. */
export function keyLine(): string {
  return keys
    .filter(({ title }) => title !== '')
    .map(({ name, title }) => `${name} ${title}`)
    .join(' · ')
}

/** What was typed asks for, in order; other keys for nothing. */
export function actionsOf(typed: string): Action[] {
  return [...typed].flatMap(key => keys.find(row => row.keys.includes(key))?.action ?? [])
}

/** A terminal whose keys are ours, unless somebody else has it for a while. */
export class Keyboard {
  readonly #input: Terminal['input']
  readonly #listen: (bytes: Buffer) => void

  constructor(input: Terminal['input'], onAction: (action: Action) => void) {
    this.#input = input
    this.#listen = bytes => {
      for (const action of actionsOf(bytes.toString())) onAction(action)
    }
    this.take()
  }

  take(): void {
    this.#input.setRawMode(true)
    this.#input.on('data', this.#listen).resume()
  }

  /** Gives the terminal back as it was. */
  release(): void {
    this.#input.off('data', this.#listen).pause()
    cook(this.#input)
  }
}
