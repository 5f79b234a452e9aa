/** A record of /dev/kmsg (Documentation/ABI/testing/dev-kmsg). */
export interface KernelMessage {
  /** 0 emergency to 7 debug. */
  level: number
  sequence: number
  /** Seconds since boot. */
  time: number
  text: string
}

type Start = (onOutput: (text: string, from: 'stdout' | 'stderr') => void) => Promise<unknown>

/** The records of what `start` reads, as they come; ends when that does. */
export async function* readMessages(start: Start): AsyncGenerator<KernelMessage> {
  const ready: KernelMessage[] = []
  let rest = ''
  let wake = () => {}
  let ended = false
  const reading = start((text, from) => {
    if (from !== 'stdout') return
    const lines = (rest + text).split('\n')
    rest = lines.pop() ?? ''
    ready.push(...lines.flatMap(line => parseRecord(line) ?? []))
    wake()
  }).finally(() => {
    ended = true
    wake()
  })
  reading.catch(() => undefined)
  for (;;) {
    yield* ready.splice(0)
    if (ended && ready.length === 0) break
    if (ready.length === 0) await new Promise<void>(resolve => (wake = resolve))
  }
  await reading
}

/** `6,339,5140900,-;text`; a line that starts with a blank is of the record before, and no message. */
export function parseRecord(line: string): KernelMessage | null {
  const [, priority, sequence, microseconds, text] =
    /^(\d{1,9}),(\d{1,19}),(\d{1,19}),[^;]{0,64};(.*)$/.exec(line) ?? []
  if (priority === undefined || text === undefined) return null
  return {
    level: Number(priority) & 7,
    sequence: Number(sequence),
    time: Number(microseconds) / 1e6,
    text: text.replace(/\\x([0-9a-f]{2})/g, (_, code: string) => String.fromCharCode(parseInt(code, 16))),
  }
}
