import { join } from 'node:path'
import t from 'tap'
import { gdbHint } from './gdb.ts'

t.test('a kernel without scripts: the line for gdb, and how to get the lx- commands', async t => {
  const dir = t.testdir({ vmlinux: '' })
  const vmlinux = join(dir, 'vmlinux')
  t.equal(
    gdbHint({ vmlinux, socket: '/a/gdb' }),
    [
      'stopped before the first instruction; in another terminal:',
      `  gdb-multiarch ${vmlinux} -ex 'set confirm off' -ex 'target remote /a/gdb'`,
      'this kernel has lines and functions, no types and no lx- commands: --flavour gdb builds one that has',
      '',
    ].join('\n'),
  )
})

t.test('one with scripts beside its vmlinux: gdb may load them, and writes nothing there', async t => {
  const dir = t.testdir({ vmlinux: '', 'vmlinux-gdb.py': '' })
  const hint = gdbHint({ vmlinux: join(dir, 'vmlinux'), socket: '/a/gdb' })
  t.match(hint, ` -iex 'add-auto-load-safe-path ${dir}' -iex 'set python dont-write-bytecode on' `)
  t.match(hint, /lx-symbols/)
})

t.test('an Image without a vmlinux', async t => {
  const hint = gdbHint({ vmlinux: '', socket: '/a/gdb' })
  t.match(hint, "gdb-multiarch -ex 'set architecture aarch64' -ex 'set confirm off'")
  t.match(hint, 'no symbols')
})
