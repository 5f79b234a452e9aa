import { execFileSync, spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { makeKernel, makeTarball, serve, testContext } from './fake-archive.ts'
import { fetchSource } from './source.ts'

t.setTimeout(120_000)

const has = (program: string) => spawnSync(program, ['--version']).error === undefined
const skip = ['gpg', 'gpgv', 'git'].filter(program => !has(program)).map(program => `no ${program} here`)
const options = skip.length > 0 ? { skip: skip.join(', ') } : {}

/** A throw-away key, and programs that sign with it. */
function signer(t: Test, name: string) {
  // gpg-agent's socket wants a short path
  const home = execFileSync('mktemp', ['-d', '/tmp/key.XXXXXX'], { encoding: 'utf8' }).trim()
  const variables = { ...process.env, GNUPGHOME: home }
  const gpg = (...args: string[]) =>
    execFileSync('gpg', ['--batch', '--yes', ...args], {
      env: variables,
      stdio: ['ignore', 'pipe', 'ignore'],
    })
  gpg('--passphrase', '', '--quick-gen-key', `${name}@example.org`, 'ed25519', 'sign', 'never')
  t.teardown(() => {
    spawnSync('gpgconf', ['--kill', 'all'], { env: variables })
    execFileSync('rm', ['-rf', home])
  })
  return {
    variables,
    sign: (file: string, to: string) => void gpg('--armor', '--detach-sign', '--output', to, file),
    keys: (to: string, ...how: string[]) => (gpg(...how, '--output', to, '--export'), to),
  }
}

t.test('a tarball by its signature', options, async t => {
  const dir = t.testdir({ cache: {}, served: {}, keys: {} })
  const served = join(dir, 'served')
  makeKernel(served)
  makeTarball(served)
  const [right, wrong] = [signer(t, 'right'), signer(t, 'wrong')]
  right.sign(join(served, 'linux-6.9.tar'), join(served, 'linux-6.9.tar.sign'))
  right.sign(join(served, 'linux-6.9.tar.xz'), join(served, 'linux-6.9.tar.xz.asc'))
  const keyring = right.keys(join(dir, 'keys/right.gpg'))
  const armored = right.keys(join(dir, 'keys/right.asc'), '--armor')
  const other = wrong.keys(join(dir, 'keys/wrong.gpg'))
  const server = await serve(served)
  t.teardown(() => server.close())
  const source = `${server.url}/linux-6.9.tar.xz`
  const context = testContext(join(dir, 'cache'))
  const work = () => readdirSync(join(context.root, 'work'))

  const bad = {
    name: 'ImageError',
    message: /signature is not good by the keys in .*(No public key|Can't check)/,
  }
  await t.rejects(fetchSource(context, { source, signature: `${source}.asc`, keyring: other }), bad)
  t.same(work(), [])
  const good = { version: '6.9.0-rc1' }
  const sign = `${server.url}/linux-6.9.tar.sign`
  t.match(await fetchSource(context, { source, signature: sign, keyring }), good, 'of the tar in it, by URL')
  const asked = server.asked.length
  await fetchSource(context, { source, signature: sign, keyring })
  t.equal(server.asked.length, asked, 'the second time nobody is asked')
  const file = join(served, 'linux-6.9.tar.xz.asc')
  t.match(
    await fetchSource(context, { source, signature: file, keyring: armored }),
    good,
    'of the .xz, by file',
  )

  makeTarball(served, ['linux-6.9', 'linux-6.9/Makefile']) // one byte or more is another
  const forged = testContext(join(dir, 'cache2'))
  mkdirSync(forged.root)
  for (const signature of [sign, file])
    await t.rejects(fetchSource(forged, { source, signature, keyring }), { message: /BAD signature/ })
  const none = `${server.url}/none.sign`
  await t.rejects(fetchSource(forged, { source, signature: none, keyring }), { message: /none\.sign: .*404/ })
  t.same(readdirSync(join(forged.root, 'work')), [])
  t.notOk(existsSync(join(forged.root, 'entries')))
})

t.test('a commit of a git repository', options, async t => {
  const dir = t.testdir({ cache: {}, keys: {} })
  const kernel = makeKernel(dir)
  const key = signer(t, 'tagger')
  const identity = [
    '-c',
    'user.name=t',
    '-c',
    'user.email=tagger@example.org',
    '-c',
    'user.signingkey=tagger@example.org',
  ]
  const git = (...args: string[]) =>
    execFileSync('git', [...identity, ...args], {
      cwd: kernel,
      env: { ...key.variables, GIT_CONFIG_NOSYSTEM: '1' },
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    }).trim()
  git('init', '-q', '-b', 'master')
  git('config', 'uploadpack.allowReachableSHA1InWant', 'true')
  git('add', '.')
  git('commit', '-qm', 'one')
  git('tag', 'light')
  git('tag', '-s', '-m', 'signed', 'v6.9')
  git('tag', '-a', '-m', 'not signed', 'unsigned')
  const first = git('rev-parse', 'HEAD')
  git('commit', '-q', '--allow-empty', '-m', 'two')
  const second = git('rev-parse', 'HEAD')
  const keyring = key.keys(join(dir, 'keys/k.gpg'))
  const other = signer(t, 'other').keys(join(dir, 'keys/o.gpg'))
  const context = testContext(join(dir, 'cache'))
  const url = `git file://${kernel}`
  const fetch = (ref: string, how = {}) => fetchSource(context, { source: `${url}#${ref}`, ...how })

  const { folder, name, version } = await fetch(first)
  t.match({ name, version }, { name: `linux-6.9-${first.slice(0, 12)}`, version: '6.9.0-rc1' })
  t.same(readdirSync(folder).sort(), ['Kconfig', 'Makefile', 'arch', 'filling'], 'a plain tree, no .git')
  t.match(await fetch('v6.9', { keyring }), { name: 'linux-6.9-v6.9' })
  t.match(await fetch('master', { commit: second }), { name: 'linux-6.9-master' })
  await t.rejects(fetch('light', { commit: second }), {
    name: 'ImageError',
    message: new RegExp(`light is commit ${first}, and not ${second}`),
  })
  await t.rejects(fetch('v6.9', { keyring: other }), { message: /signature is not good/ })
  await t.rejects(fetch('unsigned', { keyring }), { message: /the tag is not signed/ })
  await t.rejects(fetch('master', { keyring }), { message: /master is no signed tag, but a commit/ })
  await t.rejects(fetch('nope', { commit: first }), { message: /git fetch failed: fatal: .*nope/ })
  await t.rejects(fetch('a'.repeat(40)), { message: /git fetch failed/ })

  // The signed tag under another name: an old release passed off as a new one.
  const tag = git('rev-parse', 'v6.9')
  git('update-ref', 'refs/tags/v7.0', tag)
  await t.rejects(fetch('v7.0', { keyring }), { message: /called otherwise: tag v6\.9/ })

  symlinkSync('/etc/passwd', join(kernel, 'out'))
  git('add', '.')
  git('commit', '-qm', 'a link')
  await t.rejects(fetch(git('rev-parse', 'HEAD')), { message: /the link out leads out of the tree/ })
  t.equal(readdirSync(join(context.root, 'work')).length, 3, 'of what was refused nothing is kept')

  execFileSync('mv', [kernel, `${kernel}.away`])
  t.equal((await fetch(first)).folder, folder, 'the second time nobody is asked')
  writeFileSync(join(folder, 'Makefile'), 'VERSION = x\n')
})
