import { randomBytes } from 'node:crypto'
import { readFile, writeFile } from 'node:fs/promises'
import { qemuArgv, type Images } from '../cell/argv.ts'
import { kernelCommandLine } from '../cell/bootargs.ts'
import { resolveCell, resolveKernel, type Known } from '../cell/cell.ts'
import { shellCommand } from '../cell/shell.ts'
import { knownFaults, knownKernels, needInitramfs, needKernel, needQemu } from '../images/index.ts'
import { factsOf } from '../series-facts.ts'
import { knownOverlays } from '../tree/overlays.ts'
import { makeTree } from '../tree/tree.ts'
import type { Cell, CellInput, KernelImage } from '../types.ts'
import { createDisk, diskCommand, type Disk } from './disk.ts'
import { makeFolder, type BootFolder, type WhenInUse } from './folder.ts'

/** All that there is to say names to: what images/ can build and dts/ holds. */
export function known(): Known {
  return { ...knownKernels(), faults: knownFaults, overlays: knownOverlays() }
}

/** A boot that only needs to be started. */
export interface PreparedBoot {
  cell: Cell
  kernel: KernelImage
  nonce: string
  folder: BootFolder
  disk: Disk
  argv: string[]
  /** By how much it may take longer than a usual kernel: for deadlines that the cell doesn't have. */
  slower: number
}

/** A guest that stays up, whose init gives it a shell on its console. */
export interface LiveOptions {
  /** An archive (cpio) of files beside the initramfs's own: keys. */
  files?: Buffer
  monitorFd?: number
  /** Stop before the first instruction; gdb gets in at the folder's socket. */
  gdb?: boolean
}

export interface PrepareOptions {
  /** The folder for the boot's files; out/<time>-<short id> if not given. */
  out?: string | undefined
  /** What to do if another boot is using that folder. */
  whenInUse?: WhenInUse | undefined
  /** Images to use in place of the built ones. */
  images?: Partial<Images> | undefined
  live?: LiveOptions | undefined
}

/** Checks the cell, finds its images, and makes its files. If it throws, nothing is left behind. */
export async function prepareBoot(input: CellInput, options: PrepareOptions = {}): Promise<PreparedBoot> {
  const names = known()
  const cell = resolveCell(input, names)
  const { slower } = resolveKernel(cell.kernel, names)
  const images = await findImages(cell, options.images)
  const nonce = randomBytes(16).toString('hex')
  const folder = await makeFolder(options.out, nonce, options.whenInUse)
  try {
    return { ...(await fill(cell, images, nonce, folder, options.live)), slower }
  } catch (error) {
    await folder.discard()
    throw error
  }
}

async function findImages({ kernel, faults }: Cell, given: Partial<Images> = {}): Promise<Images> {
  return {
    qemu: given.qemu ?? (await needQemu()),
    kernel: given.kernel ?? (await needKernel(kernel, faults)),
    initramfs: given.initramfs ?? (await needInitramfs()),
  }
}

async function fill(
  cell: Cell,
  images: Images,
  nonce: string,
  folder: BootFolder,
  live: PrepareOptions['live'],
) {
  const { dtb, trace, argv: argvFile } = folder.artifacts
  const overlays = [...factsOf(cell.kernel).overlays, ...cell.overlays]
  const tree = { base: images.kernel.dtb, overlays, scratch: folder.path, output: dtb }
  const made = [createDisk(folder.disk, nonce), makeTree(tree)] as const
  // If one fails, the other must be over too before its files can be removed.
  await Promise.allSettled(made)
  const [disk] = await Promise.all(made)
  const bootargs = kernelCommandLine(cell, nonce, disk.promise, live !== undefined)
  // The kernel unpacks archives that follow each other (init/initramfs.c, unpack_to_rootfs()).
  const initramfs = live?.files && folder.initramfs
  if (live?.files)
    await writeFile(folder.initramfs, Buffer.concat([await readFile(images.initramfs.cpio), live.files]), {
      mode: 0o600,
    })
  const ways = live && { monitorFd: live.monitorFd, gdb: live.gdb ? folder.gdb : undefined }
  const argv = qemuArgv(cell, images, { dtb, trace, disk: disk.file, initramfs }, bootargs, ways)
  await writeFile(argvFile, `${diskCommand(disk.file, nonce)}\n${shellCommand(argv)}\n`)
  return { cell, kernel: images.kernel, nonce, folder, disk, argv }
}
