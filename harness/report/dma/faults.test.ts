import t from 'tap'
import { parseConsole } from '../parse.ts'
import type { IommuFault } from '../report.ts'

const faultsOf = (...lines: string[]) =>
  parseConsole(lines.map((line, i) => `[ ${100 + i}.000001] ${line}`)).iommu.faults
const brief = ({ device, iova, access, reason }: IommuFault) => [device, iova, access, reason]

t.test("IPMMU: IMSTR's bits and error codes", async t => {
  const fault = (status: string) =>
    faultsOf(`ipmmu-vmsa febd0000.iommu: Unhandled fault: status ${status} iova 0xfe000000`)[0]?.reason
  t.equal(fault('0x00000001'), 'translation fault')
  t.equal(fault('0x00001402'), 'permission fault (access permission)')
  t.equal(fault('0x00000012'), 'multiple TLB hits, permission fault')
  t.equal(fault('0x00000000'), null)
})

t.test('SMMUv2: context faults in the wordings of several versions', async t => {
  const at = 'arm-smmu fd800000.smmu: Unhandled context fault: '
  const old = faultsOf(`${at}iova=0x8424cb148, fsynr=0xb0001, cb=3`)[0]
  t.match(old, { status: null, iova: 0x8424cb148n, access: 'read', reason: null, context: 3, stream: null })
  const middle = faultsOf(`${at}fsr=0x402, iova=0x00000000, fsynr=0x11, cb=0`)[0]
  t.match(middle, { status: 0x402n, iova: 0n, access: 'write', reason: 'translation fault', context: 0 })
  const now = faultsOf(
    `${at}fsr=0x80000408, iova=0xd65504710, fsynr=0x100041, cbfrsynra=0x31900, cb=6`,
    'arm-smmu fd800000.smmu: FSR    = 80000408 [MULTI Format=2 PF], SID=0x31900',
    'arm-smmu fd800000.smmu: FSYNR0 = 00100041 [S1CBNDX=16 IND PLVL=1]',
  )
  t.equal(now.length, 1, 'three lines, one fault')
  t.match(now[0], { access: 'execute', reason: 'permission fault, multiple faults', stream: 0x1900n })
  const vendor = faultsOf(`${at}iova=0x01003000, fsr=0x4, fsynr=0x13, cb=9`)[0]
  t.match(vendor, { iova: 0x1003000n, reason: 'access flag fault', access: 'write', context: 9 })
})

t.test('SMMUv2: global faults', async t => {
  const { iommu } = parseConsole([
    'arm-smmu 5000000.iommu: Unexpected global fault, this could be serious',
    'arm-smmu 5000000.iommu: \tGFSR 0x00000002, GFSYNR0 0x00000002, GFSYNR1 0x00000140, GFSYNR2 0x00000000',
  ])
  t.match(iommu.faults, [
    { status: 2n, iova: null, access: 'write', reason: 'unidentified stream fault', stream: 0x140n },
  ])
  t.equal(iommu.errors.length, 1)
})

const at = 'arm-smmu-v3 arm-smmu-v3.0.auto: '
const words = (...values: string[]) => values.map(word => `${at}\t0x${word}`)

t.test('SMMUv3: an event record is decoded', async t => {
  const [fault] = faultsOf(
    `${at}event 0x10 received:`,
    ...words('0000010000000010', '0000020800000000', '00000000ffffe040', '0000000000000000'),
  )
  t.match(fault, {
    ...{ device: 'arm-smmu-v3.0.auto', status: 0x10000000010n, stream: 0x100n, iova: 0xffffe040n },
    ...{ access: 'read', reason: 'F_TRANSLATION: translation fault', line: 1 },
  })
  const write = faultsOf(
    `${at}event 0x13 received:`,
    ...words(
      '00000200 00001813'.replace(' ', ''),
      '0000028000000007',
      '0000008000001000',
      '00000000deadb000',
    ),
  )
  t.match(write, [{ access: 'write', reason: 'F_PERMISSION: permission fault', stream: 0x200n }])
})

t.test('SMMUv3: substream, stage 2 and stall are facts of the event', async t => {
  const { facts } = parseConsole([
    `${at}event 0x13 received:`,
    ...words('0000020000001813', '0000028080000007', '0000008000001000', '00000000deadb000'),
  ]).iommu
  t.equal(facts.length, 1, 'the words are part of the event')
  t.match(facts[0]?.values, {
    ...{ event: 'F_PERMISSION', sid: 0x200n, ssid: 1n, stag: 7n, stage: 's2', stall: 'stall' },
    ...{ ipa: 0xdeadb000n, class: 'input address' },
  })
})

t.test('SMMUv3: events without an address, and unknown ones', async t => {
  const [ste, unknown, cut] = faultsOf(
    `${at}event 0x04 received:`,
    ...words('0000003000000004', '0000000000000000', '1234567812345678', '0000000000000000'),
    `${at}event 0x55 received:`,
    ...words('0000003000000055', '0000000000000000', '0000000000000000', '0000000000000000'),
    `${at}event 0x10 received:`,
    ...words('0000003000000010'),
  )
  t.match(ste, { reason: 'C_BAD_STE: stream table entry is bad', iova: null, access: null, stream: 0x30n })
  t.match(unknown, { reason: 'UNKNOWN', iova: null })
  t.match(cut, { reason: 'F_TRANSLATION: translation fault', iova: null, stream: null }, 'cut off')
})

t.test('SMMUv3 since 6.14: what the kernel decodes is no second fault', async t => {
  const raw = [
    `${at}event 0x10 received:`,
    ...words('0000010000000010', '0000020000000000', '00000000ffffe040', '0000000000000000'),
  ]
  const decoded = [
    `${at}event: F_TRANSLATION client: 0000:01:00.0 sid: 0x100 ssid: 0x0 iova: 0xffffe040 ipa: 0x0`,
    `${at}unpriv data write s1 "Input address caused fault" stag: 0x0`,
  ]
  const both = parseConsole([...raw, ...decoded]).iommu
  t.equal(both.faults.length, 1)
  t.match(both.faults[0], { iova: 0xffffe040n, access: 'write' })
  t.equal(both.facts[0]?.values['client'], '0000:01:00.0')
  t.match(parseConsole(decoded).iommu.faults, [
    { status: null, iova: 0xffffe040n, access: 'write', stream: 0x100n },
  ])
})

t.test('SMMUv3: a refused command has words too, and is no fault', async t => {
  const { faults, errors } = parseConsole([
    `${at}CMDQ error (cons 0x01000042): Illegal command`,
    `${at}skipping command in error state:`,
    ...words('0000000000000006', '0000000000000001'),
  ]).iommu
  t.same(faults, [])
  t.same(
    errors.map(({ message }) => message),
    ['CMDQ error (cons 0x01000042): Illegal command', 'skipping command in error state:'],
  )
})

t.test('other IOMMUs', async t => {
  const faults = faultsOf(
    'virtio_iommu virtio0: page fault from EP 8 at 0x7fff0000 [W]',
    'virtio_iommu virtio0: domain fault from EP 9',
    'rk_iommu fd900f00.iommu: Page fault at 0x00000000ff5a8000 of type write',
    'sun50i-iommu 30f0000.iommu: Page fault for 0x00000000fffb1000 (master 3, dir rd)',
    'exynos-sysmmu 14880000.sysmmu: 14800000.video: PAGE FAULT occurred at 0x20000000',
    'exynos-sysmmu 14880000.sysmmu: 14800000.video: [WRITE] ACCESS PROTECTION FAULT occurred at 0x20001000',
    'mtk-iommu 10205000.iommu: fault type=0x5 iova=0xfe1000 pa=0x0 larb=2 port=1 layer=0 read',
    'apple-dart 231304000.iommu: translation fault: status:0x80000082 stream:1 code:0x2 (NO PTE FOR IOVA) at 0x1f00',
    'tegra-mc 2c00000.memory-controller: vic: non-secure write @0x3ffff000: EMEM address decode error (SMMU translation error [--S])',
    'AMD-Vi: Event logged [IO_PAGE_FAULT device=0000:05:00.0 domain=0x0012 address=0xfff7b000 flags=0x0020]',
    'nvme 0000:01:00.0: AMD-Vi: Event logged [IO_PAGE_FAULT domain=0x000f address=0x200 flags=0x0050]',
    'DMAR: [DMA Write] Request device [00:02.0] fault addr 100000000 [fault reason 23] Unknown',
    'DMAR: [DMA Read NO_PASID] Request device [0000:01:00.0] fault addr 0xef000 [fault reason 0x06] PTE Read access is not set',
  )
  t.same(faults.map(brief), [
    ['virtio0', 0x7fff0000n, 'write', 'page fault'],
    ['virtio0', null, null, 'domain fault'],
    ['fd900f00.iommu', 0xff5a8000n, 'write', 'page fault'],
    ['30f0000.iommu', 0xfffb1000n, 'read', 'page fault'],
    ['14880000.sysmmu', 0x20000000n, null, 'page fault'],
    ['14880000.sysmmu', 0x20001000n, 'write', 'access protection fault'],
    ['10205000.iommu', 0xfe1000n, 'read', 'translation fault'],
    ['231304000.iommu', 0x1f00n, null, 'translation fault: no pte for iova'],
    ['2c00000.memory-controller', 0x3ffff000n, 'write', 'emem address decode error'],
    ['0000:05:00.0', 0xfff7b000n, 'write', 'translation fault'],
    ['0000:01:00.0', 0x200n, 'read', 'permission fault'],
    ['00:02.0', 0x100000000n, 'write', 'Unknown'],
    ['0000:01:00.0', 0xef000n, 'read', 'PTE Read access is not set'],
  ])
})

t.test('a fault is of its boot, and no crash', async t => {
  const report = parseConsole(['arm-smmu 1.smmu: Unhandled context fault: iova=0x1, fsynr=0x1, cb=1'])
  t.equal(report.iommu.faults[0]?.boot, 0)
  t.same(report.oopses, [])
  t.same(report.iommu.errors, [], 'a fault is among the faults')
})
