import { existsSync } from 'node:fs'
import { dirname } from 'node:path'
import { shellQuote } from '../cell/shell.ts'
import { gdbLoaderOf } from '../images/gdb-scripts.ts'

/** What somebody needs to get into a guest that is stopped: a kernel's vmlinux, and the stub's socket. */
export interface GdbTarget {
  vmlinux: string
  socket: string
}

/** Words for a terminal: the line to paste into another one, and what there is to know about this kernel. */
export function gdbHint({ vmlinux, socket }: GdbTarget): string {
  const loader = existsSync(vmlinux) ? gdbLoaderOf(vmlinux) : null
  const attach = ['set confirm off', `target remote ${socket}`]
  const words = [
    'gdb-multiarch',
    ...(loader === null ? [] : before(loader).flatMap(command => ['-iex', command])),
    ...(existsSync(vmlinux) ? [vmlinux] : ['-ex', 'set architecture aarch64']),
    ...attach.flatMap(command => ['-ex', command]),
  ]
  const lines = [
    'stopped before the first instruction; in another terminal:',
    `  ${words.map(shellQuote).join(' ')}`,
    existsSync(vmlinux) ? about(loader) : 'there is no vmlinux of this kernel: no symbols',
  ]
  return `${lines.join('\n')}\n`
}

/** gdb loads what stands beside a vmlinux only from where it is told to; and leave nothing in the cache. */
function before(loader: string): string[] {
  return [`add-auto-load-safe-path ${dirname(loader)}`, 'set python dont-write-bytecode on']
}

function about(loader: string | null): string {
  return loader === null
    ? 'this kernel has lines and functions, no types and no lx- commands: --flavour gdb builds one that has'
    : 'once the kernel is at start_kernel (hbreak start_kernel, continue): lx-symbols, lx-dmesg, lx-ps; apropos lx- lists all'
}
