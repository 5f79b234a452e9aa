import { compareBoots, type BootDifference, type KeptBoot } from './boot.ts'
import { byWeight, type LineDifference } from './console.ts'
import { inOrder, type Difference } from './fact.ts'

/** A difference, and all places where it is: `report › both, boot 1`; none if two single boots are compared. */
export interface PlacedDifference extends Difference {
  places: string[]
}

export interface PlacedLine extends LineDifference {
  places: string[]
}

/** A cell in which something changed. */
export interface ChangedCell {
  cell: string
  before: string
  after: string
  /** How many differences in behaviour there are in it. */
  differences: number
}

/** Two boots or two runs side by side: what `dmaspec diff --json` prints. */
export interface Diff {
  before: Named
  after: Named
  /** A verdict, an oops, the kind of an address, a group, the disk's result changed; not the wording alone. */
  behaviourChanged: boolean
  cells: ChangedCell[]
  differences: PlacedDifference[]
  dmesg: { new: PlacedLine[]; gone: PlacedLine[]; unreached: { before: number; after: number } }
  onlyBefore: string[]
  onlyAfter: string[]
  notCompared: { what: string; places: string[] }[]
  compared: { cells: number; tests: number; boots: number }
}

/** One side, for the head of the diff. */
export interface Named {
  /** As it was given. */
  path: string
  /** `linux 6.1 + bus-mask-always-set, overlays …`, or a run's kernels with their versions. */
  what: string
}

/** Collects what each place has to say; the same difference in many places is one, with all of them. */
export class DiffBuilder {
  readonly #differences = new Map<string, PlacedDifference>()
  readonly #fresh = new Map<string, PlacedLine>()
  readonly #gone = new Map<string, PlacedLine>()
  readonly #unreached = { before: 0, after: 0 }
  readonly #notCompared = new Map<string, string[]>()
  readonly cells: ChangedCell[] = []
  readonly onlyBefore: string[] = []
  readonly onlyAfter: string[] = []
  readonly compared = { cells: 0, tests: 0, boots: 0 }

  add(differences: readonly Difference[], place: string): void {
    for (const difference of differences) {
      const { subject, about, severity, before, after } = difference
      const key = [subject, about, severity, before.kind, after.kind].join('\0')
      const known = this.#differences.get(key)
      if (known) addTo(known.places, place)
      else this.#differences.set(key, { ...difference, places: placesOf(place) })
    }
  }

  boot({ differences, console, notCompared }: BootDifference, place: string): void {
    this.compared.boots++
    this.add(differences, place)
    for (const what of notCompared) this.notCompared(what, place)
    if (!console) return
    for (const line of console.fresh) addLine(this.#fresh, line, place)
    for (const line of console.gone) addLine(this.#gone, line, place)
    this.#unreached.before += console.unreached.before
    this.#unreached.after += console.unreached.after
  }

  notCompared(what: string, place: string): void {
    const places = this.#notCompared.get(what)
    if (places) addTo(places, place)
    else this.#notCompared.set(what, placesOf(place))
  }

  build(before: Named, after: Named): Diff {
    const differences = inOrder([...this.#differences.values()])
    return {
      before,
      after,
      behaviourChanged: differences.some(({ severity }) => severity === 'behaviour'),
      cells: this.cells,
      differences,
      dmesg: {
        new: byWeight([...this.#fresh.values()]),
        gone: byWeight([...this.#gone.values()]),
        unreached: this.#unreached,
      },
      onlyBefore: this.onlyBefore,
      onlyAfter: this.onlyAfter,
      notCompared: [...this.#notCompared].map(([what, places]) => ({ what, places })),
      compared: this.compared,
    }
  }
}

/** Two single boots. */
export function diffBoots(before: Named & { boot: KeptBoot }, after: Named & { boot: KeptBoot }): Diff {
  const builder = new DiffBuilder()
  builder.boot(compareBoots(before.boot, after.boot), '')
  return builder.build(named(before), named(after))
}

export function named({ path, what }: Named): Named {
  return { path, what }
}

function addLine(lines: Map<string, PlacedLine>, line: LineDifference, place: string): void {
  const known = lines.get(line.stable)
  if (known) {
    known.times += line.times
    addTo(known.places, place)
  } else lines.set(line.stable, { ...line, places: placesOf(place) })
}

function placesOf(place: string): string[] {
  return place === '' ? [] : [place]
}

function addTo(places: string[], place: string): void {
  if (place !== '') places.push(place)
}
