import type { Oops } from '../../report/report.ts'
import type { Scene } from '../scene.ts'
import { boundary } from './boundary.ts'
import { bouncedPageTable } from './bounced-page-table.ts'
import { iommuFaults } from './iommu-fault.ts'
import { overflow } from './overflow.ts'
import type { Reading, Rule } from './reading.ts'
import { swiotlbFull } from './swiotlb.ts'
import { tornDown } from './torn-down.ts'

/** In the order in which a story is told: what the hardware refused, what the kernel made of it. */
const RULES: readonly Rule[] = [iommuFaults, swiotlbFull, overflow, boundary, bouncedPageTable, tornDown]

/** All that the facts of a boot say together. */
export function readings(scene: Scene, crash: Oops | null): Reading[] {
  return RULES.map(rule => rule(scene, crash)).filter(reading => reading !== null)
}
