/** What `dmaspec run` and the processes that run its specs tell each other, over node's own channel. */

/** To a worker: run this spec on this kernel, with these environment variables; or: the boot that asked may start. */
export type ToWorker =
  | {
      type: 'cell'
      kernel: string
      spec: string
      file: string
      out: string
      variables: Record<string, string | undefined>
    }
  | { type: 'turn'; boot: number }

/**
 * To the run: the process has started; tap's root test is over, so that no more can be run; a boot wants to start; it is
 * over, and so is its claim to memory.
 */
export type FromWorker =
  | { type: 'ready' }
  | { type: 'ended' }
  | { type: 'ask'; boot: number; folder: string; memory: number; seconds: number }
  | { type: 'over'; boot: number }

/** The file descriptor on which a worker writes TAP: its output is for whatever specs print. */
export const TAP_FD = 4

/** Holds what marks our own lines in a worker's TAP. */
export const NONCE_VARIABLE = 'DMASPEC_RUN_NONCE'

/** A line of TAP that is ours: `# dmaspec <nonce> boot {…}`. No guest knows the nonce. */
export function markOf(nonce: string, what: 'boot' | 'threw', value: unknown): string {
  return `dmaspec ${nonce} ${what} ${JSON.stringify(value)}`
}

/** The name of the assertion after a cell's last. */
export function lastOf(nonce: string): string {
  return `dmaspec ${nonce} over`
}

/** The name of the assertion after that: it says nothing, and belongs to no cell. */
export function afterLast(nonce: string): string {
  return `dmaspec ${nonce} next`
}
