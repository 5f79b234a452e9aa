import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import t from 'tap'
import { currentEntry, sweep } from './cache.ts'
import { damageOf } from './cache-seal.ts'
import { temporaries, verifyEntries } from './cache-verify.ts'

t.setTimeout(240_000)

const signal = new AbortController().signal

/** Another process that builds what the cache lacks, over and over, as builders do: lock, look up, make, remember. */
const BUILDER = `
  import { writeFileSync, appendFileSync, readFileSync } from 'node:fs'
  import { builtEntry, lockFor } from ${JSON.stringify(import.meta.resolve('./context.ts'))}
  import { makeEntry, setCurrent, sweep } from ${JSON.stringify(import.meta.resolve('./cache.ts'))}
  const [root = '', last = '0', log = ''] = process.argv.slice(2)
  const say = (line) => appendFileSync(log, line + '\\n')
  const progress = { step: () => ({ update() {}, done() {} }), note: say, stop() {} }
  const context = { root, progress, signal: new AbortController().signal, update: false }
  await sweep(root)
  say('started')
  for (let round = 0; round <= Number(last); round++) {
    const name = 'thing-' + (round % 4)
    const sources = { round: String(round) }
    using held = await lockFor(context, 'thing', 'builds it')
    let entry = builtEntry(context, name, sources)
    if (!entry) {
      say('built ' + round)
      entry = await makeEntry(root, { name, inputs: sources, lockName: held.name }, async dir => {
        for (const file of ['a', 'b']) {
          for (let i = 0; i < 20; i++) appendFileSync(dir + '/' + file, Buffer.alloc(50_000, round))
          await new Promise(resolve => setTimeout(resolve, 1))
        }
        return '1.' + round
      })
    }
    setCurrent(root, name, sources, entry)
  }
  say('done')`

t.test('SIGKILL at any point: whatever is there is whole, and the next run completes', async t => {
  const root = t.testdir({ 'builder.ts': BUILDER, log: '' })
  const log = join(root, 'log')
  const said = (word: string) =>
    readFileSync(log, 'utf8')
      .split('\n')
      .filter(line => line.startsWith(word))
  const build = (last: number) =>
    spawn(process.execPath, ['--import=tsx', join(root, 'builder.ts'), root, String(last), log], {
      stdio: ['ignore', 'ignore', 'inherit'],
    })
  const ended = async (child: ChildProcess) =>
    void (child.exitCode ?? child.signalCode ?? (await once(child, 'exit')))
  let killed = 0
  for (let round = 1; round <= 8; round++) {
    const started = said('started').length
    const two = [build(400), build(400)]
    while (said('started').length < started + 2) await sleep(5)
    await sleep(Math.random() * 120)
    for (const child of two) if (child.kill('SIGKILL')) killed += 1
    await Promise.all(two.map(ended))
    const { damaged } = await verifyEntries(root, { signal })
    t.same(damaged, [], `round ${round}: ${said('built').length} built so far`)
  }
  t.ok(killed >= 8, `${killed} killed`)
  const count = said('built').length
  t.ok(count > 5, `${count} builds were begun`)
  const left = temporaries(root).length
  await ended(build(count))
  t.equal(said('done').length, 1)
  t.same(temporaries(root), [], `${left} halves were left in tmp/, and swept`)
  for (let round = 0; round <= count; round++) {
    const entry = currentEntry(root, `thing-${round % 4}`, { round: String(round) })
    if (!entry || damageOf(entry.dir, entry.manifest.outputs)) t.fail(`no whole entry of round ${round}`)
  }
  t.same(await sweep(root), [])
})

t.test('two at once: one builds, the other waits, says so, and takes what was built', async t => {
  const root = t.testdir({ 'builder.ts': BUILDER, a: '', b: '' })
  const logs = ['a', 'b'].map(name => join(root, name))
  await Promise.all(
    logs.map(log =>
      once(
        spawn(process.execPath, ['--import=tsx', join(root, 'builder.ts'), root, '15', log], {
          stdio: 'inherit',
        }),
        'exit',
      ),
    ),
  )
  const words = logs.map(log => readFileSync(log, 'utf8')).join('')
  const built = words.match(/^built \d+$/gm) ?? []
  t.equal(built.length, 16, 'each was built once')
  t.equal(new Set(built).size, 16)
  t.equal(words.match(/^done$/gm)?.length, 2)
  t.match(words, /^waiting for another dmaspec that builds it \(pid \d+\)…$/m)
})

t.test('a damaged entry is said and built again', async t => {
  const root = t.testdir({ 'builder.ts': BUILDER, log: '' })
  const log = join(root, 'log')
  const build = () =>
    once(spawn(process.execPath, ['--import=tsx', join(root, 'builder.ts'), root, '2', log]), 'exit')
  await build()
  const { dir = '' } = currentEntry(root, 'thing-1', { round: '1' }) ?? {}
  const bytes = readFileSync(join(dir, 'a'))
  bytes[7] = (bytes[7] ?? 0) ^ 1
  writeFileSync(join(dir, 'a'), bytes)
  await build()
  const words = readFileSync(log, 'utf8')
  t.match(words, /^thing-1-\w+ is damaged \(a has another hash than when it was built\): making it again$/m)
  t.equal(words.match(/^built 1$/gm)?.length, 2)
  t.equal(words.match(/^built /gm)?.length, 4, 'and nothing else is')
  t.same((await verifyEntries(root, { signal })).damaged, [])
  t.ok(existsSync(join(root, 'seals')))
})
