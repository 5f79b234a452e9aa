import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { mirrorHash, mirrorIn, mirrorTree } from './mirror.ts'
import { applyPatches } from './patched.ts'
import { filesOfCommit, filesOnDisk, isCheckout } from './tree-files.ts'

const { signal } = new AbortController()
const patch = '--- a/driver.c\n+++ b/driver.c\n@@ -1 +1 @@\n-one\n+patched\n'

function setUp(t: Test, content: Record<string, string | Record<string, string>>) {
  const dir = t.testdir({ theirs: content, work: {}, 'our.patch': patch })
  const [theirs, work] = [join(dir, 'theirs'), join(dir, 'work')]
  const mirror = mirrorIn(work)
  return {
    theirs,
    work,
    mirror,
    ours: (path: string) => join(mirror.source, path),
    read: (path: string) => readFileSync(join(mirror.source, path), 'utf8'),
    sync: async () => mirrorTree(mirror, await filesOnDisk(theirs, join(work, 'empty.git'), signal)),
    commit: async (name: string) => mirrorTree(mirror, await filesOfCommit(theirs, name, signal)),
    patch: (...patches: string[]) => applyPatches(mirror, patches, { cwd: work, signal, what: 'test' }),
    ourPatch: join(dir, 'our.patch'),
    git: (...argv: string[]) =>
      execFileSync('git', ['-c', 'user.name=a', '-c', 'user.email=a@b', '-C', theirs, ...argv], {
        encoding: 'utf8',
      }),
  }
}

/** Everything below a folder, .git as well: names, modes, times, contents. */
function print(dir: string): string {
  const hash = createHash('sha256')
  const walk = (path: string) => {
    for (const name of readdirSync(path).sort()) {
      const file = join(path, name)
      const found = lstatSync(file)
      hash.update(`${file} ${found.mode} ${found.mtimeMs} ${found.size}\n`)
      if (found.isDirectory()) walk(file)
      else hash.update(found.isSymbolicLink() ? readlinkSync(file) : readFileSync(file))
    }
  }
  walk(dir)
  return hash.digest('hex')
}

for (const kind of ['git checkout', 'plain folder']) {
  t.test(`of a ${kind}, only the paths that are named are looked at`, async t => {
    const { theirs, work, mirror, git, sync, read, ours } = setUp(t, {
      'a.c': 'a\n',
      'b.c': 'b\n',
      'gone.c': 'gone\n',
      dir: { '.gitignore': '*.out\n' },
    })
    if (kind === 'git checkout') {
      git('init', '-q')
      git('add', '-A')
    }
    const empty = join(work, 'empty.git')
    const some = async (...paths: string[]) =>
      mirrorTree(mirror, await filesOnDisk(theirs, empty, signal, paths))
    await t.rejects(some('a.c'), /is not whole: look at all files$/)
    await sync()
    for (const name of ['a.c', 'b.c', 'new.c', 'a.o', 'dir/x.out'])
      writeFileSync(join(theirs, name), 'changed\n')
    rmSync(join(theirs, 'gone.c'))
    const { changed } = await some('a.c', 'new.c', 'gone.c', 'a.o', 'dir/x.out', 'never.c')
    t.equal(changed, 3, 'one is changed, one is new, one is gone; what is built or ignored is none')
    t.equal(read('a.c'), 'changed\n')
    t.equal(read('b.c'), 'b\n', 'nobody named it')
    t.notOk(existsSync(ours('gone.c')))
    const { hash } = await some('b.c')
    t.same(await sync(), { hash, changed: 0 }, 'which comes to the same as looking at all')
    writeFileSync(join(theirs, 'dir/.gitignore'), '')
    const { changed: found } = await some('dir/.gitignore')
    t.equal(
      found,
      kind === 'git checkout' ? 2 : 1,
      'what is not ignored any more is found; git has .gitignore, too',
    )
  })
}

t.test('what changed is copied, what went is removed, and the rest keeps its time', async t => {
  const { theirs, sync, read, ours } = setUp(t, {
    'driver.c': 'one\n',
    'same.c': 'same\n',
    dir: { 'gone.c': 'gone\n' },
  })
  const first = await sync()
  t.equal(first.changed, 3)
  utimesSync(ours('same.c'), 1, 1)
  t.same(await sync(), { hash: first.hash, changed: 0 }, 'an unchanged tree is not even read')
  writeFileSync(join(theirs, 'driver.c'), 'two\n')
  utimesSync(join(theirs, 'driver.c'), 5, 5)
  rmSync(join(theirs, 'dir'), { recursive: true })
  writeFileSync(join(theirs, 'dir'), 'a file now\n')
  utimesSync(join(theirs, 'same.c'), 9, 9)
  const second = await sync()
  t.not(second.hash, first.hash)
  t.equal(read('driver.c'), 'two\n')
  t.ok(statSync(ours('driver.c')).mtimeMs > 1e12, 'make must see a file that came with an old time')
  t.equal(read('dir'), 'a file now\n')
  t.equal(statSync(ours('same.c')).mtimeMs, 1000, 'another time, the same content')
})

t.test('links, programs and odd names are as they are there', async t => {
  const { theirs, sync, read, ours } = setUp(t, { 'a b\nc"ü.c': 'odd\n', 'run.sh': '#!/bin/sh\n' })
  chmodSync(join(theirs, 'run.sh'), 0o755)
  symlinkSync('run.sh', join(theirs, 'link'))
  symlinkSync('/nowhere', join(theirs, 'dangling'))
  await sync()
  t.equal(read('a b\nc"ü.c'), 'odd\n')
  t.equal(statSync(ours('run.sh')).mode & 0o777, 0o755)
  t.equal(readlinkSync(ours('link')), 'run.sh')
  t.equal(readlinkSync(ours('dangling')), '/nowhere')
  chmodSync(join(theirs, 'run.sh'), 0o644)
  await sync()
  t.equal(statSync(ours('run.sh')).mode & 0o777, 0o644)
})

t.test(
  'what a build left in a plain folder is not copied, though Debian’s source ignores everything',
  async t => {
    const { theirs, sync, mirror } = setUp(t, {
      '.gitignore': '*.s\n/*\n',
      '.config': '',
      'a.o': '',
      'a.c': '',
      vmlinux: '',
      include: { 'a.h': '' },
      lib: { '.gitignore': '/made.h\n', 'made.h': '', 'kept.h': '', 'a.s': '' },
    })
    mkdirSync(join(theirs, 'include/config'))
    writeFileSync(join(theirs, 'include/config/auto.conf'), '')
    await sync()
    t.same(readdirSync(mirror.source).sort(), ['a.c', 'include', 'lib'])
    t.same(readdirSync(join(mirror.source, 'include')), ['a.h'])
    t.same(readdirSync(join(mirror.source, 'lib')), ['kept.h'])
  },
)

t.test('a checkout is taken as it is on disk, or at a commit; nothing of it is written', async t => {
  const { theirs, sync, commit, git, read, ours } = setUp(t, { 'driver.c': 'one\n', '.gitignore': '*.o\n' })
  t.notOk(await isCheckout(theirs, signal), 'a folder in a checkout of something else')
  git('init', '-q')
  git('add', '.')
  git('commit', '-q', '-m', 'one')
  t.ok(await isCheckout(theirs, signal))
  writeFileSync(join(theirs, 'driver.c'), 'two\n')
  git('commit', '-q', '-a', '-m', 'two')
  writeFileSync(join(theirs, 'driver.c'), 'dirty\n')
  writeFileSync(join(theirs, 'new.c'), 'new\n')
  writeFileSync(join(theirs, 'built.o'), '')
  const before = print(theirs)
  await sync()
  t.equal(read('driver.c'), 'dirty\n')
  t.equal(read('new.c'), 'new\n')
  t.notOk(existsSync(ours('built.o')))
  await commit('HEAD~1')
  t.equal(read('driver.c'), 'one\n')
  t.notOk(existsSync(ours('new.c')))
  utimesSync(ours('.gitignore'), 1, 1)
  t.equal((await commit('HEAD')).changed, 1)
  t.equal(read('driver.c'), 'two\n')
  t.equal(statSync(ours('.gitignore')).mtimeMs, 1000)
  t.equal(print(theirs), before)
})

t.test('patches of ours survive what changes beside them, and their originals follow the tree', async t => {
  const { theirs, sync, read, patch, ourPatch } = setUp(t, { 'driver.c': 'one\n', 'other.c': '1\n' })
  await sync()
  await patch(ourPatch)
  writeFileSync(join(theirs, 'other.c'), '2\n')
  await sync()
  t.equal(read('driver.c'), 'patched\n')
  t.equal(read('other.c'), '2\n')
  writeFileSync(join(theirs, 'driver.c'), 'changed\n')
  await sync()
  await patch()
  t.equal(read('driver.c'), 'changed\n')
  rmSync(join(theirs, 'driver.c'))
  await sync()
  await patch()
  t.throws(() => read('driver.c'), { code: 'ENOENT' })
})

t.test('what a killed run left is put right', async t => {
  const { sync, read, mirror, ours } = setUp(t, { 'driver.c': 'one\n', 'same.c': 'same\n' })
  const { hash } = await sync()
  utimesSync(ours('same.c'), 1, 1)
  rmSync(mirror.manifest)
  t.equal(mirrorHash(mirror), null)
  writeFileSync(ours('driver.c'), 'on')
  writeFileSync(ours('stray.c'), '')
  t.equal((await sync()).hash, hash)
  t.equal(mirrorHash(mirror), hash)
  t.equal(read('driver.c'), 'one\n')
  t.notOk(existsSync(ours('stray.c')))
  t.equal(statSync(ours('same.c')).mtimeMs, 1000)
})
