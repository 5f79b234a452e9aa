import { join } from 'node:path'
import { projectRoot } from '../project.ts'
import type { Provocation } from './provocation.ts'
import { bugs } from './table/bugs.ts'
import { faults } from './table/faults.ts'
import { kasans } from './table/kasan.ts'
import { memory } from './table/memory.ts'
import { negatives } from './table/negatives.ts'
import { panics } from './table/panics.ts'
import { time } from './table/time.ts'

/** All that is provoked, a row a golden and series. */
export const provocations: readonly Provocation[] = [
  ...faults,
  ...bugs,
  ...panics,
  ...memory,
  ...time,
  ...kasans,
  ...negatives,
]

/** The folder of all goldens. */
export const consoles = join(projectRoot, 'harness/goldens/consoles')

/** `consoles/6.1/null-deref-write.log`; of what is no crash, `consoles/negative/6.1/healthy.log`. */
export function goldenFile(series: string, { name }: Provocation): string {
  const folder = negatives.some(row => row.name === name) ? join('negative', series) : series
  return join(consoles, folder, `${name}.log`)
}
