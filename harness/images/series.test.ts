import t from 'tap'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import semver from 'semver'
import { projectRoot } from '../project.ts'
import { knownOverlays, overlayFolders } from '../tree/overlays.ts'
import { faultPairs, kernelRow, kernels, meson, qemuSource, userland } from './series.ts'

t.test('every series is in the table once, under the name of its package, oldest first', async t => {
  t.same(
    kernels.map(({ packages }) => packages),
    kernels.map(({ series }) => [`linux-source-${series}`]),
  )
  const versions = kernels.map(({ series }) => `${series}.0`)
  t.same(versions, semver.sort([...new Set(versions)]))
  for (const { dtb, steps } of kernels) {
    t.match(dtb, /^renesas\/.+\.dtb$/)
    t.ok(steps > 0)
  }
})

t.test('every series has its ports, and overlays that exist', async t => {
  const faults = [...new Set([...faultPairs.flat(), 'flush-forgotten', 'map-readonly'])]
  const overlays = knownOverlays(overlayFolders({}))
  for (const { series, facts } of kernels) {
    const files = ['observe.patch', ...faults.map(fault => `faults/${fault}.patch`)]
    for (const file of files)
      t.ok(existsSync(join(projectRoot, 'images/kernel', series, file)), `${series} ${file}`)
    t.same(
      facts.overlays.filter(overlay => !overlays.includes(overlay)),
      [],
    )
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
