import { createHash } from 'node:crypto'
import t from 'tap'
import { htmlReport } from './page.ts'
import { bigRun, HOSTILE, sampleCell, sampleRun, sampleTest, writeBoot } from './sample-run.ts'

const hostileRun = () => {
  const test = { ...sampleTest(HOSTILE, 'failed'), reason: HOSTILE }
  const cell = {
    ...sampleCell(`6.1 ${HOSTILE}`, `spec${HOSTILE.replaceAll('/', '')}`, [test]),
    reason: HOSTILE,
  }
  return sampleRun([{ ...cell, kernel: { ...cell.kernel, version: HOSTILE, sha256: HOSTILE } }], {
    dmaspec: HOSTILE,
    started: HOSTILE,
    machine: { cpu: HOSTILE, cores: 1, memory: 1, qemu: HOSTILE },
    merged: { parts: [], doubled: [], problems: [HOSTILE] },
  })
}

const elements = (html: string, name: string) =>
  [...html.matchAll(new RegExp(`<${name}([^>]*)>([^]*?)</${name}>`, 'g'))].map(
    ([, attributes = '', text = '']) => ({
      attributes,
      text,
    }),
  )

t.test('hostile text is text', async t => {
  const out = t.testdir()
  writeBoot(out, HOSTILE)
  const html = await htmlReport(out, hostileRun())
  t.notMatch(html, /window\.pwned = 1<\/script>/)
  t.notMatch(html, /<img/)
  t.notMatch(html, /<!--/)
  // eslint-disable-next-line no-control-regex
  t.notMatch(html, /[\x00-\x08\x0b-\x1f\u2028\u202e\ufeff]|[\ud800-\udfff](?![\udc00-\udfff])/)
  t.match(html, /&lt;img src=x onerror=&quot;window\.pwned = 2&quot;&gt;/)
  const scripts = elements(html, 'script')
  t.equal(scripts.length, 2, 'one block, one script')
  t.match(scripts[0]?.text, /^[A-Za-z0-9+/=]+$/, 'a block is base64')
})

t.test('it loads nothing', async t => {
  const out = t.testdir()
  writeBoot(out)
  const html = await htmlReport(out, bigRun(3, 2, 2))
  t.notMatch(html, /\b(https?|ftp|wss?|data|blob|javascript):/i)
  t.notMatch(html, /<(link|img|iframe|object|embed|base|audio|video|source|form [^>]*action)\b/)
  t.notMatch(html, /@import ['"u]|url\(|\bsrc=|\bimport\(|\bfetch\(|XMLHttpRequest/)
  t.same(
    [...html.matchAll(/href="([^"]*)"/g)].map(([, href]) => href),
    ['#grid'],
  )
  t.notMatch(html, /\sstyle=|\son[a-z]+=/, 'nothing inline that the policy would block')
})

t.test('the policy lets run what is in the page, and nothing else', async t => {
  const out = t.testdir()
  writeBoot(out)
  const html = await htmlReport(out, bigRun(3, 2, 2))
  const policy = /Content-Security-Policy" content="([^"]*)"/.exec(html)?.[1]?.replaceAll('&#39;', "'")
  const script = elements(html, 'script').find(({ attributes }) => attributes === '')
  const [style] = elements(html, 'style')
  const hash = (text = '') => `'sha256-${createHash('sha256').update(text).digest('base64')}'`
  t.match(policy?.split('; '), [
    "default-src 'none'",
    `script-src ${hash(script?.text)}`,
    `style-src ${hash(style?.text)}`,
    "base-uri 'none'",
    "form-action 'none'",
  ])
})

t.test('what is missing or doubled, and what a merge found, stands above the grid', async t => {
  const cell = sampleCell('6.1', 'report', [])
  const text = async (run: Parameters<typeof htmlReport>[1]) =>
    (await htmlReport(t.testdirName, run)).replaceAll(/\s+/g, ' ')
  t.testdir()
  const missing = await text(sampleRun([cell], { matrix: ['6.1/report', '7.2/report'] }))
  t.match(missing, /<section class="problems".*1 cell planned, never reported: 7\.2\/report.*<table/)
  t.match(
    await text(sampleRun([cell, cell])),
    /1 cell reported more than once, the worst is shown: 6\.1\/report/,
  )
  t.match(await text(sampleRun([cell], { shard: { index: 2, count: 3 } })), /this is shard 2 of 3 alone/)
  const merged = { parts: [], doubled: [], problems: ['shard 3 of 3 is missing'] }
  t.match(await text(sampleRun([cell], { merged })), /<li>shard 3 of 3 is missing<\/li>/)
  t.notMatch(await text(sampleRun([cell])), /class="problems" aria/)
})

t.test('a run of nothing is a page, too', async t => {
  t.match(await htmlReport(t.testdir(), sampleRun([])), /nothing was run/)
})
