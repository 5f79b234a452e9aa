/**
 * The report's question, "does the IOMMU work on other arm64 platforms?": its faults on boards whose disk is behind
 * another IOMMU. What is expected follows from the platform's row and the kernel's (harness/question/story.ts).
 */
import t, { type Test } from 'tap'
import {
  boot,
  factsOf,
  kernels,
  hex,
  observed,
  otherPlatforms,
  GiB,
  type Platform,
} from '../harness/index.ts'

// libata waits 5 s for the first answer of a disk that is dead; a disk of ours that isn't answers at once.
const board = { memory: '4G', bootargs: 'libata.ata_probe_timeout=2' }
const mask = ['bus-mask-always-set']
const both = [...mask, 'domain-free-unguarded']

for (const kernel of kernels()) {
  const { refusal, refusalFailsProbe, bounceWarnings, refusalWarnings, groupsLeftSilently } = factsOf(kernel)

  const bootOn = (t: Test, { name: platform, behind: overlays }: Platform, faults: string[], dies: boolean) =>
    boot(t, { ...board, kernel, platform, overlays, faults, mayOops: faults.length > 0, mayLoseDisk: dies })

  const works = async (t: Test, platform: Platform, faults: string[]) => {
    const result = await bootOn(t, platform, faults, false)
    const { report } = result
    const { controller } = platform.board
    t.same(report.iommu.errors, [], 'nothing is refused')
    t.same(report.oopses, [], 'nothing crashes')
    const group = report.iommu.groups.find(({ device }) => device === controller)
    t.ok(group, `${controller} is in IOMMU group ${group?.group}`)
    t.equal(report.disk?.ok, true, 'data read, written and read again is right')
    if (!observed(t, result, 'pageTables')) return
    if (platform.iommu?.walk !== 'incoherent')
      return t.same(report.pageTables, [], 'no page table is DMA-mapped')
    const { device, phys, dma } = report.pageTables.highest
    t.equal(device, platform.iommu.device)
    t.ok(phys >= 4n * GiB, `page table at ${hex(phys)}`)
    t.equal(dma, phys, 'and not bounced')
  }

  const refuses = async (t: Test, platform: Platform, faults: string[]) => {
    const { iommu, board } = platform
    const dies = iommu?.refused === 'dead' && !refusalFailsProbe
    const result = await bootOn(t, platform, faults, dies)
    const { report } = result
    const [error] = report.iommu.errors
    t.match(error?.message, refusal)
    t.equal(error?.device, iommu?.device)
    if (observed(t, result, 'pageTables')) {
      const { phys, dma } = report.pageTables.highest
      t.ok(phys >= 4n * GiB, `page table at ${hex(phys)}`)
      t.ok(dma < 4n * GiB, `bounced to ${hex(dma)}`)
    }
    t.same(
      report.oopses.map(oops => oops.title),
      iommu?.table === 'attach' ? refusalWarnings : bounceWarnings,
      'nothing crashes',
    )
    const groups = report.iommu.groups.filter(({ device }) => device === board.controller)
    t.equal(
      groups.length > 0,
      groupsLeftSilently.length > 0,
      'the disk leaves its group, or does so silently',
    )
    if (refusalFailsProbe && iommu?.unprobed === 'absent')
      t.equal(report.disk?.device, null, 'the disk waits for an IOMMU that gave up')
    else
      t.equal(
        report.disk?.ok,
        !dies,
        dies ? `the disk is dead: ${report.disk?.why}` : 'the disk goes on without the IOMMU',
      )
    t.equal(result.end, dies ? 'disk' : 'marker')
  }

  t.test(`linux ${kernel}`, async t => {
    for (const platform of otherPlatforms) {
      const mapped = platform.iommu?.walk === 'incoherent'
      t.test(`${platform.name}: the disk works behind the IOMMU`, t => works(t, platform, []))
      for (const faults of [mask, both]) {
        const title = faults.join(' + ')
        if (!mapped) t.test(`${platform.name}, ${title}: it changes nothing`, t => works(t, platform, faults))
        else
          t.test(`${platform.name}, ${title}: the page table is refused`, t => refuses(t, platform, faults))
      }
    }
  })
}
