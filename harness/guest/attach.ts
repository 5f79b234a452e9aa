import { closeSync, openSync, writeSync } from 'node:fs'
import type { PreparedBoot } from '../boot/prepare.ts'
import { exitFailure, startQemu } from '../boot/qemu.ts'
import { InfraError } from '../errors.ts'
import { cook, type Terminal } from './terminal.ts'

/** Ctrl-]: as telnet has it, and nothing that a shell in the guest would miss. */
export const DETACH = { key: 'Ctrl-]', byte: 0x1d } as const

/**
 * The board's serial line on a terminal: what the guest prints as it is, and what is typed. Ends, and QEMU with it, when
 * the detach key is typed or the guest powers off. Nothing is judged, and there is no deadline: somebody is watching.
 */
export async function attach(
  { argv, folder }: PreparedBoot,
  { input, output }: Pick<Terminal, 'input' | 'output'>,
  signal?: AbortSignal,
): Promise<void> {
  const file = openSync(folder.artifacts.console, 'w')
  const qemu = startQemu(
    argv,
    bytes => {
      writeSync(file, bytes)
      output.write(bytes)
    },
    { serial: true },
  )
  const detach = new AbortController()
  const type = (bytes: Buffer) => {
    const end = bytes.indexOf(DETACH.byte)
    qemu.serial?.write(end === -1 ? bytes : bytes.subarray(0, end))
    if (end !== -1) detach.abort()
  }
  const left = (stop: AbortSignal | undefined) =>
    new Promise<'left'>(resolve => stop?.addEventListener('abort', () => resolve('left'), { once: true }))
  // What is typed as QEMU ends goes nowhere.
  qemu.serial?.on('error', () => undefined)
  if (input.isTTY) input.setRawMode(true)
  input.on('data', type).resume()
  try {
    const end = await Promise.race([qemu.exited, left(detach.signal), left(signal)])
    const failure = end === 'left' ? null : exitFailure(end)
    if (failure !== null) throw new InfraError(failure)
    signal?.throwIfAborted()
  } finally {
    await qemu.terminate()
    closeSync(file)
    input.off('data', type).pause()
    cook(input)
  }
}
