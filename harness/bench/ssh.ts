import { bootCell } from '../boot/boot.ts'
import { startGuest } from '../guest/start.ts'
import type { CellInput } from '../types.ts'
import type { Figure } from './harness.ts'
import { median } from './median.ts'

const ROUNDS = 7
const BOARD: CellInput = { overlays: ['sata-behind-ipmmu'] }

/**
 * What a session costs: from the call to the end of the first command in the guest, less what the same board takes from
 * the call to its marker, without a network and an sshd. Boots take turns; a figure is the median of the rounds.
 */
export async function sshReady(): Promise<Figure[]> {
  const markers: number[] = []
  const sessions: number[] = []
  for (let round = 0; round < ROUNDS; round++) {
    markers.push(await secondsToMarker())
    sessions.push(await secondsToCommand())
  }
  return [
    ['ssh-ready-seconds', median(sessions.map((session, i) => session - (markers[i] ?? NaN)))],
    ['session-seconds', median(sessions)],
  ]
}

async function secondsToMarker(): Promise<number> {
  const started = performance.now()
  let last = NaN
  const onLine = () => (last = performance.now())
  const { complete, reason } = await bootCell(BOARD, { out: 'out/bench/marker', whenInUse: 'next', onLine })
  // The marker is the last line of a boot that is complete.
  if (!complete) throw new Error(reason)
  return (last - started) / 1000
}

async function secondsToCommand(): Promise<number> {
  const started = performance.now()
  await using guest = await startGuest(BOARD, { out: 'out/bench/session', whenInUse: 'next' })
  const { status } = await guest.exec('true')
  if (status !== 0) throw new Error(`true came to ${status}`)
  return (performance.now() - started) / 1000
}
