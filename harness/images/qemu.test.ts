import t from 'tap'
import { atLeast, buildShare, missingBlobs } from './qemu.ts'

t.test('the firmware that the tarball lacks is read from meson.build', async t => {
  t.same(
    missingBlobs(
      "  fds = [\n    'edk2-aarch64-code.fd',\n    'edk2-x86_64-code.fd',\n  ]\n'edk2-licenses.txt'",
    ),
    ['edk2-aarch64-code.fd.bz2', 'edk2-x86_64-code.fd.bz2'],
  )
})

t.test('versions are compared by number', async t => {
  t.ok(atLeast('1.7.0', [1, 5]))
  t.ok(atLeast('1.10', [1, 5]))
  t.ok(atLeast('2.0', [1, 5]))
  t.notOk(atLeast('1.0.1', [1, 5]))
  t.notOk(atLeast('', [1, 5]))
})

t.test('a whole build is slow at its end; a small one goes step by step', async t => {
  t.equal(buildShare({ done: 3, all: 9 }), 1 / 3)
  t.equal(buildShare({ done: 0, all: 1269 }), 0)
  t.equal(buildShare({ done: 1269, all: 1269 }), 1)
  const shares = Array.from({ length: 1270 }, (_, done) => buildShare({ done, all: 1269 }))
  t.ok(shares.every((share, i) => i === 0 || share > (shares[i - 1] ?? 1)))
  t.ok(buildShare({ done: 952, all: 1269 }) < 0.4)
})
