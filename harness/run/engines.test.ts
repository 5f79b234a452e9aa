import t from 'tap'
import { CellError } from '../errors.ts'
import { chosenShard } from './engines.ts'

const slurm = (ID: number, MIN: number, MAX: number, COUNT: number, STEP?: number) => ({
  ...Object.fromEntries(
    Object.entries({ ID, MIN, MAX, COUNT }).map(([name, n]) => [`SLURM_ARRAY_TASK_${name}`, `${n}`]),
  ),
  ...(STEP === undefined ? {} : { SLURM_ARRAY_TASK_STEP: `${STEP}` }),
})

const found = {
  'nothing said': { variables: {}, shard: null },
  'GitLab counts from 1': {
    variables: { CI_NODE_INDEX: '2', CI_NODE_TOTAL: '3' },
    shard: { index: 2, count: 3 },
  },
  'a GitLab job without parallel': { variables: { CI_NODE_TOTAL: '1' }, shard: null },
  '--array=1-4': { variables: slurm(3, 1, 4, 4, 1), shard: { index: 3, count: 4 } },
  '--array=0-3': { variables: slurm(3, 0, 3, 4), shard: { index: 4, count: 4 } },
  '--array=10-16:2': { variables: slurm(14, 10, 16, 4, 2), shard: { index: 3, count: 4 } },
  'Kubernetes counts from 0': {
    variables: { JOB_COMPLETION_INDEX: '0', JOB_COMPLETIONS: '2' },
    shard: { index: 1, count: 2 },
  },
  'Kubernetes, with a count of ours': {
    variables: { JOB_COMPLETION_INDEX: '6', DMASPEC_SHARDS: '7' },
    shard: { index: 7, count: 7 },
  },
  'any other engine': { variables: { DMASPEC_SHARD: '2/4' }, shard: { index: 2, count: 4 } },
  'ours goes first': {
    variables: { DMASPEC_SHARD: '2/4', CI_NODE_INDEX: '3', CI_NODE_TOTAL: '3' },
    shard: { index: 2, count: 4 },
  },
  'two that agree': {
    variables: { CI_NODE_INDEX: '1', CI_NODE_TOTAL: '2', JOB_COMPLETION_INDEX: '0', JOB_COMPLETIONS: '2' },
    shard: { index: 1, count: 2 },
  },
}
for (const [name, { variables, shard }] of Object.entries(found)) {
  t.test(name, async t => t.same(chosenShard(undefined, variables), shard))
}

t.test('--shard goes before all', async t => {
  t.same(chosenShard('1/9', { DMASPEC_SHARD: 'nonsense', CI_NODE_INDEX: 'x' }), { index: 1, count: 9 })
})

const refused = {
  'an index without a count': {
    variables: { CI_NODE_INDEX: '2' },
    says: /^CI_NODE_TOTAL is not set/,
  },
  'an index beyond the count': {
    variables: { CI_NODE_INDEX: '4', CI_NODE_TOTAL: '3' },
    says: /^GitLab parallel \(\$CI_NODE_INDEX\): the shards are 1 to 3, there is no 4$/,
  },
  'no number': {
    variables: { CI_NODE_INDEX: 'two', CI_NODE_TOTAL: '3' },
    says: /^CI_NODE_INDEX 'two' is no whole number$/,
  },
  'an array with gaps': { variables: slurm(7, 1, 7, 3, 1), says: /^the Slurm array has gaps/ },
  'a task between the steps': { variables: slurm(3, 0, 4, 3, 2), says: /^the Slurm array has gaps/ },
  'a step of nothing': { variables: slurm(3, 0, 4, 3, 0), says: /^the Slurm array has gaps/ },
  'Kubernetes without a count': {
    variables: { JOB_COMPLETION_INDEX: '0' },
    says: /set DMASPEC_SHARDS to the job's `completions`$/,
  },
  'two that differ': {
    variables: { CI_NODE_INDEX: '1', CI_NODE_TOTAL: '2', ...slurm(2, 1, 2, 2) },
    says: /^GitLab parallel says shard 1\/2, Slurm array says 2\/2: say which with --shard$/,
  },
  'ours, malformed': { variables: { DMASPEC_SHARD: '2 of 4' }, says: /^DMASPEC_SHARD '2 of 4' is no shard/ },
}
for (const [name, { variables, says }] of Object.entries(refused)) {
  t.test(`${name} is a CellError`, async t => {
    t.match(
      t.throws(() => chosenShard(undefined, variables), CellError),
      { message: says },
    )
  })
}
