import t from 'tap'
import { appletNames, neededLibraries } from './initramfs.ts'

const binary = (table: string) => Buffer.from(`\x7fELF not a name\0[x\0usage\0\0${table}\0\0more\0`, 'latin1')

t.test("busybox's commands are read from its table", async t => {
  t.same(appletNames(binary('[\0[[\0ash\0mount\0sh')), ['[', '[[', 'ash', 'mount', 'sh'])
})

t.test('a table that is none is an error, not a list of wrong names', async t => {
  t.throws(() => appletNames(binary('[\0[[\0mount\0ash\0sh')), { message: /no applet table/ })
  t.throws(() => appletNames(binary('[\0[[\0ash')), { message: /no applet table/ })
  t.throws(() => appletNames(Buffer.from('nothing')), { message: /no applet table/ })
})

t.test('libraries are read from readelf', async t => {
  const lines = [
    'Dynamic section at offset 0x2fc68 contains 30 entries:',
    ' 0x0000000000000001 (NEEDED)             Shared library: [libtomcrypt.so.1]',
    ' 0x0000000000000001 (NEEDED)             Shared library: [libc.so.6]',
    ' 0x000000000000000e (SONAME)             Library soname: [libx.so]',
  ]
  t.same(neededLibraries(lines), ['libtomcrypt.so.1', 'libc.so.6'])
})
