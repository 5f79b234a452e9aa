import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { CellError } from '../errors.ts'
import { takeRunFolder } from './folder.ts'
import { discardBoots, tidyBoots } from './leftovers.ts'

t.test('a run’s folder is its alone, and begins empty', async t => {
  const out = join(t.testdir({ run: { 'results.json': '{}', boots: { '6.1': {} }, 'report.md': '' } }), 'run')
  const folder = await takeRunFolder(out)
  const { path } = folder
  t.same(readdirSync(path).sort(), ['.in-use', 'boots', 'report.md'])
  t.same(readdirSync(join(path, 'boots')), [])
  await t.rejects(
    takeRunFolder(out),
    new CellError(`${out} is in use by a run of process ${process.pid}: name another folder with --out`),
  )
  await folder.release()
  // It was ended before it had results: it is a run's all the same.
  await (await takeRunFolder(join(t.testdirName, 'new'))).release()
})

t.test('what is not a run’s is not touched', async t => {
  const out = t.testdir({ boots: { mine: '' } })
  await t.rejects(takeRunFolder(out), { name: 'CellError', message: /is not empty, and no run's/ })
  t.ok(existsSync(join(out, 'boots/mine')))
})

t.test('what a killed boot leaves is removed; of a cell that was not finished, all is', async t => {
  const boot = () => ({ one: { 'console.log': '', 'disk.img': '', '.in-use': '', 'x.dtbo': '' } })
  const out = t.testdir({ boots: { '6.1': { a: boot(), 'a~2': boot(), ab: boot() } } })
  await tidyBoots(out, '6.1', 'a')
  t.same(readdirSync(join(out, 'boots/6.1/a/one')), ['console.log'])
  t.equal(readdirSync(join(out, 'boots/6.1/ab/one')).length, 4)
  await discardBoots(out, '6.1', 'a')
  t.same(readdirSync(join(out, 'boots/6.1')), ['ab'])
  await tidyBoots(out, '5.10', 'a')
  await discardBoots(out, '5.10', 'a')
})
