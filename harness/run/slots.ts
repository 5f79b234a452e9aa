/** What may run at once. */
export interface Limits {
  boots: number
  /** Bytes. */
  memory: number
}

interface Waiting {
  memory: number
  grant: (alone: boolean) => void
}

/**
 * Lets boots start, first come, first served, so that no more run at once than allowed, and their memory fits. A guest
 * that never fits is run alone: its answer is worth trying for.
 */
export class Slots {
  readonly #limits: Limits
  readonly #waiting: Waiting[] = []
  #boots = 0
  #memory = 0

  constructor(limits: Limits) {
    this.#limits = limits
  }

  /**
   * Asks for a slot. `grant` is called, now or later, with true if the guest is run alone because it exceeds the
   * memory. Returns a function that gives the slot back, or takes the request back; it may be called again.
   */
  request(memory: number, grant: (alone: boolean) => void): () => void {
    let state: 'waiting' | 'granted' | 'over' = 'waiting'
    const waiting: Waiting = {
      memory,
      grant: alone => {
        state = 'granted'
        grant(alone)
      },
    }
    this.#waiting.push(waiting)
    this.#serve()
    return () => {
      if (state === 'waiting') this.#waiting.splice(this.#waiting.indexOf(waiting), 1)
      if (state === 'granted') {
        this.#boots--
        this.#memory -= memory
      }
      state = 'over'
      this.#serve()
    }
  }

  #serve(): void {
    for (let next = this.#waiting[0]; next && this.#hasRoom(next.memory); next = this.#waiting[0]) {
      this.#waiting.shift()
      this.#boots++
      this.#memory += next.memory
      next.grant(next.memory > this.#limits.memory)
    }
  }

  #hasRoom(memory: number): boolean {
    if (this.#boots === 0) return true
    return this.#boots < this.#limits.boots && this.#memory + memory <= this.#limits.memory
  }
}
