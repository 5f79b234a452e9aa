import { mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import t, { type Test } from 'tap'
import { type Batch, Changes } from './changes.ts'

/** Watches a folder, and what a batch of changes has in it, by path from there. */
function setUp(t: Test, files: Parameters<Test['testdir']>[0]) {
  const root = t.testdir(files)
  const batches: Batch[] = []
  const changes = new Changes(batch => batches.push(batch))
  t.teardown(() => changes.close())
  changes.add(root, true)
  const names = (set: ReadonlySet<string>) => [...set].map(path => path.slice(root.length + 1)).sort()
  return {
    changes,
    file: (name: string) => join(root, name),
    write: (name: string) => writeFileSync(join(root, name), String(Math.random())),
    next: async () => {
      for (let i = 0; batches.length === 0 && i < 300; i++) await sleep(10)
      return batches.splice(0).map(({ paths, folders }) => ({ paths: names(paths), folders: names(folders) }))
    },
  }
}

t.test('what is saved in one go is one batch: written, renamed into place, removed', async t => {
  const { changes, file, write, next } = setUp(t, {
    a: { b: { 'one.c': '', 'two.c': '', 'gone.c': '' } },
    '.git': {},
  })
  t.equal(changes.size, 3, 'a watch a folder, none for .git')
  write('a/b/one.c')
  write('a/b/.two.c.swp')
  write('a/b/4913')
  write('a/b/two.c.new')
  renameSync(file('a/b/two.c.new'), file('a/b/two.c'))
  rmSync(file('a/b/gone.c'))
  write('.git/index')
  t.same(await next(), [{ paths: ['a/b/gone.c', 'a/b/one.c', 'a/b/two.c', 'a/b/two.c.new'], folders: [] }])
})

t.test('a folder that comes is watched; one that goes or is renamed is said', async t => {
  const { changes, file, write, next } = setUp(t, { a: { 'x.c': '' }, same: {} })
  mkdirSync(file('new/deep'), { recursive: true })
  const [first] = await next()
  t.match(first?.folders, ['new'])
  write('new/deep/y.c')
  t.match(await next(), [{ paths: ['new/deep/y.c'] }])
  renameSync(file('a'), file('b'))
  const [renamed] = await next()
  t.same(renamed?.folders, ['a', 'b'])
  write('b/x.c')
  t.match(await next(), [{ paths: ['b/x.c'] }], 'under its new name')
  rmSync(file('new'), { recursive: true })
  t.match((await next())[0]?.folders, ['new'])
  t.equal(changes.size, 3)
})

t.test('of a folder that is not watched deeply, only its own files count', async t => {
  const root = t.testdir({ specs: { deep: {} } })
  const batches: Batch[] = []
  const changes = new Changes(batch => batches.push(batch))
  t.teardown(() => changes.close())
  changes.add(join(root, 'specs'), false)
  mkdirSync(join(root, 'specs/other'))
  writeFileSync(join(root, 'specs/deep/x.ts'), '')
  await sleep(300)
  t.same(batches, [])
})
