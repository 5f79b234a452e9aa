import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { CDPSession } from 'playwright-core'
import { ImageError } from '../errors.ts'
import { noBrowser, startBrowser } from '../results/html/browser.ts'
import { htmlReport } from '../results/html/page.ts'
import { bigRun, writeBoot } from '../results/html/sample-run.ts'
import type { Figure } from './harness.ts'
import { median } from './median.ts'

const KEYS = ['ArrowDown', 'ArrowRight', 'PageDown', 'Control+End', 'Control+Home', 'End', 'PageDown', 'Home']
const ROUNDS = 3

/** In the page: from a key's event to the frame that shows what it did. */
const WATCH_KEYS = `
  window.keyTimes = []
  addEventListener('keydown', ({ timeStamp }) => {
    requestAnimationFrame(() => {
      const { port1, port2 } = new MessageChannel()
      port1.onmessage = () => keyTimes.push(performance.now() - timeStamp)
      port2.postMessage(0)
    })
  }, true)
`
const FRAMES = 30

/** In the page: scrolls the grid down, a frame at a time. */
const SCROLL = `new Promise(done => {
  const grid = document.querySelector('main')
  const frame = i => requestAnimationFrame(() => {
    grid.scrollTop = i * 60
    if (i === ${FRAMES}) done()
    else frame(i + 1)
  })
  frame(1)
})`

/**
 * The HTML report of 5,000 cells in Chromium, in milliseconds: from opening the file to its first paint, from a key to
 * the frame that shows it (the median), and the main thread's CPU time of a frame while scrolling.
 */
export async function htmlReportTimes(): Promise<Figure[]> {
  const missing = noBrowser()
  if (missing !== null) throw new ImageError(missing)
  const out = mkdtempSync(join(tmpdir(), 'dmaspec-html-'))
  const browser = await startBrowser()
  try {
    writeBoot(out)
    const file = join(out, 'report.html')
    writeFileSync(file, await htmlReport(out, bigRun(50, 20, 5)))
    const times = { loads: [] as number[], keys: [] as number[], frames: [] as number[] }
    for (let round = 0; round < ROUNDS; round++) {
      const page = await browser.context.newPage()
      await page.goto(pathToFileURL(file).href)
      times.loads.push(await page.evaluate<number>(PAINTED))
      await page.evaluate(WATCH_KEYS)
      await page.locator('tbody td').first().focus()
      for (const key of KEYS) await page.keyboard.press(key, { delay: 50 })
      times.keys.push(...(await page.evaluate<number[]>('keyTimes')))
      const session = await browser.context.newCDPSession(page)
      await session.send('Performance.enable', { timeDomain: 'threadTicks' })
      const before = await taskSeconds(session)
      await page.evaluate(SCROLL)
      times.frames.push(((await taskSeconds(session)) - before) * (1000 / FRAMES))
      await page.close()
    }
    return [
      ['html-5000-cells-ms', median(times.loads)],
      ['html-key-ms', median(times.keys)],
      ['html-frame-ms', median(times.frames)],
    ]
  } finally {
    await browser.close()
    rmSync(out, { recursive: true, force: true })
  }
}

async function taskSeconds(session: CDPSession): Promise<number> {
  const { metrics } = await session.send('Performance.getMetrics')
  return metrics.find(({ name }) => name === 'TaskDuration')?.value ?? NaN
}

/** In the page: when its first content was painted, from the start of the navigation. */
const PAINTED = `new Promise(done => {
  const look = () => {
    const [paint] = performance.getEntriesByName('first-contentful-paint')
    if (paint) requestAnimationFrame(() => done(paint.startTime))
    else setTimeout(look, 20)
  }
  look()
})`
