import { bootError, conclude } from '../boot/boot.ts'
import { prepareBoot, type PreparedBoot, type PrepareOptions } from '../boot/prepare.ts'
import { Qmp } from '../boot/qmp.ts'
import { GuestError, InfraError } from '../errors.ts'
import { cpio } from '../images/cpio.ts'
import type { CellInput, ConsoleLine } from '../types.ts'
import { Connections } from './connections.ts'
import { crashIn } from './crash.ts'
import { Guest } from './guest.ts'
import { makeKeys } from './keys.ts'
import { Machine } from './machine.ts'
import { connect } from './ssh.ts'

export interface GuestOptions extends Omit<PrepareOptions, 'live'> {
  /** How long the guest may print nothing before the marker, in seconds. */
  silence?: number | undefined
  /** Ends the boot: the promise rejects with the signal's reason. */
  signal?: AbortSignal | undefined
  /** An oops does not end what is going on: the guest may live on. */
  mayOops?: boolean | undefined
  /** Told of each line of the console. */
  onLine?: ((line: ConsoleLine) => void) | undefined
}

/**
 * Boots a cell to its marker, and leaves it up, with a session into it. Its network is a virtio device of ours
 * (dts/network.dtso) that reaches nothing but a port on this host's loopback. Throws what a boot throws.
 */
export async function startGuest(input: CellInput, options: GuestOptions = {}): Promise<Guest> {
  const started = performance.now()
  const keys = makeKeys()
  const overlays = [...new Set([...(input.overlays ?? []), 'network'])]
  const live = { monitorFd: 3, files: cpio(keys.files) }
  const boot = await prepareBoot({ ...input, overlays }, { ...options, live })
  let machine: Machine | undefined
  try {
    const up = (machine = new Machine(boot, options.silence))
    if (options.onLine) machine.follow(options.onLine)
    const qmp = new Qmp(machine.monitor)
    const verdict = await machine.booted(options.signal)
    if (verdict.end !== 'marker') {
      const run = await machine.stop()
      // A kernel that crashed on its way is a result elsewhere; here there is no guest to hand out.
      throw bootError(boot, run.log, await conclude(boot, run, started))
    }
    const port = await sshPort(qmp)
    const login = () => connect(port, keys)
    const client = await Promise.race([login(), noSession(boot, machine, options.signal)])
    return new Guest({
      ...{ boot, machine, connections: new Connections(client, login), port },
      mayOops: options.mayOops ?? false,
      conclude: async () => conclude(boot, await up.stop(), started),
    })
  } catch (error) {
    await machine?.stop()
    if (!(error instanceof GuestError) && options.signal?.aborted) await boot.folder.discard()
    else await boot.folder.tidy()
    throw error
  }
}

/** Rejects when there is no use in waiting for a session: the guest is no more, or nobody wants it any more. */
function noSession(boot: PreparedBoot, machine: Machine, signal: AbortSignal | undefined): Promise<never> {
  const never = new Promise<never>((_, reject) => {
    signal?.addEventListener('abort', () => reject(signal.reason as Error), { once: true })
    void machine.gone.then(why => {
      const { artifacts } = boot.folder
      const reason = `the guest died before there was a session: ${crashIn(machine.lines) ?? why}`
      reject(new GuestError(reason, { cell: boot.cell, artifacts, console: machine.lines }))
    })
  })
  never.catch(() => undefined)
  return never
}

/** The port of the loopback that QEMU forwards to the guest's sshd (net/slirp.c, hmp_info_usernet()). */
async function sshPort(qmp: Qmp): Promise<number> {
  const told = await qmp.human('info usernet')
  const port = /TCP\[HOST_FORWARD\]\s+\S+\s+127\.0\.0\.1\s+(\d+)\s+\S+\s+22\b/.exec(told)?.[1]
  if (port === undefined) throw new InfraError(`qemu forwards no port to the guest's sshd: ${told.trim()}`)
  return Number(port)
}
