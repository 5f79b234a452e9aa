import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { KernelImage, NotObserved } from '../types.ts'
import type { Entry } from './cache.ts'

/** In an entry of a kernel that can't be asked for everything: NotObserved[] as JSON. */
export const notObservedFile = 'not-observed.json'

/** A cache entry as the kernel that it holds. */
export function kernelImage({ dir, manifest }: Entry, dtb: string): KernelImage {
  const file = join(dir, notObservedFile)
  return {
    image: join(dir, 'Image'),
    dtb: join(dir, dtb),
    vmlinux: join(dir, 'vmlinux'),
    config: join(dir, 'config'),
    version: manifest.version,
    sha256: manifest.outputs['Image']?.sha256 ?? '',
    notObserved: existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as NotObserved[]) : [],
  }
}
