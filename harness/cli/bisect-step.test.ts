import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import t from 'tap'
import { sampleRepository } from '../bisect/sample.ts'
import { projectRoot } from '../project.ts'

t.setTimeout(300_000)

const step = [process.execPath, join(projectRoot, 'bin/dmaspec.js'), 'bisect-step']

t.test('what no later step could do better ends git bisect run, and nothing is marked', async t => {
  const tree = join(t.testdir({}), 'linux')
  const [good = '', ...rest] = sampleRepository(tree, 4)
  const git = (...argv: string[]) => spawnSync('git', ['-C', tree, ...argv], { encoding: 'utf8' })
  git('bisect', 'start', rest.at(-1) ?? '', good)
  const log = git('bisect', 'log').stdout
  for (const [args, message] of [
    [['--spec', 'no-such-spec'], /unknown spec 'no-such-spec'/],
    [['--spec', 'report', '--sepc'], /unknown option '--sepc'/],
    [['--spec', 'report', '--fault-signature', 'x in y'], /is no Linux kernel/],
  ] as const) {
    const { signal, stderr } = git('bisect', 'run', ...step, ...args)
    t.equal(signal, 'SIGTERM', args.join(' '))
    t.match(stderr, message)
    t.match(stderr, /git bisect run was ended: nothing was marked/)
    t.equal(git('bisect', 'log').stdout, log)
  }
})

t.test('by itself it exits 125', async t => {
  const [command = '', ...args] = step
  const { status, stderr } = spawnSync(command, [...args, '--spec', 'no-such-spec'], { encoding: 'utf8' })
  t.equal(status, 125)
  t.match(stderr, /unknown spec/)
  t.equal(spawnSync(command, [...args, '--help']).status, 0)
})
