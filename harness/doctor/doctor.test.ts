import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { hostPackages } from '../images/host.ts'
import { builtRows } from './built.ts'
import { exitStatus, roomFor } from './doctor.ts'
import type { Check, Host } from './finding.ts'
import { machine } from './machine.ts'
import { mirror, withoutSecrets } from './mirror.ts'
import { rowLines, verdictLine } from './page.ts'
import { programs } from './programs.ts'

const GB = 1e9
const project = (files: object) => t.testdir({ 'package.json': packageJson, ...files })
const packageJson = JSON.stringify({
  engines: { node: '>=20' },
  dependencies: { one: '1.2.3' },
  devDependencies: { two: '4.5.6' },
})
const has = (name: string, version: string) => ({ [name]: { 'package.json': JSON.stringify({ version }) } })

/** A machine on which all is well, but for what is given. */
function host(given: Partial<Host> = {}): Host {
  return {
    root: join(t.testdirName, 'no-cache'),
    out: t.testdirName,
    project: t.testdirName,
    nodeVersion: '20.1.0',
    isRoot: true,
    cores: 2,
    memory: { all: 16 * GB, free: 8 * GB },
    kernels: ['6.1'],
    run: (...argv) =>
      Promise.resolve({
        exitCode: 0,
        lines: argv[0] === 'dpkg-query' ? hostPackages.map(({ name }) => `installed ${name}`) : ['it 1.0'],
      }),
    freeBytes: () => 100 * GB,
    ...given,
  }
}

/** All but some packages. */
const lacking = (...names: string[]): Partial<Host> => ({
  run: () =>
    Promise.resolve({
      exitCode: 1,
      lines: hostPackages.filter(({ name }) => !names.includes(name)).map(({ name }) => `installed ${name}`),
    }),
})

const look = (table: readonly Check[], name: string, given: Partial<Host> = {}) => {
  const check = table.find(row => row.name === name)
  if (!check) throw new Error(`no check is called ${name}`)
  return check.look(host(given))
}

t.test('Node must be as new as package.json wants it', async t => {
  const at = project({})
  t.match(look(programs, 'Node', { project: at }), { verdict: 'ok', said: '20.1.0' })
  const old = { project: at, nodeVersion: '18.19.0' }
  t.match(look(programs, 'Node', old), { verdict: 'wrong', advice: 'install Node >=20' })
})

t.test('npm packages are those of package.json, of its versions', async t => {
  const both = project({
    'package-lock.json': '',
    node_modules: { ...has('one', '1.2.3'), ...has('two', '4.5.6') },
  })
  t.match(look(programs, 'npm packages', { project: both }), { verdict: 'ok', said: '2 packages' })
  const other = project({ 'package-lock.json': '', node_modules: { ...has('one', '1.2.4') } })
  const said = 'not installed: one 1.2.3, two 4.5.6'
  t.match(look(programs, 'npm packages', { project: other }), {
    verdict: 'missing',
    said,
    advice: 'make, or npm ci',
  })
  const nested = project({
    node_modules: { ...has('one', '1.2.3'), dmaspec: { 'package.json': packageJson } },
  })
  const inside = join(nested, 'node_modules/dmaspec')
  t.match(look(programs, 'npm packages', { project: inside }), { verdict: 'ok', said: '1 package' })
  writeFileSync(join(nested, 'node_modules/one/package.json'), '{}')
  t.match(look(programs, 'npm packages', { project: inside }), { verdict: 'wrong', said: /one 1\.2\.3$/ })
})

t.test('a Debian package that images need is for make to install, or for root', async t => {
  t.match(await look(programs, 'Debian, to build'), { verdict: 'ok' })
  const without = lacking('bison', 'shellcheck')
  const command = 'apt-get install bison'
  t.match(await look(programs, 'Debian, to build', without), {
    verdict: 'missing',
    advice: `make, or ${command}`,
  })
  const poor = { ...without, isRoot: false }
  t.match(await look(programs, 'Debian, to build', poor), { verdict: 'wrong', advice: `sudo ${command}` })
  t.match(
    await look(programs, 'Debian, to lint', poor),
    { verdict: 'optional' },
    'nobody boots with shellcheck',
  )
})

t.test('what can be tried is tried', async t => {
  for (const { name, look } of machine) t.match(await look(host()), { verdict: 'ok' }, name)
  t.match(look(machine, 'memory', { memory: { all: GB, free: GB / 2 } }), {
    verdict: 'wrong',
    said: '500 MB free of 1.0 GB',
  })
  const file = join(t.testdir({ file: '' }), 'file')
  t.match(look(machine, 'cache folder', { root: join(file, 'x') }), {
    verdict: 'wrong',
    said: /can't be written/,
  })
  t.match(look(machine, 'results', { freeBytes: () => 1e6 }), { verdict: 'wrong', said: /^1\.0 MB free/ })
  const run = () => Promise.resolve({ exitCode: 127, lines: ['setpriv: not found'] })
  t.match(await look(machine, 'clean ending', { run }), { verdict: 'wrong', said: 'setpriv: not found' })
})

t.test('what is asked for and not built is missing, what nobody asked for is optional', async t => {
  const rows = builtRows(host({ kernels: ['7.2', '6.1+debug', 'linux-mine'] }))
  const verdicts = Object.fromEntries(rows.map(({ name, finding }) => [name, finding.verdict]))
  t.match(verdicts, {
    emulator: 'missing',
    initramfs: 'missing',
    'linux 7.2': 'missing',
    'linux 6.1+debug': 'missing',
  })
  t.match(verdicts, { 'linux 6.1': 'optional', 'sanitized emulator': 'optional' })
  const { advice } = rows.find(({ name }) => name === 'linux 7.2')?.finding ?? {}
  t.match(advice, /^make images KERNELS=7\.2: about \d+ min, and what it takes to fetch its source$/)
})

t.test('the room in the cache is held against what is missing', async t => {
  const built = builtRows(host())
  t.match(roomFor(host(), built), { verdict: 'ok', said: /what is missing takes about 3\.\d GB/ })
  t.match(roomFor(host({ freeBytes: () => GB }), built), { verdict: 'wrong', advice: /DMASPEC_CACHE/ })
  t.match(roomFor(host({ freeBytes: () => GB }), []), { verdict: 'ok' })
})

t.test('a mirror is wanted only as long as there is something to fetch', async t => {
  const none = host({ run: () => Promise.resolve({ exitCode: 0, lines: [] }) })
  t.match(await mirror(none, true), { verdict: 'wrong', said: 'apt names none' })
  t.match(await mirror(none, false), { verdict: 'optional' })
  t.equal(withoutSecrets('https://me:secret@mirror.lan/debian'), 'https://mirror.lan/debian')
})

t.test('the exit status is of the worst row', async t => {
  const status = (...verdicts: ('ok' | 'optional' | 'missing' | 'wrong')[]) =>
    exitStatus(verdicts.map(verdict => ({ verdict })))
  t.equal(status('ok', 'optional'), 0)
  t.equal(status('ok', 'missing'), 1)
  t.equal(status('missing', 'wrong', 'ok'), 2)
})

t.test('a row is a line, its advice another; groups have titles', async t => {
  const row = {
    group: 'images',
    name: 'linux 6.1',
    verdict: 'missing',
    said: 'not\x1b[2J built',
    advice: 'make',
  } as const
  t.same(rowLines(row, undefined, false), [
    'Images',
    '  missing linux 6.1              not\ufffd[2J built',
    '          → make',
  ])
  t.same(rowLines({ ...row, group: 'cache' }, row, false).slice(0, 2), ['', 'Cache'])
  t.equal(verdictLine([row]), '1 missing: make demo or make test installs and builds it')
})
