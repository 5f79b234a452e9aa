import { randomBytes } from 'node:crypto'
import { existsSync } from 'node:fs'
import { readFile, writeFile } from 'node:fs/promises'
import { qemuArgv, type Images } from '../cell/argv.ts'
import { kernelCommandLine, type LiveBootargs } from '../cell/bootargs.ts'
import { resolveCell, resolveKernel, type Known } from '../cell/cell.ts'
import { shellCommand } from '../cell/shell.ts'
import { loadedConfig } from '../config/load.ts'
import { CellError } from '../errors.ts'
import { knownPlatforms, platformOf } from '../platform/platforms.ts'
import { knownFaults, knownKernels, needInitramfs, needKernel, needQemu } from '../images/index.ts'
import { factsOf } from '../series-facts.ts'
import { baseTree } from '../tree/base.ts'
import { knownOverlays, type OverlayFolders, overlayFolders } from '../tree/overlays.ts'
import { seedTree } from '../tree/seed.ts'
import { makeTree } from '../tree/tree.ts'
import type { Cell, CellInput, KernelImage, PlatformName } from '../types.ts'
import { createDisk, diskCommand, type Disk } from './disk.ts'
import { makeFolder, type BootFolder, type WhenInUse } from './folder.ts'

/** All that there is to say names to: what images/ can build, the platforms, and what dts/ holds. */
export function known(): Known {
  return {
    ...knownKernels(),
    faults: knownFaults,
    platforms: knownPlatforms,
    overlays: platform => knownOverlays(foldersOf(platform)),
  }
}

/** Where the overlays are that fit a platform's tree: dmaspec's own, and those of dmaspec.config.ts. */
function foldersOf(platform: PlatformName): OverlayFolders {
  const { file, overlays: theirs } = loadedConfig()
  if (theirs !== null && !existsSync(theirs))
    throw new CellError(`${file}: overlays: there is no folder ${theirs}`)
  return overlayFolders({ folder: platformOf(platform).board.overlays, theirs })
}

/** A boot that only needs to be started. */
export interface PreparedBoot {
  cell: Cell
  kernel: KernelImage
  nonce: string
  folder: BootFolder
  disk: Disk
  emmc: Disk | null
  argv: string[]
  /** By how much it may take longer than a usual kernel: for deadlines that the cell doesn't have. */
  slower: number
}

/** A guest that stays up, whose init gives it a shell on its console. */
export interface LiveOptions extends LiveBootargs {
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
  const made = [
    createDisk(folder.disk, nonce),
    cell.emmc ? createDisk(folder.emmc, nonce, 'emmc') : Promise.resolve(null),
    treeOf(cell, images, folder).then(() => (live ? seedTree(dtb) : undefined)),
  ] as const
  // If one fails, the others must be over too before their files can be removed.
  await Promise.allSettled(made)
  const [disk, emmc] = await Promise.all(made)
  const bootargs = kernelCommandLine(cell, nonce, disk.promise, emmc?.promise, live)
  // The kernel unpacks archives that follow each other (init/initramfs.c, unpack_to_rootfs()).
  const initramfs = live?.files && folder.initramfs
  if (live?.files)
    await writeFile(folder.initramfs, Buffer.concat([await readFile(images.initramfs.cpio), live.files]), {
      mode: 0o600,
    })
  const files = { dtb, trace, disk: disk.file, emmc: emmc?.file ?? null, initramfs }
  const ways = live && { monitorFd: live.monitorFd, gdb: live.gdb ? folder.gdb : undefined }
  const argv = qemuArgv(cell, images, files, bootargs, ways)
  const commands = [diskCommand(disk.file, nonce), shellCommand(argv)]
  if (emmc) commands.unshift(diskCommand(emmc.file, nonce, 'emmc'))
  await writeFile(argvFile, commands.join('\n') + '\n')
  return { cell, kernel: images.kernel, nonce, folder, disk, emmc, argv }
}

/** The emulator is needed for a tree that QEMU makes, and only for that. */
type TreeImages = Pick<Images, 'kernel'> & Partial<Pick<Images, 'qemu'>>

/** Writes the device tree of a boot into its folder. */
export async function treeOf(cell: Cell, images: TreeImages, { path, artifacts }: BootFolder): Promise<void> {
  const { board, overlays: always } = platformOf(cell.platform)
  // What a kernel can't live with in its own tree is not in QEMU's.
  const kernels = board.tree === 'kernel' ? factsOf(cell.kernel).overlays : []
  await makeTree({
    base: await baseTree(cell, images, path),
    overlays: [...kernels, ...always, ...cell.overlays],
    folders: foldersOf(cell.platform),
    scratch: path,
    output: artifacts.dtb,
  })
}
