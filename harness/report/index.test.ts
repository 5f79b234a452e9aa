import { execFileSync } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import t from 'tap'
import { ConsoleParser, LIMITS, OOPS_KINDS, parseConsole, toJson, type Oops } from 'dmaspec/report'
import { THE_REPORT } from './consoles.ts'

t.setTimeout(120_000)

const folder = dirname(fileURLToPath(import.meta.url))

t.test('the library is imported by its name', async t => {
  const [oops] = parseConsole(THE_REPORT).oopses
  t.match(oops, { kind: 'null-deref', address: 0x38n } satisfies Partial<Oops>)
  t.match(toJson(oops), '"address": "0x38"')
  t.ok(OOPS_KINDS.includes('rcu-stall'))
  t.ok(LIMITS.oopses > 0)
})

t.test('line by line it says the same', async t => {
  const parser = new ConsoleParser()
  for (const line of THE_REPORT) parser.line(line)
  t.equal(toJson(parser.report()), toJson(parseConsole(THE_REPORT)))
})

t.test('it needs nothing: no package, no part of Node, of dmaspec only types', async t => {
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' })
  const own = files.filter(
    file => file.endsWith('.ts') && !file.endsWith('.test.ts') && !/consoles|golden/.test(file),
  )
  t.ok(own.length > 10)
  for (const file of own) {
    const text = readFileSync(join(folder, file), 'utf8')
    const imports = [...text.matchAll(/^(import|export)( type)? [^;]*? from '([^']+)'/gm)]
    for (const [, , type, from = ''] of imports) {
      const isOwn = from.startsWith('.') && !join(dirname(file), from).startsWith('..')
      t.ok(isOwn || (type !== undefined && from.startsWith('.')), `${file} imports ${from}`)
    }
  }
})

t.test('plain Node runs what npm run pack:report makes', async t => {
  const out = t.testdir({ 'package.json': '{ "type": "module" }' })
  const tsc = join(folder, '../../node_modules/.bin/tsc')
  execFileSync(tsc, ['-p', folder, '--outDir', out])
  const code = `import { parseConsole } from './report/index.js'; console.log(parseConsole(${JSON.stringify(THE_REPORT)}).oopses[0].kind)`
  const argv = ['--input-type=module', '-e', code]
  // Without the loader that the tests run with.
  const env = { PATH: process.env['PATH'] }
  t.equal(execFileSync(process.execPath, argv, { cwd: out, env, encoding: 'utf8' }), 'null-deref\n')
})
