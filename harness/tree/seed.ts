import { randomBytes } from 'node:crypto'
import { dirname } from 'node:path'
import { InfraError } from '../errors.ts'
import { runTool } from './tool.ts'

/** As many bits as the kernel's random numbers want: POOL_BITS (drivers/char/random.c). */
const SEED_BYTES = 32

/**
 * Gives a boot's tree a seed for the kernel's random numbers (drivers/of/fdt.c, early_init_dt_scan_chosen()), as firmware
 * does. Without it the kernel gathers some itself, for a second, when the guest's sshd first asks for a key.
 */
export async function seedTree(file: string, seed: Buffer = randomBytes(SEED_BYTES)): Promise<void> {
  const bytes = [...seed].map(byte => byte.toString(16).padStart(2, '0'))
  const { ok, stderr } = await runTool(
    'fdtput',
    ['-p', '-t', 'bx', file, '/chosen', 'rng-seed', ...bytes],
    dirname(file),
  )
  if (!ok) throw new InfraError(`fdtput can't put a seed into ${file}: ${stderr}`)
}
