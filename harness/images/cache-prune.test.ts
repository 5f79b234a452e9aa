import { existsSync, mkdirSync, readdirSync, readFileSync, utimesSync, writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import t, { type Test } from 'tap'
import { currentEntry, findEntry, makeEntry, setCurrent, temporaryFolder } from './cache.ts'
import { type CacheItem, cacheItems } from './cache-items.ts'
import { GRACE_MS, prunable, remove, removeDangling, sizeOf } from './cache-prune.ts'
import { verifyEntries } from './cache-verify.ts'
import { cacheInUse, isCacheInUse, lock } from './lock.ts'

const DAY = 24 * 3_600_000
const now = 1000 * DAY
const signal = new AbortController().signal
const grace = { now, graceMs: GRACE_MS }
const none = { days: 30, allButCurrent: false, to: undefined }

function item(name: string, days: number, more: Partial<CacheItem> = {}): CacheItem {
  const used = now - days * DAY
  const path = `entries/${name}`
  return {
    kind: 'entry',
    name,
    version: '1',
    path,
    lock: name,
    bytes: 10,
    seconds: 1,
    used,
    present: false,
    ...more,
  }
}

t.test('what goes: old and not ours; all but ours; the least recently used', async t => {
  const items = [
    item('new', 0),
    item('day', 1),
    item('month', 31),
    item('old', 99),
    item('ours', 200, { present: true }),
  ]
  const gone = (request: object) => prunable(items, { ...none, ...request }, grace).map(({ name }) => name)
  t.same(gone({}), ['old', 'month'])
  t.same(gone({ days: 0 }), ['old', 'month', 'day'], 'what was used within the hour never goes')
  t.same(gone({ allButCurrent: true }), ['old', 'month', 'day'])
  t.same(gone({ to: 50 }), [])
  t.same(gone({ to: 49 }), ['ours'])
  t.same(gone({ to: 25 }), ['ours', 'old', 'month'])
  t.same(gone({ to: 0 }), ['ours', 'old', 'month', 'day'])
  const inRun = prunable(items, { ...none, to: 0 }, { now, graceMs: 2 * DAY })
  t.same(
    inRun.map(({ name }) => name),
    ['ours', 'old', 'month'],
  )
})

async function filled(t: Test) {
  const root = t.testdir({
    work: { thing: { '1.0': { 'a.o': 'x'.repeat(9000) } } },
    logs: { 'thing.log': 'hello' },
  })
  const inputs = { a: 'b' }
  const entry = await makeEntry(root, { name: 'thing', inputs, lockName: 'thing' }, async dir => {
    writeFileSync(join(dir, 'out'), 'hello')
    return '1.0'
  })
  setCurrent(root, 'thing', inputs, entry)
  findEntry(root, 'thing', inputs)
  const folder = basename(entry.dir)
  const seal = join(root, 'seals', `${folder}.json`)
  return { root, inputs, dir: entry.dir, folder, seal }
}

t.test('what there is: size, last use, and whether the sources lead to it', async t => {
  const { root, folder, seal } = await filled(t)
  utimesSync(seal, 5, 5)
  const items = await cacheItems(root, new Set([folder]), signal)
  t.match(items, [
    { kind: 'entry', name: 'thing', version: '1.0', bytes: 5, used: 5000, present: true, lock: 'thing' },
    { kind: 'work', name: 'thing', version: '1.0', path: 'work/thing', present: true },
    { kind: 'log', name: 'thing.log', bytes: 5, lock: 'thing' },
  ])
  t.ok((items[1]?.bytes ?? 0) >= 9000)
  t.ok(sizeOf(items) >= 9010)
  mkdirSync(join(root, 'entries/other-0123456789abcdef0123'))
  t.match((await cacheItems(root, new Set(), signal))[0], { name: 'other', version: '', present: false })
  t.same(await cacheItems(join(root, 'none'), new Set(), signal), [])
})

t.test('a use is remembered, and keeps an entry that was about to go', async t => {
  const { root, inputs, dir, seal } = await filled(t)
  utimesSync(seal, 5, 5)
  const [before] = (await cacheItems(root, new Set(), signal)) as [CacheItem]
  currentEntry(root, 'thing', inputs)
  t.notOk(await remove(root, before), 'it was used since')
  t.ok(existsSync(dir))
})

t.test('nothing goes while its lock is held, and then as a whole', async t => {
  const { root, inputs, dir, seal } = await filled(t)
  utimesSync(seal, 5, 5)
  const [entry, work, log] = (await cacheItems(root, new Set(), signal)) as [CacheItem, CacheItem, CacheItem]
  {
    using held = await lock(root, 'thing')
    for (const some of [entry, work, log]) t.notOk(await remove(root, some), `${held.name} is held`)
  }
  for (const some of [entry, work, log]) t.ok(await remove(root, some))
  t.notOk(existsSync(dir))
  t.notOk(existsSync(seal))
  t.same([...readdirSync(join(root, 'tmp')), ...readdirSync(join(root, 'work'))], [])
  t.equal(currentEntry(root, 'thing', inputs), undefined)
  t.ok(await remove(root, entry), 'gone already')
  t.equal(removeDangling(root), 0, 'a file of current/ that is new may be about to be used')
  t.equal(removeDangling(root, Date.now() + 100_000), 1)
})

t.test('a run that goes on is seen, any number of them', async t => {
  const root = t.testdir({})
  t.notOk(await isCacheInUse(root))
  {
    using one = await cacheInUse(root)
    using two = await cacheInUse(root)
    t.ok(one && two)
    t.ok(await isCacheInUse(root))
  }
  t.notOk(await isCacheInUse(root))
})

t.test('verify finds what stat does not show, and manifests that are gone', async t => {
  const { root, dir, folder } = await filled(t)
  const verify = async () => (await verifyEntries(root, { signal })).damaged.map(({ damage }) => damage)
  t.same(await verify(), [])
  writeFileSync(join(dir, 'out'), 'hellO')
  t.same(await verify(), ['out has another hash than when it was built'])
  writeFileSync(join(dir, 'out'), 'hell')
  t.same(await verify(), ['out has 4 bytes and not 5'])
  const manifest = readFileSync(join(dir, 'manifest.json'), 'utf8')
  writeFileSync(join(dir, 'manifest.json'), manifest.slice(0, 50))
  t.same(await verify(), ['manifest.json is missing or no JSON'])
  temporaryFolder(root, 'thing')
  t.match(folder, /^thing-/)
})
