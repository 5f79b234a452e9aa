import t from 'tap'
import { isIgnored } from './ignored.ts'
import { both, reasonOf, type Watched, type Work, workOf } from './work.ts'

const watched: Watched = {
  tree: '/home/me/linux',
  settings: ['/home/me/debug.config', '/home/me/linux/my.patch'],
  specs: [
    { name: 'one', file: '/home/me/specs/one.spec.ts' },
    { name: 'two', file: '/home/me/specs/two.spec.ts' },
    { name: 'far', file: '/elsewhere/far.spec.ts' },
  ],
  overlays: ['/dmaspec/dts', '/dmaspec/dts/virt'],
  uses: new Map([
    ['one', new Set(['a', 'b'])],
    ['two', new Set(['b'])],
    ['far', new Set<string>()],
  ]),
}
const all = { specs: 'all' as const, even: false }

const plain = (specs: Work['specs']) => (specs === 'all' ? specs : [...specs])

/** What a file that is saved asks for; null is nothing. */
const rows: Record<string, { changed: string[]; specs: 'all' | string[]; even: boolean } | null> = {
  '/home/me/linux/drivers/iommu/ipmmu-vmsa.c': { changed: ['drivers/iommu/ipmmu-vmsa.c'], ...all },
  '/home/me/linux-next/Makefile': null,
  '/home/me/debug.config': { changed: [], ...all },
  '/home/me/linux/my.patch': { changed: ['my.patch'], ...all },
  '/home/me/specs/two.spec.ts': { changed: [], specs: ['two'], even: true },
  '/home/me/specs/board.ts': { changed: [], specs: ['one', 'two'], even: true },
  '/home/me/specs/three.spec.ts': null,
  '/home/me/specs/note.txt': null,
  '/dmaspec/dts/a.dtso': { changed: [], specs: ['one'], even: true },
  '/dmaspec/dts/virt/b.dtso': { changed: [], specs: ['one', 'two'], even: true },
  '/dmaspec/dts/unused.dtso': null,
  '/dmaspec/dts/readme.md': null,
}
for (const [path, expected] of Object.entries(rows)) {
  t.test(`${path} is saved`, async t => {
    const work = workOf([path], watched, 5)
    t.same(work && { changed: [...work.changed], specs: plain(work.specs), even: work.even }, expected)
  })
}

t.test('an overlay has all specs run as long as nobody knows who uses it', async t => {
  t.equal(workOf(['/dmaspec/dts/a.dtso'], { ...watched, uses: new Map() }, 0)?.specs, 'all')
})

t.test('several files ask for what each of them does', async t => {
  const work = workOf(
    ['/home/me/specs/one.spec.ts', '/nobody', '/home/me/linux/a.c', '/home/me/linux/b.c'],
    watched,
    5,
  )
  t.match(work, { specs: 'all', even: true, since: 5, isSaved: true })
  t.same(work?.changed, new Set(['a.c', 'b.c']))
  t.match(work && reasonOf(work), /one\.spec\.ts and 2 more$/)
  t.equal(workOf(['/nobody', '/nothing'], watched, 5), null)
})

t.test('what is not known to be little is all; the last save counts', async t => {
  const one = workOf(['/home/me/specs/one.spec.ts'], watched, 5)
  if (!one) return t.fail('there is no work')
  const key: Work = {
    changed: 'all',
    specs: new Set(['far']),
    even: false,
    why: ['r'],
    since: 9,
    isSaved: false,
  }
  const joined = both(key, one)
  t.match(joined, { changed: 'all', even: true, since: 9, isSaved: true })
  t.same(joined.specs, new Set(['far', 'one']))
  t.match(reasonOf(both(joined, joined)), /^r and 1 more$/, 'the same again is no more')
})

t.test('what editors leave beside a file is no change', async t => {
  const ignored = ['.ipmmu-vmsa.c.swp', '.x.swx', '4913', '.#a.c', '#a.c#', 'a.c~', 'a.c.orig', 'a.c.rej']
  for (const name of ignored) t.ok(isIgnored(name), name)
  for (const name of ['a.c', 'Makefile', '.gitignore', 'swp.c', '4913.c']) t.notOk(isIgnored(name), name)
})
