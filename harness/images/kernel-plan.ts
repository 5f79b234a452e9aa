import type { PatchedTree } from './patched.ts'

/** One kernel to be compiled: from what, how, and where. */
export interface KernelPlan extends PatchedTree {
  /** Its name, for people: `linux 6.1+debug`. */
  what: string
  /** Out of tree: make's O=. The configuration's stamp and fragment stand beside it. */
  build: string
  /** In the order in which they apply. */
  patches: readonly string[]
  fragment: string
  /** Whether Kconfig must take this line of the fragment; all of them if not given. */
  mustHave?: (line: string) => boolean
  /** Variables of make. */
  variables: readonly string[]
  /** The board's device tree below arch/arm64/boot/dts. */
  dtb: string
  /** Steps of a whole build as the table has them, and the file that the last build's are kept in. */
  steps: { all: number; file: string }
}
