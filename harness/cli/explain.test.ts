import { spawn, spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { gzipSync } from 'node:zlib'
import t, { type Test } from 'tap'
import { THE_REPORT } from '../report/consoles.ts'
import { parseConsole } from '../report/parse.ts'
import { toJson } from '../report/json.ts'
import { tinyVmlinux } from '../symbols/tiny-vmlinux.ts'

const BIN = fileURLToPath(new URL('../../bin/dmaspec.js', import.meta.url))
const LOG = THE_REPORT.join('\n') + '\n'
const QUIET = '[    0.000000] Linux version 6.1.0 (a@b) #1 SMP\n[    1.000000] all is well\n'
const FAULT = '[    1.0] ipmmu-vmsa febd0000.iommu: Unhandled fault: status 0x00001502 iova 0xfe000000\n'

t.setTimeout(180_000)

const { vmlinux, symbols } = tinyVmlinux(t.testdir({}))

interface How {
  input?: string
  env?: Record<string, string>
}

function explain(t: Test, args: string, { input = '', env = {} }: How = {}) {
  const cwd = t.testdir({
    'crash.log': LOG,
    'quiet.log': QUIET,
    'fault.log': FAULT,
    'empty.log': '',
    'crash.log.gz': gzipSync(LOG),
  })
  return spawnSync(process.execPath, [BIN, 'explain', ...args.split(' ').filter(Boolean)], {
    ...{ cwd, input, encoding: 'utf8' },
    env: { PATH: process.env['PATH'], ...env },
  })
}

const cases: Record<string, [number, RegExp, How?]> = {
  'crash.log': [1, /^null-deref in ipmmu_domain_free\n.*^Look at next$/ms],
  '': [1, /^null-deref in ipmmu_domain_free\n/, { input: LOG }],
  '-': [1, /^null-deref in ipmmu_domain_free\n/, { input: LOG }],
  'crash.log.gz': [1, /^null-deref in ipmmu_domain_free\n/],
  'quiet.log': [0, /^No crash\n/],
  'fault.log': [0, /^No crash, but 1 IOMMU fault\n/],
  'crash.log --markdown': [1, /^### `null-deref in ipmmu_domain_free`\n/],
  // eslint-disable-next-line no-control-regex
  'crash.log --color': [1, /^\x1b\[1m\x1b\[31mnull-deref/],
  '--help': [0, /Exit status: 0 no crash, 1 a crash/],
}
for (const [args, [status, says, how]] of Object.entries(cases)) {
  t.test(`explain ${args}`, async t => {
    const run = explain(t, args, how)
    t.equal(run.status, status)
    t.match(run.stdout, says)
    t.equal(run.stderr, '')
    if (!args.includes('--color')) t.notMatch(run.stdout, '\x1b', 'no colours in a pipe')
  })
}

t.test('--json is the report itself', async t => {
  const { stdout, status } = explain(t, 'crash.log --json')
  t.equal(status, 1)
  t.equal(stdout, toJson(parseConsole(THE_REPORT)) + '\n')
})

t.test('colours are a matter of taste', async t => {
  const colored = (args: string, env: Record<string, string>) =>
    explain(t, `crash.log ${args}`, { env }).stdout.includes('\x1b')
  t.ok(colored('', { FORCE_COLOR: '1' }))
  t.notOk(colored('', { FORCE_COLOR: '0' }))
  t.notOk(colored('', { FORCE_COLOR: '1', NO_COLOR: '1' }))
  t.notOk(colored('--no-color', { FORCE_COLOR: '1' }))
  t.ok(colored('--color', { NO_COLOR: '1' }), 'what is asked for last counts')
})

const refused: Record<string, RegExp> = {
  'none.log': /^dmaspec: there is no none\.log: give a file, or nothing to read stdin$/m,
  '.': /^dmaspec: \. is a folder: name the log in it$/m,
  'empty.log': /^dmaspec: empty\.log is empty: there is nothing to explain$/m,
  'crash.log --json --markdown': /^dmaspec: --json and --markdown: take one/m,
  'crash.log --source .': /^dmaspec: --module and --source need --vmlinux$/m,
  'crash.log --vmlinux none': /^dmaspec: none can't be read: ENOENT/m,
  'crash.log --vmlinux quiet.log': /^dmaspec: quiet\.log is no vmlinux or module: it is not an ELF file$/m,
  'crash.log quiet.log': /too many arguments/,
}
for (const [args, says] of Object.entries(refused)) {
  t.test(`refused: explain ${args}`, async t => {
    const run = explain(t, args)
    t.equal(run.status, 2)
    t.match(run.stderr, says)
    t.equal(run.stdout, '')
  })
}

t.test('stdin that is no text', async t => {
  const run = explain(t, '', { input: '\0'.repeat(100) })
  t.equal(run.status, 2)
  t.match(run.stderr, /^dmaspec: stdin is no text: /)
})

t.test('with a vmlinux, places and the line itself', async t => {
  const size = symbols.find(({ name }) => name === 'ipmmu_domain_free')?.size ?? 0n
  const log = LOG.replaceAll('ipmmu_domain_free+0x1c/0xa0', `ipmmu_domain_free+0x8/0x${size.toString(16)}`)
  const { stdout, stderr } = explain(t, `--vmlinux ${vmlinux}`, { input: log })
  t.match(stdout, /^ {4}drivers\/a\.c:\d+$/m)
  t.match(stdout, /^ {4}> +\d+ {2}/m)
  t.match(stdout, /^Warnings$/m, 'it is of another kernel')
  t.equal(stderr, '')
})

t.test('whoever reads no more, ends it quietly', async t => {
  const many = Array.from({ length: 3000 }, () => LOG).join('')
  const command = `${process.execPath} ${BIN} explain --json | head -c 10`
  const child = spawn('bash', ['-c', `${command}; echo " \${PIPESTATUS[0]}"`])
  let [out, err] = ['', '']
  child.stdout.on('data', bytes => (out += bytes))
  child.stderr.on('data', bytes => (err += bytes))
  child.stdin.end(many)
  await new Promise(resolve => child.on('close', resolve))
  t.match(out, /^\{\n {2}"\w+.* 1\n$/s)
  t.equal(err, '')
})
