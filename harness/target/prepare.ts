/** What a board is to boot: checked, and put where it finds it. */
import { randomBytes } from 'node:crypto'
import { chmod, constants, copyFile, mkdir, readdir, rm, stat, writeFile } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { makeFolder, type BootFolder, type WhenInUse } from '../boot/folder.ts'
import { known, treeOf } from '../boot/prepare.ts'
import { kernelCommandLine } from '../cell/bootargs.ts'
import type { Images } from '../cell/argv.ts'
import { resolveCell } from '../cell/cell.ts'
import type { Target } from '../config/target.ts'
import { CellError, InfraError, UnavailableError } from '../errors.ts'
import { needInitramfs, needKernel } from '../images/index.ts'
import type { Cell, CellInput, KernelImage } from '../types.ts'
import { boardKey } from './lock.ts'
import { fillIn, quoted } from './placeholders.ts'
import { whyNot } from './stand-in.ts'
import type { Uboot } from './uboot.ts'

export interface TargetOptions {
  /** The folder for the boot's files; out/<time>-<short id> if not given. */
  out?: string | undefined
  whenInUse?: WhenInUse | undefined
  /** Images to send in place of the built ones. */
  images?: Partial<Images> | undefined
}

/** A boot on a board that only needs to be switched on. */
export interface TargetBoot {
  cell: Cell
  nonce: string
  folder: BootFolder
  /** What we send; null: the board has its own. */
  kernel: KernelImage | null
  /** For U-Boot, with the names of the files filled in; none if the board boots as it does. */
  commands: readonly string[]
  /** Takes away what was put into the TFTP folder. */
  tidy(): Promise<void>
}

/**
 * Checks the cell, and puts its files where U-Boot fetches them. An UnavailableError if the board can't stand for the
 * cell. If it throws, nothing is left behind.
 */
export async function prepareTarget(
  target: Target,
  input: CellInput,
  { out, whenInUse, images = {} }: TargetOptions = {},
): Promise<TargetBoot> {
  const cell = resolveCell(input, known())
  const why = whyNot(target, cell)
  if (why !== null) throw new UnavailableError(why, { cell })
  const { boot } = target
  const kernel =
    boot.kind === 'uboot' ? (images.kernel ?? (await needKernel(cell.kernel, cell.faults))) : null
  const nonce = randomBytes(16).toString('hex')
  const folder = await makeFolder(out, nonce, whenInUse)
  try {
    if (boot.kind === 'own' || kernel === null)
      return { cell, nonce, folder, kernel: null, commands: [], tidy: () => Promise.resolve() }
    await treeOf(cell, { kernel }, folder)
    const { cpio } = images.initramfs ?? (await needInitramfs())
    const { commands, tidy } = await serve({ target, boot, cell, kernel, cpio, nonce, folder })
    return { cell, nonce, folder, kernel, commands, tidy }
  } catch (error) {
    await folder.discard()
    throw error
  }
}

/** When a boot is over: nothing is left of it but what tells of it, and not that if it was cancelled. */
export async function leave(boot: TargetBoot, signal: AbortSignal | undefined): Promise<void> {
  await boot.tidy()
  if (signal?.aborted) await boot.folder.discard()
  else await boot.folder.tidy()
}

/** How the folders in the TFTP folder begin that are of this board. */
const servedBy = (target: Target) => `dmaspec-${boardKey(target)}-`

/** Takes away what boots that were killed left in the TFTP folder. Whoever calls has the board's lock. */
export async function sweep(target: Target): Promise<void> {
  const { boot } = target
  if (boot.kind !== 'uboot') return
  const left = (await readdir(boot.tftp)).filter(name => name.startsWith(servedBy(target)))
  for (const name of left) await rm(join(boot.tftp, name), { recursive: true, force: true })
}

interface Serving {
  target: Target
  boot: Uboot
  cell: Cell
  kernel: KernelImage
  cpio: string
  nonce: string
  folder: BootFolder
}

async function serve({ target, boot, cell, kernel, cpio, nonce, folder }: Serving) {
  const bootargs = kernelCommandLine(cell, nonce, target.has.disk, cell.emmc ? target.has.emmc : null)
  const served = join(boot.tftp, `${servedBy(target)}${nonce.slice(0, 8)}`)
  const tidy = () => rm(served, { recursive: true, force: true })
  const name = (file: string) => `${boot.tftpPrefix}${basename(served)}/${file}`
  try {
    await sweep(target)
    // A TFTP server is somebody else, who may read.
    await mkdir(served)
    await chmod(served, 0o755)
    const put = async (file: string, name: string) => {
      await copyFile(file, join(served, name), constants.COPYFILE_FICLONE)
      await chmod(join(served, name), 0o644)
    }
    await put(kernel.image, 'Image')
    await put(folder.artifacts.dtb, 'board.dtb')
    await put(cpio, 'initramfs.cpio')
    await writeFile(join(served, 'boot.env'), `bootargs=${bootargs}\n`, { mode: 0o644 })
    const values = {
      image: name('Image'),
      dtb: name('board.dtb'),
      initrd: name('initramfs.cpio'),
      initrdSize: (await stat(cpio)).size.toString(16),
      bootargs: quoted(bootargs),
      env: name('boot.env'),
    }
    return { commands: boot.commands.map(command => fillIn(command, values)), tidy }
  } catch (error) {
    await tidy()
    if (error instanceof CellError) throw error
    const { message } = error as Error
    throw new InfraError(
      `nothing can be put into ${boot.tftp}, which targets.${target.name}.boot.uboot.tftp says is served: ${message}`,
      { cause: error },
    )
  }
}
