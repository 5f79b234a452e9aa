import { execFileSync } from 'node:child_process'
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { hashOf } from './cache-seal.ts'
import { makeKernel, makeTarball, serve, testContext } from './fake-archive.ts'
import { fetchSource } from './source.ts'

t.setTimeout(120_000)

async function archive(t: Test) {
  const dir = t.testdir({ cache: {}, served: {} })
  const served = join(dir, 'served')
  makeKernel(served)
  const file = makeTarball(served)
  const server = await serve(served)
  t.teardown(() => server.close())
  const context = testContext(join(dir, 'cache'))
  return {
    dir,
    served,
    file,
    server,
    context,
    source: `${server.url}/linux-6.9.tar.xz`,
    sha256: hashOf(file),
  }
}

/** That nothing of a refused source is kept, but what a later run can go on with. */
function needNothing(t: Test, root: string, kept: string[] = []) {
  const below = (dir: string) => (existsSync(join(root, dir)) ? readdirSync(join(root, dir)) : [])
  const work = below('work').flatMap(tree => below(join('work', tree)))
  t.same([...below('entries'), ...below('tmp'), ...work], kept, 'nothing else is kept')
}

t.test('a tarball with the right hash; the second time nobody is asked', async t => {
  const { server, context, source, sha256 } = await archive(t)
  const first = await fetchSource(context, { source, sha256: sha256.toUpperCase() })
  t.match(first, { name: 'linux-6.9', version: '6.9.0-rc1' })
  t.ok(existsSync(join(first.folder, 'arch/arm64/Kconfig')))
  server.close()
  t.same(await fetchSource(context, { source, sha256 }), first)
  t.equal(server.asked.length, 1)
})

t.test('a redirect is followed', async t => {
  const { server, context, source, sha256 } = await archive(t)
  server.how = (_, response) => {
    server.how = undefined
    response.writeHead(302, { location: '/linux-6.9.tar.xz' }).end()
  }
  t.match(await fetchSource(context, { source, sha256 }), { version: '6.9.0-rc1' })
})

t.test('another hash: both are named, nothing is kept', async t => {
  const { context, source, sha256 } = await archive(t)
  const other = 'a'.repeat(64)
  await t.rejects(fetchSource(context, { source, sha256: other }), {
    name: 'ImageError',
    message: new RegExp(`sha256 is ${sha256}, and not ${other}`),
  })
  needNothing(t, context.root)
})

t.test('what a server can do wrong is one clear line', async t => {
  const { server, context, source, sha256 } = await archive(t)
  const fails = (message: RegExp, from = source) =>
    t.rejects(fetchSource(context, { source: from, sha256, stall: 1 }), { name: 'ImageError', message })
  await fails(/other\.tar\.xz: the server refused \(.*404\)$/, `${server.url}/other.tar.xz`)
  await fails(/nothing answers there/, 'http://127.0.0.1:1/x.tar.xz')
  server.how = (_, response) => response.writeHead(302, { location: '/linux-6.9.tar.xz' }).end()
  await fails(/redirects without an end/)
  needNothing(t, context.root)
  server.how = (_, response, body) => {
    response.writeHead(200, { 'content-length': body.length })
    response.write(body.subarray(0, 1000))
  }
  await fails(/the server is too slow \(.*\); 0\.0 MB are kept/)
  needNothing(t, context.root, ['download.part'])
})

t.test('a download that was cut off goes on where it ended, in this run and the next', async t => {
  const { server, context, source, sha256 } = await archive(t)
  let cuts = 2
  server.how = (request, response, body) => {
    if (--cuts === 0) server.how = undefined
    const from = Number(/\d+/.exec(request.headers.range ?? '0')?.[0])
    const headers = { 'content-range': `bytes ${from}-${body.length - 1}/${body.length}` }
    response.writeHead(from ? 206 : 200, { ...headers, 'content-length': body.length - from })
    response.write(body.subarray(from, from + 100_000), () => setTimeout(() => response.destroy(), 50))
  }
  t.match(await fetchSource(context, { source, sha256 }), { version: '6.9.0-rc1' })
  t.match(server.asked.slice(1), [/ bytes=\d{5,}-$/, / bytes=\d{6,}-$/])
})

t.test('a server without ranges, or another file than the part is of: from the start', async t => {
  const { dir, server, context, source, sha256 } = await archive(t)
  server.how = (_, response, body) => {
    server.how = undefined
    response.writeHead(200, { 'content-length': body.length })
    response.write(body.subarray(0, 9000), () => setTimeout(() => server.close(), 300))
  }
  await t.rejects(fetchSource(context, { source, sha256 }), { message: /are kept/ })
  const again = await serve(join(dir, 'served'))
  t.teardown(() => again.close())
  again.how = (_, response, body) => response.writeHead(200, { 'content-length': body.length }).end(body)
  const from = `${again.url}/linux-6.9.tar.xz`
  t.match(await fetchSource(context, { source: from, sha256 }), { version: '6.9.0-rc1' })
  t.match(again.asked, [/ bytes=9000-/, /xz$/])
})

t.test('a part that has all bytes, but the wrong ones, is not believed', async t => {
  const { file, context, source, sha256 } = await archive(t)
  await t.rejects(fetchSource(context, { source: source.replace('6.9', '7'), sha256 }), { message: /404/ })
  const spec = { source, sha256 }
  const { folder } = await fetchSource(context, spec)
  const work = join(folder, '..')
  execFileSync('rm', ['-r', join(context.root, 'entries'), join(context.root, 'current'), folder])
  writeFileSync(join(work, 'download.part'), Buffer.alloc(statSync(file).size))
  await t.rejects(fetchSource(context, spec), { message: /sha256 is/ })
  t.match(await fetchSource(context, spec), { version: '6.9.0-rc1' })
})

t.test('what leads out of its folder is refused', async t => {
  const { dir, served, context, server } = await archive(t)
  const refused = async (name: string, args: string[], message: RegExp) => {
    const sha256 = hashOf(makeTarball(served, args, name))
    await t.rejects(
      fetchSource(context, { source: `${server.url}/${name}.tar.xz`, sha256 }),
      { message },
      name,
    )
  }
  writeFileSync(join(dir, 'victim'), 'safe')
  await refused('absolute', ['-P', join(dir, 'victim')], /files outside of its own folder/)
  await refused('dots', ['-P', 'linux-6.9/../../victim', 'linux-6.9'], /outside of its own folder/)
  const kernel = join(served, 'linux-6.9')
  symlinkSync('../../../victim', join(kernel, 'out'))
  await refused('link', ['linux-6.9'], /the link out leads out of the tree, to \.\.\/\.\.\/\.\.\/victim/)
  mkdirSync(join(served, 'other'))
  writeFileSync(join(served, 'other/Makefile'), 'all:\n')
  await refused('other', ['other'], /is no kernel's source: it has no Kconfig/)
  execFileSync('mkfifo', [join(served, 'other/pipe')])
  await refused('pipe', ['other'], /pipe is no file, folder or link/)
  t.equal(readFileSync(join(dir, 'victim'), 'utf8'), 'safe')
  t.same(readdirSync(join(context.root, 'work')), [])
})

t.test('what is missing to know that it is the right one is said', async t => {
  const context = testContext(t.testdir({ keys: '' }))
  const keyring = join(context.root, 'keys')
  const source = 'https://example.org/linux-6.9.tar.xz'
  const wrong: [object, RegExp][] = [
    [{ source }, /give --sha256 HEX, or --signature FILE\|URL and --keyring FILE/],
    [{ source, sha256: 'abc' }, /'abc' is no hash/],
    [{ source, signature: 'x' }, /given together/],
    [{ source, signature: 'x', keyring: '/none' }, /no keyring \/none/],
    [{ source: 'linux.zip' }, /write the URL/],
    [{ source: 'https://example.org/linux.zip', sha256: 'a'.repeat(64) }, /write the URL/],
    [{ source: 'git https://example.org/linux.git' }, /write git URL#ref/],
    [{ source: 'git ext::sh#master', keyring }, /may not run a program/],
    [{ source: 'git --upload-pack=x#v1', keyring }, /write git URL#ref/],
    [{ source: 'git https://example.org/linux.git#v6.9' }, /--commit HASH, or --keyring FILE/],
    [{ source: 'git https://example.org/linux.git#v6.9', commit: 'abc' }, /no full commit hash/],
    [{ source: 'git https://example.org/l.git#v6.9', sha256: 'a'.repeat(64) }, /a commit is its own hash/],
  ]
  for (const [spec, message] of wrong)
    await t.rejects(fetchSource(context, spec as { source: string }), { name: 'CellError', message })
  t.same(readdirSync(context.root), ['keys'])
})
