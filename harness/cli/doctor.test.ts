import { spawnSync } from 'node:child_process'
import { cpSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import t from 'tap'

const BIN = fileURLToPath(new URL('../../bin/dmaspec.js', import.meta.url))

t.setTimeout(120_000)

t.test('an empty cache lacks the images, and stays as it is', async t => {
  const cwd = t.testdir({ cache: {} })
  const variables = { ...process.env, DMASPEC_CACHE: join(cwd, 'cache'), KERNELS: '6.12' }
  const run = (...args: string[]) =>
    spawnSync(process.execPath, [BIN, 'doctor', ...args], { cwd, env: variables, encoding: 'utf8' })
  const { status, stdout } = run('--json')
  const said = JSON.parse(stdout) as { status: number; rows: { name: string; verdict: string }[] }
  t.equal(status, said.status)
  t.ok(status === 1 || status === 2, `status ${status}`)
  const verdicts = Object.fromEntries(said.rows.map(({ name, verdict }) => [name, verdict]))
  t.match(verdicts, { emulator: 'missing', 'linux 6.12': 'missing', 'linux 6.1': 'optional', Node: 'ok' })
  const page = run()
  t.match(
    page.stdout,
    /^This machine\n.*^Images\n {2}missing emulator +not built from these sources\n +→ make images: /ms,
  )
  t.notMatch(page.stdout, /\x1b/, 'no colour in a pipe') // eslint-disable-line no-control-regex
  t.same(readdirSync(cwd), ['cache'])
})

t.test('a Node that is too old, or a package that is missing, is one clear line', async t => {
  // Outside of the clone: node looks for packages in every folder above.
  const folder = mkdtempSync(join(tmpdir(), 'dmaspec-test-'))
  t.teardown(() => rmSync(folder, { recursive: true }))
  const pretend =
    "Object.defineProperty(process, 'versions', { value: { ...process.versions, node: '18.19.0' } })"
  writeFileSync(join(folder, 'old.cjs'), pretend)
  writeFileSync(join(folder, 'package.json'), '{"type":"module"}')
  const bare = join(folder, 'dmaspec.js')
  cpSync(BIN, bare)
  for (const [argv, says] of [
    [['--require', join(folder, 'old.cjs'), BIN], 'it wants Node 20 or newer, and this is 18.19.0'],
    [[bare], 'its package tsx is not installed: run npm ci in its folder'],
  ] as const) {
    const { status, stderr } = spawnSync(process.execPath, argv, { encoding: 'utf8' })
    t.equal(status, 2)
    t.equal(stderr, `dmaspec: ${says}\n`)
  }
})
