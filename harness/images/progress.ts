/** Where a long step is: nothing known, or a share of its work done. */
export interface Step {
  /** `share` from 0 to 1; `detail` such as `412/1306`. */
  update(share: number | undefined, detail?: string): void
  done(detail?: string): void
}

/** One line per step with the time it took and may still take. */
export interface Progress {
  step(title: string): Step
  /** A line of its own. */
  note(line: string): void
  /** Ends the step that was interrupted or failed, if any. */
  stop(): void
}

export interface Output {
  isTTY?: boolean
  columns?: number
  write(text: string): unknown
}

/** On a terminal the line is rewritten in place; elsewhere a plain line comes every ten seconds. */
export function progressOn(out: Output, now: () => number = Date.now): Progress {
  const put = (text: string, end: string) => out.write(out.isTTY ? `\r${text}\x1b[K${end}` : `${text}\n`)
  let stopActive = () => {}
  return {
    step(title) {
      stopActive()
      const started = now()
      const elapsed = () => (now() - started) / 1000
      let [share, detail]: [number | undefined, string] = [undefined, '']
      let [printed, ended] = [started, false]
      const print = () => {
        put(stepLine(title, detail, elapsed(), share).slice(0, out.isTTY ? (out.columns || 80) - 1 : 500), '')
        printed = now()
      }
      const timer = setInterval(print, out.isTTY ? 1_000 : 10_000)
      const end = (text?: string) => {
        clearInterval(timer)
        if (ended) return
        ended = true
        stopActive = () => {}
        if (text) put(text, '\n')
        else if (out.isTTY) out.write('\n')
      }
      stopActive = end
      if (out.isTTY) print()
      return {
        update(newShare, newDetail = '') {
          share = newShare
          detail = newDetail
          if (!ended && out.isTTY && now() - printed >= 100) print()
        },
        done: (result = detail) => end(`${title}${result && `: ${result}`} (${clock(elapsed())})`),
      }
    },
    note: line => void put(line, '\n'),
    stop: () => stopActive(),
  }
}

/** `linux 6.1: compiling 412/1100, 37 %, 1:20, about 2:15 left`. */
export function stepLine(title: string, detail: string, elapsed: number, share: number | undefined): string {
  const parts = [detail ? `${title} ${detail}` : title]
  if (share !== undefined) parts.push(`${Math.floor(Math.min(share, 1) * 100)} %`)
  parts.push(clock(elapsed))
  const left = timeLeft(elapsed, share)
  if (left !== undefined) parts.push(`about ${clock(left)} left`)
  return parts.join(', ')
}

/** Seconds left if the rest goes as the part that was done; undefined as long as that would be a guess. */
export function timeLeft(elapsed: number, share: number | undefined): number | undefined {
  if (share === undefined || share < 0.01 || share >= 1 || elapsed < 2) return undefined
  return (elapsed * (1 - share)) / share
}

export function clock(seconds: number): string {
  const whole = Math.round(seconds)
  return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, '0')}`
}

/** `[412/1306] Compiling C object …`, as ninja prints it. */
export function ninjaCount(line: string): { done: number; all: number } | undefined {
  const found = /^\[(\d+)\/(\d+)\] /.exec(line)
  return found ? { done: Number(found[1]), all: Number(found[2]) } : undefined
}

/** Whether a line of make's output is a step of the kernel's build: `  CC      init/main.o`. */
export function isKbuildStep(line: string): boolean {
  return /^ {2}[A-Z][A-Z0-9_]+ +\S/.test(line)
}

/** `dlstatus:1:23.5:Retrieving file 1 of 2`, as apt writes to APT::Status-Fd. */
export function aptShare(line: string): number | undefined {
  const found = /^dlstatus:\d+:([\d.]+):/.exec(line)
  return found ? Number(found[1]) / 100 : undefined
}
