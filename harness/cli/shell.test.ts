import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import t from 'tap'
import { projectRoot } from '../project.ts'

function shell(...args: string[]) {
  const command = [join(projectRoot, 'bin/dmaspec.js'), 'shell', ...args]
  const { status, stderr, stdout } = spawnSync(process.execPath, command, { encoding: 'utf8', input: '' })
  return { status, stderr, stdout }
}

t.test('a console wants a terminal', async t => {
  for (const option of ['--serial', '--gdb'])
    t.match(shell(option), { status: 2, stderr: '--serial and --gdb want a terminal', stdout: '' })
})

t.test('a cell that makes no sense starts nothing', async t => {
  t.match(shell('--overlay', 'nonsense'), { status: 2, stderr: "unknown overlay 'nonsense'", stdout: '' })
})

t.test('--help has examples', async t => {
  t.match(shell('--help'), { status: 0, stdout: /Examples:\n {2}dmaspec shell --overlay/ })
})
