import { Parser, type Result } from 'tap-parser'
import { afterLast, lastOf } from './messages.ts'
import type { BootNote } from './session.ts'

/** A test as its TAP has it, with all that is in it. */
export interface Level {
  /** Of the test; empty at the root. */
  title: string
  /** Its assertions, and the tests in it, in order. */
  items: (Result | Level)[]
  boots: BootNote[]
  /** What the spec threw when it was imported; only at the root. */
  threw: { title: string; details: string } | null
  /** The line that ends it; null while it runs, and at the root. */
  end: Result | null
}

/** Whether an item is a test, with others in it, rather than an assertion. */
export function isTest(item: Result | Level): item is Level {
  return 'items' in item
}

export interface TapEvents {
  /** The cell's last assertion was made: this is all of it. */
  onOver: (root: Level) => void
  /** The root test has ended, which no spec has to do: nothing more can be run there. */
  onEnded: (root: Level) => void
}

/**
 * Reads the TAP of a process that runs one cell after another, and cuts it where each is over. Only lines with the
 * nonce are taken for our own.
 */
export class TapReader {
  readonly #parser = new Parser()
  readonly #nonce: string
  #root = newLevel('')

  constructor(nonce: string, { onOver, onEnded }: TapEvents) {
    this.#nonce = nonce
    const last = lastOf(nonce)
    this.#follow(
      this.#parser,
      () => this.#root,
      result => {
        if (result.name === last) onOver(this.#cut())
        return result.name === last || result.name === afterLast(nonce)
      },
    )
    this.#parser.on('complete', () => onEnded(this.#root))
  }

  write(bytes: Buffer | string): void {
    this.#parser.write(bytes)
  }

  /** There is no more to come. */
  end(): void {
    this.#parser.end()
  }

  /** What there is of the cell that runs; the next one starts anew. */
  #cut(): Level {
    const root = this.#root
    this.#root = newLevel('')
    return root
  }

  /** Of a cell that was cut short: all that is known of it. */
  rest(): Level {
    return this.#cut()
  }

  #follow(parser: Parser, levelOf: () => Level, isOurs: (result: Result) => boolean): void {
    let running: Level | null = null
    parser.on('child', (child: Parser) => {
      const level = newLevel(child.name)
      levelOf().items.push(level)
      running = level
      this.#follow(
        child,
        () => level,
        () => false,
      )
    })
    parser.on('assert', (result: Result) => {
      if (isOurs(result)) return
      if (running && result.closingTestPoint) {
        running.end = result
        running.title = result.name
        running = null
      } else levelOf().items.push(result)
    })
    parser.on('comment', (line: string) => this.#comment(line, levelOf()))
  }

  #comment(line: string, level: Level): void {
    const mark = `# dmaspec ${this.#nonce} `
    if (!line.startsWith(mark)) return
    const [, what, json = ''] = /^(\w+) (.*)/s.exec(line.slice(mark.length)) ?? []
    if (what === 'boot') level.boots.push(JSON.parse(json) as BootNote)
    if (what === 'threw') level.threw = JSON.parse(json) as NonNullable<Level['threw']>
  }
}

function newLevel(title: string): Level {
  return { title, items: [], boots: [], threw: null, end: null }
}
