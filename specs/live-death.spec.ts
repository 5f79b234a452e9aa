/** A guest that dies under a session: the session fails at once, and says what the guest died of. */
import { readdirSync, readFileSync } from 'node:fs'
import t from 'tap'
import { type Guest, kernels, live } from '../harness/index.ts'

interface Death {
  of: string
  by: (guest: Guest) => Promise<unknown>
  says: RegExp
  memory?: string
}

const deaths: Death[] = [
  {
    of: 'a panic',
    by: guest => guest.exec('echo c > /proc/sysrq-trigger'),
    says: /^the guest died under 'echo c > .*': panic: sysrq triggered crash \(line \d+ of the console\)$/,
  },
  {
    of: 'too little memory',
    by: guest =>
      guest.exec(
        'mount -t tmpfs -o size=100% x /mnt && echo 1 > /proc/sys/vm/panic_on_oom && cat /dev/zero > /mnt/x',
      ),
    says: /: oom: out of memory \(line \d+ of the console\)$/,
    memory: '256M',
  },
  {
    of: 'a reset',
    by: guest => guest.exec('echo b > /proc/sysrq-trigger; sleep 60'),
    says: /: it reset, or powered off$/,
  },
  {
    of: 'its QEMU, which was killed from outside',
    by: async guest => {
      const nonce = /dmaspec\.nonce=\w+/.exec((await guest.exec('cat /proc/cmdline')).stdout)?.[0] ?? '-'
      const sleep = guest.exec('sleep 60')
      for (const pid of processesWith(nonce)) process.kill(pid, 'SIGKILL')
      return sleep
    },
    says: /^the guest died under 'sleep 60': qemu was killed by SIGKILL/,
  },
]

/** The next message's text; undefined after the last. */
async function textOf(messages: AsyncGenerator<{ text: string }, void>): Promise<string | undefined> {
  const next = await messages.next()
  return next.done ? undefined : next.value.text
}

/** Who has a word in its command line. */
function processesWith(word: string): number[] {
  return readdirSync('/proc').flatMap(name => {
    try {
      return /^\d+$/.test(name) && readFileSync(`/proc/${name}/cmdline`, 'latin1').includes(word)
        ? [Number(name)]
        : []
    } catch {
      return [] // it has ended
    }
  })
}

for (const kernel of kernels()) {
  t.test(`linux ${kernel}`, async t => {
    for (const { of, by, says, memory = '1G' } of deaths) {
      t.test(`a guest dies of ${of}`, async t => {
        const guest = await live(t, { kernel, memory, mayOops: true, mayEnd: true })
        const messages = guest.dmesg()
        // The marker is the last message of a guest that is up.
        let count = 1
        while (!(await textOf(messages))?.endsWith(' done')) count += 1
        const drain = async () => {
          while ((await textOf(messages)) !== undefined) count += 1
        }
        const followed = t.rejects(drain(), {
          name: 'GuestError',
          message: /the guest died under 'cat \/dev\/kmsg'/,
        })
        const started = performance.now()
        await t.rejects(by(guest), { name: 'GuestError', shortMessage: says })
        const seconds = (performance.now() - started) / 1000
        t.ok(seconds < 10, `told after ${seconds.toFixed(1)} s`)
        await followed
        t.ok(count > 100, `its messages were followed up to the end: ${count}`)
        await t.rejects(guest.exec('true'), { name: 'GuestError', message: /the guest died under 'true'/ })
      })
    }

    // ipmmu_remove() takes away what the main IPMMU never had: iommu_device_sysfs_add() is for the leaves alone.
    t.test('the main IPMMU is unbound: its driver dereferences NULL, and the guest goes on', async t => {
      const cell = { kernel, overlays: ['sata-behind-ipmmu'] }
      const unbind = 'echo e67b0000.iommu > /sys/bus/platform/drivers/ipmmu-vmsa/unbind'
      const guest = await live(t, { ...cell, mayOops: true })
      const { signal } = await guest.exec(unbind)
      t.equal(signal, 'SEGV', 'who may see an oops, sees it as data')
      t.match(await guest.crashed, /null-deref in iommu_device_sysfs_remove/)
      t.match(await guest.exec('echo on'), { stdout: 'on\n' }, 'and the guest goes on')
      t.equal(guest.end, null)
    })
  })
}
