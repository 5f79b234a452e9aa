import { execa } from 'execa'
import { readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { dumpTreeArgv } from '../cell/argv.ts'
import { shellCommand } from '../cell/shell.ts'
import { InfraError } from '../errors.ts'
import { platformOf } from '../platform/platforms.ts'
import type { Cell, KernelImage, QemuImage } from '../types.ts'
import { runTool } from './tool.ts'

/** The tree that overlays are applied to: the kernel's own, or QEMU's, less what the platform has not. */
export async function baseTree(
  cell: Cell,
  { qemu, kernel }: { qemu?: QemuImage; kernel: KernelImage },
  scratch: string,
): Promise<Buffer> {
  const { board } = platformOf(cell.platform)
  if (board.tree === 'kernel') return readFile(kernel.dtb)
  if (!qemu) throw new InfraError(`the device tree of ${cell.platform} is QEMU's, and there is none`)
  return qemuTree(cell, qemu, scratch)
}

/** By what QEMU makes it of: the binary and its arguments. */
const made = new Map<string, Promise<Buffer>>()

/** QEMU's tree for a cell; made once in a process. */
function qemuTree(cell: Cell, qemu: QemuImage, scratch: string): Promise<Buffer> {
  const key = JSON.stringify([cell.platform, dumpTreeArgv(cell, qemu, '')])
  const known = made.get(key) ?? dumpTree(cell, qemu, join(scratch, 'qemu.dtb'))
  made.set(key, known)
  known.catch(() => made.delete(key))
  return known
}

async function dumpTree(cell: Cell, qemu: QemuImage, file: string): Promise<Buffer> {
  const argv = dumpTreeArgv(cell, qemu, file)
  const [binary = '', ...args] = argv
  try {
    const { failed, stderr, shortMessage } = await execa(binary, args, { reject: false, stdin: 'ignore' })
    if (failed) throw treeError(stderr || (shortMessage ?? 'QEMU failed'), argv)
    // QEMU's blob is 1 MiB, most of it empty; a kernel takes no more than 2, of what QEMU then makes of it.
    const packed = await runTool('dtc', ['-q', '-I', 'dtb', '-O', 'dtb', '-o', file, file], '/')
    if (!packed.ok) throw treeError(packed.stderr, argv)
    for (const [node, property] of platformOf(cell.platform).without) {
      const { ok, stderr } = await runTool('fdtput', ['-d', file, node, property], '/')
      if (!ok) throw treeError(`it has no ${property} in ${node}: ${stderr}`, argv)
    }
    return await readFile(file)
  } finally {
    await rm(file, { force: true })
  }
}

function treeError(why: string, argv: readonly string[]): InfraError {
  return new InfraError(`the device tree of QEMU's machine can't be used: ${why}`, {
    command: shellCommand(argv),
  })
}
