import { execa } from 'execa'
import { join } from 'node:path'
import t from 'tap'
import { projectRoot } from '../project.ts'

const goldens = (...args: string[]) =>
  execa('node', [join(projectRoot, 'bin/dmaspec.js'), 'goldens', ...args], { reject: false })

t.test('--list names what there is, and provokes nothing', async t => {
  const { stdout, exitCode } = await goldens('--list')
  t.equal(exitCode, 0)
  t.match(stdout, /^null-deref-write +a write through a NULL pointer$/m)
})

t.test('what there is not is refused before anything is built', async t => {
  for (const [args, says] of [
    [['--name', 'nul-deref'], /unknown provocation 'nul-deref'; there are: /],
    [['--kernel', '6.2'], /unknown series '6.2'/],
    [['--kernel', '5.10', '--name', 'kasan-freed-page'], /none of these is for linux 5.10: .*KASAN/],
    [['--kernel', '6.1', '--name', 'hard-lockup'], /no hard lockup detector before 6.5/],
  ] as const) {
    const { stderr, exitCode } = await goldens(...args)
    t.equal(exitCode, 2, args.join(' '))
    t.match(stderr, says)
  }
})
