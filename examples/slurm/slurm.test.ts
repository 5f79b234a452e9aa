/** What is in this folder, on a Slurm that is started for it: real array jobs, and real boots. */
import t, { type Test } from 'tap'
import { execa } from 'execa'
import { spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { kernels } from '../../harness/index.ts'
import { projectRoot } from '../../harness/project.ts'
import { readResults } from '../../harness/results/read.ts'

const ONE_HOST = join(import.meta.dirname, 'one-host.sh')
const SUBMIT = join(import.meta.dirname, 'submit.sh')
const [kernel = '6.1'] = kernels()
const MINUTES = 60_000

/** Runs a command beside a Slurm of its own. All its temporary files are in `scratch`. */
async function beside(t: Test, scratch: string, ...command: string[]) {
  const { exitCode, all } = await execa(ONE_HOST, command, {
    all: true,
    reject: false,
    timeout: 9 * MINUTES,
    env: { TMPDIR: scratch, SUBMIT_POLL_SECONDS: '1' },
  })
  t.same(processesOf(scratch), [], 'no process is left')
  t.same(
    readdirSync(scratch).filter(name => name.startsWith('dmaspec-slurm')),
    [],
    'no file is left',
  )
  return { exitCode, words: all }
}

/** The processes that have a folder in their variables. */
function processesOf(folder: string): string[] {
  return readdirSync('/proc').filter(pid => {
    try {
      return /^\d+$/.test(pid) && readFileSync(`/proc/${pid}/environ`, 'utf8').includes(folder)
    } catch {
      return false // it has ended since
    }
  })
}

/** A short path: munge's socket is in there, and those may have 107 bytes. */
function scratchFolder(t: Test): string {
  const folder = mkdtempSync(join(tmpdir(), 'dmaspec-test-'))
  t.teardown(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}

/** Why Slurm can't be run here, and what to do; false if it can. */
function whyNot(): string | false {
  if (process.getuid?.() !== 0) return 'slurmd wants root: run the tests as root, or in a container'
  const installed = ['munged', 'sbatch', 'slurmctld', 'slurmd'].every(
    tool => spawnSync('which', [tool]).status === 0,
  )
  if (!installed) {
    const tools = [join(projectRoot, 'bin/dmaspec.js'), 'images', '--tools', 'test']
    const { status, stderr } = spawnSync(process.execPath, tools, { encoding: 'utf8' })
    if (status !== 0) return `Slurm can't be installed: ${stderr.trim().split('\n').at(-1)}`
  }
  const namespace = spawnSync('unshare', ['--pid', '--fork', '--mount-proc', 'true']).status === 0
  return !namespace && 'this container may not make a PID namespace: start it with --cap-add SYS_ADMIN'
}

// tap gives a file 30 s.
t.setTimeout(30 * MINUTES)
const options = { skip: whyNot(), timeout: 10 * MINUTES }

/** A spec that boots nothing, and says which task it is in. */
const saying = (word: 'pass' | 'fail') => `
import t from 'tap'
t.test('says where it is', async t => {
  t.${word}('task ' + process.env.SLURM_ARRAY_TASK_ID)
})
`

t.test(
  'each cell is run once, each shard in a task of its own, and one report comes of it',
  options,
  async t => {
    const scratch = scratchFolder(t)
    const specs = t.testdir({ 'on-purpose.spec.ts': saying('fail') })
    const out = join(scratch, 'out')
    const chosen = ['network', 'sata-pio', join(specs, 'on-purpose.spec.ts')].flatMap(spec => [
      '--spec',
      spec,
    ])
    const submit = [SUBMIT, '--shards', '3', '--out', out, '--', '--kernel', kernel, ...chosen]
    const { exitCode, words } = await beside(t, scratch, ...submit)
    t.equal(exitCode, 1, 'exit status', { words })

    const read = await Promise.all([1, 2, 3].map(i => readResults(join(out, `shard-${i}/results.json`))))
    t.same(
      read.map(({ shard, cells }) => [shard?.index, cells.length]),
      [1, 2, 3].map(index => [index, 1]),
    )
    const failed = read.find(({ cells }) => cells[0]?.spec === 'on-purpose')
    t.equal(failed?.cells[0]?.tests[0]?.assertions[0]?.title, `task ${failed?.shard?.index}`)

    const merged = await readResults(join(out, 'results.json'))
    t.same(merged.cells.map(({ id, verdict }) => [id, verdict]).sort(), [
      [`${kernel}/network`, 'passed'],
      [`${kernel}/on-purpose`, 'failed'],
      [`${kernel}/sata-pio`, 'passed'],
    ])
    t.same(merged.merged?.problems, [])
    const boots = merged.cells.flatMap(({ tests }) => tests.flatMap(test => test.boots))
    t.ok(boots.length >= 4, `${boots.length} boots`)
    t.same(
      boots.filter(({ folder }) => !existsSync(join(out, folder, 'console.log'))),
      [],
    )
    const report = /^report: (.*)$/m.exec(words)?.[1] ?? ''
    t.ok(existsSync(report), report)
  },
)

// Before the build is done, the array has not begun.
const LOSE_ONE = `
"$@" & submit=$!
until array=$(squeue --noheader --name=dmaspec --format=%F | head -n 1); [ -n "$array" ]; do sleep 0.2; done
scancel "\${array}_2"
wait "$submit"`

t.test('a task that never ran is said, with its cells', options, async t => {
  const scratch = scratchFolder(t)
  const specs = t.testdir({ 'one.spec.ts': saying('pass'), 'two.spec.ts': saying('pass') })
  const out = join(scratch, 'out')
  const submit = [SUBMIT, '--shards', '2', '--out', out, '--', '--kernel', kernel, '--spec', specs]
  const { exitCode, words } = await beside(t, scratch, 'bash', '-c', LOSE_ONE, 'lose-one', ...submit)
  t.equal(exitCode, 1, 'exit status', { words })
  t.match(words, /missing: shard 2 of 2 /)
  const merged = await readResults(join(out, 'results.json'))
  const [ran] = merged.cells
  const lost = merged.matrix.filter(id => id !== ran?.id)
  t.equal(lost.length, 1)
  t.ok(merged.merged?.problems.includes(`missing: ${lost[0]}`))
})

const END_IT = `
"$@" & submit=$!
until [ -n "$(squeue --noheader --name=dmaspec-merge)" ]; do sleep 0.2; done
kill -TERM "$submit"
wait "$submit"
status=$?
# Whose last words are still on their way.
until [ -z "$(squeue --noheader --states=completing)" ]; do sleep 0.2; done
squeue --noheader --format='still there: %j %T'
exit "$status"`

t.test('who ends submit.sh ends its jobs', options, async t => {
  const scratch = scratchFolder(t)
  const submit = [SUBMIT, '--out', join(scratch, 'out'), '--', '--kernel', kernel]
  const { exitCode, words } = await beside(t, scratch, 'bash', '-c', END_IT, 'end-it', ...submit)
  t.equal(exitCode, 130, 'exit status', { words })
  t.match(words, /interrupted; the jobs are cancelled$/m)
  t.notMatch(words, /still there/)
})

t.test('a build that fails is said, and nothing is run', options, async t => {
  const scratch = scratchFolder(t)
  const out = join(scratch, 'out')
  const { exitCode, words } = await beside(t, scratch, SUBMIT, '--out', out, '--', '--kernel', '3.14')
  t.equal(exitCode, 2, 'exit status', { words })
  t.match(words, /unknown kernel '3\.14'/)
  t.match(words, /^submit\.sh: the build failed, so no shard ran: /m)
  t.same(readdirSync(out), ['logs'])
})

const refused = {
  '--shards 0': /^submit\.sh: shards must be a whole number from 1 to 9999, not '0'$/m,
  '--shards many': /not 'many'$/m,
  '--shards': /^submit\.sh: --shards wants a value$/m,
  '--kernel 6.1': /^submit\.sh: unknown option '--kernel'.* after --$/m,
}
for (const [args, says] of Object.entries(refused)) {
  t.test(`submit.sh ${args} is refused`, async t => {
    const { status, stderr } = spawnSync(SUBMIT, args.split(' '), { encoding: 'utf8' })
    t.equal(status, 2)
    t.match(stderr, says)
  })
}
