import { existsSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'

/**
 * The vmlinux of a console that dmaspec kept: the `argv` beside it names the Image, and in the cache a vmlinux stands next
 * to that. Null of any other log, and where the kernel is not in the cache any more.
 */
export function vmlinuxOf(log: string): string | null {
  const argv = join(dirname(log), 'argv')
  if (log === '-' || !existsSync(argv)) return null
  const image = /(?:^|\s)-kernel ('?)([^\s']{1,4096})\1(?:\s|$)/.exec(readFileSync(argv, 'utf8'))?.[2]
  const vmlinux = image === undefined ? null : join(dirname(image), 'vmlinux')
  return vmlinux !== null && existsSync(vmlinux) ? vmlinux : null
}
