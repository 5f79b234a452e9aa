import { existsSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { takeOwnFolder } from './own-folder.ts'

const TRY = { of: 'a try', ours: /^(with|without|try\.json)$/ }

t.test('an earlier one is removed; what is not ours stays, and is an error', async t => {
  const dir = t.testdir({
    old: { '.dmaspec': '', 'try.json': '{}', with: { a: '' } },
    foreign: { '.dmaspec': '', with: {}, 'thesis.tex': '' },
    unmarked: { with: {} },
  })
  const old = await takeOwnFolder(join(dir, 'old'), TRY)
  t.same(readdirSync(old.path), ['.dmaspec', '.in-use'])
  await t.rejects(takeOwnFolder(join(dir, 'old'), TRY), {
    name: 'CellError',
    message: /is in use by process/,
  })
  await old.release()
  t.same(readdirSync(old.path), ['.dmaspec'])
  await (await takeOwnFolder(join(dir, 'old'), TRY)).release()
  for (const name of ['foreign', 'unmarked'])
    await t.rejects(takeOwnFolder(join(dir, name), TRY), {
      name: 'CellError',
      message: /has files that are none of a try: name another folder/,
    })
  t.ok(existsSync(join(dir, 'foreign/with')))
  t.same(readdirSync(join(dir, 'foreign')), ['.dmaspec', 'thesis.tex', 'with'])
  t.same(readdirSync(join(dir, 'unmarked')), ['with'])
})

t.test('what a killed one left can be taken', async t => {
  const dir = t.testdir({ '.dmaspec': '', with: {} })
  writeFileSync(join(dir, '.in-use'), '999999999\n')
  const folder = await takeOwnFolder(dir, TRY)
  t.same(readdirSync(dir), ['.dmaspec', '.in-use'])
  await folder.release()
})
