import { spawn } from 'node:child_process'
import { once } from 'node:events'
import t from 'tap'
import { ancestors, isBisectRun } from './git-run.ts'

t.test('git bisect run, in the forms that it has, and nothing else', async t => {
  const is = (command: string) => isBisectRun({ pid: 2, argv: command.split(' ') })
  for (const command of [
    'git bisect run npx dmaspec bisect-step --spec x',
    '/usr/bin/git bisect--helper --bisect-run npx dmaspec',
    'git -C linux bisect run ./my.sh',
  ])
    t.ok(is(command), command)
  for (const command of [
    'git bisect good',
    'git log',
    'sh run bisect',
    'vim bisect run',
    'git commit -m run',
  ])
    t.notOk(is(command), command)
})

t.test('the processes that this one runs in', async t => {
  t.equal(ancestors()[0]?.pid, process.ppid)
  const child = spawn('sleep', ['60'])
  t.teardown(() => child.kill())
  await once(child, 'spawn')
  t.match(ancestors(child.pid), [{ pid: child.pid }, { pid: process.pid }])
})
