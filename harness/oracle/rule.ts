import { hex } from '../report/json.ts'
import type { Mapping, Part, Transfer } from './oracle.ts'
import type { Scene } from './scene.ts'

/** A comparison that came out wrong. */
export interface Found {
  /** What is wrong, in words, without the two sides. */
  why: string
  /** Each side, in hex. */
  kernel: string
  saw: string
  device: string | null
  mapping: Mapping | null
  /** Number of the console line that it is about. */
  line: number | null
}

/** One comparison: null if both sides agree. */
export type Comparison = Found | null

/** A row of rules.ts. */
export interface Rule {
  name: string
  /** What it claims of every boot, as a sentence. */
  claims: string
  /** Makes all comparisons that it can of a boot. */
  check(scene: Scene): Iterable<Comparison>
}

/** A rule that holds of each mapping by itself. */
export function perMapping(
  name: string,
  claims: string,
  check: (mapping: Mapping, scene: Scene) => Iterable<Omit<Found, 'device' | 'mapping'> | null>,
): Rule {
  return {
    name,
    claims,
    *check(scene) {
      for (const mapping of scene.told.mappings) {
        for (const found of check(mapping, scene)) {
          yield found && { ...found, device: mapping.device, mapping }
        }
      }
    },
  }
}

/** `0xffffe000 to 0xffffefff`. */
export function range(start: bigint, size: bigint): string {
  return size <= 1n ? hex(start) : `${hex(start)} to ${hex(start + size - 1n)}`
}

/** The addresses of a mapping; of a long list the first ones. */
export function ranges(parts: readonly Part[]): string {
  const first = parts.slice(0, 4).map(({ dma, size }) => range(dma, size))
  return `${first.join(', ')}${parts.length > 4 ? `, and ${parts.length - 4} more` : ''}`
}

/** What the kernel said of a part: `0xffffe000 to 0xffffefff is 0x5009d9000`. */
export function given({ dma, size, target }: Part): string {
  return `${range(dma, size)} is ${hex(target)}`
}

/** `wrote 0xffffe000 to 0xffffe1ff, which was 0x5009d9000, by job 7`. */
export function did({ access, iova, length, phys, ok, mmu, cause, job }: Transfer): string {
  const verb = ok ? { read: 'read', write: 'wrote' }[access] : `was refused to ${access}`
  const where = ok ? `, which was ${hex(phys)}` : cause ? ` (${cause})` : ''
  const way = mmu === null ? ', not translated' : ''
  return `${verb} ${range(iova, length)}${where}${way}${job === undefined ? '' : `, by job ${job}`}`
}
