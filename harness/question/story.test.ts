import t from 'tap'
import { factsOf } from '../series-facts.ts'
import { parseConsole } from '../report/parse.ts'
import type { BootResult, DeviceTrace } from '../types.ts'
import { platformOf } from '../platform/platforms.ts'
import { cellOf, expected, scenarios, seen } from './story.ts'

const outcomes = (platform: string, kernel: string) =>
  scenarios.map(scenario => {
    const { refused, crash, disk, warnings } = expected(platformOf(platform), scenario, factsOf(kernel))
    return [refused ? 'refused' : 'taken', disk, crash, ...warnings].filter(Boolean).join(', ')
  })

const BEHIND = 'taken, behind the IOMMU'

t.test('what is expected of a platform follows from its row and the kernel', async t => {
  t.same(outcomes('salvator-xs', '6.1'), [
    BEHIND,
    'refused, without the IOMMU',
    'refused, never reported, null-deref in ipmmu_domain_free',
    'refused, without the IOMMU',
  ])
  t.same(outcomes('virt-smmuv3-noncoherent', '6.1'), [
    BEHIND,
    'refused, dead',
    'refused, dead',
    'refused, dead',
  ])
  const bare = 'refused, without the IOMMU, warning in iommu_pages_start_incoherent'
  t.same(outcomes('virt-smmuv3-noncoherent', '7.2'), [BEHIND, bare, bare, bare], 'it is switched off')
  t.same(outcomes('salvator-xs-mmu500', '6.1'), [
    BEHIND,
    'refused, without the IOMMU',
    'refused, without the IOMMU',
    'refused, without the IOMMU',
  ])
  t.match(outcomes('salvator-xs-mmu500', '7.2')[1], /^refused, absent, /, 'who has no IOMMU waits for it')
  for (const platform of ['virt-smmuv3', 'virt-virtio-iommu'])
    t.same(
      outcomes(platform, '7.2'),
      [BEHIND, BEHIND, BEHIND, BEHIND],
      'what is never mapped is never bounced',
    )
  t.equal(outcomes('virt', '6.1')[1], 'taken, without the IOMMU')
})

t.test('a platform without a bus for its IOMMU has no limit of it', async t => {
  const [none, , , limited] = scenarios
  if (!none || !limited) return t.fail('there are four')
  t.equal(cellOf(platformOf('virt-virtio-iommu'), limited, '6.1'), null)
  t.match(cellOf(platformOf('salvator-xs'), limited, '6.1'), {
    overlays: ['sata-behind-ipmmu', 'bus-limit-32bit'],
  })
  t.match(cellOf(platformOf('virt-smmuv3'), none, '6.1'), { platform: 'virt-smmuv3', overlays: [] })
})

const nonce = 'a'.repeat(32)
const GROUP = 'ahci 0000:00:01.0: Adding to iommu group 0'
const REFUSAL = 'arm-smmu-v3 9050000.smmuv3: Cannot accommodate DMA translation for IOMMU page tables'
const NO_IDENTITY = 'ata1.00: failed to IDENTIFY (I/O error, err_mask=0x4)'
const disk = (read: string) => `dmaspec: ${nonce} disk device=sda read=${read} write=ok reread=ok`

function told(platform: string, lines: string[], mmu: string | null = null): string {
  const trace = {
    transfers: platform === 'salvator-xs' ? [{ what: 'data', mmu }] : [],
  } as unknown as DeviceTrace
  const report = parseConsole(
    lines.map((line, i) => `[    0.${i}] ${line}`),
    { nonce },
  )
  const outcome = seen(platformOf(platform), { report, trace } as BootResult, factsOf('6.1'))
  return [outcome.refused ? 'refused' : 'taken', outcome.disk, outcome.crash].filter(Boolean).join(', ')
}

t.test('what was seen: the device tells where it can, the group where it can not', async t => {
  t.equal(told('virt-smmuv3', [GROUP, disk('ok')]), BEHIND)
  t.equal(told('virt-smmuv3', [disk('ok')]), 'taken, without the IOMMU')
  t.equal(
    told('virt-smmuv3', [GROUP, REFUSAL, disk('ok')]),
    'refused, without the IOMMU',
    'a group of no use',
  )
  t.equal(told('virt-smmuv3', [GROUP, disk('fail')]), 'taken, wrong')
  t.equal(told('virt-smmuv3', [GROUP, REFUSAL, NO_IDENTITY]), 'refused, dead')
  t.equal(told('virt-smmuv3', [GROUP]), 'taken, never reported')
  t.equal(told('virt-smmuv3', [REFUSAL, `dmaspec: ${nonce} disk device=none`]), 'refused, absent')
  t.equal(told('salvator-xs', [disk('ok')], 'e6570000.iommu'), BEHIND)
  t.equal(
    told('salvator-xs', ['sata_rcar ee300000.sata: Adding to iommu group 0', disk('ok')]),
    'taken, without the IOMMU',
  )
})
