import { existsSync, readFileSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { filesBelow } from './inputs.ts'
import { collectGdbScripts, gdbLoaderOf, hasGdbScripts } from './gdb-scripts.ts'
import { makeVariablesOf } from './kernel-tree.ts'

t.test('the last line counts', async t => {
  t.notOk(hasGdbScripts('CONFIG_A=y\n'))
  t.ok(hasGdbScripts('CONFIG_A=y\nCONFIG_GDB_SCRIPTS=y\n'))
  t.notOk(hasGdbScripts('CONFIG_GDB_SCRIPTS=y\nCONFIG_GDB_SCRIPTS=n\n'))
  t.notOk(hasGdbScripts('CONFIG_GDB_SCRIPTS=y\n# CONFIG_GDB_SCRIPTS is not set\n'))
})

t.test('a kernel for gdb is built with its types', async t => {
  t.ok(makeVariablesOf('').includes('KCFLAGS=-g1'))
  t.notOk(makeVariablesOf('CONFIG_GDB_SCRIPTS=y').some(set => set.startsWith('KCFLAGS')))
})

t.test('what a build has as links is copied, and what else lies there is not', async t => {
  const root = t.testdir({
    source: { 'dmesg.py': 'source' },
    build: {
      'vmlinux-gdb.py': 'loader',
      scripts: {
        gdb: {
          linux: {
            'constants.py': 'made',
            '.constants.py.cmd': '',
            Makefile: '',
            __pycache__: { 'dmesg.pyc': '' },
          },
        },
      },
    },
    entry: { vmlinux: '' },
  })
  symlinkSync(join(root, 'source/dmesg.py'), join(root, 'build/scripts/gdb/linux/dmesg.py'))
  const entry = join(root, 'entry')
  t.equal(gdbLoaderOf(join(entry, 'vmlinux')), null)
  collectGdbScripts(join(root, 'build'), entry)
  t.same(
    filesBelow(entry).map(file => file.slice(entry.length + 1)),
    ['scripts/gdb/linux/constants.py', 'scripts/gdb/linux/dmesg.py', 'vmlinux', 'vmlinux-gdb.py'],
  )
  t.equal(readFileSync(join(entry, 'scripts/gdb/linux/dmesg.py'), 'utf8'), 'source')
  t.ok(existsSync(gdbLoaderOf(join(entry, 'vmlinux')) ?? ''))
})
