/** The page in a browser: what a reader sees, clicks and types. */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { Page } from 'playwright-core'
import t, { type Test } from 'tap'
import { noBrowser, startBrowser, type Browser } from './browser.ts'
import type { RunResult } from '../result.ts'
import { htmlReport } from './page.ts'
import { bigRun, HOSTILE, sampleCell, sampleRun, sampleTest, writeBoot } from './sample-run.ts'

const skip = noBrowser()
if (skip !== null) t.plan(0, skip)
else {
  t.setTimeout(180_000)
  t.jobs = 1
  let browser: Browser
  t.before(async () => (browser = await startBrowser()))
  t.teardown(() => browser.close())

  /** Opens a report from a file; what the console says or the network is asked for fails the test. */
  const open = async (t: Test, run: RunResult, { extra = '', link = '' } = {}): Promise<Page> => {
    const out = t.testdir()
    writeBoot(out, extra)
    const file = join(out, 'report.html')
    writeFileSync(file, await htmlReport(out, run))
    const page = await browser.context.newPage()
    t.teardown(() => page.close())
    const url = pathToFileURL(file).href
    page.on('console', message => t.fail(`console: ${message.text()}`))
    page.on('pageerror', error => t.fail(`error: ${error.message}`))
    page.on('request', request => {
      if (request.url().split('#')[0] !== url) t.fail(`asked for ${request.url()}`)
    })
    await page.goto(url + link)
    return page
  }
  const two = () => [sampleTest('the first test'), sampleTest('the second test', 'failed')]
  const small = () =>
    sampleRun([
      sampleCell('6.1', 'report', two()),
      sampleCell('6.12', 'report', two()),
      sampleCell('6.12', 'fault', [sampleTest('another')]),
    ])
  const focused = (page: Page) =>
    page.evaluate('document.activeElement.closest("tr")?.dataset.id + " " + document.activeElement.cellIndex')
  const title = (page: Page) => page.textContent('#detail-title')
  const isOpen = (page: Page) => page.evaluate('document.querySelector("#detail").open')

  t.test('a click shows assertion, oops, console, command and trace', async t => {
    const page = await open(t, small())
    await page.click('tr[data-id="report/the-second-test"] td >> nth=1')
    await page.waitForSelector('.console')
    t.equal(await title(page), 'linux 6.12, report: the second test')
    const text = (await page.textContent('#detail-body')) ?? ''
    for (const part of [
      'NOT OK holds: the second test',
      'expected: 1',
      'null-deref in ipmmu_domain_free',
      'iommu_group_release+0x18/0xc0',
      '0x500148000',
      'Unable to handle',
      'qemu-system-aarch64',
      'enable micro-TLB 2',
    ]) {
      t.ok(text.includes(part), part)
    }
    t.equal(await page.locator('.console .bad').count(), 4, 'the error, and the oops to its end')
    t.equal(await page.locator('.console .first').count(), 3)
    t.equal(await page.evaluate('location.hash'), '#6.12/report/the-second-test')
  })

  t.test('the keyboard does all of it', async t => {
    const page = await open(t, small())
    await page.keyboard.press('Tab')
    await page.keyboard.press('Enter')
    await page.keyboard.press('Tab')
    t.equal(await focused(page), 'report 1', 'the skip link leads to the grid')
    await page.keyboard.press('ArrowDown')
    await page.keyboard.press('ArrowRight')
    t.equal(await focused(page), 'report/the-first-test 2')
    await page.keyboard.press('Control+End')
    t.equal(await focused(page), 'fault/another 2')
    await page.keyboard.press('Control+Home')
    await page.keyboard.press('n')
    await page.keyboard.press('n')
    t.equal(await focused(page), 'report/the-second-test 1', 'n goes to what did not pass')
    const outline = 'getComputedStyle(document.activeElement).outlineStyle'
    t.equal(await page.evaluate(outline), 'solid', 'and the focus is seen')
    await page.keyboard.press('Enter')
    await page.waitForSelector('.console')
    await page.keyboard.press('n')
    await page.keyboard.press('n')
    t.equal(await page.getAttribute('.console .here', 'data-n'), '2', 'n goes from mark to mark')
    await page.keyboard.press('p')
    t.equal(await page.getAttribute('.console .here', 'data-n'), '1')
    await page.keyboard.press('Escape')
    await until(page, 'location.hash === ""')
    t.equal(await isOpen(page), false)
    t.equal(await focused(page), 'report/the-second-test 1', 'and back')
  })

  t.test('the filter takes words, kernels and verdicts', async t => {
    const page = await open(t, small())
    const seen = () => page.locator('tbody td:visible:not(.out)').count()
    const all = await seen()
    await page.locator('tbody td').first().focus()
    await page.keyboard.press('/')
    await page.keyboard.type('second 6.1')
    t.equal(await page.textContent('#shown'), '1 of 5 tests', '6.1 is not 6.12')
    t.equal(await page.locator('thead th:visible').count(), 2)
    await page.keyboard.press('Enter')
    t.equal(await focused(page), 'report/the-second-test 1')
    await page.keyboard.press('/')
    await page.keyboard.press('Escape')
    t.equal(await seen(), all)
    await page.check('[value=failed]')
    t.equal(await page.textContent('#shown'), '2 of 5 tests')
    await page.keyboard.press('/')
    await page.keyboard.type('no such thing')
    t.equal(await page.isVisible('#nothing'), true)
  })

  t.test('a link opens its cell; one to nowhere says so', async t => {
    const page = await open(t, small(), { link: '#6.12/report/the-first-test' })
    await page.waitForSelector('.console')
    t.equal(await title(page), 'linux 6.12, report: the first test')
    await page.evaluate('location.hash = "#7.3/report"')
    await until(page, 'document.querySelector("#shown").textContent')
    t.match(await page.textContent('#shown'), /No cell 7\.3\/report/)
  })

  t.test('a hostile guest prints text', async t => {
    const test = { ...sampleTest(HOSTILE, 'failed'), reason: HOSTILE }
    test.assertions.push({ ok: false, title: HOSTILE, diagnostics: HOSTILE, directive: null })
    test.boots[0]?.oopses.unshift(HOSTILE)
    const run = sampleRun([sampleCell('6.1', 'report', [test])], {
      merged: { parts: [], doubled: [], problems: [HOSTILE] },
    })
    const page = await open(t, run, { extra: HOSTILE })
    await page.click('tr.test td')
    await page.waitForSelector('.console')
    t.equal(await page.evaluate('window.pwned'), undefined)
    t.equal(await page.locator('img, iframe').count(), 0)
    t.match(await page.textContent('.console'), /<\/script><script>window\.pwned = 1.*bidi \\u202e end/)
  })

  t.test('dark and light, as the system has it or as one chooses; text can be read in both', async t => {
    const page = await open(t, everyVerdict())
    const background = () => page.evaluate<string>('getComputedStyle(document.body).backgroundColor')
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme })
      t.same(await page.evaluate<string[]>(LOW_CONTRAST), [], `${colorScheme}: 4.5 to 1 or better`)
    }
    const dark = await background()
    await page.click('#colours')
    t.not(await background(), dark, 'light is chosen, whatever the system has')
    await page.click('#colours')
    t.equal(await background(), dark)
    t.equal(await page.textContent('#colours'), 'Colours: dark')
  })

  t.test('verdicts have words, and the grid has roles', async t => {
    const page = await open(t, everyVerdict())
    const words = await page.locator('tr.spec td b').allTextContents()
    const plain = words.map(word => word.replace(/^\S+\s+/, ''))
    t.same(new Set(plain), new Set(['passed', 'failed', 'error', 'flaky', 'skipped', 'missing']))
    t.equal(await page.locator('[role=gridcell][tabindex="0"]').count(), 1, 'one cell is in the tab order')
    const tree = await page.locator('main').ariaSnapshot()
    t.match(tree, /- '?grid "Verdicts: kernels across/)
    t.match(tree, /- columnheader "6\.1/)
    t.match(tree, /- rowheader "report"/)
    t.match(tree, /- gridcell/)
  })

  t.test(
    '5,000 cells: no listener, style or detail a cell, and rows out of sight are not laid out',
    async t => {
      const page = await open(t, bigRun(50, 20, 5))
      t.equal(await page.locator('tr.test td').count(), 5000)
      const session = await browser.context.newCDPSession(page)
      const { nodes, jsEventListeners } = await session.send('Memory.getDOMCounters')
      t.ok(nodes < 110_000, `${nodes} nodes`)
      t.ok(jsEventListeners < 60, `${jsEventListeners} listeners`)
      t.equal(await page.locator('main [style]').count(), 0)
      const far = `document.querySelector('tbody tr:last-child td b').checkVisibility({contentVisibilityAuto: true})`
      t.equal(await page.evaluate(far), false)
      await page.locator('tbody td').first().focus()
      await page.keyboard.press('Control+End')
      t.equal(await page.evaluate(far), true)
      t.equal(await focused(page), 'spec-19/test-4-of-what-a-bus-of-19-bits-does 50')
      const box = await page.locator('td:focus').boundingBox()
      t.ok(box && box.x >= 300 && box.x + box.width <= 1400 && box.y + box.height <= 900, 'it is in sight')
    },
  )

  t.test('a narrow window scrolls the grid, not the page; paper has all of it', async t => {
    const page = await open(t, small())
    await page.setViewportSize({ width: 400, height: 800 })
    const overflow = 'document.documentElement.scrollWidth - innerWidth'
    t.ok((await page.evaluate<number>(overflow)) <= 0)
    await page.click('tr.test td')
    await page.waitForSelector('.console')
    t.ok((await page.evaluate<number>(overflow)) <= 0)
    t.ok((await page.evaluate<number>('detail.scrollWidth - detail.clientWidth')) <= 0)
    t.ok(
      (await page.evaluate<number>('document.querySelector(".bar").offsetHeight')) < 150,
      'its title is wide',
    )
    await page.keyboard.press('Escape')
    await page.emulateMedia({ media: 'print' })
    t.equal(await page.isVisible('#filter'), false)
    t.equal(
      await page.evaluate('getComputedStyle(document.querySelector("thead")).display'),
      'table-header-group',
    )
  })
}

/** Playwright's waitForFunction() polls with eval(), which the page's policy forbids. */
async function until(page: Page, condition: string): Promise<void> {
  while (!(await page.evaluate(condition))) await page.waitForTimeout(20)
}

function everyVerdict(): RunResult {
  const verdicts = ['failed', 'error', 'flaky', 'skipped', 'passed'] as const
  const cells = verdicts.map((verdict, i) =>
    sampleCell(
      `6.${i}`,
      'report',
      [{ ...sampleTest('a', verdict), reason: i === 1 ? 'it broke' : null }],
      verdict,
    ),
  )
  return sampleRun(cells, { matrix: [...cells.map(({ id }) => id), '6.1/report', '7.2/report'] })
}

/** Elements whose own text stands out less than 4.5 to 1 (WCAG 2, AA) from the nearest background. */
const LOW_CONTRAST = `(() => {
  const canvas = new OffscreenCanvas(1, 1).getContext('2d', { willReadFrequently: true })
  const rgb = color => {
    canvas.clearRect(0, 0, 1, 1)
    canvas.fillStyle = color
    canvas.fillRect(0, 0, 1, 1)
    return canvas.getImageData(0, 0, 1, 1).data
  }
  const light = ([r, g, b]) => [r, g, b]
    .map(v => v / 255)
    .map(v => (v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4))
    .reduce((sum, v, i) => sum + v * [0.2126, 0.7152, 0.0722][i], 0)
  const behind = element => {
    for (let e = element; e; e = e.parentElement) {
      const color = rgb(getComputedStyle(e).backgroundColor)
      if (color[3] === 255) return color
    }
    return [255, 255, 255]
  }
  const found = []
  for (const element of document.querySelectorAll('body *')) {
    const text = [...element.childNodes].some(node => node.nodeType === 3 && node.data.trim())
    if (!text || !element.checkVisibility() || element.localName === 'script') continue
    const [a, b] = [light(rgb(getComputedStyle(element).color)), light(behind(element))]
    const ratio = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05)
    if (ratio < 4.5) found.push(element.localName + '.' + element.className + ' ' + ratio.toFixed(2))
  }
  return found
})()`
