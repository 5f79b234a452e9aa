/** dmaspec(1) is what the commands say of themselves. */
import { spawnSync } from 'node:child_process'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { program } from '../cli/main.ts'
import { projectRoot, projectVersion } from '../project.ts'
import { commandsBelow, fullName } from './help.ts'
import { manPage } from './man.ts'
import { ownVariables, variables } from './variables.ts'

t.setTimeout(120_000)

const FILE = join(projectRoot, 'man/dmaspec.1')
const page = manPage(program(), projectVersion())

t.test('man/dmaspec.1 is up to date', async t => {
  t.ok(existsSync(FILE), 'is there')
  t.equal(readFileSync(FILE, 'utf8'), page, 'npm run man writes it anew')
})

t.test('it has every command, and every option that is not hidden', async t => {
  for (const command of commandsBelow(program()).slice(1)) {
    t.match(page, `.SS "${fullName(command).replaceAll('-', '\\-')}"`)
    for (const { flags } of command.options)
      t.match(page, flags.replaceAll('-', '\\-'), `${fullName(command)} ${flags}`)
  }
})

t.test('its ENVIRONMENT is what the code reads', async t => {
  const read = new Set<string>()
  for (const file of readdirSync(join(projectRoot, 'harness'), { recursive: true, encoding: 'utf8' })) {
    if (!file.endsWith('.ts') || file.endsWith('.test.ts') || file.startsWith('docs/')) continue
    const text = readFileSync(join(projectRoot, 'harness', file), 'utf8')
    for (const [, name = ''] of text.matchAll(/\benv(?:ironment)?(?:\['|\.)([A-Z_]+)\b/g)) read.add(name)
    for (const [, name = ''] of text.matchAll(/'(DMASPEC_[A-Z_]+)'/g)) read.add(name)
  }
  const told = [...variables.map(({ name }) => name), ...ownVariables]
  t.same(
    [...read].filter(name => !told.includes(name)).sort(),
    [],
    'nothing is read that variables.ts does not name',
  )
  t.same(
    told.filter(name => !read.has(name)),
    [],
    'nothing is named that is not read',
  )
})

const groff = spawnSync('groff', ['--version']).status === 0
t.test(
  'roff has nothing against it',
  { skip: groff ? false : 'groff is not installed: apt install groff' },
  async t => {
    const { status, stdout, stderr } = spawnSync('groff', ['-man', '-Tutf8', '-Kutf8', '-ww', '-z'], {
      input: page,
      encoding: 'utf8',
    })
    t.same({ status, stdout, stderr }, { status: 0, stdout: '', stderr: '' })
  },
)
