import { mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { inflateSync } from 'node:zlib'
import t from 'tap'
import { packBlocks } from './blocks.ts'
import type { Block } from './detail.ts'
import { sampleCell, sampleRun, sampleTest, writeBoot } from './sample-run.ts'

const unpack = (text = '') => JSON.parse(inflateSync(Buffer.from(text, 'base64')).toString()) as Block

t.test('a block has the assertions, the oops, the console, the argv and the trace', async t => {
  const out = t.testdir()
  writeBoot(out)
  const run = sampleRun([sampleCell('6.1', 'report', [sampleTest('a', 'failed')])])
  const { texts, measured } = await packBlocks(out, run)
  t.same(measured, [[['0x500148000', 'bounced → 0x7dfff000']]])
  const { tests, consoles } = unpack(texts[0])
  t.match(tests[0]?.assertions, [{ ok: false, diagnostics: 'expected: 1' }])
  const boot = tests[0]?.boots[0]
  t.equal(boot?.facts?.report.oopses[0]?.title, 'null-deref in ipmmu_domain_free')
  t.match(boot?.argv, /^qemu-system-aarch64/)
  t.match(boot?.trace?.counts, ['1 utlb'])
  t.same(boot?.problems, [])
  t.equal(consoles[boot?.console?.index ?? -1]?.parts[0]?.lines[2], 'Unable to handle')
})

t.test('equal consoles are in the page once', async t => {
  const out = t.testdir()
  writeBoot(out)
  const run = sampleRun([
    sampleCell('6.1', 'report', [sampleTest('a'), sampleTest('b')]),
    sampleCell('6.12', 'report', [sampleTest('a')]),
  ])
  const blocks = (await packBlocks(out, run)).texts.map(unpack)
  t.same(
    blocks.map(({ consoles }) => consoles.length),
    [1, 0],
  )
  t.same(blocks[1]?.tests[0]?.boots[0]?.console, { block: 0, index: 0 })
})

t.test('when the page would be too big, those that passed lose their consoles first, and say so', async t => {
  const out = t.testdir()
  for (const folder of ['boots/1', 'boots/2']) writeBoot(out, folder, folder)
  const run = sampleRun([
    sampleCell('5.10', 'report', [sampleTest('a', 'passed', 'boots/1')]),
    sampleCell('6.1', 'report', [sampleTest('a', 'failed', 'boots/2')]),
  ])
  const { texts } = await packBlocks(out, run)
  const { texts: smaller, leftOut } = await packBlocks(out, run, (texts[1]?.length ?? 0) + 10)
  t.equal(leftOut, 1)
  const [passed, failed] = smaller.map(text => unpack(text).tests[0]?.boots[0])
  t.equal(passed?.console, null)
  t.match(passed?.problems, [/too big/])
  t.ok(passed?.facts, 'what the report says stays')
  t.ok(failed?.console)
})

t.test('a file that is gone or damaged is said, and the rest is shown', async t => {
  const out = t.testdir()
  writeBoot(out)
  rmSync(join(out, 'boots/one/console.log'))
  writeFileSync(join(out, 'boots/one/report.json'), '{"cell": 1}')
  const run = sampleRun([sampleCell('6.1', 'report', [sampleTest('a')])])
  const boot = unpack((await packBlocks(out, run)).texts[0]).tests[0]?.boots[0]
  t.match(boot?.problems, ['console.log: it is not there', /^report\.json: cell: /])
  t.ok(boot?.argv)
})

t.test('nothing outside of the folder is read', async t => {
  const root = t.testdir({ secret: {} })
  const out = join(root, 'out')
  mkdirSync(out)
  writeBoot(root, 'secret', 'secret')
  symlinkSync(join(root, 'secret'), join(out, 'link'))
  for (const folder of ['../secret', 'link', join(root, 'secret'), '..']) {
    const run = sampleRun([sampleCell('6.1', 'report', [sampleTest('a', 'passed', folder)])])
    const boot = unpack((await packBlocks(out, run)).texts[0]).tests[0]?.boots[0]
    t.same([boot?.argv, boot?.console, boot?.facts, boot?.trace], [null, null, null, null], folder)
    t.equal(boot?.problems.length, 4)
  }
})
