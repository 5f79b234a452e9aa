/**
 * What mainline lets through the IPMMU, on mainline's own tree: no overlay, no list but the driver's. That is the SDHIs
 * (drivers/iommu/ipmmu-vmsa.c, devices_allowlist; 5.10's is empty, 6.1's has them). The board's eMMC is SDHI2's.
 */
import t from 'tap'
import { boot, factsOf, kernels, hex, observed, GiB, type BootResult } from '../harness/index.ts'

const board = { emmc: true, memory: '4G' }
const sdhi2 = 'ee140000.mmc'

/** What SDHI2's DMAC moved. */
const moved = ({ trace }: BootResult) => trace.transfers.filter(x => x.master === sdhi2 && x.what === 'data')

for (const kernel of kernels('>=5.12', 'the list of 5.10 is empty')) {
  const { refusal, refusalWarnings, groupsLeftSilently, nullDerefIn } = factsOf(kernel)
  t.test(`linux ${kernel}`, async t => {
    t.test('the eMMC is behind the IPMMU, and SATA is not', async t => {
      const result = await boot(t, { ...board, kernel })
      const { report, trace } = result
      const groups = report.iommu.groups.map(({ device }) => device)
      t.ok(groups.includes(sdhi2), `in a group: ${groups.join(', ')}`)
      // Since 7.2 a device joins its group before it has a driver: the slots' SDHIs too, whose GPIOs never come.
      t.same(
        groups.filter(device => !device.endsWith('.mmc')),
        [],
        'and nothing that is no SDHI',
      )
      t.match(report.emmc, { ok: true, written: true }, 'read, written, read again, and in the image')
      const data = moved(result)
      t.ok(data.length > 0, `${data.length} transfers`)
      t.equal(
        data.find(x => x.mmu !== 'e7740000.iommu' || x.utlb !== 34),
        undefined,
        'all of them through micro-TLB 34 of ipmmu_ds1',
      )
      const [first] = data
      t.not(first?.iova, first?.phys, `iova ${hex(first?.iova)} is ${hex(first?.phys)}`)
      t.ok(
        trace.transfers.find(x => x.master === 'ee300000.sata' && x.mmu === null),
        'SATA goes straight to memory',
      )
    })

    t.test('bus-mask-always-set: refused, and the eMMC runs without the IOMMU', async t => {
      const result = await boot(t, {
        ...board,
        kernel,
        faults: ['bus-mask-always-set'],
        mayOops: refusalWarnings.length > 0,
      })
      const { report } = result
      t.match(report.iommu.errors[0]?.message, refusal)
      if (observed(t, result, 'pageTables')) {
        const { phys, dma } = report.pageTables.highest
        t.ok(phys >= 4n * GiB, `page table at ${hex(phys)}`)
        t.ok(dma < 4n * GiB, `bounced to ${hex(dma)}`)
      }
      const silently = groupsLeftSilently.length > 0
      t.equal(
        report.iommu.groups.some(({ device }) => device === sdhi2),
        silently,
        silently ? 'it joined a group, and left it without a word' : 'it is in no group',
      )
      t.match(report.emmc, { ok: true, written: true }, 'its data is right')
      t.equal(
        moved(result).find(x => x.mmu !== null),
        undefined,
        'no transfer was translated',
      )
    })

    t.test('and domain-free-unguarded: the report of 2018 on a tree that nobody touched', async t => {
      const faults = ['bus-mask-always-set', 'domain-free-unguarded']
      const { report } = await boot(t, { ...board, kernel, faults, mayOops: true })
      t.match(report.iommu.errors[0]?.message, refusal)
      // 7.2 warns of each SDHI.
      const oops = report.oopses.find(({ kind }) => kind !== 'warning')
      t.match(oops, { kind: 'null-deref', title: `null-deref in ${nullDerefIn}` })
      t.ok(oops?.address !== null && oops!.address < 4096n, `NULL and ${oops?.address} bytes`)
    })
  })
}

for (const kernel of kernels('<5.12', 'its list has the SDHIs')) {
  t.test(`linux ${kernel}`, async t => {
    t.test('the list is empty: the eMMC goes straight to memory', async t => {
      const result = await boot(t, { ...board, kernel })
      t.same(result.report.iommu.groups, [])
      t.match(result.report.emmc, { ok: true, written: true }, 'read, written, read again, and in the image')
      const [first] = moved(result)
      t.equal(first?.iova, first?.phys, `iova ${hex(first?.iova)} is itself`)
      t.equal(
        moved(result).find(x => x.mmu !== null),
        undefined,
      )
    })
  })
}
