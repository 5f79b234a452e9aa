import type { Line } from '../input/line.ts'
import type { Field } from './body.ts'
import { claimant } from './claimant.ts'
import type { Open } from './open.ts'
import { isWhole } from './over.ts'

/** Crashes within crashes, deeper than this, are not told apart. */
export const MOST_NESTED = 16
const BETWEEN = 'lines of another crash stand between its own'

/** The crashes that are being printed, by who prints them: a CPU, a task, or '' where the log doesn't say. */
export class OpenCrashes {
  readonly #all = new Set<Open>()
  /** The innermost last. */
  readonly #stacks = new Map<string, Open[]>()
  /** Without caller ids: the one that was printed last. */
  #current: Open | null = null

  get size(): number {
    return this.#all.size
  }

  /** In the order in which they began. */
  all(): Open[] {
    return [...this.#all]
  }

  of(caller: string): readonly Open[] {
    return this.#stacks.get(caller) ?? []
  }

  add(open: Open): void {
    this.#stacks.set(open.caller, [...this.of(open.caller), open])
    this.#all.add(open)
    this.#current = open
  }

  remove(open: Open): void {
    this.#all.delete(open)
    const stack = this.of(open.caller).filter(other => other !== open)
    if (stack.length > 0) this.#stacks.set(open.caller, stack)
    else this.#stacks.delete(open.caller)
    if (this.#current === open) this.#current = stack.at(-1) ?? null
  }

  /** A line of it was read: the next one may be, too. */
  spoke(open: Open): void {
    if (open.caller === '') this.#current = open
  }

  /** Of who prints the line. */
  innermost(line: Line): Open | null {
    if (this.#all.size === 0) return null
    const { caller } = line
    const stack = this.of(caller)
    if (caller === '' && this.#current && stack.includes(this.#current)) return this.#current
    return stack.at(-1) ?? null
  }

  /** The one that began last, whoever prints it. */
  last(): Open | null {
    return this.all().at(-1) ?? null
  }

  /** The one that an end line is of: without caller ids, one that has all that is printed before it. */
  ending(line: Line): Open | null {
    const inner = this.innermost(line)
    if (!inner || line.caller !== '' || isWhole(inner)) return inner
    return this.of('').findLast(isWhole) ?? inner
  }

  /** The one that a line is of; where two are printed at once, both are marked as damaged. */
  ownerOf(line: Line, field: Field | null, message: string): Open | null {
    const { caller } = line
    const stack = this.of(caller)
    const current = this.innermost(line)
    if (caller !== '' || !current || stack.length < 2) return current
    const owner = claimant(stack, current, field, message)
    if (owner !== current && owner.oops.line < current.oops.line) {
      for (const { oops } of [owner, current]) {
        if (!oops.damage.includes(BETWEEN)) oops.damage.push(BETWEEN)
      }
    }
    return owner
  }

  /** Without caller ids: a call trace that starts where another crash's pc is, is that one's. */
  readonly pcOwner = (open: Open, symbol: string): Open => {
    if (open.caller !== '' || open.oops.pc?.symbol === symbol) return open
    const is = ({ oops }: Open) => oops.pc?.symbol === symbol && oops.callTrace.length === 0
    return this.of('').find(is) ?? open
  }
}
