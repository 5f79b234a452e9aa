import { execFileSync } from 'node:child_process'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { overlayFolders } from './overlays.ts'
import { makeTree } from './tree.ts'

const overlay = (status: string) => `/dts-v1/;\n/plugin/;\n&sata { status = "${status}"; };\n`

t.test('a tree is made once, and again when what it is made of has changed', async t => {
  const root = t.testdir({ dts: { 'a.dtso': overlay('okay') } })
  const base = join(root, 'base.dtb')
  const output = join(root, 'board.dtb')
  execFileSync('dtc', ['-@', '-I', 'dts', '-O', 'dtb', '-o', base, '-'], {
    input: '/dts-v1/; / { sata: sata { }; };',
  })
  const make = () =>
    makeTree({
      folders: overlayFolders({ root }),
      base: readFileSync(base),
      output,
      scratch: root,
      overlays: ['a'],
    })
  const status = () => execFileSync('fdtget', [output, '/sata', 'status']).toString().trim()
  const { PATH } = process.env
  t.teardown(() => (process.env['PATH'] = PATH))

  await make()
  const first = readFileSync(output)
  mkdirSync(join(root, 'empty'))
  process.env['PATH'] = join(root, 'empty')
  writeFileSync(output, '')
  await make()
  t.same(readFileSync(output), first, 'the same, without dtc')

  process.env['PATH'] = PATH
  writeFileSync(join(root, 'dts/a.dtso'), overlay('reserved'))
  await make()
  t.equal(status(), 'reserved', 'an overlay was edited')
})
