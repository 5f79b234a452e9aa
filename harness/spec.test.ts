import t from 'tap'
import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { GiB, hex, kernels, MiB } from './index.ts'
import { projectRoot } from './project.ts'
import { reasonToSkip } from './spec.ts'

// No kernel is built here: the version of a series is its name.
t.before(() => {
  process.env['DMASPEC_CACHE'] = t.testdir({})
})

t.test('the kernels are those of $KERNELS, each once, or the default one', async t => {
  t.same(kernels(undefined, undefined, {}), ['6.1'])
  t.same(kernels('>=4.19', '', {}), ['6.1'])
  t.same(kernels('*', '', { KERNELS: ' 5.10, 6.1 7.2\n 6.1' }), ['5.10', '6.1', '7.2'])
})

t.test('a range is compared with versions, not with names', async t => {
  t.equal(reasonToSkip('5.10', '>=5.9', ''), null)
  t.equal(reasonToSkip('6.12', '>=5.15 <6.2', 'x'), 'needs linux >=5.15 <6.2: x')
  t.equal(reasonToSkip('6.1+debug', '>=6.2', ''), 'needs linux >=6.2')
  t.equal(reasonToSkip('mine', '>=6.2', ''), null, 'a name without a version')
  t.throws(() => reasonToSkip('6.1', 'new', ''), { name: 'CellError', message: /'new' is no range/ })
})

const spec = (index: string) => `
import t from 'tap'
import { kernels } from '${index}'
for (const kernel of kernels('>=6.6', 'iommufd has no cdev before')) t.test(\`linux \${kernel}\`, async t => t.pass('ran'))
`

t.test('a spec that a kernel can’t run says why, once, as a TAP skip', async t => {
  const dir = t.testdir({ 'x.spec.ts': spec(join(projectRoot, 'harness/index.ts')) })
  const run = async (KERNELS: string) => {
    const env = { ...process.env, KERNELS, TAP: '1', DMASPEC_CACHE: dir }
    const argv = ['--import=tsx', join(dir, 'x.spec.ts')]
    const { stdout } = await promisify(execFile)(process.execPath, argv, { env, cwd: projectRoot })
    return stdout.split('\n').filter(line => /^(not )?ok|^ {4}(not )?ok|^1\.\./.test(line))
  }
  const skip = '# SKIP needs linux >=6.6: iommufd has no cdev before'
  t.match(await run('5.10 6.12 6.1'), [
    `ok 1 - linux 5.10 ${skip}`,
    `ok 2 - linux 6.1 ${skip}`,
    '    ok 1 - ran',
    /^ok 3 - linux 6\.12/,
    '1..3',
  ])
  t.same(await run('5.10'), [`ok 1 - linux 5.10 ${skip}`, '1..1'])
})

t.test('units and addresses', async t => {
  t.equal(4n * GiB, 4096n * MiB)
  t.equal(hex(0x73882b000n), '0x73882b000')
  t.equal(hex(undefined), 'none')
})
