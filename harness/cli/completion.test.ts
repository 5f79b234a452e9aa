import { spawnSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import t from 'tap'
import { modelOf } from '../completion/model.ts'
import { completionScript, shells } from '../completion/script.ts'
import { named, valuesOf } from '../completion/values.ts'
import { knownSeries } from '../images/index.ts'
import { program } from './main.ts'

const BIN = fileURLToPath(new URL('../../bin/dmaspec.js', import.meta.url))

/** What each shell is asked, and how it answers: a word a line, and `files` or `folders` where it offers those itself. */
const asked: Record<string, (script: string, words: readonly string[]) => string[]> = {
  bash: (script, words) => [
    'bash',
    '-c',
    `compopt() { case $2 in dirnames) echo folders ;; default) echo files ;; esac; }
     source "$0"; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _dmaspec; printf '%s\\n' "\${COMPREPLY[@]}"`,
    script,
    ...words,
  ],
  zsh: (script, words) => [
    'zsh',
    '-fc',
    `compdef() { }; compset() { PREFIX=\${PREFIX#*=} }
     offer() { for word; do [[ $word == $PREFIX* ]] && print -r -- $word; done }
     _files() { [[ $1 == -/ ]] && print folders || print files }
     compadd() { shift; offer "$@" }
     _describe() { offer \${(@)candidates%%:*} }
     source "$0"; words=("$@"); CURRENT=$#; PREFIX=\${@[-1]}; _dmaspec`,
    script,
    ...words,
  ],
  fish: (script, words) => [
    'fish',
    '--no-config',
    '-c',
    `source ${script}; complete -C "${words.join(' ')}"`,
  ],
}

/** A line up to the cursor, and all that fits there. */
const lines: Record<string, readonly string[]> = {
  'dmaspec ca': ['cache'],
  'dmaspec cache ': ['list', 'prune', 'verify', 'help'],
  'dmaspec cache prune --d': ['--days', '--dry-run'],
  'dmaspec boot --ker': ['--kernel'],
  'dmaspec boot --kernel ': knownSeries(),
  'dmaspec boot --kernel 6.': ['6.1', '6.12'],
  'dmaspec boot --flavour d': ['debug'],
  'dmaspec boot --fault b': ['bus-mask-always-set'],
  'dmaspec boot --out boot --overlay sata-w': ['sata-without-iommus'],
  'dmaspec boot --platform virt-v': ['virt-virtio-iommu'],
  'dmaspec bench cell-': ['cell-seconds'],
  'dmaspec images --tools l': ['lint'],
  'dmaspec completion ': ['bash', 'fish', 'zsh'],
  'dmaspec help dem': ['demo'],
  'dmaspec no-such-command ': [],
}
/** Where a shell offers what there is on the disk: fish does so by itself, and can't be told from without. */
const onDisk: Record<string, readonly string[]> = {
  'dmaspec boot --tree ': ['folders'],
  'dmaspec boot --image ': ['files'],
  'dmaspec run --jobs 2 --spec bus-l': ['bus-limit', 'files'],
  'dmaspec merge one two ': ['folders'],
  'dmaspec diff one ': ['files'],
  'dmaspec diff one two ': [],
}

for (const shell of shells) {
  const missing = spawnSync(shell, ['--version']).error
    ? `no ${shell}: dmaspec images --tools test installs it`
    : false
  t.test(`${shell} completes`, { skip: missing }, t => {
    const script = join(t.testdir({}), `dmaspec.${shell}`)
    writeFileSync(
      script,
      completionScript(shell, program(), valuesOf([{ name: 'bench name', words: () => ['cell-seconds'] }])),
    )
    const complete = (line: string) => {
      const [command = '', ...argv] = asked[shell]?.(script, line.split(' ')) ?? []
      const { stdout, stderr } = spawnSync(command, argv, { encoding: 'utf8', cwd: t.testdirName })
      t.equal(stderr, '', `${line}: no error`)
      const words = stdout.split('\n').map(row => row.replace(/\t.*/, ''))
      return words.filter(Boolean).sort()
    }
    const all = shell === 'fish' ? lines : { ...lines, ...onDisk }
    for (const [line, words] of Object.entries(all)) t.same(complete(line), [...words].sort(), line)
    t.end()
  })
}

t.test('bash and zsh complete what is behind an =', t => {
  const script = t.testdir(
    Object.fromEntries(['bash', 'zsh'].map(shell => [shell, completionScript(shell, program(), valuesOf())])),
  )
  const run = ([command = '', ...argv]: string[] = []) =>
    spawnSync(command, argv, { encoding: 'utf8' }).stdout
  // bash takes = for the end of a word
  const words = ['dmaspec', 'boot', '--kernel', '=', '7.', '--fault', '=', 'fl']
  t.equal(run(asked['bash']?.(join(script, 'bash'), words.slice(0, 5))), '7.2\n7.3\n')
  t.equal(run(asked['bash']?.(join(script, 'bash'), words)), 'flush-forgotten\n')
  if (spawnSync('zsh', ['--version']).error) return t.end()
  t.equal(run(asked['zsh']?.(join(script, 'zsh'), ['dmaspec', 'boot', '--kernel=7.'])), '7.2\n7.3\n')
  t.end()
})

t.test('an option whose value has a name offers names, those that --help lists', t => {
  const { words } = valuesOf()({ command: 'dmaspec boot', name: '--overlay', placeholder: 'name' })
  t.ok(words.includes('sata-behind-ipmmu'))
  // Targets are the configuration's, and there is none here.
  const values = valuesOf([{ name: '--target', words: () => ['desk'] }])
  for (const { path, options } of modelOf(program(), values))
    for (const { flags, value } of options) {
      const name = flags[0] ?? ''
      if (value && named.some(row => row.name === name)) t.not(value.words.length, 0, `${path} ${name}`)
    }
  const boot = program().commands.find(command => command.name() === 'boot')
  for (const name of ['--kernel', '--flavour', '--fault', '--platform', '--overlay']) {
    const listed = boot?.options.find(({ long }) => long === name)?.description ?? ''
    for (const word of named.find(row => row.name === name)?.words() ?? [])
      t.match(listed, word, `${name} ${word}`)
  }
  t.end()
})

t.test('the command prints a script, and refuses a shell that it does not know', t => {
  const run = (...args: string[]) =>
    spawnSync(process.execPath, [BIN, 'completion', ...args], { encoding: 'utf8' })
  const { status, stdout } = run('bash')
  t.equal(status, 0)
  t.match(stdout, /'dmaspec bench 0'\) .*'harness-overhead'.*\n/)
  t.equal(spawnSync('bash', ['-n'], { input: stdout }).status, 0)
  t.match(run('tcsh'), { status: 2, stdout: '', stderr: /Allowed choices are bash, zsh, fish/ })
  t.end()
})
