import t from 'tap'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { CellError } from '../errors.ts'
import { filesBelow } from '../images/inputs.ts'
import { projectRoot } from '../project.ts'
import { init } from './init.ts'
import { adviceFor, newPackageJson } from './package-json.ts'
import { CI_SERVICES, templates } from './templates.ts'

const paths = (files: readonly { path: string }[]) => files.map(({ path }) => path).sort()

t.test('every template is a file, and every file a template', async t => {
  const folder = join(projectRoot, 'examples/init')
  t.same(filesBelow(folder), templates.map(({ from }) => join(folder, from)).sort())
  t.same(new Set(templates.flatMap(({ ci }) => ci ?? [])), new Set(CI_SERVICES))
})

t.test('a folder that is not there is made, and has it all', async t => {
  const folder = join(t.testdir({}), 'deep/My Quirks')
  const { written, kept, addScript, installed } = init(folder, CI_SERVICES)
  t.same(paths(written), [...templates.map(({ to }) => to), 'package.json'].sort())
  t.same(
    paths(written),
    filesBelow(folder)
      .map(file => file.slice(folder.length + 1))
      .sort(),
  )
  t.same({ kept, addScript }, { kept: [], addScript: null })
  t.match(JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')), {
    name: 'my-quirks',
    private: true,
    scripts: { test: 'dmaspec run' },
  })
  t.equal(installed, false, 'there is no node_modules with dmaspec')
})

t.test('what is there is left alone, and said', async t => {
  const mine = {
    'package.json': '{ "tap": {}, "scripts": { "test": "jest" } }',
    'dmaspec.config.mjs': 'export default {}',
    '.gitignore': 'mine\n',
    specs: { 'bus-limit-34bit.spec.ts': '// mine' },
  }
  const folder = t.testdir(mine)
  const { written, kept, addScript } = init(folder, ['gitlab'])
  t.same(paths(written), ['.gitlab-ci.yml', 'dts/bus-limit-34bit.dtso'])
  t.same(Object.fromEntries(kept.map(({ path, what }) => [path, what])), {
    'dmaspec.config.ts': 'there is a dmaspec.config.mjs',
    'specs/bus-limit-34bit.spec.ts': 'it is there already',
    '.taprc': 'package.json configures tap',
    '.gitignore': 'it is there already',
    'package.json': 'it is there already',
  })
  t.equal(addScript, "npm pkg set 'scripts.test:dma=dmaspec run'")
  for (const name of ['package.json', 'dmaspec.config.mjs', '.gitignore'] as const)
    t.equal(readFileSync(join(folder, name), 'utf8'), mine[name], name)
  t.equal(readFileSync(join(folder, 'specs/bus-limit-34bit.spec.ts'), 'utf8'), '// mine')
  t.same(init(folder, ['gitlab']).written, [], 'again: nothing')
})

t.test('what can’t be written leaves nothing of what could', async t => {
  const folder = t.testdir({ 'package.json': '{}', '.github': 'a file' })
  t.match(
    t.throws(() => init(folder, CI_SERVICES), CellError),
    { message: /^can't write into .*: E(NOTDIR|EXIST)/ },
  )
  t.same(readdirSync(folder).sort(), ['.github', 'package.json'])
  t.throws(() => init(join(folder, 'package.json'), []), new CellError(`${folder}/package.json is no folder`))
})

t.test("dmaspec's own clone is nobody's repo", async t => {
  t.match(
    t.throws(() => init(projectRoot, []), CellError),
    { message: /is dmaspec's own clone/ },
  )
  t.notOk(existsSync(join(projectRoot, 'dmaspec.config.ts')))
})

t.test('a package.json is read, and never trusted', async t => {
  t.same(adviceFor('{'), null)
  t.same(adviceFor('[]'), null)
  t.same(adviceFor('{ "scripts": { "x": "KERNELS=6.12 dmaspec run --jobs 1" } }'), {
    add: null,
    hasTap: false,
  })
  t.equal((JSON.parse(newPackageJson('/')) as { name: string }).name, 'specs')
  t.equal((JSON.parse(newPackageJson('/x/.Ä b_')) as { name: string }).name, 'b_')
})
