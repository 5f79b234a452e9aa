import { spawnSync } from 'node:child_process'
import { existsSync, readdirSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import t, { type Test } from 'tap'
import { findEntry, makeEntry, temporaryFolder } from '../images/cache.ts'
import { ago } from './cache-table.ts'
import { formatBytes } from '../text.ts'
import { parseBytes } from './size.ts'

const BIN = fileURLToPath(new URL('../../bin/dmaspec.js', import.meta.url))

t.setTimeout(120_000)

function dmaspec(cache: string, ...args: string[]) {
  const env = { ...process.env, DMASPEC_CACHE: cache }
  const { status, stdout, stderr } = spawnSync(process.execPath, [BIN, 'cache', ...args], {
    env,
    encoding: 'utf8',
  })
  return { status, stdout, stderr }
}

async function filled(t: Test) {
  const root = t.testdir({ logs: {} })
  const inputs = { a: 'b' }
  const { dir } = await makeEntry(root, { name: 'thing', inputs, lockName: 'thing' }, async dir => {
    writeFileSync(join(dir, 'out'), 'hello')
    return '1.0'
  })
  findEntry(root, 'thing', inputs)
  const seal = join(root, 'seals', readdirSync(join(root, 'seals'))[0] ?? '')
  utimesSync(seal, 5, 5)
  return { root, dir }
}

t.test('list says what there is, and that there is nothing', async t => {
  const { root } = await filled(t)
  const { status, stdout } = dmaspec(root, 'list')
  t.equal(status, 0)
  t.match(stdout, /^thing +1\.0 +5 B +\S+ s +\d+ days ago$/m)
  t.match(stdout, /^all +5 B {2}in /m)
  const [item] = JSON.parse(dmaspec(root, 'list', '--json').stdout) as unknown[]
  t.match(item, { name: 'thing', bytes: 5, present: false })
  const none = join(root, 'none')
  t.match(dmaspec(none, 'list').stdout, /^all +0 B/m)
  t.notOk(existsSync(none), 'to look makes no folder')
})

t.test('prune says what goes and what that frees; --dry-run removes nothing', async t => {
  const { root, dir } = await filled(t)
  const dry = dmaspec(root, 'prune', '--dry-run')
  t.match(dry, {
    status: 0,
    stdout: /^would remove thing 1\.0, 5 B, last used \d+ days ago\nwould free 5 B; 0 B would/,
  })
  t.ok(existsSync(dir))
  const pruned = dmaspec(root, 'prune', '--to', '0')
  t.match(pruned, { status: 0, stdout: /^removed thing 1\.0, .*\nfreed 5 B; 0 B left in / })
  t.notOk(existsSync(dir))
})

t.test('verify is 1 for damage that stays, 0 once it is repaired, and sweeps tmp/', async t => {
  const { root, dir } = await filled(t)
  t.match(dmaspec(root, 'verify'), { status: 0, stdout: 'all 1 entries are as they were built\n' })
  writeFileSync(join(dir, 'out'), 'hellO')
  temporaryFolder(root, 'thing')
  const found = dmaspec(root, 'verify')
  t.match(found, {
    status: 1,
    stdout: /^damaged: entries\/thing-\w+: out has another hash.*\ntmp\/thing\..*killed run\n1 of 1/,
  })
  const repaired = dmaspec(root, 'verify', '--repair')
  t.match(repaired, {
    status: 0,
    stdout: /: removed\nremoved tmp\/thing\..*\n1 removed: the next dmaspec images/,
  })
  t.same([...readdirSync(join(root, 'entries')), ...readdirSync(join(root, 'tmp'))], [])
})

t.test('bad options are 2', async t => {
  const root = t.testdir({})
  t.match(dmaspec(root, 'prune', '--to', 'lots'), { status: 2, stderr: /Write a size like 4G/ })
  t.match(dmaspec(root, 'prune', '--days', '-1'), { status: 2, stderr: /Write a number of days/ })
  t.match(dmaspec(root, 'purge'), { status: 2, stderr: /unknown command 'purge'/ })
})

t.test('sizes and times', async t => {
  const sizes = { '4G': 4e9, '500 MB': 5e8, '2GiB': 2 ** 31, '1.5k': 1500, '7': 7 }
  for (const [text, bytes] of Object.entries(sizes)) t.equal(parseBytes(text), bytes, text)
  t.throws(() => parseBytes('4 gigs'))
  t.same([7, 1500, 13_400_000, 139_331_676, 3e12].map(formatBytes), [
    '7 B',
    '1.5 kB',
    '13.4 MB',
    '139 MB',
    '3.0 TB',
  ])
  t.same(
    [0, 5, 119, 300, 4000].map(minutes => ago(minutes * 60_000)),
    ['just now', '5 min ago', '119 min ago', '5 h ago', '2 days ago'],
  )
})
