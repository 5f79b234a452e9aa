import t from 'tap'
import { isAsExpected, markdownOf, rowsOf, type Answer } from './answer.ts'
import { platformOf } from '../platform/platforms.ts'
import { scenarios } from './story.ts'

const works = { refused: false, crash: null, disk: 'behind the IOMMU', warnings: [] } as const
const dead = { refused: true, crash: null, disk: 'dead', warnings: [] } as const
const page = {
  device: 'x',
  pages: 0n,
  phys: 0x100886000n,
  dma: 0xfd000000n,
  size: 4096n,
  bounced: true,
  line: 1,
}

function answer(over: Partial<Answer>): Answer {
  const platform = platformOf('virt-smmuv3-noncoherent')
  const [, scenario] = scenarios
  if (!scenario) throw new Error('there are four')
  const base = { kernel: '6.1', platform, scenario, table: null }
  return { ...base, outcome: { ...works, warnings: [] }, expected: { ...works, warnings: [] }, ...over }
}

t.test('kernels to which the same happened share a row, others have their own', async t => {
  const refused = { table: page, outcome: { ...dead, warnings: [] } }
  const rows = rowsOf([answer(refused), answer({ ...refused, kernel: '6.12' }), answer({ kernel: '7.2' })])
  t.same(rows, [
    [
      ['virt-smmuv3-noncoherent'],
      ['bus-mask-always-set'],
      ['6.1 6.12'],
      ['0x100886000', 'bounced to 0xfd000000'],
      ['yes'],
      ['no'],
      ['dead'],
    ],
    [
      ['virt-smmuv3-noncoherent'],
      ['bus-mask-always-set'],
      ['7.2'],
      ['none'],
      ['no'],
      ['no'],
      ['behind the IOMMU'],
    ],
  ])
})

t.test('in Markdown, each row is a line', async t => {
  const lines = markdownOf([answer({ outcome: { ...works, warnings: [], crash: 'a|b in c' } })]).split('\n')
  t.equal(
    lines[2],
    '| virt-smmuv3-noncoherent | bus-mask-always-set | 6.1 | none | no | a\\|b | behind the IOMMU |',
  )
  t.equal(lines.length, 4)
})

t.test('in Markdown, what has the same result for the same kernels shares a line', async t => {
  const [none, mask, both] = scenarios
  if (!none || !mask || !both) return t.fail('there are four')
  const refused = { table: page, outcome: { ...dead, warnings: [] } }
  const lines = markdownOf([
    answer({ scenario: none }),
    answer({ ...refused, scenario: mask }),
    answer({ ...refused, scenario: both, table: { ...page, dma: 0xfb000000n } }),
  ]).split('\n')
  t.equal(lines.length, 5)
  t.match(
    lines[3],
    `| ${mask.name}; ${both.name} | 6.1 | 0x100886000, bounced to 0xfd000000 | yes | no | dead |`,
  )
})

t.test('any difference is unexpected, be it a WARN', async t => {
  t.ok(isAsExpected(answer({})))
  t.notOk(isAsExpected(answer({ outcome: { ...works, warnings: ['warning in f'] } })))
  t.notOk(isAsExpected(answer({ outcome: { ...dead, warnings: [] } })))
})
