import t from 'tap'
import { changed, judged, strict } from './sample.ts'
import { disagreementText, shownDisagreements, summary, timelineText } from './text.ts'

const forgetful = judged(changed(strict(), /.*"event":"context".*"flush".*/, ''))

const TIMELINE = `\
  seq        time  the kernel says                                        | the device saw
    1    0.000003  map single from: 0xffffe000 to 0xffffefff is           |
                       0x5009d9000                                        |
    1    0.000003  domain DMA, mask 0xffffffffff, bus limit none          |
         0.000004                                                         | job 7 start
         0.000005                                                         | walk 0xffffe000 is 0x5009d9000, e6570000.iommu
                                                                          |     micro-TLB 8
         0.000006                                                         | wrote 0xffffe000 to 0xffffefff, which was 0x5009d9000,
                                                                          |     by job 7
         0.000007                                                         | job 7 done, sum 0x70000000a
    2    0.000008  job 7, fill: ok, sum 0x70000000a, wanted 0x70000000a   |
    3    0.000009  sync for the cpu                                       |
    4    0.000010  data, synced: sum 0x70000000a, wanted 0x70000000a      |
    5    0.000011  unmap begins                                           |
    6    0.000012  unmapped 0xffffe000                                    |
         0.000013                                                         | job 8 start
         0.000014                                                         | fault write 0xffffe000: invalid, level 3
         0.000015                                                         | was refused to write 0xffffe000 to 0xffffefff
                                                                          |     (translation), by job 8
         0.000016                                                         | job 8 error: translation at 0xffffe000, sum 0x0
    7    0.000017  job 8, fill: translation at 0xffffe000, sum 0x0,       |
                       wanted 0x1                                         |`

t.test('a timeline has both sides in one order', async t => {
  const [leaf, main] = forgetful.disagreements
  t.equal(summary(forgetful), '1 mapping checked, 2 disagreements')
  t.match(leaf?.saw, /^micro-TLB 8 of e6570000.iommu/)
  t.match(main?.saw, /^context 1 of e67b0000.iommu/)
  t.same(timelineText(leaf?.timeline ?? []), TIMELINE.split('\n'))
})

t.test('no line of a timeline is wider than a CI log', async t => {
  const lines = disagreementText(forgetful.disagreements[0]!).slice(1)
  t.ok(lines.length > 8)
  t.same(
    lines.filter(line => line.length > 132),
    [],
  )
})

t.test('of many disagreements the first are shown, and the rest is counted', async t => {
  const [one] = forgetful.disagreements
  const many = { ...forgetful, disagreements: Array.from({ length: 30 }, () => one!) }
  t.match(shownDisagreements(many).at(-1), /^… and 22 more: --json has them$/)
})
