import t from 'tap'
import { changed, judged, mark, strict } from './sample.ts'
import { disagreementText, summary, timelineText } from './text.ts'

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
  const lines = disagreementText(forgetful).filter(line => line.includes(' | '))
  t.ok(lines.length > 8)
  t.same(
    lines.filter(line => line.length > 132),
    [],
  )
})

t.test('all that is wrong with a mapping stands above its timeline, which is there once', async t => {
  const lines = disagreementText(forgetful)
  t.match(lines.slice(0, 3), [/^flush-owed: .* micro-TLB 8/, /^flush-owed: .* context 1 of/, /^ +seq +time/])
  t.equal(lines.filter(line => / seq +time /.test(line)).length, 1)
})

t.test('of many disagreements the first mappings are shown, and the rest is counted', async t => {
  const [one] = forgetful.disagreements
  const many = {
    ...forgetful,
    disagreements: Array.from({ length: 30 }, (_, mapping) => ({ ...one!, mapping })),
  }
  t.match(disagreementText(many).at(-1), /^… and 24 disagreements more: --json has them$/)
})

t.test('a long life is cut in the middle', async t => {
  const sync = 'dmaprobe ea100000.dmaprobe: sync seq='
  const both = changed(strict(), /.*"event":"context".*"flush".*/, '')
  const busy = {
    console: both.console.flatMap(line =>
      line.includes('sync seq=3')
        ? [line, ...Array.from({ length: 90 }, (_, i) => `${sync}${100 + i} id=3 for=cpu`)]
        : [line],
    ),
    trace: both.trace.flatMap(line =>
      line.includes('"mark":3}') ? [line, ...Array.from({ length: 90 }, (_, i) => mark(100 + i))] : [line],
    ),
  }
  const rows = judged(busy).disagreements.find(({ rule }) => rule === 'flush-owed')?.timeline ?? []
  t.equal(rows.length, 49)
  t.match(rows[24]?.kernel, /^… \d+ more …$/)
})
