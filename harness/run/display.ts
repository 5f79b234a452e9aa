import { createLogUpdate } from 'log-update'
import { clock, timeLeft } from '../images/progress.ts'
import type { CellResult } from '../results/result.ts'
import { cellLine, colourPaint, countVerdicts, failureLines, plainPaint, tally, type Paint } from './lines.ts'
import type { Cell } from './plan.ts'
import type { Observer } from './pool.ts'

const REDRAW_MS = 250
/** More than a screen full of running cells tells nobody anything. */
const MOST_RUNNING = 16

export interface Display extends Observer {
  /** Ends what is drawn in place; lines written before stay. */
  stop(): void
  line(text: string): void
  paint: Paint
}

export interface DisplayOptions {
  /** The run's folder. */
  out: string
  cells: readonly Cell[]
  /** Whether any duration is known: without, nobody can say how much time is left. */
  durationsKnown: boolean
  variables?: NodeJS.ProcessEnv
}

interface Running {
  since: number
  boot: { since: number } | null
}

/** Shows a run: a line a finished cell, and on a terminal what goes on below them. */
export function displayOn(stream: NodeJS.WriteStream, options: DisplayOptions): Display {
  const { out, cells, durationsKnown, variables = process.env } = options
  const isLive = stream.isTTY && variables['TERM'] !== 'dumb'
  const paint = isLive && !variables['NO_COLOR'] ? colourPaint : plainPaint
  let update = isLive ? createLogUpdate(stream) : undefined
  const started = performance.now()
  const running = new Map<Cell, Running>()
  const finished: { verdict: CellResult['verdict'] }[] = []
  const total = cells.reduce((sum, { estimate }) => sum + estimate, 0)
  let done = 0

  const draw = () => update?.(block().join('\n'))
  const timer = isLive ? setInterval(draw, REDRAW_MS) : undefined
  timer?.unref()

  function block(): string[] {
    const width = (stream.columns || 80) - 1
    const rows = [...running].slice(0, Math.min(MOST_RUNNING, (stream.rows || 24) - 3)).map(([cell, run]) => {
      const now = performance.now()
      const doing = run.boot ? `booting, ${clock((now - run.boot.since) / 1000)}` : 'starting'
      return `  ${clock((now - run.since) / 1000)}  ${cell.id}: ${doing}`.slice(0, width)
    })
    const elapsed = (performance.now() - started) / 1000
    const left = durationsKnown ? timeLeft(elapsed, done / total) : undefined
    const ends = left === undefined ? '' : `, about ${clock(left)} left`
    const counts = tally(countVerdicts(finished), plainPaint)
    const head = `${finished.length} of ${cells.length} cells, ${clock(elapsed)}${ends}: ${counts}`
    return [...rows, head.slice(0, width)]
  }

  function line(text: string): void {
    update?.clear()
    stream.write(`${text}\n`)
    draw()
  }

  return {
    paint,
    line,
    started: cell => void running.set(cell, { since: performance.now(), boot: null }),
    booting(cell) {
      const run = running.get(cell)
      if (run) run.boot = { since: performance.now() }
    },
    retrying(cell, attempt, left) {
      const result = { ...attempt, id: cell.id, spec: cell.spec, attempts: 1 }
      line(`${cellLine(result, paint)}; run again, ${left} ${left === 1 ? 'retry' : 'retries'} left`)
    },
    finished(cell, result) {
      running.delete(cell)
      finished.push(result)
      done += cell.estimate
      line([cellLine(result, paint), ...failureLines(result, out, paint)].join('\n'))
    },
    note: line,
    stop() {
      clearInterval(timer)
      update?.clear()
      update?.done()
      // What is said from now on is plain.
      update = undefined
    },
  }
}
