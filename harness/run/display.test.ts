import t from 'tap'
import { setTimeout as sleep } from 'node:timers/promises'
import type { CellResult } from '../results/result.ts'
import { displayOn } from './display.ts'
import type { Cell } from './plan.ts'

/** A stream that keeps what is written. */
function stream(isTTY: boolean, columns = 40) {
  const written: string[] = []
  const write = (text: string) => written.push(text) > 0
  return {
    written,
    stream: { isTTY, columns, rows: 24, write, on: () => {} } as unknown as NodeJS.WriteStream,
  }
}

const cell = (id: string) => ({ id, estimate: 5, spec: id.split('/')[1] }) as Cell
const result = (id: string, verdict: string) =>
  ({ id, verdict, seconds: 2, reason: null, tests: [], attempts: 1 }) as unknown as CellResult
const a = cell('6.1/a')
const b = cell(`6.1/${'b'.repeat(100)}`)
const options = { out: 'out', cells: [a, b], durationsKnown: true }

t.test('without a terminal there are plain lines, one a finished cell', async t => {
  const { written, stream: out } = stream(false)
  const display = displayOn(out, { ...options, variables: {} })
  display.started(a)
  display.booting(a, 'out/boots/x')
  display.finished(a, result(a.id, 'passed'))
  display.note('a note')
  display.stop()
  t.same(written, ['passed   6.1/a  2.0 s\n', 'a note\n'])
})

t.test('on a terminal it shows what goes on, no line wider than that', async t => {
  const { written, stream: out } = stream(true)
  const display = displayOn(out, { ...options, variables: { NO_COLOR: '1' } })
  display.started(a)
  display.started(b)
  display.booting(b, 'out/boots/x')
  await sleep(600)
  display.finished(a, result(a.id, 'failed'))
  display.stop()
  written.push('|')
  display.line('the end')
  display.stop()
  t.same(written.slice(written.indexOf('|')), ['|', 'the end\n'], 'nothing is drawn any more')
  const all = written.join('')
  t.match(all, '0:00  6.1/a: starting')
  t.match(all, /0 of 2 cells, 0:00: nothing yet/)
  t.match(all, /1 of 2 cells, 0:01: 1 failed/)
  t.match(all, 'failed   6.1/a  2.0 s\n')
  // eslint-disable-next-line no-control-regex
  const lines = all.replace(/\x1b\[[?\d;]*[A-Za-z]/g, '').split('\n')
  t.ok(lines.every(line => line.length < 40))
  t.notMatch(all, '\x1b[3', 'NO_COLOR')
})

t.test('colours on a terminal, and none on one that is dumb', async t => {
  const colour = stream(true)
  const coloured = displayOn(colour.stream, { ...options, variables: {} })
  coloured.finished(a, result(a.id, 'failed'))
  coloured.stop()
  t.match(colour.written.join(''), '\x1b[31mfailed')
  const dumb = stream(true)
  const plain = displayOn(dumb.stream, { ...options, variables: { TERM: 'dumb' } })
  plain.finished(a, result(a.id, 'failed'))
  plain.stop()
  t.same(dumb.written, ['failed   6.1/a  2.0 s\n'])
})
