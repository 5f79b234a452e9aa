import type { IommuFault } from '../../report/report.ts'
import { count } from '../../text.ts'
import { groupBy } from '../group.ts'
import { join, prose, say, type Say } from '../say.ts'
import type { Scene } from '../scene.ts'
import type { Rule } from './reading.ts'

/** What a syndrome's reason says of the one who set up the mapping. The first whose words are in it. */
const REASONS: readonly (readonly [words: string, means: string])[] = [
  [
    'translation',
    'Nothing is mapped there: it was unmapped too early, never mapped, or the device got an address that is none of its.',
  ],
  [
    'permission',
    'It is mapped, but not for this: mapped with the wrong DMA direction, or the device does what it should not.',
  ],
  ['access flag', "The page's access flag is not set."],
  ['address size', 'The address has more bits than the IOMMU or its tables take.'],
  ['external', 'The IOMMU got a bus error when it read its page tables.'],
  ['unknown stream', "The device's stream id has no entry: its iommus property is missing or wrong."],
  ['bad stream', "The device's stream id is out of range: its iommus property is wrong."],
]

/** IOMMUs refused translations: how many, of whom, where, why. */
export const iommuFaults: Rule = (scene, crash) => {
  const faults = crash ? scene.faults.filter(({ line }) => line <= crash.line) : scene.faults
  if (faults.length === 0) return null
  const groups = groupBy(faults, fault => `${fault.device} ${fault.reason} ${fault.access}`)
  const shown = groups.slice(0, 4)
  const says = shown.map(group => describe(group, scene))
  if (groups.length > shown.length)
    says.push(say`${groups.length - shown.length} more devices or reasons are in the JSON (--json).`)
  return {
    short: prose(`an IOMMU refused ${count(faults.length, 'transfer')}`),
    says,
    lines: shown.flatMap(group => group.slice(0, 1).map(({ line }) => line)),
    next: [
      prose(
        'CONFIG_DMA_API_DEBUG=y tells whether a driver unmapped, or never mapped, what its device uses; iommu.strict=1 on the command line makes a use after unmap fault at once; iommu.passthrough=1 shows whether the device works without.',
      ),
    ],
  }
}

function describe(group: readonly [IommuFault, ...IommuFault[]], scene: Scene): Say {
  const [{ device, access, reason, status }] = group
  const same = <T>(read: (fault: IommuFault) => T): T | null =>
    group.every(fault => read(fault) === read(group[0])) ? read(group[0]) : null
  const [context, stream] = [same(fault => fault.context), same(fault => fault.stream)]
  const transfers = group.length === 1 ? 'a transfer' : count(group.length, 'transfer')
  const kind =
    access === null ? '' : { read: ' (reading)', write: ' (writing)', execute: ' (fetching code)' }[access]
  const said = reason === null ? (status === null ? null : say`status ${status}`) : say`${reason}`
  const [low, where] = addresses(group)
  const head = join(
    [
      say`${device} refused ${prose(transfers + kind)}${where}`,
      ...(context === null ? [] : [say`context ${context}`]),
      ...(stream === null ? [] : [say`stream id ${stream}`]),
    ],
    ', ',
  )
  const why = REASONS.find(([words]) => reason?.toLowerCase().includes(words))?.[1]
  const ram = scene.memory.ram.some(({ start, end }) => low !== null && low >= start && low <= end)
  return join([
    said === null ? say`${head}.` : say`${head}: ${said}.`,
    ...(why === undefined ? [] : [prose(why)]),
    ...(ram && low !== null
      ? [
          say`${low} lies in RAM by the log's own map: perhaps the device was given a physical address, as without an IOMMU.`,
        ]
      : []),
  ])
}

/** The lowest iova, and all of them in words. */
function addresses(group: readonly IommuFault[]): [bigint | null, Say] {
  const sorted = group
    .map(({ iova }) => iova)
    .filter(iova => iova !== null)
    .sort((a, b) => (a < b ? -1 : 1))
  const [low = null, high = null] = [sorted[0], sorted.at(-1)]
  if (low === null || high === null) return [null, prose('')]
  return [low, low === high ? say` at iova ${low}` : say` at iovas from ${low} to ${high}`]
}
