import { readFileSync } from 'node:fs'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { projectRoot } from '../project.ts'
import { readConfig, targetNamed } from './load.ts'

const target = `{
  console: { serial: 'tty' },
  power: { on: ['relay', 'on'], off: 'relay off' },
  boot: { uboot: { commands: ['tftpboot 0x48080000 {image}'], tftp: '~/tftp' } },
  has: { memory: '4G' },
}`
const config = (content: string) =>
  `import { defineConfig } from 'dmaspec'\nexport default defineConfig(${content})\n`
/** Written as a user would, in a package that is not of ES modules. */
const folder = (t: Test, content: string) =>
  t.testdir({ '.git': {}, 'package.json': '{}', 'dmaspec.config.ts': config(content), specs: { deep: {} } })
const read = (cwd: string, environment = {}) => readConfig(cwd, environment)

t.test('it is found from below, up to the git root, and its paths are its own', async t => {
  const dir = folder(t, `{ targets: { desk: ${target} }, specs: ['specs'], overlays: 'dts' } as const`)
  const found = await read(join(dir, 'specs/deep'))
  t.equal(found.file, join(dir, 'dmaspec.config.ts'))
  t.same(found.specs, ['specs'])
  t.equal(found.overlays, join(dir, 'dts'))
  t.match(targetNamed(found, 'desk'), {
    name: 'desk',
    folder: dir,
    console: { kind: 'serial', path: join(dir, 'tty'), baud: 115200 },
    power: { on: ['relay', 'on'], off: ['sh', '-c', 'relay off'], cycle: null },
    boot: { kind: 'uboot', prompt: '=> ', tftp: `${process.env['HOME']}/tftp` },
    has: { platform: 'salvator-xs', memory: '4G', cpus: 4 },
    timeouts: { boot: 300 },
  })
})

t.test('outside of git only the folder itself is searched; $DMASPEC_CONFIG names one anywhere', async t => {
  const dir = t.testdir({ 'dmaspec.config.mjs': 'export default { specs: ["a"] }', below: {} })
  const outside = await mkdtemp(join(tmpdir(), 'dmaspec-config-'))
  t.teardown(() => rm(outside, { recursive: true }))
  await mkdir(join(outside, 'below'))
  await writeFile(join(outside, 'dmaspec.config.mjs'), 'export default {}')
  t.equal((await read(join(outside, 'below'))).file, null)
  t.equal((await read(outside)).file, join(outside, 'dmaspec.config.mjs'))
  t.same((await read(outside, { DMASPEC_CONFIG: join(dir, 'dmaspec.config.mjs') })).specs, ['a'])
  t.equal((await read(join(dir, 'below'))).file, join(dir, 'dmaspec.config.mjs'), 'inside, up to the root')
  await t.rejects(read(dir, { DMASPEC_CONFIG: 'none.ts' }), { message: /none\.ts is no file: --config/ })
})

t.test('what is wrong is said with its path', async t => {
  const wrong = (content: string) =>
    read(folder(t, content)).then(
      () => 'fine',
      (error: Error) => error.message,
    )
  const desk = (change: string) => wrong(`{ targets: { desk: { ...${target}, ${change} } } }`)
  t.match(await wrong('{ tragets: {} }'), /dmaspec\.config\.ts: Unrecognized key: "tragets"/)
  t.match(
    await desk('console: {}'),
    /targets\.desk\.console: wants one of serial, tcp, command, and has none/,
  )
  t.match(await desk("console: { serial: 'a', tcp: 'b:1' }"), /and has serial and tcp/)
  t.match(await desk("console: { tcp: 'b' }"), /targets\.desk\.console\.tcp: 'b' is not host:port/)
  t.match(await desk("power: { on: 'x' }"), /desk\.power: has 'on', and no 'off'/)
  t.match(await desk('power: { cycle: [] }'), /desk\.power\.cycle: is empty: name a program/)
  t.match(await desk("boot: { own: { marker: '(' } }"), /desk\.boot\.own\.marker: is no regular expression/)
  t.match(await desk("has: { memory: 'lots' }"), /desk\.has\.memory: is no size/)
  t.match(await desk("ssh: { host: 'a', key: 'k', hostKey: 'x' }"), /desk\.ssh\.hostKey: is no public key/)
  t.match(await desk('timeouts: { boot: 0 }'), /desk\.timeouts\.boot: /)
  t.match(await wrong(`{ targets: { '../x': ${target} } }`), /targets\.\.\.\/x: /)
})

t.test('a file that can’t be read is an error of one sentence, two in a folder are one too many', async t => {
  const dir = (files: Record<string, string>) => read(t.testdir({ '.git': {}, ...files }))
  await t.rejects(dir({ 'dmaspec.config.ts': '// cut off\nexport default {' }), {
    name: 'CellError',
    message: /can't be read: dmaspec\.config\.ts:2: Expected identifier/,
  })
  await t.rejects(dir({ 'dmaspec.config.ts': 'export const x = 1' }), { message: /exports no configuration/ })
  await t.rejects(dir({ 'dmaspec.config.ts': '', 'dmaspec.config.mjs': '' }), { message: /leave one/ })
})

t.test('what it imports of the same folder is an ES module, too', async t => {
  const board = target.replace("{ serial: 'tty' }", "{ serial: 'tty', baud }")
  const dir = t.testdir({
    '.git': {},
    'package.json': '{}',
    'baud.ts': 'export const baud: number = 9600',
    'board.ts': `import { baud } from './baud'\nexport default ${board} as const`,
    'dmaspec.config.ts': `import desk from './board.ts'\nexport default { targets: { desk } }`,
  })
  t.match(targetNamed(await read(dir), 'desk'), { console: { baud: 9600 } })
})

t.test('a target that isn’t there is named with those that are', async t => {
  const dir = folder(t, `{ targets: { desk: ${target} } }`)
  const found = await read(dir)
  t.throws(() => targetNamed(found, 'dsek'), {
    message: /unknown target 'dsek'; there are: desk/,
  })
})

t.test('what docs/board.md tells people to write can be read', async t => {
  const page = readFileSync(join(projectRoot, 'docs/board.md'), 'utf8')
  const [, written = ''] = /```ts\n(\/\/ dmaspec\.config\.ts\n[^]*?)```/.exec(page) ?? []
  const found = await read(t.testdir({ 'dmaspec.config.ts': written }))
  t.match(targetNamed(found, 'desk'), { console: { path: '/dev/ttyUSB0' }, has: { memory: '4G' } })
})
