import { execFileSync } from 'node:child_process'
import t from 'tap'
import type { Cell } from '../types.ts'
import { qemuArgv, type Images } from './argv.ts'
import { kernelCommandLine } from './bootargs.ts'
import { shellCommand } from './shell.ts'

const cell: Cell = {
  kernel: '6.1',
  faults: [],
  overlays: [],
  memory: 3n << 29n,
  cpus: 3,
  bootargs: 'panic=5 foo',
  timeout: 60,
}
const images: Images = {
  qemu: { binary: '/q/qemu', version: '10.0' },
  kernel: {
    image: '/k/Image',
    dtb: '/k/board.dtb',
    vmlinux: '',
    config: '',
    version: '6.1.1',
    sha256: '',
    notObserved: [],
  },
  initramfs: { cpio: '/i/cpio' },
}
const files = { dtb: '/o/board.dtb', trace: '/o,1/trace', disk: '/o,1/disk' }

t.test('the command line says what the cell says', async t => {
  const argv = qemuArgv(cell, images, files, 'a b')
  t.equal(argv[0], '/q/qemu')
  const after = (flag: string) => argv[argv.indexOf(flag) + 1]
  t.equal(after('-smp'), '3')
  t.equal(after('-m'), '1536M')
  t.equal(after('-kernel'), '/k/Image')
  t.equal(after('-dtb'), '/o/board.dtb')
  t.equal(after('-initrd'), '/i/cpio')
  t.equal(after('-append'), 'a b')
  t.equal(after('-serial'), 'stdio')
})

t.test('commas in paths do not end an option', async t => {
  const argv = qemuArgv(cell, images, files, '')
  t.ok(argv.includes('salvator-xs,device-trace=/o,,1/trace'))
  t.ok(argv.some(word => word.endsWith('file=/o,,1/disk')))
})

t.test('only a tree that has a network gives QEMU one, and it reaches nobody', async t => {
  const flags = (overlays: string[]) => qemuArgv({ ...cell, overlays }, images, files, '')
  t.notMatch(flags(['sata-behind-ipmmu']).join(' '), /netdev|virtio/)
  t.match(flags(['network']).join(' '), /-netdev user,id=net0,restrict=on -device virtio-net-device,/)
})

t.test("the kernel's command line carries the promise, and the cell's part comes last", async t => {
  const line = kernelCommandLine(cell, 'ab'.repeat(16), { bytes: 5, sha256: 'cd'.repeat(32) })
  t.match(line, `dmaspec.nonce=${'ab'.repeat(16)} dmaspec.disk=5:${'cd'.repeat(32)} `)
  t.match(line, 'nr_cpus=3 ')
  t.ok(line.endsWith(' panic=5 foo'))
})

t.test("a probe's plan is one word of the command line", async t => {
  const line = kernelCommandLine({ ...cell, probe: 'api=sg dir=to; api=page' }, '', { bytes: 5, sha256: '' })
  t.match(line, ' dmaspec.probe=api=sg,dir=to;,api=page panic=5')
})

t.test('the command can be pasted into a shell', async t => {
  const words = ['printf', '%s\\0', '-x', "it's", 'a b', '$HOME', '', '*', '`id`', '"', 'ü', 'a\\']
  const out = execFileSync('sh', ['-c', shellCommand(words)]).toString()
  t.same(out.split('\0').slice(0, -1), words.slice(2))
})
