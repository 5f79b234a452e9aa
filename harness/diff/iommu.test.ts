import t from 'tap'
import { compareFacts, NONE } from './fact.ts'
import { QUIET } from './excerpts.ts'
import { iommuFacts } from './iommu.ts'
import { bootOf } from './sample.ts'
import type { Boot } from './schema.ts'

const QUIET_BOOT = bootOf(QUIET)
const withIommu = (over: Partial<Boot['report']['iommu']>): Boot => {
  const { report } = QUIET_BOOT
  return {
    ...QUIET_BOOT,
    report: { ...report, iommu: { ...report.iommu, groups: [], contexts: [], ...over } },
  }
}
const compare = (before: Boot, after: Boot) =>
  compareFacts(iommuFacts(before), iommuFacts(after), { before: NONE, after: NONE }).map(
    d => `${d.subject} ${d.about}: ${d.before.text} → ${d.after.text}`,
  )
const groups = (...of: [string, number][]) =>
  withIommu({ groups: of.map(([device, group]) => ({ device, group })) })

t.test('the number of a group is chance; whom a device shares it with is not', async t => {
  t.same(compare(groups(['a', 0], ['b', 1]), groups(['b', 0], ['a', 1])), [])
  t.same(compare(groups(['a', 0], ['b', 1]), groups(['a', 0], ['b', 0])), [
    'iommu group a: in group 0 → in group 0, with b',
    'iommu group b: in group 1 → in group 0, with a',
  ])
  t.same(compare(groups(['a', 0]), groups()), ['iommu group a: in group 0 → none'])
  t.same(compare(groups(['a', 0], ['a', 3]), groups(['a', 5])), [], 'where it was put last')
})

t.test('contexts are held together in the same way', async t => {
  const contexts = (...of: [string, number][]) =>
    withIommu({ contexts: of.map(([device, context]) => ({ device, context })) })
  t.same(compare(contexts(['a', 1]), contexts(['a', 2])), [])
  t.same(compare(contexts(['a', 1]), contexts()), ['iommu context a: in context 1 → none'])
})

t.test('how often an IOMMU complains is chance; of what is not', async t => {
  const errors = (...messages: string[]) =>
    withIommu({ errors: messages.map(message => ({ device: 'mmu', message })) })
  const abort = 'Page Table Walk Abort @0x12345000'
  t.same(compare(errors(abort), errors(abort, 'Page Table Walk Abort @0x12346000')), [])
  t.same(compare(errors(abort), errors('TLB sync timed out', 'TLB sync timed out', abort)), [
    `iommu error mmu: ${abort} → TLB sync timed out (2 times); ${abort}`,
  ])
})

t.test('faults: by status, and by where the iova is', async t => {
  const faults = (...of: [bigint, bigint][]) =>
    withIommu({ faults: of.map(([status, iova]) => ({ device: 'mmu', status, iova })) })
  t.same(compare(faults([1n, 0x1000n]), faults([1n, 0x2000n], [1n, 0x3000n])), [])
  t.equal(compare(faults([1n, 0x1000n]), faults([2n, 0x1000n])).length, 1)
  t.equal(compare(faults([1n, 0x1000n]), faults([1n, 1n << 33n])).length, 1)
})
