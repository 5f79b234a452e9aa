import { readFileSync, statSync, writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { CellError, ImageError, UnavailableError } from '../errors.ts'
import type { KernelImage, NotObserved } from '../types.ts'
import { findEntry, makeEntry, readEntry } from './cache.ts'
import { type BuildContext, lockFor } from './context.ts'
import { givenName, type GivenImage } from './given.ts'
import { sha256 } from './inputs.ts'
import { kernelImage, notObservedFile } from './kernel-image.ts'

/** Raised when a change of this file changes what is kept of the same files. */
const recipe = '1'

export interface ImageRequest {
  /** arch/arm64/boot/Image. */
  image: string
  /** The board's device tree, compiled with labels. */
  dtb: string
}

/** What is in an Image that can be asked for a fact. */
const words: readonly { fact: NotObserved['fact']; says: string; file: string }[] = [
  { fact: 'pageTables', says: 'dmaspec: page table ', file: 'images/kernel/*/observe.patch' },
  { fact: 'probe', says: 'dmaspec,dmaprobe', file: 'images/kernel/dmaprobe/dmaprobe.c' },
]

/** What an Image can't be asked for: one that was built with our patch or driver has its words in it. */
function notObservedOf(image: Buffer): NotObserved[] {
  return words.flatMap(({ fact, says, file }) =>
    image.includes(says) ? [] : [{ fact, why: `the Image was built without ${file}` }],
  )
}

/** Takes a prebuilt kernel: it is copied to the cache, so that a build meanwhile changes nothing. CellError if it is none. */
export async function giveImage(context: BuildContext, { image, dtb }: ImageRequest): Promise<GivenImage> {
  const kernel = contentOf('image', image)
  const tree = contentOf('dtb', dtb)
  const version = imageVersion(kernel, image)
  needLabels(tree, dtb)
  const name = givenName(basename(image), version)
  const inputs = { recipe, Image: sha256(kernel), 'board.dtb': sha256(tree) }
  using held = await lockFor(context, `image-${name}`, `copies ${image}`)
  const entry =
    findEntry(context.root, `image-${name}`, inputs) ??
    (await makeEntry(context.root, { name: `image-${name}`, inputs, lockName: held.name }, dir => {
      writeFileSync(join(dir, 'Image'), kernel)
      writeFileSync(join(dir, 'board.dtb'), tree)
      writeFileSync(join(dir, notObservedFile), JSON.stringify(notObservedOf(kernel)))
      return Promise.resolve(version)
    }))
  return { kind: 'image', name, version, entry: basename(entry.dir), slower: 1 }
}

/** A prebuilt kernel as it was copied; an UnavailableError if faults are asked for. */
export function needImageKernel(root: string, given: GivenImage, faults: readonly string[]): KernelImage {
  if (faults.length > 0)
    throw new UnavailableError(`${given.name} is a prebuilt Image: no fault can be compiled into it`)
  const entry = readEntry(root, given.entry)
  if (!entry) throw new ImageError(`${given.name} is gone from the cache: give it again`)
  return kernelImage(entry, 'board.dtb')
}

function contentOf(option: string, file: string): Buffer {
  if (!statSync(file, { throwIfNoEntry: false })?.isFile())
    throw new CellError(`--${option} ${file} is no file`)
  return readFileSync(file)
}

/** The version in an Image's banner; a CellError if it is no arm64 Image (Documentation/arm64/booting.rst: the header). */
export function imageVersion(image: Buffer, file: string): string {
  if (image.length > 2 && image.readUInt16BE(0) === 0x1f8b)
    throw new CellError(`${file} is compressed: gunzip it first`)
  if (image.length < 64 || image.toString('latin1', 0x38, 0x3c) !== 'ARM\x64')
    throw new CellError(
      `${file} is no arm64 Image: its header has no ARM\\x64 at 0x38 (arch/arm64/boot/Image is one)`,
    )
  const at = image.indexOf('Linux version ')
  const version = /^Linux version (\S{1,80}) /.exec(image.toString('latin1', at, at + 120))?.[1]
  if (at === -1 || version === undefined) throw new CellError(`${file} has no 'Linux version' in it`)
  return version
}

/** Overlays find nodes by the labels in /__symbols__: a CellError if the tree has none. */
export function needLabels(dtb: Buffer, file: string): void {
  if (dtb.length < 40 || dtb.readUInt32BE(0) !== 0xd00dfeed)
    throw new CellError(`${file} is no device tree blob`)
  // A node begins with FDT_BEGIN_NODE, 1 in 32 bits, and its name (Devicetree Specification, 5.4).
  if (!dtb.includes(Buffer.from('\0\0\0\x01__symbols__\0', 'latin1')))
    throw new CellError(
      `${file} has no labels for overlays: build it with make DTC_FLAGS=-@ ${basename(file)}`,
    )
}
