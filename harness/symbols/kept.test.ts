import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { vmlinuxOf } from './kept.ts'

t.test('the argv beside a console names the Image, and vmlinux is next to that', async t => {
  const folder = t.testdir({ entry: { Image: '', vmlinux: '' }, kept: { 'console.log': '' } })
  const log = join(folder, 'kept/console.log')
  t.equal(vmlinuxOf(log), null, 'no argv')
  t.equal(vmlinuxOf('-'), null, 'stdin')
  writeFileSync(join(folder, 'kept/argv'), `qemu \\\n  -kernel ${join(folder, 'entry/Image')} \\\n  -dtb x\n`)
  t.equal(vmlinuxOf(log), join(folder, 'entry/vmlinux'))
  writeFileSync(join(folder, 'kept/argv'), 'qemu -kernel /gone/Image -dtb x')
  t.equal(vmlinuxOf(log), null, 'not in the cache any more')
})
