import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { CellError, UnbuildableError } from '../errors.ts'
import type { BuildContext } from '../images/context.ts'
import { giveKernels, type GivenTree } from '../images/given.ts'
import { sha256 } from '../images/inputs.ts'
import { treeConfig } from '../images/tree-config.ts'
import { MAY_BE_DROPPED } from '../images/tree-kernel.ts'
import { judge, type Judged, type SpecsToRun } from '../judge/judge.ts'
import { formatSignature, matches, type Signature } from '../judge/signature.ts'
import type { Config, OptionDifference } from './config.ts'
import { mixed, readConfig } from './config.ts'
import type { Outcome } from './smallest.ts'

export type Judge = (request: SpecsToRun & { kernel: string }) => Promise<Judged>

/** A configuration that was judged. */
export interface Step {
  /** `good`, `bad`, `01`: the folder of its results. */
  folder: string
  /** The options that it has as the bad end has them. */
  asBad: readonly OptionDifference[]
  /** What Kconfig made of that; null if it made nothing. */
  config: Config | null
  judged: Judged
  seconds: number
}

/** A configuration that is asked for again; `of` is the step that judged it. */
export interface Judging {
  step: Step
  again: boolean
}

/** Judges configurations between two ends, each once: two that Kconfig makes the same of are one. */
export class Steps {
  readonly #context: BuildContext
  readonly #given: GivenTree
  readonly #specs: SpecsToRun & { judge?: Judge }
  readonly #good: Config
  readonly #byConfig = new Map<string, Step>()
  #count = 0

  constructor(context: BuildContext, given: GivenTree, good: Config, specs: SpecsToRun & { judge?: Judge }) {
    this.#context = context
    this.#given = given
    this.#good = good
    this.#specs = specs
  }

  /** Judges the good configuration with these options as the bad one has them. */
  async judge(asBad: readonly OptionDifference[], name?: string): Promise<Judging> {
    const started = performance.now()
    const given = fragmented(this.#given, 'step.config', mixed(this.#good, asBad))
    const text = await treeConfig(this.#context, given).catch(refusal)
    const key =
      typeof text === 'string' ? sha256(text) : `refused ${asBad.map(({ option }) => option).join()}`
    const known = this.#byConfig.get(key)
    if (known) return { step: known, again: true }
    const folder = name ?? String(++this.#count).padStart(2, '0')
    const config = typeof text === 'string' ? readConfig(text) : null
    const judged = typeof text === 'string' ? await this.#run(given, folder, text) : text
    const step = { folder, asBad, config, judged, seconds: (performance.now() - started) / 1000 }
    this.#byConfig.set(key, step)
    return { step, again: false }
  }

  async #run(given: GivenTree, folder: string, text: string): Promise<Judged> {
    const out = join(this.#specs.out, folder)
    giveKernels(this.#context.root, [given])
    const { judge: ask = judge, ...specs } = this.#specs
    const judged = await ask({ ...specs, kernel: given.name, out })
    writeFileSync(`${out}.config`, text)
    return judged
  }
}

/** The tree with one fragment of the user's, of which Kconfig takes what it can. */
export function fragmented(given: GivenTree, name: string, lines: string): GivenTree {
  return { ...given, fragments: [{ name, text: `${MAY_BE_DROPPED}\n${lines}` }] }
}

function refusal(error: unknown): Judged {
  if (!(error instanceof UnbuildableError)) throw error
  // Nothing was compiled.
  return { status: 'unbuildable', why: error.message, log: error.log, seconds: { build: 0, specs: 0 } }
}

/** What a step says of the failure that is looked for. What the good end fails by, too, is no matter. */
export function outcomeOf(judged: Judged, wanted: Signature, atGoodEnd: readonly Signature[]): Outcome {
  if (judged.status !== 'judged') return 'untold'
  if (judged.signatures.some(signature => matches(signature, wanted))) return 'bad'
  const known = new Set(atGoodEnd.map(formatSignature))
  return judged.signatures.every(signature => known.has(formatSignature(signature))) ? 'good' : 'untold'
}

/**
 * The failure to look for: the one that is asked for, or else the only one that the bad end has and the good end hasn't.
 *
 * @throws CellError if the ends don't differ by it, or by several
 */
export function wantedOf(good: Judged, bad: Judged, asked: Signature | null): Signature {
  const [atGood, atBad] = [signaturesAt('good', good), signaturesAt('bad', bad)]
  const list = (signatures: readonly Signature[]) =>
    signatures.map(signature => `\n  ${formatSignature(signature)}`).join('')
  if (asked !== null) {
    const found = (signatures: readonly Signature[]) => signatures.some(each => matches(each, asked))
    if (found(atGood)) throw new CellError(`the good end has it, too: ${formatSignature(asked)}`)
    if (found(atBad)) return asked
    const has = atBad.length > 0 ? `; it fails by${list(atBad)}` : ': all that ran passed'
    throw new CellError(`the bad end does not fail by '${formatSignature(asked)}'${has}`)
  }
  const known = new Set(atGood.map(formatSignature))
  const [first, ...more] = atBad.filter(signature => !known.has(formatSignature(signature)))
  if (first === undefined)
    throw new CellError(
      atBad.length > 0
        ? `both ends fail by the same${list(atBad)}`
        : 'the bad end is good: all that ran passed',
    )
  if (more.length > 0)
    throw new CellError(
      `the bad end fails by several: choose one with --fault-signature${list([first, ...more])}`,
    )
  return first
}

function signaturesAt(end: string, judged: Judged): readonly Signature[] {
  if (judged.status === 'judged') return judged.signatures
  const what = judged.status === 'unbuildable' ? 'build' : 'boot'
  throw new CellError(`the ${end} end does not ${what}: ${judged.why}`)
}
