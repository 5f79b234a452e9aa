import { spawn } from 'node:child_process'
import { createDisk } from '../boot/disk.ts'
import { bootCell } from '../boot/boot.ts'
import { prepareBoot } from '../boot/prepare.ts'
import { guarded } from '../boot/qemu.ts'
import type { CellInput } from '../types.ts'
import { median } from './median.ts'

const ROUNDS = 10
const BOARD: CellInput = { overlays: ['sata-behind-ipmmu'], memory: '4G' }
const CRASHING: CellInput = { ...BOARD, faults: ['bus-mask-always-set', 'domain-free-unguarded'] }

/** A figure's name and value. */
export type Figure = readonly [name: string, value: number]

/**
 * A cell's wall time from the harness, and the same argv run bare to the same marker, in turn.
 *
 * Bare is QEMU and a reader that looks for the marker, nothing else: no overlays, no disk image, no parser.
 */
export async function harnessOverhead(): Promise<Figure[]> {
  const harness: number[] = []
  const bare: number[] = []
  for (let round = 0; round < ROUNDS; round++) {
    harness.push(
      await seconds(
        async () => void (await bootCell(BOARD, { out: 'out/bench/harness', whenInUse: 'next' })),
      ),
    )
    bare.push(await bareSeconds())
  }
  return [
    ['harness-overhead', median(harness) / median(bare)],
    ['cell-seconds', median(harness)],
    ['bare-seconds', median(bare)],
  ]
}

/** From the oops's end line reaching the console to bootCell()'s answer, in milliseconds. */
export async function oopsToVerdict(): Promise<Figure[]> {
  const delays: number[] = []
  for (let round = 0; round < ROUNDS; round++) {
    let ended = 0
    await bootCell(CRASHING, {
      out: 'out/bench/oops',
      whenInUse: 'next',
      onLine: ({ text }) => {
        if (text.includes('---[ end trace')) ended = performance.now()
      },
    })
    delays.push(performance.now() - ended)
  }
  return [['oops-to-verdict-ms', median(delays)]]
}

async function bareSeconds(): Promise<number> {
  const { argv, nonce, folder } = await prepareBoot(BOARD, { out: 'out/bench/bare', whenInUse: 'next' })
  try {
    await createDisk(folder.disk, nonce)
    return await seconds(() => untilMarker(argv, `dmaspec: ${nonce} done`))
  } finally {
    await folder.discard()
  }
}

async function untilMarker(argv: readonly string[], marker: string): Promise<void> {
  const [command, ...args] = guarded(argv)
  const qemu = spawn(command, args, { stdio: ['ignore', 'pipe', 'inherit'] })
  let tail = ''
  let seen = false
  qemu.stdout.setEncoding('latin1').on('data', (text: string) => {
    tail = tail.slice(-marker.length) + text
    if (seen || !tail.includes(marker)) return
    seen = true
    qemu.kill('SIGTERM')
  })
  await new Promise(resolve => qemu.on('close', resolve))
  if (!seen) throw new Error('the bare boot never printed its marker')
}

async function seconds(work: () => Promise<void>): Promise<number> {
  const started = performance.now()
  await work()
  return (performance.now() - started) / 1000
}
