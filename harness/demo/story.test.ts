import t from 'tap'
import { parseConsole } from '../report/parse.ts'
import type { BootResult, DeviceTrace } from '../types.ts'
import { asTold, chapters, row } from './story.ts'

const page = (dma: string) =>
  `ipmmu-vmsa e67b0000.iommu: dmaspec: page table pages=0xffffff84c0146000 dma=${dma} phys=0x500146000 size=0x20`
const REFUSAL = 'ipmmu-vmsa e67b0000.iommu: Cannot accommodate DMA translation for IOMMU page tables'
const GROUP = 'sata_rcar ee300000.sata: Adding to iommu group 0'
const NULL_DEREF = 'Unable to handle kernel NULL pointer dereference at virtual address 0000000000000040'
const nonce = 'a'.repeat(32)
const disk = (read: string) => `dmaspec: ${nonce} disk device=sda read=${read} write=ok reread=ok`

const transfer = (mmu: string | null): DeviceTrace['transfers'][number] => ({
  event: 'transfer',
  t: 0n,
  master: 'ee300000.sata',
  mmu,
  utlb: mmu === null ? null : 2,
  context: mmu === null ? null : 1,
  iova: 0xffffe000n,
  phys: 0x500d72000n,
  length: 4096n,
  access: 'write',
  what: 'data',
  ok: true,
})

function result(lines: string[], mmu: string | null, complete = true): BootResult {
  const report = parseConsole(
    lines.map((line, i) => `[    0.${i}] ${line}`),
    { nonce },
  )
  const trace: DeviceTrace = {
    contexts: [],
    utlbs: [],
    walks: [],
    walkFaults: [],
    jobs: [],
    marks: [],
    transfers: [transfer(mmu)],
  }
  return { cell: { kernel: '6.1' }, report, trace, complete } as BootResult
}

const [none, busMask, domainFree, both] = chapters

const healthy = result([page('0x500146000'), GROUP, disk('ok')], 'e6570000.iommu')
const refused = result([page('0x7dfff000'), REFUSAL, disk('ok')], null)
const crashed = result(
  [page('0x7dfff000'), REFUSAL, NULL_DEREF, 'pc : ipmmu_domain_free+0x18/0xc0'],
  null,
  false,
)

t.test('each chapter is told by its own boot and by no other', async t => {
  const told = (boot: BootResult) => chapters.map(chapter => asTold(chapter, boot))
  t.same(told(healthy), [true, false, true, false])
  t.same(told(refused), [false, true, false, false])
  t.same(told(crashed), [false, false, false, true])
})

t.test('what looks right but is not', async t => {
  if (!none || !busMask || !domainFree || !both) return t.fail('the report has four chapters')
  const lines = [page('0x500146000'), GROUP]
  t.notOk(asTold(none, result([...lines, disk('fail')], 'e6570000.iommu')), 'wrong data')
  t.notOk(asTold(none, result([...lines, disk('ok')], null)), 'a group, but nothing translated')
  t.notOk(asTold(none, result([...lines, disk('ok')], 'e6570000.iommu', false)), 'a log that is cut')
  t.notOk(asTold(busMask, result([page('0x7dfff000'), disk('ok')], null)), 'bounced, but not refused')
  const elsewhere = [page('0x7dfff000'), REFUSAL, NULL_DEREF, 'pc : other+0x18/0xc0']
  t.notOk(asTold(both, result(elsewhere, null, false)), 'a crash somewhere else')
})

t.test('a row shows what was measured', async t => {
  if (!both || !none) return t.fail('the report has four chapters')
  t.same(row(both, crashed), [
    ['bus-mask-always-set', '+ domain-free-unguarded'],
    ['phys 0x500146000', 'dma  0x7dfff000', 'bounced, so refused'],
    ['never came up'],
    ['null-deref: NULL + 0x40', 'in ipmmu_domain_free+0x18/0xc0'],
  ])
  t.same(row(none, healthy)[2], [
    'in IOMMU group 0',
    '1 transfers, 1 translated',
    '0xffffe000 → 0x500d72000',
    'data right',
  ])
})
