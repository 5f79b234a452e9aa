import { SpecProcess } from './spec-process.ts'

/** Processes for specs, started before there is anything to run: node, tsx, tap and dmaspec take a second to load. */
export class Spares {
  #idle: SpecProcess[] = []

  /** Starts as many as are asked for, less those that are there. */
  keep(count: number): void {
    this.#idle = this.#idle.filter(({ spent }) => !spent)
    while (this.#idle.length < count) this.#idle.push(new SpecProcess())
  }

  /** One of them, for whoever takes it to end; or a new one. */
  take(): SpecProcess {
    for (let spare = this.#idle.shift(); spare; spare = this.#idle.shift()) if (!spare.spent) return spare
    return new SpecProcess()
  }

  /** Of those that wait. */
  get pids(): number[] {
    return this.#idle.flatMap(({ pid }) => pid ?? [])
  }

  /** Ends those that nobody took; returns when they are gone. */
  async end(): Promise<void> {
    await Promise.all(this.#idle.splice(0).map(spare => spare.kill()))
  }
}
