import type { Oops } from '../../report/report.ts'
import type { Say } from '../say.ts'
import type { Scene } from '../scene.ts'

/** What facts say together that none of them says alone. */
export interface Reading {
  /** All of it in a clause, without a full stop: what the page begins with. */
  short: Say
  /** In the order in which they are to be read. */
  says: Say[]
  /** The lines that it is made of. */
  lines: number[]
  /** Where to look, if this is so. */
  next: Say[]
}

/**
 * A rule: given such facts, this is so. It must not say more than the facts do; null if they are not there.
 * `crash` is the crash that is explained, if there is one.
 */
export type Rule = (scene: Scene, crash: Oops | null) => Reading | null
