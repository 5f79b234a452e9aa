import { execFileSync } from 'node:child_process'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { fakeImages } from './fake-qemu.ts'
import { prepareBoot } from './prepare.ts'

const PORTS = '/dts-v1/; / { hscif1: first { status = "okay"; }; scif2: second { status = "okay"; }; };'

/** The states of the two ports in the tree that a kernel is booted with. */
async function ports(t: Test, kernel: string) {
  const folder = t.testdir({})
  const images = fakeImages(folder, '')
  execFileSync('dtc', ['-@', '-I', 'dts', '-O', 'dtb', '-o', images.kernel.dtb, '-'], { input: PORTS })
  const boot = await prepareBoot({ kernel }, { out: join(folder, 'out'), images })
  const { dtb } = boot.folder.artifacts
  const states = ['/first', '/second'].map(path => execFileSync('fdtget', [dtb, path, 'status']))
  await boot.folder.discard()
  return states.map(state => state.toString().trim())
}

t.test('a kernel that its row gives an overlay is booted with it', async t => {
  t.same(await ports(t, '7.2'), ['disabled', 'okay'])
})

t.test('the others are booted with the tree as it is', async t => {
  t.same(await ports(t, '6.1'), ['okay', 'okay'])
})
