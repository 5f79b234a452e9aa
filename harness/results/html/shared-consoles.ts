import { createHash } from 'node:crypto'
import type { BootDetail, Excerpt } from './detail.ts'

type Place = NonNullable<BootDetail['console']>

/** Equal consoles are in the page once: the block that has one first keeps it, the others say where. */
export class SharedConsoles {
  readonly #places = new Map<string, Place>()

  ofBlock(block: number): ConsolesOfBlock {
    return new ConsolesOfBlock(block, this.#places)
  }
}

/** The consoles of one block. They are shared only once the block is known to be in the page. */
export class ConsolesOfBlock {
  /** Those that no other block has. */
  readonly own: Excerpt[] = []
  readonly #block: number
  readonly #shared: Map<string, Place>
  readonly #places = new Map<string, Place>()

  constructor(block: number, shared: Map<string, Place>) {
    this.#block = block
    this.#shared = shared
  }

  place(excerpt: Excerpt): Place {
    const hash = createHash('sha256').update(JSON.stringify(excerpt)).digest('base64')
    const known = this.#shared.get(hash) ?? this.#places.get(hash)
    if (known) return known
    const place = { block: this.#block, index: this.own.push(excerpt) - 1 }
    this.#places.set(hash, place)
    return place
  }

  share(): void {
    for (const [hash, place] of this.#places) this.#shared.set(hash, place)
  }
}
