import t from 'tap'
import { join } from 'node:path'
import { CellError } from '../errors.ts'
import { globPattern } from './glob.ts'
import { findSpecs } from './specs.ts'

const folder = t.testdir({
  own: { 'sata-pio.spec.ts': '', 'sata-dma.spec.ts': '', 'bus.spec.ts': '', 'README.md': '' },
  mine: { 'a.spec.ts': '', deep: { 'b.spec.mts': '', 'no.ts': '' }, node_modules: { 'c.spec.ts': '' } },
  odd: { 'a b.spec.ts': '' },
})
const find = (...globs: string[]) => findSpecs(globs, { cwd: folder, own: join(folder, 'own') })
const names = (...globs: string[]) => find(...globs).map(({ name }) => name)

t.test('all of our own, if none is named', async t => {
  t.same(names(), ['bus', 'sata-dma', 'sata-pio'])
})

const found = {
  bus: ['bus'],
  'sata-*': ['sata-dma', 'sata-pio'],
  '{bus,sata-pio}': ['bus', 'sata-pio'],
  'own/bus.spec.ts': ['bus'],
  'mine/*.spec.ts': ['a'],
  'mine/**/*.spec.*': ['a', 'b'],
  mine: ['a', 'b'],
  'mine/deep/no.ts': ['no'],
}
for (const [glob, expected] of Object.entries(found)) {
  t.test(`--spec '${glob}'`, async t => t.same(names(glob), expected))
}

t.test('what is named twice is run once; paths are absolute', async t => {
  t.same(
    find('bus', 'own/*.spec.ts', 'own').map(({ file }) => file),
    [
      join(folder, 'own/bus.spec.ts'),
      join(folder, 'own/sata-dma.spec.ts'),
      join(folder, 'own/sata-pio.spec.ts'),
    ],
  )
})

t.test('what names nothing, or nothing that can be named, is a CellError', async t => {
  t.match(
    t.throws(() => find('sata-pia'), CellError),
    { message: "unknown spec 'sata-pia'; there are: bus, sata-dma, sata-pio (did you mean 'sata-pio'?)" },
  )
  t.throws(() => find('nowhere/*.spec.ts'), CellError)
  t.match(
    t.throws(() => find('odd/*'), CellError),
    { message: /needs another name/ },
  )
})

t.test('a glob has no other magic', async t => {
  t.ok(globPattern('a.b+(c)').test('a.b+(c)'))
  t.notOk(globPattern('a.b').test('axb'))
  t.notOk(globPattern('*').test('a/b'))
  t.ok(globPattern('a{b').test('a{b'))
  t.ok(globPattern('a,b').test('a,b'))
})

t.test('those of a configuration come first, by their own folder, and are known by name', async t => {
  const config = { specs: ['deep', 'sata-pio'], folder: join(folder, 'mine') }
  const found = (cwd: string, ...globs: string[]) =>
    findSpecs(globs, { cwd, own: join(folder, 'own'), config }).map(({ name }) => name)
  t.same(found(folder), ['b', 'sata-pio'])
  t.same(found('/', 'b', 'bus'), ['b', 'bus'])
  t.throws(() => findSpecs([], { config: { specs: ['none'], folder } }), { message: /^unknown spec 'none'/ })
})
