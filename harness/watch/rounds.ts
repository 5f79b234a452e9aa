import { both, type Work } from './work.ts'

/** What the rounds are made of. */
export interface Rounds {
  /** Does some work; the signal aborts it, and it then rejects or returns. What it could not do is thrown. */
  run: (work: Work, signal: AbortSignal) => Promise<void>
  /** Told of what a round threw, unless it was stopped. What this throws ends the loop. */
  onError: (error: unknown) => void
  /** Told that there is nothing to do. */
  onIdle: () => void
}

/**
 * Does work as it comes, one round at a time. More work while a round goes on stops it: both are done in the next one,
 * from the start.
 */
export class Loop {
  readonly #rounds: Rounds
  #pending: Work | null = null
  #running: { work: Work; stop: AbortController } | null = null
  #wake: () => void = () => undefined
  #ended = false

  constructor(rounds: Rounds) {
    this.#rounds = rounds
  }

  get isRunning(): boolean {
    return this.#running !== null
  }

  /** Asks for work: at once, in place of the round that goes on. */
  ask(work: Work): void {
    this.#pending = this.#pending ? both(this.#pending, work) : work
    this.#running?.stop.abort(new Error('something was saved'))
    this.#wake()
  }

  /** Ends the loop, and the round that goes on. */
  end(): void {
    this.#ended = true
    this.#running?.stop.abort(new Error('ended'))
    this.#wake()
  }

  /** Until end() is called, or onError throws. */
  async run(): Promise<void> {
    while (!this.#ended) {
      const work = this.#pending
      if (work) await this.#round(work)
      else {
        this.#rounds.onIdle()
        await new Promise<void>(resolve => {
          this.#wake = resolve
          if (this.#pending ?? this.#ended) resolve()
        })
      }
    }
  }

  async #round(work: Work): Promise<void> {
    const stop = new AbortController()
    this.#pending = null
    this.#running = { work, stop }
    try {
      await this.#rounds.run(work, stop.signal)
    } catch (error) {
      if (!stop.signal.aborted) this.#rounds.onError(error)
    } finally {
      this.#running = null
    }
    // What was stopped is still to be done, and what asked for it comes first in the words.
    if (stop.signal.aborted && this.#pending) this.#pending = both(this.#pending, work)
  }
}
