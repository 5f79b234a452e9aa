import { readdirSync, readFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import t, { type Test } from 'tap'
import { parseConsole } from '../report/parse.ts'
import type { KernelReport, Oops } from '../report/report.ts'
import { type GoldenCrash, type Golden, readGolden } from './golden.ts'
import { consoles } from './table.ts'

const files = readdirSync(consoles, { recursive: true, encoding: 'utf8' })
  .filter(file => file.endsWith('.log'))
  .sort()

t.ok(files.length > 0, 'there are goldens')

for (const file of files) {
  t.test(relative('.', file), async t => {
    const golden = readGolden(readFileSync(join(consoles, file), 'utf8'), file)
    const report = parseConsole(golden.lines)
    t.equal(report.kernel, golden.kernel, 'the kernel of the banner')
    checkCrashes(t, golden, report)
    if (golden.panic !== null) {
      const reasons = report.oopses.flatMap(({ kind, panic, title, message }) =>
        [panic, ...(kind === 'panic' ? [title, message] : [])].filter(text => text !== null),
      )
      const { panic } = golden
      t.ok(
        reasons.some(reason => reason.includes(panic)),
        `panicked: ${panic}`,
        { found: reasons },
      )
    }
    if (golden.spoofed) t.ok(report.spoofs.length > 0, 'the spoof is told')
  })
}

/** The crashes of the header come in their order; without `more`, nothing else comes. */
function checkCrashes(t: Test, { crashes, more }: Golden, { oopses }: KernelReport): void {
  const found = oopses.map(({ kind, title, fatal, line }) => ({ kind, title, fatal, line }))
  let from = 0
  for (const [i, crash] of crashes.entries()) {
    const at = oopses.findIndex((oops, j) => j >= from && isKind(oops, crash))
    const what = `crash ${i + 1}, ${crash.kinds.join('|')}`
    const oops = oopses[at]
    t.ok(oops, what, { found })
    if (!oops) continue
    from = at + 1
    const { symbol, fatal } = crash
    if (symbol !== null) {
      const places = [oops.title, oops.pc?.symbol, oops.message].filter(text => text != null)
      t.ok(
        places.some(place => place.includes(symbol)),
        `${what}: in ${symbol}`,
        { places },
      )
    }
    if (fatal !== null) t.equal(oops.fatal, fatal, `${what}: ${fatal ? 'fatal' : 'not fatal'}`)
  }
  if (!more) t.equal(oopses.length, crashes.length, `${crashes.length} crashes and no more`, { found })
}

function isKind({ kind }: Oops, { kinds }: GoldenCrash): boolean {
  return kinds.includes(kind)
}
