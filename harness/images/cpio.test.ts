import { execFileSync, spawnSync } from 'node:child_process'
import t from 'tap'
import { cpio, type Node } from './cpio.ts'

const nodes: Node[] = [
  { path: 'bin', kind: 'dir' },
  { path: 'tmp', kind: 'dir', mode: 0o1777 },
  { path: 'dev', kind: 'dir' },
  { path: 'dev/console', kind: 'char', major: 5, minor: 1 },
  { path: 'bin/busybox', kind: 'file', mode: 0o755, content: Buffer.from('12345') },
  { path: 'bin/sh', kind: 'link', to: 'busybox' },
  { path: 'init', kind: 'file', mode: 0o755, content: Buffer.alloc(0) },
]

t.test('the same nodes give the same bytes', async t => {
  t.ok(cpio(nodes).equals(cpio(nodes)))
  t.equal(cpio(nodes).length % 4, 0)
  t.equal(cpio(nodes).toString('latin1', 0, 6), '070701')
})

const skip = spawnSync('cpio', ['--version']).error ? 'cpio is not installed' : false

t.test('cpio reads it: types, modes, sizes, devices, links', { skip }, async t => {
  const list = execFileSync('cpio', ['-t', '-v', '--numeric-uid-gid', '--quiet'], {
    input: cpio(nodes),
    encoding: 'utf8',
  })
  const rows = list.split('\n').filter(row => row !== '')
  t.same(
    rows.map(row => row.replace(/\s+/g, ' ').replace(/ [A-Z][a-z]{2} +\d+ +(\d{4}|\d\d:\d\d) /, ' | ')),
    [
      'drwxr-xr-x 2 0 0 0 | bin',
      'drwxrwxrwt 2 0 0 0 | tmp',
      'drwxr-xr-x 2 0 0 0 | dev',
      'crw------- 1 0 0 5, 1 | dev/console',
      '-rwxr-xr-x 1 0 0 5 | bin/busybox',
      'lrwxrwxrwx 1 0 0 7 | bin/sh -> busybox',
      '-rwxr-xr-x 1 0 0 0 | init',
    ],
  )
})
