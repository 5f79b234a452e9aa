import t from 'tap'
import { compareBoots } from './boot.ts'
import { BUSY, CRASHED, QUIET, READONLY, REFUSED, type Excerpt } from './excerpts.ts'
import type { Difference } from './fact.ts'
import { bootOf } from './sample.ts'

const EXCERPTS = { QUIET, BUSY, REFUSED, CRASHED, READONLY }
const compare = (a: Excerpt, b: Excerpt) => compareBoots(bootOf(a), bootOf(b))
const short = ({ subject, about, severity, before, after }: Difference) =>
  `${severity === 'behaviour' ? '' : `(${severity}) `}${subject} ${about}: ${before.text} → ${after.text}`

t.test('the same kernel twice: no difference, whatever the host was busy with', async t => {
  for (const [a, b] of [
    [QUIET, BUSY],
    [BUSY, QUIET],
  ] as const) {
    const { differences, console } = compare(a, b)
    t.same(differences, [])
    t.same([console?.fresh, console?.gone], [[], []])
  }
})

t.test('any boot is the same as itself', async t => {
  for (const [name, excerpt] of Object.entries(EXCERPTS)) {
    const { differences, console, notCompared } = compare(excerpt, excerpt)
    t.same([differences, console?.fresh, console?.gone, notCompared], [[], [], [], []], name)
  }
})

t.test('read the other way round, the same', async t => {
  const turned = (list: Difference[]) =>
    list.map(({ before, after, ...rest }) => ({ ...rest, before: after, after: before }))
  for (const [a, before] of Object.entries(EXCERPTS))
    for (const [b, after] of Object.entries(EXCERPTS)) {
      const [there, back] = [compare(before, after), compare(after, before)]
      t.same(back.differences, turned(there.differences), `${a}, ${b}`)
      t.same([back.console?.fresh, back.console?.gone], [there.console?.gone, there.console?.fresh])
    }
})

t.test('bus-mask-always-set: what the report of 2018 is about', async t => {
  const { differences, console } = compare(QUIET, REFUSED)
  t.same(differences.map(short), [
    'page tables e67b0000.iommu: 4 direct, above 4 GiB (highest 0x5019dc000) → 1 bounced from above 4 GiB to below 4 GiB (0x500c99000 → 0x7bfff000)',
    "transfers ee300000.sata data: 2 through e6570000.iommu, micro-TLB 2, memory above 4 GiB (0xffffe000 → 0x500d86000) → 2 past the IOMMU, memory in swiotlb's pool (0x7c000000)",
    'transfers ee300000.sata descriptor: 1 through e6570000.iommu, micro-TLB 2, memory above 4 GiB (0xfffff000 → 0x50015f000) → 1 past the IOMMU, memory below 4 GiB (0x48900000)',
    'iommu group ee300000.sata: in group 0 → none',
    'iommu context ee300000.sata: in context 1 → none',
    'iommu error e67b0000.iommu: none → Cannot accommodate DMA translation for IOMMU page tables',
    'iommu error ee300000.sata: none → Unable to initialize IPMMU context',
  ])
  t.match(console?.fresh[0]?.message, 'Cannot accommodate DMA translation')
  t.same(
    console?.gone.map(({ message }) => message),
    ['sata_rcar ee300000.sata: Using IPMMU context 1'],
  )
})

t.test('both faults: the oops, and what the boot did not get to is no change of its own', async t => {
  const { differences, console } = compare(QUIET, CRASHED)
  t.same(
    differences.map(short).filter(text => /^end|^oops/.test(text)),
    [
      'end of boot : marker: the init printed the marker → oops: an oops was printed to its end',
      'oops null-deref: none → null-deref in ipmmu_domain_free, at NULL + 0x40, from iommu_group_release ← kobject_put',
    ],
  )
  t.same(
    differences.filter(({ severity }) => severity === 'unreached').map(({ subject }) => subject),
    ['transfers', 'transfers', 'iommu group', 'iommu context', 'disk'],
  )
  t.same(
    console?.fresh.filter(({ message }) => /pc :|Call trace|x0 :/.test(message)),
    [],
  )
  t.ok((console?.unreached.before ?? 0) > 5)
})

t.test('map-readonly: refused writes, faults, and the disk', async t => {
  t.same(
    compare(QUIET, READONLY).differences.map(({ subject }) => subject),
    ['transfers', 'iommu fault', 'page-table walk', 'disk'],
  )
})

t.test('page tables that a kernel can not tell of are not said to be gone', async t => {
  const silent = bootOf(
    { ...QUIET, console: QUIET.console.replaceAll('dmaspec: page table', 'page table') },
    {
      notObserved: [{ fact: 'pageTables', why: 'observe.patch does not apply' }],
    },
  )
  for (const pair of [
    [bootOf(QUIET), silent],
    [silent, bootOf(QUIET)],
  ] as const) {
    const { differences, notCompared } = compareBoots(...pair)
    t.same(differences.map(short), [])
    t.same(notCompared, ['page tables: not observed on 6.1: observe.patch does not apply'])
  }
})

t.test('without a console, the facts are still there', async t => {
  const { differences, console, notCompared } = compareBoots(
    { ...bootOf(QUIET), console: null },
    bootOf(REFUSED),
  )
  t.equal(differences.length, 7)
  t.equal(console, null)
  t.match(notCompared, [/console\.log/])
})

t.test('two boots that end alike: what one of them lacks is a change', async t => {
  const early = bootOf({ ...CRASHED, console: CRASHED.console.replace(/.*Cannot accommodate.*\n/, '') })
  t.match(compareBoots(early, bootOf(CRASHED)).differences.map(short), [
    /^iommu error e67b0000\.iommu: none before/,
  ])
})
