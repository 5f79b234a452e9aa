/** A terminal that is ours to give to a guest. */
export interface Terminal {
  input: NodeJS.ReadStream
  output: NodeJS.WriteStream
  /** $TERM. */
  type: string
}

/** Gives a terminal back as it was; one that hung up wants nothing any more. */
export function cook(input: NodeJS.ReadStream): void {
  try {
    if (input.isTTY) input.setRawMode(false)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EIO') throw error
  }
}
