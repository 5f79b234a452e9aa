/** The user, or the system, wants us to stop. */
export class Interrupted extends Error {
  /** 128 and the signal's number, as shells have it. */
  readonly status: number

  constructor(message: string, status: number) {
    super(message)
    this.status = status
  }
}

const SIGNALS = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129 } as const

/**
 * Runs work that SIGINT, SIGTERM and SIGHUP abort, so that it can end its QEMU and remove its files. A second signal
 * does not wait for that: the kernel ends QEMU then.
 */
export async function interruptible<T>(work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const controller = new AbortController()
  const handlers = Object.entries(SIGNALS).map(([name, status]) => {
    const handler = () => {
      if (controller.signal.aborted) process.exit(status)
      controller.abort(new Interrupted(name === 'SIGINT' ? 'interrupted' : `ended by ${name}`, status))
    }
    process.on(name, handler)
    return () => process.off(name, handler)
  })
  try {
    return await work(controller.signal)
  } finally {
    for (const off of handlers) off()
  }
}
