import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { projectRoot } from '../project.ts'
import { knownPlatforms, platformOf, platforms } from './platforms.ts'

t.test('every name is one platform', async t => {
  t.same([...new Set(knownPlatforms)], knownPlatforms)
  for (const name of knownPlatforms) t.equal(platformOf(name).name, name)
  t.throws(() => platformOf('vrit'), { message: "no platform is called 'vrit'" })
})

for (const { name, board, overlays, behind, limit, without, iommu } of platforms) {
  t.test(`${name} can be as its row says`, async t => {
    const there = readdirSync(join(projectRoot, board.overlays))
    for (const overlay of [...overlays, ...behind, ...limit]) t.ok(there.includes(`${overlay}.dtso`), overlay)
    t.ok(board.tree === 'qemu' || without.length === 0, 'only from the tree of QEMU is anything taken')
    t.ok(iommu !== null || behind.length === 0, 'nothing is behind an IOMMU that is not there')
    t.equal(
      iommu?.refused ?? null,
      iommu?.walk === 'incoherent' ? iommu.refused : null,
      'what is never mapped is never refused',
    )
  })
}
