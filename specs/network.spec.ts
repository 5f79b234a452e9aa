/** The machine's virtio-mmio slots: not the board's, but a guest can be reached through them. */
import t from 'tap'
import { readFile } from 'node:fs/promises'
import { boot, kernels } from '../harness/index.ts'

// A guest that stays up (images/initramfs/init) starts sshd once eth0 is up. Nobody has this key's other half.
const key = 'ssh-ed25519,AAAAC3NzaC1lZDI1NTE5AAAAIAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA'
const staying = { bootargs: `dmaspec.stay=${key}` }

for (const kernel of kernels()) {
  t.test(`linux ${kernel}`, async t => {
    t.test('with the network overlay, the guest has an eth0 and runs sshd on it', async t => {
      const { artifacts } = await boot(t, { ...staying, overlays: ['network'], kernel })
      t.match(await readFile(artifacts.console, 'utf8'), /dmaspec: [0-9a-f]{32} sshd/)
    })

    t.test('without it, there is no network', async t => {
      const { artifacts } = await boot(t, { ...staying, kernel })
      t.notMatch(await readFile(artifacts.console, 'utf8'), /dmaspec: [0-9a-f]{32} sshd/)
    })
  })
}
