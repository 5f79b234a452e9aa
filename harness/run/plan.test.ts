import t from 'tap'
import { join } from 'node:path'
import { CellError } from '../errors.ts'
import { projectRoot } from '../project.ts'
import { asPlanned, planMatrix, specPath } from './plan.ts'

const spec = (name: string, folder = 'specs') => ({
  name,
  file: join(projectRoot, folder, `${name}.spec.ts`),
})

t.test('every spec on every kernel, with what is known of its duration', async t => {
  const cells = planMatrix(['6.1', '6.12', '6.1'], [spec('a'), spec('b')], new Map([['6.1/b', 7]]), 1)
  t.same(cells.map(asPlanned), [
    { id: '6.1/a', kernel: '6.1', spec: 'a', file: 'specs/a.spec.ts', seconds: null, shard: 1 },
    { id: '6.1/b', kernel: '6.1', spec: 'b', file: 'specs/b.spec.ts', seconds: 7, shard: 1 },
    { id: '6.12/a', kernel: '6.12', spec: 'a', file: 'specs/a.spec.ts', seconds: null, shard: 1 },
    { id: '6.12/b', kernel: '6.12', spec: 'b', file: 'specs/b.spec.ts', seconds: null, shard: 1 },
  ])
  t.equal(cells[0] && specPath(cells[0]), spec('a').file)
})

t.test('a spec from elsewhere keeps its path', async t => {
  const [cell] = planMatrix(['6.1'], [{ name: 'x', file: '/somewhere/x.spec.ts' }], new Map(), 1)
  t.equal(cell && specPath(cell), '/somewhere/x.spec.ts')
})

t.test('shards are balanced by the recorded durations', async t => {
  const durations = new Map([
    ['6.1/a', 10],
    ['6.1/b', 4],
    ['6.1/c', 5],
  ])
  const cells = planMatrix(['6.1'], [spec('a'), spec('b'), spec('c')], durations, 2)
  t.same(
    cells.map(({ shard }) => shard),
    [1, 2, 2],
  )
})

t.test('two specs of one name are refused', async t => {
  const twins = [spec('a'), spec('a', 'elsewhere')]
  t.match(
    t.throws(() => planMatrix(['6.1'], twins, new Map(), 1), CellError),
    { message: /^two specs are called 'a'.*specs\/a\.spec\.ts and .*elsewhere\/a\.spec\.ts$/ },
  )
})
