import { spawnSync } from 'node:child_process'
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import t, { type Test } from 'tap'
import type { PlannedCell } from '../results/result.ts'

const BIN = fileURLToPath(new URL('../../bin/dmaspec.js', import.meta.url))

t.setTimeout(240_000)

/** Runs the command as people do, in an empty folder, with an empty cache, under no CI engine. */
function dmaspec(t: Test, args: readonly string[], variables: Record<string, string> = {}) {
  const cwd = t.testdir({})
  const engines = /^(KERNELS|CI_NODE_|SLURM_|JOB_COMPLETION|DMASPEC_)/
  const clean = Object.entries(process.env).filter(([name]) => !engines.test(name))
  const env = { ...Object.fromEntries(clean), DMASPEC_CACHE: join(cwd, 'cache'), ...variables }
  const { status, stdout, stderr } = spawnSync(process.execPath, [BIN, ...args], {
    cwd,
    env,
    encoding: 'utf8',
  })
  return { cwd, status, stdout, stderr }
}

const refused: Record<string, { says: RegExp; variables?: Record<string, string> }> = {
  'run --spec sata-pia': { says: /^dmaspec: unknown spec 'sata-pia'; .*did you mean 'sata-pio'/ },
  'run --shard 3/2': { says: /^dmaspec: --shard 3\/2: the shards are 1 to 2, there is no 3$/m },
  'run --kernel 3.14': { says: /^dmaspec: unknown kernel '3\.14'; there are: /m },
  'matrix --json --kernel 3.14': { says: /^dmaspec: unknown kernel '3\.14'; there are: / },
  'run --jobs 0': { says: /argument '0' is invalid/ },
  'run --retries some': { says: /argument 'some' is invalid/ },
  'run --durations /nowhere': { says: /^dmaspec: durations can't be read: ENOENT/ },
  'matrix --json --shard x': { says: /^dmaspec: --shard 'x' is no shard/ },
  matrix: {
    says: /^dmaspec: CI_NODE_INDEX 'two' is no whole number/,
    variables: { CI_NODE_INDEX: 'two', CI_NODE_TOTAL: '3' },
  },
}
for (const [args, { says, variables }] of Object.entries(refused)) {
  t.test(`dmaspec ${args}`, async t => {
    const { cwd, status, stdout, stderr } = dmaspec(t, args.split(' '), variables)
    t.equal(status, 2)
    t.equal(stdout, '')
    t.match(stderr, says)
    t.same(readdirSync(cwd), [], 'nothing is left behind')
  })
}

t.test('matrix --json says every cell once, with its shard, and runs nothing', async t => {
  const matrix = (args: string[], variables = {}) => {
    const { cwd, status, stdout } = dmaspec(t, ['matrix', '--json', ...args], variables)
    t.equal(status, 0)
    t.same(readdirSync(cwd), [])
    return JSON.parse(stdout) as PlannedCell[]
  }
  const all = matrix([])
  const kernels = new Set(all.map(({ kernel }) => kernel))
  const specs = new Set(all.map(({ spec }) => spec))
  t.ok(kernels.size > 1 && specs.size > 1)
  t.equal(new Set(all.map(({ id }) => id)).size, kernels.size * specs.size)
  t.ok(all.every(({ shard }) => shard === 1))
  const first = matrix(['--shard', '1/3'])
  t.same(first, matrix([], { DMASPEC_SHARD: '3/3' }), 'the same plan, whoever asks')
  t.same([...new Set(first.map(({ shard }) => shard))].sort(), [1, 2, 3])
  t.same(
    matrix(['--kernel', '6.1', '--spec', 'sata-*']).map(({ id }) => id),
    ['6.1/sata-iommus', '6.1/sata-pio'],
  )
})

t.test('--help says how, and is no error', async t => {
  for (const command of ['run', 'matrix']) {
    const { status, stdout } = dmaspec(t, [command, '--help'])
    t.equal(status, 0)
    t.match(stdout, /Examples:\n.*Exit status: /s)
  }
})
