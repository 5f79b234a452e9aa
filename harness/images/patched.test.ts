import { existsSync, readFileSync, statSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { additions } from './additions.ts'
import { applyPatches, bring, patchedFiles } from './patched.ts'

const observe = '--- a/driver.c\n+++ b/driver.c\n@@ -1,2 +1,3 @@\n one\n+observed\n two\n'
const fault = '--- a/driver.c\n+++ b/driver.c\n@@ -1,3 +1,3 @@\n one\n observed\n-two\n+broken\n'
const added = 'Words first\n\n--- /dev/null\n+++ b/new/file.c\n@@ -0,0 +1 @@\n+new\n'
const renamed =
  'diff --git a/other.c b/moved/other.c\nsimilarity index 100%\nrename from other.c\nrename to moved/other.c\n'
const unfit = '--- a/driver.c\n+++ b/driver.c\n@@ -1 +1 @@\n-seven\n+eight\n'

type Tap = Pick<typeof t, 'testdir'>

function tree(t: Tap) {
  const dir = t.testdir({
    source: {
      'driver.c': 'one\ntwo\n',
      'other.c': 'other\n',
      drivers: { misc: { Makefile: 'obj-y += a.o\n' } },
    },
    'observe.patch': observe,
    'fault.patch': fault,
    'added.patch': added,
    'unfit.patch': unfit,
    'renamed.patch': renamed,
  })
  const trees = { source: join(dir, 'source'), originals: join(dir, 'originals') }
  const options = { cwd: dir, signal: new AbortController().signal, what: 'linux 6.1' }
  return {
    file: (path: string) => join(dir, 'source', path),
    read: (path: string) => readFileSync(join(dir, 'source', path), 'utf8'),
    add: () => applyPatches(trees, [], options, additions),
    apply: (...names: string[]) =>
      applyPatches(
        trees,
        names.map(name => join(dir, `${name}.patch`)),
        options,
      ),
  }
}

t.test('patches come and go, and what stays the same is not written', async t => {
  const { apply, read, file } = tree(t)
  t.same(await apply('observe'), ['driver.c'])
  t.equal(read('driver.c'), 'one\nobserved\ntwo\n')
  utimesSync(file('driver.c'), 1, 1)
  t.same(await apply('observe'), [])
  t.equal(statSync(file('driver.c')).mtimeMs, 1000)
  t.same(await apply('observe', 'fault', 'added'), ['driver.c', 'new/file.c'])
  t.equal(read('driver.c'), 'one\nobserved\nbroken\n')
  t.equal(read('new/file.c'), 'new\n')
  t.same(await apply(), ['driver.c', 'new/file.c'])
  t.equal(read('driver.c'), 'one\ntwo\n')
  t.notOk(existsSync(file('new/file.c')))
})

t.test('a file that git only renames', async t => {
  const { apply, read, file } = tree(t)
  t.same((await apply('renamed')).sort(), ['moved/other.c', 'other.c'])
  t.equal(read('moved/other.c'), 'other\n')
  t.notOk(existsSync(file('other.c')))
  t.same((await apply()).sort(), ['moved/other.c', 'other.c'])
  t.equal(read('other.c'), 'other\n')
})

t.test('files of ours come and go as patches do', async t => {
  const { add, apply, read, file } = tree(t)
  t.same((await add()).sort(), ['drivers/misc/Makefile', 'drivers/misc/dmaprobe.c'])
  t.equal(read('drivers/misc/Makefile'), 'obj-y += a.o\nobj-y += dmaprobe.o\n')
  t.same(await add(), [])
  await apply()
  t.equal(read('drivers/misc/Makefile'), 'obj-y += a.o\n')
  t.notOk(existsSync(file('drivers/misc/dmaprobe.c')))
})

t.test('what a killed run left of a file is put right', async t => {
  const { apply, read, file } = tree(t)
  await apply('observe', 'fault')
  writeFileSync(file('driver.c'), 'one\nobs')
  await apply('observe')
  t.equal(read('driver.c'), 'one\nobserved\ntwo\n')
})

t.test('a patch that does not fit changes nothing, and is named', async t => {
  const { apply, read } = tree(t)
  await t.rejects(apply('unfit'), {
    message: /linux 6\.1: .*unfit\.patch: patch exited 1\n {2}Hunk #1 FAILED/,
  })
  t.equal(read('driver.c'), 'one\ntwo\n')
})

t.test('the files of a patch', async t => {
  t.same(patchedFiles(observe + added), ['driver.c', 'new/file.c'])
  t.same(patchedFiles('--- a/x y.c\t2020-01-01\n+++ b/x y.c\t2020-01-02\n'), ['x y.c'])
  t.same(patchedFiles(''), [])
  t.same(patchedFiles('--- a/../../x\n+++ b/drivers/../../x\n'), [], 'none outside of the tree')
})

t.test('bringing a file keeps the time of one that is the same', async t => {
  const dir = t.testdir({ ours: 'same', theirs: 'same' })
  utimesSync(join(dir, 'theirs'), 1, 1)
  t.notOk(bring(join(dir, 'ours'), join(dir, 'theirs')))
  t.equal(statSync(join(dir, 'theirs')).mtimeMs, 1000)
  writeFileSync(join(dir, 'ours'), 'new')
  t.ok(bring(join(dir, 'ours'), join(dir, 'theirs')))
  t.equal(readFileSync(join(dir, 'theirs'), 'utf8'), 'new')
  t.ok(bring(join(dir, 'none'), join(dir, 'theirs')))
  t.notOk(existsSync(join(dir, 'theirs')))
})
