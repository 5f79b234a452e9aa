import t from 'tap'
import { dmatestSummaries } from './dmatest.ts'

t.test('each thread has a summary, and other lines none', async t => {
  const console = `
[    9.850000] dmatest: Started 2 threads using dma4chan1
[    9.860000] dmatest: dma4chan1-copy1: result #3: 'data error' with src_off=0x10 dst_off=0x20 len=0x40 (2)
[    9.891535] dmatest: dma4chan1-copy0: summary 50 tests, 0 failures 11.82 iops 88 KB/s (0)
[   10.223242] dmatest: dma4chan1-copy1: summary 50 tests, 7 failures 10.61 iops 81 KB/s (-110)
[   10.300000] dmatest: dma4chan1-set0: summary 50 tests, 0 failures
`
  t.same(dmatestSummaries(console), [
    { channel: 'dma4chan1', thread: 0, tests: 50, failures: 0 },
    { channel: 'dma4chan1', thread: 1, tests: 50, failures: 7 },
  ])
  t.same(dmatestSummaries(''), [])
})
