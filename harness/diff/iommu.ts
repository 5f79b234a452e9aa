import { hex } from '../report/json.ts'
import { count } from '../text.ts'
import { groupBy, kinds, type Fact } from './fact.ts'
import { stableMessage } from './normalise.ts'
import { placeOf } from './place.ts'
import type { Boot } from './schema.ts'

/** Which devices are behind an IOMMU, and what it and its driver complained of. */
export function iommuFacts({ report: { iommu }, trace }: Boot): Fact[] {
  return [
    ...membership(
      'iommu group',
      'group',
      iommu.groups.map(({ device, group }) => ({ device, of: group })),
    ),
    ...membership(
      'iommu context',
      'context',
      iommu.contexts.map(({ device, context }) => ({ device, of: context })),
    ),
    ...errors(iommu.errors),
    ...faults(iommu.faults),
    ...walkFaults(trace.walkFaults),
  ]
}

/**
 * What counts is whom a device shares its group or context with. The number is the order in which devices were probed,
 * and that is chance.
 */
function membership(
  subject: 'iommu group' | 'iommu context',
  noun: string,
  entries: readonly { device: string; of: number }[],
): Fact[] {
  // A device that was moved is where it was put last.
  const last = new Map(entries.map(({ device, of }) => [device, of]))
  return [...last].map(([device, of]) => {
    const others = [...last]
      .filter(([other, number]) => number === of && other !== device)
      .map(([other]) => other)
    const shared = others.length > 0 ? `, with ${others.sort().join(', ')}` : ''
    return { subject, about: device, kind: `in one${shared}`, text: `in ${noun} ${of}${shared}` }
  })
}

function errors(list: Boot['report']['iommu']['errors']): Fact[] {
  return [...groupBy(list, ({ device }) => device ?? '')].map(([about, errors]) => {
    const same = [...groupBy(errors, ({ message }) => stableMessage(message))]
    const shown = same.map(([, [first, ...more]]) => (first?.message ?? '') + times(more.length + 1))
    return {
      subject: 'iommu error',
      about,
      kind: kinds(same.map(([stable]) => stable)),
      text: shown.join('; '),
    }
  })
}

function times(n: number): string {
  return n > 1 ? ` (${n} times)` : ''
}

/** Of its status and of where: how often a driver tries again is chance. */
function faults(list: Boot['report']['iommu']['faults']): Fact[] {
  return [...groupBy(list, ({ device }) => device)].map(([about, faults]) => ({
    subject: 'iommu fault',
    about,
    kind: kinds(
      faults.map(
        ({ status, iova }) => `status ${hex(status)}, iova ${iova === null ? 'none' : placeOf(iova)}`,
      ),
    ),
    text: `${count(faults.length, 'fault')}, the first: status ${hex(faults[0]?.status)}, iova ${hex(faults[0]?.iova)}`,
  }))
}

function walkFaults(list: Boot['trace']['walkFaults']): Fact[] {
  return [...groupBy(list, ({ mmu }) => mmu)].map(([about, faults]) => ({
    subject: 'page-table walk',
    about,
    kind: kinds(faults.map(({ reason, access, iova }) => `${reason}, ${access}, iova ${placeOf(iova)}`)),
    text: `${faults.length} failed, the first: ${faults[0]?.reason} at a ${faults[0]?.access} of iova ${hex(faults[0]?.iova)}`,
  }))
}
