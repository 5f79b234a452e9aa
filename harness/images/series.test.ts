import t from 'tap'
import { kernelRow, kernels, meson, qemuSource, userland } from './series.ts'

t.test('every series is in the table once, under the name of its package', async t => {
  t.same(
    kernels.map(({ packages }) => packages),
    kernels.map(({ series }) => [`linux-source-${series}`]),
  )
  t.equal(new Set(kernels.map(({ series }) => series)).size, kernels.length)
  for (const { dtb, steps } of kernels) {
    t.match(dtb, /^renesas\/.+\.dtb$/)
    t.ok(steps > 0)
  }
})

t.test('no row names a host', async t => {
  t.notMatch(JSON.stringify([kernels, qemuSource, meson, userland]), /:\/\/|\.(org|com|net)\b/)
})

t.test('a series is found by its whole name', async t => {
  t.equal(kernelRow('6.1')?.series, '6.1')
  t.equal(kernelRow('6.10'), undefined)
  t.equal(kernelRow(''), undefined)
})
