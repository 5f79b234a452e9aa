import { basename } from 'node:path'
import type { SeriesPatch } from './series.ts'

/** A state of the tree to be judged: under the first so many patches of the series. */
export interface StepPlan {
  /** For people: `without`, `1/2 iommu: fix it`. */
  title: string
  /** Its results', below that of the whole. */
  folder: string
  /** Files, in order. */
  patches: string[]
}

/** The tree as it is. */
export const WITHOUT: StepPlan = { title: 'without', folder: 'without', patches: [] }

/** The states after `WITHOUT`: under all patches, or with `each` under the first, the first two, and so on. */
export function planSteps(patches: readonly SeriesPatch[], each: boolean): StepPlan[] {
  const files = patches.map(({ file }) => file)
  const [first] = patches
  const whole = patches.length === 1 && first ? first.title : `all ${patches.length} patches`
  if (!each) return [{ title: whole, folder: 'with', patches: files }]
  return patches.map(({ title, file }, i) => ({
    title: `${i + 1}/${patches.length} ${title}`,
    folder: basename(file, '.patch'),
    patches: files.slice(0, i + 1),
  }))
}
