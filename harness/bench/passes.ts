/**
 * How long a guest's reads of its disk took (images/initramfs/provoke/read).
 */
import type { ConsoleLine } from '../types.ts'

/** Past the guest's page cache, or through it. */
export const KINDS = ['direct', 'cached'] as const
export type Kind = (typeof KINDS)[number]

/** Seconds that each pass took. */
export type Passes = Record<Kind, number[]>

/** By so much may the host see a pass take longer or shorter: lines wait for the console, and for us to be scheduled. */
const SLACK = { factor: 0.02, seconds: 0.5 }

/**
 * The passes of a console, but the first of each kind, by the guest's clock: the kernel's stamps, which don't wait for
 * the console. Under TCG without icount that is the host's clock; a guest that says otherwise than the host saw is an
 * Error, as is a read that failed or has no end.
 */
export function passesOf(lines: readonly ConsoleLine[], nonce: string): Passes {
  const passes: Passes = { direct: [], cached: [] }
  const said = new RegExp(
    String.raw`^\[ *(\d+\.\d+)\].* dmaspec: ${nonce} read=(direct|cached) (begin|end|failed)$`,
  )
  let began: { kind: string; guest: number; host: number } | undefined
  for (const { text, at } of lines) {
    const [, stamp, kind, what] = said.exec(text) ?? []
    if (stamp === undefined || kind === undefined) continue
    const now = { kind, guest: Number(stamp), host: at }
    if (what === 'begin') {
      began = now
      continue
    }
    if (what === 'failed' || began?.kind !== kind) throw new Error(`a read of the disk went wrong: ${text}`)
    passes[kind as Kind].push(secondsOf(began, now))
    began = undefined
  }
  if (began) throw new Error(`a read of the disk began and never ended`)
  for (const kind of KINDS) {
    if (passes[kind].length < 2) throw new Error(`no ${kind} read of the disk was measured`)
    passes[kind].shift()
  }
  return passes
}

interface Moment {
  guest: number
  host: number
}

function secondsOf(begin: Moment, end: Moment): number {
  const guest = end.guest - begin.guest
  const host = end.host - begin.host
  if (Math.abs(guest - host) > host * SLACK.factor + SLACK.seconds)
    throw new Error(
      `a read took ${guest.toFixed(2)} s by the guest's clock, ${host.toFixed(2)} s by the host's`,
    )
  return guest
}
