import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'
import { ImageError } from '../errors.ts'
import type { KernelName } from '../types.ts'
import { sha256 } from './inputs.ts'

/**
 * Kernels that are in no table: a tree or an Image of the user's. Whoever was given one writes what is known of it to a
 * file, and names that in $DMASPEC_GIVEN, so that the processes that it starts (a spec each) know the kernel too.
 */
const variable = 'DMASPEC_GIVEN'

const text = z.object({ name: z.string(), text: z.string() })

const givenTree = z.object({
  kind: z.literal('tree'),
  name: z.string(),
  /** `6.9.0-rc1`, as the tree's Makefile has it, and the commit if there is one: `6.9.0-rc1-g1a2b3c4d5e6f-dirty`. */
  version: z.string(),
  /** The series whose fragments it is configured with, and whose patches are tried first. */
  series: z.string(),
  /** The user's folder and ref, for messages. */
  from: z.string(),
  /** Where in the cache it is mirrored and built. */
  work: z.string(),
  /** The hash of all its files: the mirror may have become another one's meanwhile. */
  source: z.string(),
  /** Below arch/arm64/boot/dts. */
  dtb: z.string(),
  flavour: z.string().nullable(),
  slower: z.number(),
  /** The user's own, in order. */
  patches: z.array(text),
  fragments: z.array(text),
})

const givenImage = z.object({
  kind: z.literal('image'),
  name: z.string(),
  version: z.string(),
  /** The cache entry with its Image and its device tree. */
  entry: z.string(),
  slower: z.number(),
})

const givenKernel = z.discriminatedUnion('kind', [givenTree, givenImage])

export type GivenTree = z.infer<typeof givenTree>
export type GivenImage = z.infer<typeof givenImage>
export type GivenKernel = z.infer<typeof givenKernel>

/** The kernels that this process was given; an ImageError if the file that names them can't be read. */
export function givenKernels(environment: NodeJS.ProcessEnv = process.env): GivenKernel[] {
  const file = environment[variable]
  if (!file) return []
  try {
    return z.array(givenKernel).parse(JSON.parse(readFileSync(file, 'utf8')))
  } catch (error) {
    throw new ImageError(`$${variable} (${file}) names no kernels`, { cause: error })
  }
}

/** The given kernel of that name. */
export function givenKernelOf(name: KernelName, environment = process.env): GivenKernel | undefined {
  return givenKernels(environment).find(kernel => kernel.name === name)
}

/** Makes these kernels known to this process and to those that it starts. The same kernels lead to the same file. */
export function giveKernels(
  root: string,
  kernels: readonly GivenKernel[],
  environment: NodeJS.ProcessEnv = process.env,
): void {
  const json = JSON.stringify(kernels, null, 2)
  const dir = join(root, 'given')
  const file = join(dir, `${sha256(json).slice(0, 20)}.json`)
  mkdirSync(dir, { recursive: true })
  writeFileSync(`${file}.${process.pid}`, json)
  renameSync(`${file}.${process.pid}`, file)
  environment[variable] = file
}

/** A name that files can have, and that no series has: `linux-v6.9`. */
export function givenName(...parts: readonly string[]): KernelName {
  const words = parts.map(part => part.replace(/[^A-Za-z0-9._-]+/g, '-').replace(/^[-.]+|[-.]+$/g, ''))
  const name = words.filter(Boolean).join('-').slice(0, 60) || 'tree'
  return /^[0-9]/.test(name) ? `linux-${name}` : name
}
