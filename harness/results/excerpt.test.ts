import { spawnSync } from 'node:child_process'
import { mkdirSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { THE_REPORT } from '../report/consoles.ts'
import { excerptOf, readExcerpt, readExcerpts } from './excerpt.ts'
import { HOSTILE, SAMPLE_CELLS, sampleBoot, sampleRun } from './sample.ts'
import { linesOf } from '../text.ts'

const quiet = (n: number) => Array.from({ length: n }, (_, i) => `[    0.${i}] line ${i + 1}`)

t.test('the oops with what came before it, and the last lines; what is left out between is said', async t => {
  const header = THE_REPORT.findIndex(line => line.includes('Unable to handle kernel'))
  // Stamped as its neighbours are: a bare header among stamped lines is some program's print, and no crash.
  const oops = THE_REPORT.slice(header).map(line => `[    2.0] ${line}`)
  const text = excerptOf([...quiet(100), ...oops, ...quiet(100)])
  t.match(text, /^ {4}⋮\n 98 .*line 98\n 99 .*\n100 .*\n101 .*Unable to handle kernel NULL pointer/)
  t.match(text, /end trace .*\n {4}⋮\n.*line 81\n/s)
  t.match(text, /line 100$/)
  t.notMatch(text, /line 80$/m)
})

t.test('a short console is whole', async t => {
  t.equal(excerptOf(['a', 'b']), '1 a\n2 b')
  t.equal(excerptOf([]), '')
})

t.test('a refusal of the IOMMU is quoted', async t => {
  const refusal =
    '[    0.3] ipmmu-vmsa e67b0000.iommu: Cannot accommodate DMA translation for IOMMU page tables'
  t.match(excerptOf([...quiet(50), refusal, ...quiet(50)]), /^ 50 .*\n 51 .*Cannot accommodate.*\n 52 /m)
})

t.test('an excerpt is bounded, whatever was printed', async t => {
  const oopses = Array.from(
    { length: 1000 },
    () => 'Unable to handle kernel paging request at virtual address 0',
  )
  t.ok(excerptOf(oopses).split('\n').length < 200)
  t.ok(excerptOf(linesOf(`${HOSTILE}\n`.repeat(20))).length < 200 * 1010)
})

t.test('a console that can not be read is said, and no error', async t => {
  const folder = t.testdir({ dir: { 'console.log': {} }, empty: { 'console.log': '' } })
  t.equal(await readExcerpt(folder, sampleBoot({ folder: 'none' })), 'its console.log is not here')
  t.equal(await readExcerpt(folder, sampleBoot({ folder: 'dir' })), 'console.log is no file')
  t.equal(await readExcerpt(folder, sampleBoot({ folder: 'empty' })), 'the kernel printed nothing')
  mkdirSync(join(folder, 'fifo'))
  spawnSync('mkfifo', [join(folder, 'fifo/console.log')])
  t.equal(await readExcerpt(folder, sampleBoot({ folder: 'fifo' })), 'console.log is no file')
})

t.test('a console of megabytes is read at both ends', async t => {
  const folder = t.testdir({ boot: { 'console.log': 'first\n' } })
  const path = join(folder, 'boot/console.log')
  truncateSync(path, 6 * 2 ** 20)
  writeFileSync(path, '\nlast\n', { flag: 'a' })
  const text = await readExcerpt(folder, sampleBoot({ folder: 'boot' }))
  t.match(text, /bytes are left out here/)
  t.match(text, /last$/)
})

t.test('only the consoles of what is bad are read', async t => {
  const folder = t.testdir({ boots: { '6.1': { crashes: { report: { 'console.log': 'here\n' } } } } })
  const excerpts = await readExcerpts(folder, sampleRun(SAMPLE_CELLS))
  t.equal(excerpts(sampleBoot({ folder: 'boots/6.1/crashes/report' })), '1 here')
  t.equal(excerpts(sampleBoot({ folder: 'boots/6.1/fails/unlimited' })), 'its console.log is not here')
  t.equal(excerpts(sampleBoot()), 'its console was not read')
})
