import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import t from 'tap'
import { knownSeries } from '../images/index.ts'
import { projectRoot } from '../project.ts'
import { OOPS_KINDS } from '../report/report.ts'
import { factsOf, readGolden } from './golden.ts'
import { seriesOf } from './provocation.ts'
import { consoles, goldenFile, provocations } from './table.ts'

const scripts = join(projectRoot, 'images/initramfs/provoke')

t.test('names are for files, and each is there once', async t => {
  const names = provocations.map(({ name }) => name)
  t.same(
    names.filter(name => !/^[a-z0-9-]+$/.test(name)),
    [],
  )
  t.equal(new Set(names).size, names.length)
})

t.test('each provocation has its script, its text, and fits on a command line', async t => {
  for (const { name, provoke, provokeIn = {}, bootargs = '' } of provocations) {
    for (const what of [provoke, ...Object.values(provokeIn)].filter(what => what !== null)) {
      const [script = '', argument = ''] = what.split(/:(.*)/)
      t.ok(existsSync(join(scripts, script)), `${name}: ${script}`)
      t.notMatch(what, / /, `${name}: no blanks`)
      t.ok(what.length + bootargs.length < 1000, `${name}: short enough`)
      if (['console', 'kmsg'].includes(script))
        t.ok(existsSync(join(scripts, 'text', argument)), `${name}: text`)
    }
  }
})

t.test('each row expects kinds that there are, in series that there are', async t => {
  for (const row of provocations) {
    for (const kind of row.crashes.flatMap(crash => crash.kind)) t.ok(OOPS_KINDS.includes(kind), row.name)
    for (const series of seriesOf(row, knownSeries())) t.ok(knownSeries().includes(series), row.name)
    t.not(row.says, '', row.name)
  }
})

t.test(
  "no golden is without its row, and its header has the row's facts (dmaspec goldens --facts)",
  async t => {
    const rows = new Map(
      provocations.flatMap(row =>
        seriesOf(row, knownSeries()).map(series => [goldenFile(series, row), row] as const),
      ),
    )
    const files = readdirSync(consoles, { recursive: true, encoding: 'utf8' }).filter(file =>
      file.endsWith('.log'),
    )
    t.same(
      files.map(file => join(consoles, file)).filter(file => !rows.has(file)),
      [],
    )
    for (const [file, row] of rows) {
      if (!existsSync(file)) continue
      const golden = readGolden(readFileSync(file, 'utf8'), file)
      t.same(golden, { ...golden, ...factsOf(row) }, relative(consoles, file))
    }
  },
)
