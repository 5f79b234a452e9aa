import type { Addition } from './additions.ts'
import type { PatchedTree } from './patched.ts'

/** One kernel to be compiled: from what, how, and where. */
export interface KernelPlan extends PatchedTree {
  /** Its name, for people: `linux 6.1+debug`. */
  what: string
  /** Out of tree: make's O=. The configuration's stamp and fragment stand beside it. */
  build: string
  /** In the order in which they apply. */
  patches: readonly string[]
  /** Files of ours beside the kernel's own, on top of the patches. */
  additions: readonly Addition[]
  /** Whether a file of ours that doesn't compile is left out, and said; of the table's series each must. */
  mayLeaveOut?: boolean
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
