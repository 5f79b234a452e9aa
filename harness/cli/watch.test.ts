import { spawn, spawnSync } from 'node:child_process'
import { rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import t, { type Test } from 'tap'
import { cacheRoot } from '../images/cache.ts'
import { fakeTree } from '../images/fake-tree.ts'
import { sha256 } from '../images/inputs.ts'

const BIN = fileURLToPath(new URL('../../bin/dmaspec.js', import.meta.url))

t.setTimeout(180_000)

/** A terminal for the command: what is typed here goes there, what it prints comes here. */
const PTY = 'import pty, sys; sys.exit(pty.spawn(sys.argv[1:]) >> 8)'
const passing = "import t from 'tap'\nt.pass('all is well')\n"

/** Watches a tree of a few files, with two specs that boot nothing; on a terminal or not. */
function setUp(t: Test, { isTerminal }: { isTerminal: boolean }) {
  const root = t.testdir({
    linux: fakeTree(),
    specs: {
      'good.spec.ts': passing,
      'bad.spec.ts': "import t from 'tap'\nt.equal(0x1000, 0x2000, 'an address')\n",
    },
  })
  const tree = join(root, 'linux')
  const command = [
    process.execPath,
    BIN,
    'watch',
    '--tree',
    tree,
    '--spec',
    join(root, 'specs'),
    '--jobs',
    '1',
  ]
  const [program = '', ...argv] = isTerminal ? ['python3', '-c', PTY, ...command] : command
  const child = spawn(program, argv, { cwd: root, env: { ...process.env, TERM: 'xterm', NO_COLOR: '1' } })
  let output = ''
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (bytes: Buffer) => (output += bytes.toString()))
  const ended = new Promise<number | null>(resolve => child.once('close', resolve))
  t.teardown(async () => {
    child.kill('SIGKILL')
    await ended
    rmSync(join(cacheRoot(), 'work', `tree-${sha256(`${tree}\0disk`).slice(0, 20)}`), {
      recursive: true,
      force: true,
    })
  })
  return {
    ended,
    child,
    write: (name: string, text: string) => writeFileSync(join(root, name), text),
    type: (keys: string) => child.stdin.write(keys),
    /** What is printed until this has been; from then on is for the next call. */
    until: async (pattern: RegExp) => {
      for (let i = 0; i < 1200; i++) {
        const found = pattern.exec(output)
        if (found) {
          const end = found.index + found[0].length
          const before = output.slice(0, end)
          output = output.slice(end)
          return before
        }
        await sleep(50)
      }
      throw new Error(`never printed ${pattern}: ${output}`)
    },
  }
}

t.test('on a terminal: saves, build errors, keys', async t => {
  const { until, write, type, ended } = setUp(t, { isTerminal: true })
  t.match(await until(/the start: 1 passed, 1 failed.*/), /an address/)
  await until(/watching \d+ folders\r?\n.*q quit/s)
  write('linux/drivers/iommu/io-pgtable-arm.c', 'two\n')
  t.match(await until(/io-pgtable-arm\.c: 1 passed, 1 failed, [\d.]+ s after it was saved/), /1 file changed/)
  await until(/q quit/)
  write('specs/bad.spec.ts', passing)
  t.notMatch(await until(/bad\.spec\.ts: 1 passed, /), /good\b.*passed/, 'it runs alone')
  await until(/q quit/)
  type('f')
  await until(/nothing failed/)
  type('c')
  await until(/there is no boot yet/)
  type('r')
  await until(/r: 2 passed, in/)
  await until(/q quit/)
  type('q')
  t.equal(await ended, 0)
})

t.test('without a terminal: plain lines, and an interrupt ends it', async t => {
  const { until, child, write, ended } = setUp(t, { isTerminal: false })
  // eslint-disable-next-line no-control-regex
  t.notMatch(await until(/watching \d+ folders\n/), /\x1b|q quit/, 'no keys, no colours')
  write(
    'linux/Makefile',
    'VERSION = 6\nPATCHLEVEL = 5\nSUBLEVEL = 0\nEXTRAVERSION = -rc1\nallnoconfig Image:\n\techo "a.c:1:1: error: no"; exit 1\n',
  )
  t.match(await until(/error: no\n/), /./, 'a build that fails is said')
  child.kill('SIGINT')
  t.equal(await ended, 130)
  t.match(await until(/interrupted\n/), /^/)
})

t.test('nonsense is refused', async t => {
  const cwd = t.testdir({})
  for (const [args, says] of [
    [['--tree', '.', '--ref', 'v6.1'], /--ref is a commit, which nobody saves/],
    [['--spec', 'no-such'], /unknown spec 'no-such'/],
    [['--tree', 'nowhere', '--spec', 'smp'], /--tree nowhere is no folder/],
  ] as const) {
    const { status, stderr } = spawnSync(process.execPath, [BIN, 'watch', ...args], { cwd, encoding: 'utf8' })
    t.equal(status, 2)
    t.match(stderr, says)
  }
})
