/** For tests: a board whose hardware is our machine in QEMU. It has a disk, and what it boots is what was loaded. */
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { createDisk } from '../boot/disk.ts'
import { known } from '../boot/prepare.ts'
import { qemuArgv, type Images, type Live } from '../cell/argv.ts'
import type { DiskPromise } from '../cell/bootargs.ts'
import { resolveCell } from '../cell/cell.ts'
import { needInitramfs, needKernel, needQemu } from '../images/index.ts'
import type { CellInput } from '../types.ts'
import type { Loaded } from './fake-uboot.ts'

export interface QemuBoard {
  images: Images
  /** What its disk holds. */
  disk: DiskPromise
  /** QEMU's command for what was loaded. */
  argvOf: (loaded: Loaded, live?: Live) => string[]
}

/** A board of 4 GiB, in a folder of its own. The machine's overlays are those of `cell`: the network is a device of QEMU's. */
export async function qemuBoard(dir: string, input: CellInput = {}): Promise<QemuBoard> {
  const cell = resolveCell({ memory: '4G', cpus: 2, ...input }, known())
  const images = {
    qemu: await needQemu(),
    kernel: await needKernel(cell.kernel),
    initramfs: await needInitramfs(),
  }
  const ram = join(dir, 'ram')
  mkdirSync(ram)
  const disk = await createDisk(join(dir, 'disk.img'), '0'.repeat(32))
  return {
    images,
    disk: disk.promise,
    argvOf(loaded, live) {
      const file = (name: 'image' | 'dtb' | 'initrd') => {
        writeFileSync(join(ram, name), loaded[name])
        return join(ram, name)
      }
      const files = { dtb: file('dtb'), trace: join(ram, 'trace'), disk: disk.file }
      const booted = {
        ...images,
        kernel: { ...images.kernel, image: file('image') },
        initramfs: { cpio: file('initrd') },
      }
      return qemuArgv(cell, booted, files, loaded.bootargs, live)
    },
  }
}
