import type { Line } from '../input/line.ts'
import type { Family } from './family.ts'
import { explained } from './messages.ts'

/** What a WARN or a BUG says of itself stands before its first line: the last few lines are kept for that. */
export class Preludes {
  readonly #lines: (Line | null)[] = new Array<Line | null>(KEPT).fill(null)
  #next = 0

  /** A line that is not blank. */
  line(line: Line): void {
    this.#lines[this.#next] = line
    this.#next = (this.#next + 1) % KEPT
  }

  /** The last of them; null where a log begins. */
  get last(): Line | null {
    return this.#lines[(this.#next + KEPT - 1) % KEPT] ?? null
  }

  /** The message of a crash whose first line this is: between the marker and it, or a known one just above the marker. */
  messageOf(line: Line, { kind }: Family): string | null {
    if (kind !== 'warning' && kind !== 'bug') return null
    const own = this.#ofCaller(line)
    const cut = own.findLastIndex(text => text.startsWith('------------[ cut here'))
    const after = cut === -1 ? [] : own.slice(cut + 1)
    const said = after.find(text => explained(text) !== null) ?? (kind === 'warning' ? after[0] : undefined)
    return (said ?? own.slice(-4).findLast(text => explained(text) !== null))?.trim() ?? null
  }

  #ofCaller({ caller, number }: Line): string[] {
    const inOrder = [...this.#lines.slice(this.#next), ...this.#lines.slice(0, this.#next)]
    return inOrder
      .filter(line => line !== null)
      .filter(line => line.caller === caller && number - line.number <= APART)
      .map(line => line.text.trimStart())
  }
}

const KEPT = 8
const APART = 12
