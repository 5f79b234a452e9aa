import t from 'tap'
import { diskFull, fileSystem, firstErrors, isHostsFault, saysDiskFull } from './failure.ts'

t.test("the compiler's first error is found among what make says of it", async t => {
  const lines = [
    '  CC      drivers/iommu/ipmmu-vmsa.o',
    '../drivers/iommu/ipmmu-vmsa.c:12:3: warning: unused',
    "../drivers/iommu/ipmmu-vmsa.c:270:14: error: 'IMCTR' undeclared (first use in this function)",
    '  270 |         reg = ipmmu(IMCTR);',
    'make[4]: *** [scripts/Makefile.build:250: drivers/iommu/ipmmu-vmsa.o] Error 1',
    'make: *** [Makefile:1869: drivers] Error 2',
  ]
  t.same(firstErrors(lines), [lines[2]])
  t.same(firstErrors(lines.slice(3)), [lines[4], lines[5]])
})

t.test('the linker, patch, Kconfig, meson and apt have their own words', async t => {
  for (const telling of [
    'aarch64-linux-gnu-ld: x.o: undefined reference to `dmaspec_trace`',
    'Hunk #1 FAILED at 218.',
    '../meson.build:12:0: ERROR: Dependency "glib-2.0" not found, tried pkgconfig',
    "E: Failed to fetch http://x/y  Could not resolve 'x'",
    'ERROR: Python not found. Use --python=/path/to/python',
  ]) {
    t.same(firstErrors(['[1/2] x', telling, 'ninja: build stopped: subcommand failed.']), [telling])
  }
})

t.test('without any known word the last lines are shown', async t => {
  t.same(firstErrors(['a', 'b', '', 'c', 'd', '']), ['b', 'c', 'd'])
  t.same(firstErrors([]), [])
})

t.test('a full disk is told by make, by apt and by Node', async t => {
  t.ok(saysDiskFull('fatal error: error writing to /tmp/x.s: No space left on device'))
  t.ok(saysDiskFull('E: You don’t have enough free space in /var/cache/apt/archives/.'))
  t.ok(saysDiskFull(Object.assign(new Error('write'), { code: 'ENOSPC' })))
  t.notOk(saysDiskFull('space left: a lot'))
  t.notOk(saysDiskFull(undefined))
})

t.test('and the error names the file system', async t => {
  const mounts = '/dev/vda / ext4 rw 0 0\ntmpfs /tmp tmpfs rw 0 0\n/dev/vdb /tmpfiles ext4 rw 0 0\n'
  t.same(fileSystem('/tmp/no/such/folder', mounts), { device: 'tmpfs', mount: '/tmp' })
  t.same(fileSystem('/usr', mounts), { device: '/dev/vda', mount: '/' })
  t.match(diskFull('/proc').message, /^no space left on \/proc \(proc\) for \/proc: free/)
})

t.test("what is the host's fault is not the sources'", async t => {
  for (const line of [
    '/bin/sh: 1: bc: not found',
    'setpriv: failed to execute make: No such file or directory',
    'make[1]: aarch64-linux-gnu-gcc: No such file or directory',
    'aarch64-linux-gnu-gcc: fatal error: Killed signal terminated program cc1',
    'cc1: out of memory allocating 65536 bytes after a total of 1 bytes',
    'fatal error: error writing to /tmp/x.s: No space left on device',
  ])
    t.ok(isHostsFault(['  CC      init/main.o', line]), line)
  for (const line of [
    "x.c:1:1: error: 'out' undeclared",
    'x.c:1:10: fatal error: linux/gone.h: No such file or directory',
    "make[2]: *** No rule to make target 'x.c', needed by 'x.o'.  Stop.",
    'ld: x.o: undefined reference to `f`',
  ])
    t.notOk(isHostsFault([line]), line)
})
