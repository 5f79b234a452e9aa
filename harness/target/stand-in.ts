/** Whether a board can be what a cell asks for. */
import { DEFAULTS } from '../cell/cell.ts'
import { formatMemory, parseMemory } from '../cell/memory.ts'
import type { Target } from '../config/target.ts'
import { platformOf } from '../platform/platforms.ts'
import type { Cell } from '../types.ts'

type Reason = (cell: Cell, target: Target) => string | null | false

/** Overlays of devices that only the emulator has: a board that is told of one hangs when its driver looks for it. */
const EMULATED = /^(dmaprobe-.*|network|sata-behind-smmu-v2|smmu-v2-coherent)$/

const list = (names: readonly string[]) => (names.length > 0 ? names.join(', ') : 'none')

/** Each says why not, or nothing. What a board that boots its own system can't have is in `ownReasons`. */
const reasons: readonly Reason[] = [
  ({ platform }, { has }) => platform !== has.platform && `it is a ${has.platform}, not a ${platform}`,
  ({ platform }) =>
    platformOf(platform).board.tree !== 'kernel' && `${platform} is QEMU's own: no board is one`,
  ({ probe }) => probe !== undefined && 'a dmaprobe is a device of the emulator',
  ({ overlays }) => {
    const found = overlays.find(name => EMULATED.test(name))
    return found !== undefined && `overlay ${found} is of a device that only the emulator has`
  },
  ({ memory }, { has }) =>
    memory !== parseMemory(has.memory) && `it has ${has.memory} of memory, not ${formatMemory(memory)}`,
  ({ cpus }, { has }) => cpus > has.cpus && `it has ${has.cpus} CPUs, not ${cpus}`,
]

const ubootReasons: readonly Reason[] = [
  ({ overlays }, { has }) => {
    const missing = overlays.filter(name => !has.overlays.includes(name))
    return (
      missing.length > 0 && `overlay ${missing.join(', ')} is not in has.overlays (${list(has.overlays)})`
    )
  },
  ({ emmc }, { has }) => emmc === true && has.emmc === null && 'what its eMMC holds is not in has.emmc',
]

const ownReasons: readonly Reason[] = [
  ({ faults }) => faults.length > 0 && `it boots its own kernel: ${faults.join(', ')} can't be put into that`,
  ({ bootargs }) => bootargs !== '' && `it boots its own system: its command line can't be added to`,
  ({ overlays }, { has }) =>
    (overlays.some(name => !has.overlays.includes(name)) || overlays.length !== has.overlays.length) &&
    `its own device tree has overlays ${list(has.overlays)}, not ${list(overlays)}`,
  // What a cell didn't ask for is the board's to have.
  ({ cpus }, { has }) =>
    cpus !== DEFAULTS.cpus &&
    cpus !== has.cpus &&
    `it boots its own system, with ${has.cpus} CPUs, not ${cpus}`,
  ({ emmc }) => emmc === true && 'it boots its own system, which does not check its eMMC',
]

/** Why a board can't stand for a cell: `target desk can't stand for it: it has 4G of memory, not 1G`; null if it can. */
export function whyNot(target: Target, cell: Cell): string | null {
  for (const reason of [...reasons, ...(target.boot.kind === 'own' ? ownReasons : ubootReasons)]) {
    const why = reason(cell, target)
    if (typeof why === 'string') return `target ${target.name} can't stand for it: ${why}`
  }
  return null
}
