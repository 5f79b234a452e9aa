import t from 'tap'
import { A_GOOD_BOOT, THE_REPORT } from './consoles.ts'
import { hex, toJson } from './json.ts'
import { parseConsole } from './parse.ts'

const NONCE = '0123456789abcdef0123456789abcdef'

t.test('the report is read whole', async t => {
  const report = parseConsole(THE_REPORT)
  t.same(
    report.iommu.errors.map(({ device, message }) => ({ device, message })),
    [
      {
        device: 'e67b0000.mmu',
        message: 'Cannot accommodate DMA translation for IOMMU page tables',
      },
      { device: 'ee300000.sata', message: 'Unable to initialize IPMMU context' },
      { device: 'ee300000.sata', message: 'Failed to add device ee300000.sata to group 0: -22' },
    ],
  )
  t.same(report.oopses, [
    {
      kind: 'null-deref',
      title: 'null-deref in ipmmu_domain_free',
      line: 4,
      address: 0x38n,
      pc: { symbol: 'ipmmu_domain_free', offset: 0x1cn, size: 0xa0n },
      lr: { symbol: 'ipmmu_domain_free', offset: 0x14n, size: 0xa0n },
      cpu: 2,
      pid: 51,
      comm: 'kworker/2:1',
      tainted: 'Not tainted',
      hardware: 'Renesas Salvator-X 2nd version board based on r8a7795 ES2.0+ (DT)',
      workqueue: 'events deferred_probe_work_func',
      callTrace: [
        { symbol: 'ipmmu_domain_free', offset: 0x1cn, size: 0xa0n },
        { symbol: 'iommu_group_release', offset: 0x48n, size: 0x68n },
        { symbol: 'kobject_del.part.0', offset: 0x3cn, size: 0x50n },
        { symbol: 'ret_from_fork', offset: 0x10n, size: 0x1cn },
      ],
      ended: true,
    },
  ])
  t.same(report.pageTables, [])
  t.equal(report.disk, null)
})

const prefixes = {
  'time stamps': (i: number) => `[${String(i).padStart(5)}.123456] `,
  'time stamps and caller ids': (i: number) => `[${String(i).padStart(5)}.123456][   T51] `,
  'caller ids padded apart': (i: number) => `[ ${i}.123456] [    T51] `,
  'levels and time stamps': (i: number) => `<4>[${String(i).padStart(5)}.123456] `,
  levels: () => '<1>',
  'shell output before time stamps': (i: number) => `# ls /sys[${String(i).padStart(5)}.123456] `,
}
for (const [name, prefix] of Object.entries(prefixes)) {
  t.test(`the report reads the same with ${name}`, async t => {
    t.same(parseConsole(THE_REPORT.map((line, i) => prefix(i) + line)), parseConsole(THE_REPORT))
  })
}

t.test('a good boot is read whole', async t => {
  const report = parseConsole(A_GOOD_BOOT(NONCE), { nonce: NONCE })
  t.equal(report.kernel, '6.1.192')
  t.equal(report.machine, 'Renesas Salvator-X 2nd version board based on r8a77951')
  t.same(report.oopses, [])
  const { facts, ...iommu } = report.iommu
  t.same(iommu, {
    errors: [],
    groups: [{ device: 'ee300000.sata', group: 0, line: 9 }],
    contexts: [{ device: 'ee300000.sata', context: 0, line: 8 }],
    faults: [],
  })
  t.same(
    facts.map(({ kind, driver, line }) => [kind, driver, line]),
    [
      ['swiotlb-mapped', 'software IO TLB', 4],
      ['ipmmu-context', 'sata_rcar', 8],
      ['group-joined', 'sata_rcar', 9],
    ],
  )
  t.same(report.pageTables[1], {
    device: 'e67b0000.iommu',
    pages: 0xffff0006bf8c3000n,
    dma: 0x73f8c3000n,
    phys: 0x73f8c3000n,
    size: 0x1000n,
    bounced: false,
    line: 7,
  })
  t.equal(hex(report.pageTables.highest.phys), '0x73f8c3000')
  t.same(report.dma, [
    {
      ...{ kind: 'swiotlb-mapped', error: false, driver: 'software IO TLB', device: null },
      addresses: [0x7bfff000n, 0x7ffff000n],
      ...{ size: 64n << 20n, mask: null, busLimit: null },
      values: { start: 0x7bfff000n, end: 0x7ffff000n, size: 64n << 20n },
      // The pool is all that this log tells of its memory: it lies in itself, and ends before its end.
      places: [
        { address: 0x7bfff000n, zone: null, inRam: null, reserved: 'software IO TLB' },
        { address: 0x7ffff000n, zone: null, inRam: null, reserved: null },
      ],
      message: 'software IO TLB: mapped [mem 0x000000007bfff000-0x000000007ffff000] (64MB)',
      ...{ line: 4, boot: 0 },
    },
  ])
  t.same(report.disk, {
    ok: true,
    device: 'sda',
    steps: { read: 'ok', write: 'ok', reread: 'ok' },
    written: null,
  })
})

t.test('in JSON, addresses are strings and page tables a plain array', async t => {
  const json = JSON.parse(toJson(parseConsole(A_GOOD_BOOT(NONCE)))) as { pageTables: { dma: string }[] }
  t.equal(json.pageTables.length, 2)
  t.equal(json.pageTables[0]?.dma, '0x73f8c2000')
  t.ok(Array.isArray(json.pageTables))
})
