import { appendFileSync, existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import type { Judgement } from './judgement.ts'

/**
 * What is known of a bisection's commits, on disk as soon as it is known, a line a run: git is asked anew each time, and
 * answers as before, so this is all that a killed bisection needs to go on.
 */
export class Memory {
  readonly #file: string
  readonly #known: Map<string, Judgement[]>

  /** Reads what is there in the bisection's folder; a line that a killed process left half-written is not. */
  constructor(folder: string) {
    this.#file = join(folder, FILE)
    const rows = existsSync(this.#file) ? readFileSync(this.#file, 'utf8').split('\n').flatMap(read) : []
    this.#known = new Map()
    for (const { commit, run } of rows) this.#known.set(commit, [...this.runsOf(commit), run])
  }

  /** How many commits there is something known of. */
  get size(): number {
    return this.#known.size
  }

  commits(): string[] {
    return [...this.#known.keys()]
  }

  runsOf(commit: string): readonly Judgement[] {
    return this.#known.get(commit) ?? []
  }

  add(commit: string, run: Judgement): void {
    // Behind half a line this would be lost too.
    const half = existsSync(this.#file) && !readFileSync(this.#file, 'utf8').endsWith('\n')
    appendFileSync(this.#file, `${half ? '\n' : ''}${JSON.stringify({ commit, run })}\n`)
    this.#known.set(commit, [...this.runsOf(commit), run])
  }

  forget(): void {
    rmSync(this.#file, { force: true })
    this.#known.clear()
  }
}

const FILE = 'judgements.jsonl'

interface Row {
  commit: string
  run: Judgement
}

function read(line: string): Row[] {
  try {
    const row = JSON.parse(line) as Partial<Row>
    return row.commit !== undefined && row.run !== undefined ? [{ commit: row.commit, run: row.run }] : []
  } catch {
    return []
  }
}

/** The folder of a bisection, made; its name is the lock's too. */
export function folderIn(root: string, name: string): string {
  const folder = join(root, 'work', name)
  mkdirSync(folder, { recursive: true })
  return folder
}
