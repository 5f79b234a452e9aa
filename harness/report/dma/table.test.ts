import t from 'tap'
import { placeIn } from '../input/line.ts'
import { find } from './dispatch.ts'
import { read } from './format.ts'
import { lineOf } from './line-of.ts'
import { FAMILIES, HEADS, ROWS } from './table.ts'

for (const [family, rows] of Object.entries(FAMILIES)) {
  t.test(`${family}: each row finds what its format prints`, async t => {
    for (const row of rows) {
      const line = lineOf(row)
      const found = find(placeIn(line))
      // An earlier row of the same kind may be the same message's wording of other versions.
      t.equal(found?.row?.kind, row.kind, line)
      const { compiled } = found?.row ?? row
      t.equal(read(compiled, line, found?.at ?? 0).length, compiled.steps.length, `whole: ${line}`)
    }
  })
}

t.test('rows are as the report needs them', async t => {
  for (const row of ROWS) {
    t.match(row.kind, /^[a-z0-9]+(-[a-z0-9]+)*$/, row.kind)
    t.match(row.versions, /^(\d|-|any|vendors)/, `${row.kind}: versions`)
    t.equal(row.format, row.format.trimStart(), `${row.kind}: a message starts without blanks`)
    const { steps } = row.compiled
    t.ok(row.roles.length <= steps.length, `${row.kind}: a name for each conversion at most: ${row.format}`)
  }
})

t.test('what no row knows of a driver of ours is a fact all the same', async t => {
  for (const { name, other } of HEADS) {
    if (other === null) continue
    const found = find(placeIn(`${name}: strange words that no row has`))
    t.equal(found?.row, null, name)
    t.equal(found?.head?.other, other)
  }
})

t.test('what is none of ours', async t => {
  const lines = [
    '',
    ': : : : ',
    'x',
    'random: crng init done',
    'Booting Linux on physical CPU 0x0000000000 [0x411fd070]',
    'Unhandled fault: imprecise external abort (0x1406) at 0x00000000',
    'note: someone said: he was Adding to iommu group 9',
    'arm-smmu-v3-pmcg arm-smmu-v3-pmcg.0.auto: Registered PMU @ 0x2b420000',
    'ata1.00: configured for UDMA/100',
    ' dma_unmap_sg_attrs+0x4c/0x110',
    'iommuforce: not a subsystem of ours',
    'DMA zone: 0 pages reserved',
  ]
  for (const line of lines) t.equal(find(placeIn(line)), null, line)
})
