/**
 * The package as its users have it: packed, installed in a folder elsewhere, and run from there. npm takes what it needs
 * from its cache, or from the registry that it is configured for.
 */
import t from 'tap'
import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileInputs, filesBelow } from '../images/inputs.ts'
import { projectRoot, projectVersion } from '../project.ts'
import { THE_REPORT } from '../report/consoles.ts'

// tap gives a file 30 s; this one takes about that on two idle cores, and asks a registry.
t.setTimeout(600_000)

const folder = mkdtempSync(join(tmpdir(), 'dmaspec-pack-'))
// Not a teardown: a bail-out would skip it.
process.once('exit', () => rmSync(folder, { recursive: true, force: true }))
const repo = join(folder, 'repo')
const installed = join(repo, 'node_modules/dmaspec')
const MOST_BYTES = 2e6

/** Runs a program in the user's repo, without what tap and npm have told this process. */
function run(command: string, args: readonly string[], cwd = repo) {
  const variables = Object.entries(process.env).filter(([name]) => !/^(_?TAP|npm_|NODE_OPTIONS)/.test(name))
  const { status, stdout, stderr } = spawnSync(command, args, {
    cwd,
    env: Object.fromEntries(variables),
    encoding: 'utf8',
    maxBuffer: 64e6,
  })
  return { status, stdout, words: `${stdout}${stderr}` }
}
const bin = (name: string, ...args: string[]) => run(join(repo, 'node_modules/.bin', name), args)

/** Files of a folder, with size and time: what is written into it changes them. */
const stateOf = (path: string) =>
  filesBelow(path).map(file => {
    const { size, mtimeMs } = statSync(file)
    return [file, size, mtimeMs]
  })

await t.test('npm pack makes a small tarball, of what is needed to run', async t => {
  const args = ['pack', '--json', '--no-ignore-scripts', '--foreground-scripts=false']
  const { status, stdout, words } = run('npm', [...args, '--pack-destination', folder], projectRoot)
  t.equal(status, 0, 'exit status', { words })
  const [packed] = JSON.parse(stdout) as { filename: string; size: number; files: { path: string }[] }[]
  if (!packed) return t.fail('npm says what it packed')
  const bytes = statSync(join(folder, packed.filename)).size
  t.ok(bytes < MOST_BYTES, `${Math.round(bytes / 1000)} kB`)
  const files = packed.files.map(({ path }) => path)
  t.same(
    files.filter(path => /\.test\.|\/fake-|goldens\/consoles|^(out|node_modules|\.)/.test(path)),
    [],
    'no tests, goldens or results',
  )
  t.same(
    [...new Set(files.map(path => path.split('/')[0]))].sort(),
    [
      'LICENSE',
      'README.md',
      'bin',
      'dist',
      'docs',
      'dts',
      'examples',
      'harness',
      'images',
      'package.json',
      'specs',
    ]
      .concat(readdirSync(projectRoot).filter(name => name === 'man'))
      .sort(),
  )
  t.notOk(readdirSync(projectRoot).includes('dist'), 'the clone is left as it was')
})

await t.test('npm install installs it, with one tap', async t => {
  mkdirSync(repo)
  writeFileSync(join(repo, 'package.json'), '{ "type": "module", "private": true }')
  const tarball = join(folder, `dmaspec-${projectVersion()}.tgz`)
  const args = ['install', '--save-dev', '--prefer-offline', '--ignore-scripts', '--no-audit', '--no-fund']
  const { status, words } = run('npm', [...args, tarball])
  t.equal(status, 0, 'exit status', { words })
  t.notOk(readdirSync(installed).includes('node_modules'))
  const what = ['images', 'dts', 'specs', 'examples/init']
  t.same(fileInputs(installed, what), fileInputs(projectRoot, what), 'what is built and booted is the same')
  const urls = filesBelow(join(installed, 'dist')).filter(file =>
    /new URL\(['"][^'"]*\.ts['"]/.test(readFileSync(file, 'utf8')),
  )
  t.same(urls, [], 'no module is asked for as a source: moduleUrl()')
})

const before = stateOf(installed)

await t.test('the command line runs', async t => {
  t.equal(bin('dmaspec', '--version').stdout.trim(), projectVersion())
  writeFileSync(join(repo, 'console.log'), THE_REPORT.join('\n'))
  const { status, stdout, words } = bin('dmaspec', 'explain', 'console.log')
  t.equal(status, 1, 'exit status: there is an oops', { words })
  t.match(stdout, /NULL/)
})

await t.test('plain Node imports it, by import and by require', async t => {
  const code = `
    import { boot, hex, kernels } from 'dmaspec'
    import { parseConsole } from 'dmaspec/report'
    import { createRequire } from 'node:module'
    const log = ${JSON.stringify(THE_REPORT)}
    const required = createRequire(process.cwd() + '/x.js')('dmaspec/report')
    const kinds = [parseConsole, required.parseConsole].map(parse => parse(log).oopses[0].kind)
    console.log(JSON.stringify([typeof boot, typeof kernels, hex(16n), ...kinds]))`
  const { stdout, words } = run(process.execPath, ['--input-type=module', '-e', code])
  t.equal(stdout.trim(), '["function","function","0x10","null-deref","null-deref"]', { words })
})

await t.test('it boots what the clone built: their images have the same hashes', async t => {
  // Unlike `dmaspec run`, this builds nothing.
  const { status, words } = bin(
    'dmaspec',
    'boot',
    '--overlay',
    'sata-behind-ipmmu',
    '--json',
    '--out',
    'out/boot',
  )
  if (!t.equal(status, 0, 'exit status', { words })) return t.bailout('the next test would build for an hour')
  t.same(readdirSync(join(repo, 'out/boot')).sort(), [
    'argv',
    'board.dtb',
    'console.log',
    'report.json',
    'trace.jsonl',
  ])
})

await t.test('init writes a spec that passes, on an overlay and a configuration of the repo', async t => {
  const { status, stdout } = bin('dmaspec', 'init')
  t.equal(status, 0)
  t.match(stdout, /^kept +package\.json/m)
  const ran = bin('dmaspec', 'run', '--out', 'out/run')
  t.equal(ran.status, 0, 'exit status', { words: ran.words })
  const results = readFileSync(join(repo, 'out/run/results.json'), 'utf8')
  t.match(JSON.parse(results), {
    cells: [{ id: '6.1/bus-limit-34bit', verdict: 'passed', tests: [{ boots: [{}] }, { boots: [{}] }] }],
  })
  t.match(results, /page table at 0x[5-9a-f][0-9a-f]{8}/)
})

await t.test('tap alone runs a spec of the repo', async t => {
  const code = `import t from 'tap'
    import { hex } from 'dmaspec'
    const text: string = hex(16n)
    t.equal(text, '0x10')`
  writeFileSync(join(repo, 'specs/small.spec.ts'), code)
  const { status, words } = bin('tap', 'specs/small.spec.ts')
  t.equal(status, 0, 'exit status', { words })
})

const typed = `import t from 'tap'
  import { boot, hex, kernels, type BootResult } from 'dmaspec'
  import { parseConsole } from 'dmaspec/report'
  export const lines: number[] = parseConsole('').oopses.map(oops => oops.line)
  export const result: Promise<BootResult> = boot(t, { kernel: kernels()[0] ?? hex(1n), memory: '4G' })
  // @ts-expect-error: no cell has such a thing
  void boot(t, { memmory: '4G' })`
for (const [moduleResolution, module] of Object.entries({ nodenext: 'nodenext', bundler: 'esnext' }))
  await t.test(`tsc finds its types, with moduleResolution ${moduleResolution}`, async t => {
    writeFileSync(join(repo, 'typed.ts'), typed)
    const modes = ['--moduleResolution', moduleResolution, '--module', module, '--target', 'es2022']
    const own = join(projectRoot, 'node_modules')
    const types = ['--types', 'node', '--typeRoots', join(own, '@types')]
    const tsc = [
      join(own, '.bin/tsc'),
      '--noEmit',
      '--strict',
      '--skipLibCheck',
      ...modes,
      ...types,
      'typed.ts',
    ]
    const { words } = run(process.execPath, tsc)
    t.equal(words, '')
  })

t.test('nothing was written into the package', async t => t.same(stateOf(installed), before))
