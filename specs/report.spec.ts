/**
 * The report of 2018 (README.md), on a kernel of today: its two
 * faults put back by patches of ours, each alone and both together.
 */
import t from 'tap'
import { boot, factsOf, kernels, hex, observed, GiB } from '../harness/index.ts'

const board = { overlays: ['sata-behind-ipmmu'], memory: '4G' }

for (const kernel of kernels()) {
  const { refusal, refusalWarnings, groupsLeftSilently, nullDerefIn } = factsOf(kernel)
  t.test(`linux ${kernel}`, async t => {
    t.test('no fault: the IPMMU takes page tables above 4 GiB, and SATA works behind it', async t => {
      const result = await boot(t, { ...board, kernel })
      const { report, trace } = result
      t.same(report.iommu.errors, [])

      if (observed(t, result, 'pageTables')) {
        const { phys, dma } = report.pageTables.highest
        t.ok(phys >= 4n * GiB, `page table at ${hex(phys)}`)
        t.equal(dma, phys, 'and not bounced')
      }

      t.match(report.iommu.groups, [{ device: 'ee300000.sata', group: 0 }])
      t.equal(report.disk?.ok, true, 'data read, written and read again is right')
      const data = trace.transfers.filter(x => x.what === 'data')
      t.ok(data.length > 0, `${data.length} transfers of data`)
      t.equal(
        data.find(x => x.mmu !== 'e6570000.iommu' || x.utlb !== 2),
        undefined,
        'all of them through micro-TLB 2 of ipmmu_hc',
      )
    })

    t.test('bus-mask-always-set: the page table is bounced and refused, nothing crashes', async t => {
      const result = await boot(t, {
        ...board,
        kernel,
        faults: ['bus-mask-always-set'],
        mayOops: refusalWarnings.length > 0,
      })
      const { report, trace } = result
      t.same(
        report.oopses.map(oops => oops.title),
        refusalWarnings,
      )
      t.match(report.iommu.errors[0]?.message, refusal)
      t.equal(report.iommu.errors[0]?.device, 'e67b0000.iommu')

      if (observed(t, result, 'pageTables')) {
        const { phys, dma } = report.pageTables.highest
        t.ok(phys >= 4n * GiB, `page table at ${hex(phys)}`)
        t.ok(dma < 4n * GiB, `bounced to ${hex(dma)}`)
        const [from = 0n, to = 0n] = report.dma.find(x => x.kind === 'swiotlb-mapped')?.addresses ?? []
        t.ok(from <= dma && dma < to, `into swiotlb's pool, ${hex(from)} to ${hex(to)}`)
      }

      t.same(
        report.iommu.groups.map(({ device, group }) => ({ device, group })),
        groupsLeftSilently,
        groupsLeftSilently.length > 0
          ? 'SATA joined a group, and left it without a word'
          : 'SATA is in no group',
      )
      t.equal(report.disk?.ok, true, 'and runs without using the IOMMU')
      t.equal(
        trace.transfers.find(x => x.mmu !== null),
        undefined,
        'no transfer was translated',
      )
    })

    t.test('domain-free-unguarded: alone, it changes nothing', async t => {
      const result = await boot(t, { ...board, kernel, faults: ['domain-free-unguarded'] })
      const { report } = result
      t.same(report.iommu.errors, [])
      if (observed(t, result, 'pageTables')) {
        const { phys, dma } = report.pageTables.highest
        t.ok(phys >= 4n * GiB, `page table at ${hex(phys)}`)
        t.equal(dma, phys, 'and not bounced')
      }
      t.equal(report.disk?.ok, true)
    })

    t.test('both: the refusal ends in a NULL dereference in ipmmu_domain_free', async t => {
      const result = await boot(t, {
        ...board,
        kernel,
        faults: ['bus-mask-always-set', 'domain-free-unguarded'],
        mayOops: true,
      })
      const { report } = result
      t.match(report.iommu.errors[0]?.message, refusal)
      if (observed(t, result, 'pageTables')) {
        const { phys, dma } = report.pageTables.highest
        t.not(dma, phys, `page table at ${hex(phys)} bounced to ${hex(dma)}`)
      }

      const oops = report.oopses[refusalWarnings.length]
      t.same(
        report.oopses.slice(0, refusalWarnings.length).map(oops => oops.title),
        refusalWarnings,
      )
      t.match(oops, { kind: 'null-deref', title: `null-deref in ${nullDerefIn}` })
      t.ok(oops?.address !== null && oops!.address < 4096n, `NULL and ${oops?.address} bytes`)
      const frames = nullDerefIn === 'ipmmu_domain_free' ? oops?.callTrace : [oops?.lr]
      t.ok(
        frames?.some(frame => frame?.symbol === 'ipmmu_domain_free'),
        'called from ' + oops?.callTrace[1]?.symbol,
      )
      t.equal(report.oopses.length, refusalWarnings.length + 1)
    })
  })
}
