import t from 'tap'
import { A_GOOD_BOOT, THE_REPORT } from './consoles.ts'
import { hex, toJson } from './json.ts'
import { parseConsole } from './parse.ts'
import type { Oops, SymbolRef } from './report.ts'

const symbol = (symbol: string, offset: bigint, size: bigint): SymbolRef => ({
  ...{ symbol, offset, size, module: null, buildId: null, address: null, source: [] },
})

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
  t.equal(report.oopses.length, 1)
  const { code, registers, esr, ...oops } = report.oopses[0] as Oops
  t.same(oops, {
    ...{ kind: 'null-deref', title: 'null-deref in ipmmu_domain_free', arch: 'arm64' },
    header: 'Unable to handle kernel NULL pointer dereference at virtual address 0000000000000038',
    ...{ line: 4, lastLine: 25, boot: 0, time: null, fatal: true, consequence: false },
    ...{ corrupted: false, damage: [], address: 0x38n, access: 'read', accessSize: null },
    pc: symbol('ipmmu_domain_free', 0x1cn, 0xa0n),
    lr: symbol('ipmmu_domain_free', 0x14n, 0xa0n),
    ...{ cpu: 2, pid: 51, comm: 'kworker/2:1', tainted: 'Not tainted', taints: [] },
    kernel: '4.20.0-rc1-arm64-renesas-dirty #74',
    hardware: 'Renesas Salvator-X 2nd version board based on r8a7795 ES2.0+ (DT)',
    ...{ workqueue: 'events deferred_probe_work_func', source: null, message: null },
    ...{ die: 'Oops: 96000004 [#1] PREEMPT SMP', panic: null, modules: [] },
    callTrace: [
      symbol('ipmmu_domain_free', 0x1cn, 0xa0n),
      symbol('iommu_group_release', 0x48n, 0x68n),
      symbol('kobject_del.part.0', 0x3cn, 0x50n),
      symbol('ret_from_fork', 0x10n, 0x1cn),
    ].map(frame => ({ ...frame, inexact: false, note: null })),
    ...{ otherStacks: [], endTrace: '4c46c7fd7cd07245', ended: true },
  })
  t.match(code, { text: 'aa0003f3 97ffeb1a d1002274 f85f8261 (f9401c20)' })
  t.equal(esr?.value, 0x96000004n)
  t.same(registers, { pstate: 0x60000005n, sp: 0xffff000009c9b990n, x1: 0n, x0: 0x28n })
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
    const untimed = (lines: string[]) => {
      const { oopses, ...report } = parseConsole(lines)
      return { ...report, oopses: oopses.map(oops => ({ ...oops, time: null })) }
    }
    t.same(untimed(THE_REPORT.map((line, i) => prefix(i) + line)), untimed(THE_REPORT))
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
    why: null,
  })
})

t.test('in JSON, addresses are strings and page tables a plain array', async t => {
  const json = JSON.parse(toJson(parseConsole(A_GOOD_BOOT(NONCE)))) as { pageTables: { dma: string }[] }
  t.equal(json.pageTables.length, 2)
  t.equal(json.pageTables[0]?.dma, '0x73f8c2000')
  t.ok(Array.isArray(json.pageTables))
})

t.test('a log may come whole: as text, as bytes, as lines', async t => {
  const lines = A_GOOD_BOOT(NONCE).concat(THE_REPORT)
  const text = lines.join('\n')
  t.same(parseConsole(text), parseConsole(lines))
  t.same(parseConsole(Buffer.from(text)), parseConsole(lines))
  t.equal(parseConsole(text).oopses.length, 1)
})
