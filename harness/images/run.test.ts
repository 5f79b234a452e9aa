import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { buildVariables, run, start } from './run.ts'

const signal = new AbortController().signal
const shell = (script: string) => ['sh', '-c', script]

t.test('both outputs are read line by line, and logged', async t => {
  const dir = t.testdir({})
  const log = join(dir, 'x.log')
  const seen: string[] = []
  const lines = await run(shell('echo one; echo two >&2'), {
    cwd: dir,
    signal,
    log,
    what: 'x',
    onLine: line => seen.push(line),
  })
  t.same([...lines].sort(), ['one', 'two'])
  t.same(seen, lines)
  t.match(readFileSync(log, 'utf8'), /^\$ sh -c .*\n(one\ntwo|two\none)\n$/)
})

t.test('a program that fails says why in the error', async t => {
  const script = "echo 'a.c:1:2: error: no' >&2; echo more; exit 2"
  await t.rejects(
    run(shell(script), { cwd: '/', signal, what: 'linux 6.1', log: join(t.testdir({}), 'l') }),
    {
      name: 'InfraError',
      message: /^linux 6\.1: sh exited 2\n {2}a\.c:1:2: error: no\n {2}the whole output: .*\/l$/,
    },
  )
})

t.test('a program that is not there, too', async t => {
  await t.rejects(run(['dmaspec-no-such-program'], { cwd: '/', signal, what: 'x' }), {
    message: /^x: dmaspec-no-such-program exited 127\n.*No such file/,
  })
})

t.test('a full disk is told as such', async t => {
  await t.rejects(
    run(shell('echo "x: No space left on device"; exit 1'), { cwd: '/proc', signal, what: 'x' }),
    {
      name: 'ImageError',
      message: /^no space left on \/proc \(proc\)/,
    },
  )
})

t.test('an abort ends the program and its children, even one that ignores SIGTERM', async t => {
  const controller = new AbortController()
  const dir = t.testdir({})
  const pids: number[] = []
  const script = 'sleep 60 & echo $!; sh -c "trap : TERM; echo \\$\\$; sleep 61; exec sleep 62" & wait'
  const running = start(shell(script), {
    cwd: dir,
    signal: controller.signal,
    what: 'x',
    onLine: line => {
      if (/^\d+$/.test(line)) pids.push(Number(line))
      if (pids.length === 2) controller.abort(new Error('Ctrl-C'))
    },
  })
  await t.rejects(running, { message: 'Ctrl-C' })
  const states = pids.map(pid => {
    try {
      return readFileSync(`/proc/${pid}/stat`, 'utf8').split(' ')[2]
    } catch {
      return 'gone'
    }
  })
  t.same(
    states.filter(state => state !== 'Z' && state !== 'gone'),
    [],
    'at most not yet waited for',
  )
})

t.test("nothing of the caller's but its proxies gets into a build", async t => {
  const variables = buildVariables(
    { A: 'b' },
    { MAKEFLAGS: '-j', CFLAGS: '-O0', PATH: '/pyenv', http_proxy: 'p' },
  )
  t.same(Object.keys(variables).sort(), ['A', 'HOME', 'LC_ALL', 'PATH', 'http_proxy'])
  t.notMatch(variables['PATH'], 'pyenv')
})
