import { execFileSync } from 'node:child_process'
import { chmodSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { resolveCell } from '../cell/cell.ts'
import { InfraError } from '../errors.ts'
import { knownPlatforms } from '../platform/platforms.ts'
import type { KernelImage, PlatformName } from '../types.ts'
import { baseTree } from './base.ts'

const TREE = `/dts-v1/; / { dma-coherent; smmuv3@9050000 { dma-coherent; x = <1>; }; };`
const known = {
  kernels: ['6.1'],
  flavours: [],
  faults: () => [],
  platforms: knownPlatforms,
  overlays: () => [],
}

/** The base tree of a platform, of a QEMU that does what the script says, and how often it was run. */
function base(t: Test, script: string) {
  const folder = t.testdir({ scratch: {}, runs: '' })
  const file = (name: string) => join(folder, name)
  execFileSync('dtc', ['-I', 'dts', '-O', 'dtb', '-o', file('tree'), '-'], { input: TREE })
  // As QEMU's: a big blob, most of it empty.
  execFileSync('dtc', ['-q', '-I', 'dtb', '-O', 'dtb', '-S', '65536', '-o', file('big'), file('tree')])
  const find = `for arg; do case $arg in virt,*dumpdtb=*) out=\${arg#*dumpdtb=} ;; esac; done`
  writeFileSync(file('qemu'), `#!/bin/sh\necho run >>${file('runs')}\n${find}\n${script}\n`)
  chmodSync(file('qemu'), 0o755)
  const images = { qemu: { binary: file('qemu'), version: '' }, kernel: { dtb: file('tree') } as KernelImage }
  return {
    of: (platform: PlatformName) => baseTree(resolveCell({ platform }, known), images, file('scratch')),
    runs: () => readFileSync(file('runs'), 'utf8').split('\n').length - 1,
    scratch: () => readdirSync(file('scratch')),
  }
}

const properties = (tree: Buffer, node: string) =>
  execFileSync('fdtget', ['-p', '-', node], { input: tree }).toString().trim().split('\n')

t.test("the board's tree is the kernel's; QEMU is not asked", async t => {
  const { of, runs } = base(t, 'exit 1')
  t.same(properties(await of('salvator-xs'), '/'), ['dma-coherent'])
  t.equal(runs(), 0)
})

t.test("virt's is QEMU's, packed, and made once", async t => {
  const { of, runs, scratch } = base(t, 'cp "${0%/*}/big" "$out"')
  const tree = await of('virt-smmuv3')
  t.equal(await of('virt-smmuv3'), tree)
  t.equal(runs(), 1)
  t.ok(tree.length < 1024, `${tree.length} bytes of 65536`)
  t.same(properties(tree, '/smmuv3@9050000'), ['dma-coherent', 'x'])
  t.same(scratch(), [])
})

t.test('what the platform has not is taken out', async t => {
  const { of } = base(t, 'cp "${0%/*}/big" "$out"')
  const tree = await of('virt-smmuv3-noncoherent')
  t.same(properties(tree, '/smmuv3@9050000'), ['x'])
  t.same(properties(tree, '/'), [''])
})

t.test('a QEMU that fails is named with what it said, and is asked again', async t => {
  const { of, runs, scratch } = base(t, 'echo "no such machine" >&2; exit 1')
  await t.rejects(
    of('virt'),
    new InfraError(`the device tree of QEMU's machine can't be used: no such machine`),
  )
  await t.rejects(of('virt'), InfraError)
  t.equal(runs(), 2)
  t.same(scratch(), [])
})

t.test('a tree without what is to be taken out is not the one that the row is of', async t => {
  const { of } = base(t, `cp "\${0%/*}/big" "$out"; fdtput -d "$out" / dma-coherent`)
  await t.rejects(of('virt-smmuv3-noncoherent'), { message: /it has no dma-coherent in \/: / })
})
