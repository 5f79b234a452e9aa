import type { Rule } from './rule.ts'
import { addressRules } from './rules/address.ts'
import { afterUnmapRules } from './rules/after-unmap.ts'
import { bufferRules } from './rules/buffers.ts'
import { dataRules } from './rules/data.ts'
import { jobRules } from './rules/jobs.ts'
import { lineRules } from './rules/lines.ts'
import { tableRules } from './rules/tables.ts'

/** All that is claimed of both sides of a boot. To claim more, add a row; docs/oracle.md has them as a table. */
export const rules: readonly Rule[] = [
  ...lineRules,
  ...addressRules,
  ...jobRules,
  ...dataRules,
  ...bufferRules,
  ...afterUnmapRules,
  ...tableRules,
]
