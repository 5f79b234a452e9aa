import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { cacheRoot, currentEntry, findEntry, listFolders, makeEntry, setCurrent, sweep } from './cache.ts'

const inputs = { sources: 'abc', compiler: 'gcc 12' }
const tiny = { name: 'tiny', inputs, lockName: 'tiny' }

t.test('the cache is where $DMASPEC_CACHE says, else in the user’s cache folder', async t => {
  t.equal(cacheRoot({ DMASPEC_CACHE: '/a', XDG_CACHE_HOME: '/b' }), '/a')
  t.equal(cacheRoot({ XDG_CACHE_HOME: '/b' }), '/b/dmaspec')
  t.match(cacheRoot({}), /\/\.cache\/dmaspec$/)
})

t.test('an entry is found by its inputs, and by the sources that led to it', async t => {
  const root = t.testdir({})
  const entry = await makeEntry(root, tiny, async dir => {
    writeFileSync(join(dir, 'out'), 'hello')
    return '1.0'
  })
  t.match(entry.manifest, { version: '1.0', inputs, outputs: { out: { size: 5, sha256: /^2cf24dba/ } } })
  t.same(findEntry(root, 'tiny', inputs)?.manifest, entry.manifest)
  t.equal(findEntry(root, 'tiny', { ...inputs, compiler: 'gcc 13' }), undefined)
  t.equal(currentEntry(root, 'tiny', { sources: 'abc' }), undefined)
  setCurrent(root, 'tiny', { sources: 'abc' }, entry)
  t.equal(currentEntry(root, 'tiny', { sources: 'abc' })?.dir, entry.dir)
  t.same(readdirSync(join(root, 'tmp')), [])
})

t.test('an entry with a truncated or missing file is none, and can be made again', async t => {
  const root = t.testdir({})
  const build = async (dir: string) => {
    writeFileSync(join(dir, 'out'), 'hello')
    return '1.0'
  }
  const { dir } = await makeEntry(root, tiny, build)
  writeFileSync(join(dir, 'out'), 'hell')
  t.equal(findEntry(root, 'tiny', inputs), undefined)
  await makeEntry(root, tiny, build)
  t.ok(findEntry(root, 'tiny', inputs))
})

t.test('a build that fails leaves nothing', async t => {
  const root = t.testdir({})
  const failing = makeEntry(root, tiny, async dir => {
    writeFileSync(join(dir, 'out'), 'half')
    throw new Error('no')
  })
  await t.rejects(failing, { message: 'no' })
  t.same(listFolders(root), [])
  t.same(readdirSync(join(root, 'tmp')), [])
})

t.test('a builder killed in the middle leaves no entry, and the next run cleans up after it', async t => {
  const root = t.testdir({
    'builder.ts': `
      import { writeFileSync } from 'node:fs'
      import { makeEntry } from ${JSON.stringify(import.meta.resolve('./cache.ts'))}
      import { lock } from ${JSON.stringify(import.meta.resolve('./lock.ts'))}
      const root = process.argv[2] ?? ''
      const held = await lock(root, 'tiny')
      await makeEntry(root, ${JSON.stringify(tiny)}, async dir => {
        writeFileSync(dir + '/out', 'half')
        console.log('building', held.name)
        await new Promise(resolve => setTimeout(resolve, 60_000))
        return '1.0'
      })`,
  })
  const builder = spawn(process.execPath, ['--import=tsx', join(root, 'builder.ts'), root], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  t.teardown(() => builder.kill('SIGKILL'))
  await once(builder.stdout, 'data')
  t.same(await sweep(root), [], 'as long as its builder lives, what is in tmp/ stays')
  t.equal(readdirSync(join(root, 'tmp')).length, 1)
  builder.kill('SIGKILL')
  await once(builder, 'exit')
  t.same(listFolders(root), [])
  t.notOk(existsSync(join(root, 'entries')))
  t.equal((await sweep(root)).length, 1)
  t.same(readdirSync(join(root, 'tmp')), [])
})
