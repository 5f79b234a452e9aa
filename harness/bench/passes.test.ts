import t from 'tap'
import { passesOf } from './passes.ts'

/** Lines of a guest: what it said, when, and how far the host's clock was ahead of it. */
function lines(...said: (readonly [at: number, what: string, ahead?: number])[]) {
  return said.map(([at, what, ahead = 0.7]) => ({
    text: `[${at.toFixed(6).padStart(12)}] dmaspec: abc ${what}`,
    at: at + ahead,
  }))
}

const warm = lines(
  [1, 'read=direct begin'],
  [3, 'read=direct end'],
  [3, 'read=cached begin'],
  [6, 'read=cached end'],
)

t.test('passes are timed by kind, and the first of each is left out', async t => {
  const log = [
    ...warm,
    ...lines([10, 'read=direct begin'], [11.25, 'read=direct end']),
    ...lines([12, 'read=cached begin'], [13.5, 'read=cached end']),
    ...lines([14, 'read=direct begin'], [15.5, 'read=direct end']),
  ]
  t.same(passesOf(log, 'abc'), { direct: [1.25, 1.5], cached: [1.5] })
  t.throws(() => passesOf(log, 'another'), /no direct read/)
})

t.test('a line that names its caller is understood', async t => {
  const log = [...warm, ...lines([10, 'read=direct begin'], [11, 'read=direct end'])]
  const cached = lines([12, 'read=cached begin'], [13, 'read=cached end'])
  const said = [...log, ...cached].map(line => ({ ...line, text: line.text.replace('] ', '][    T1] ') }))
  t.same(passesOf(said, 'abc'), { direct: [1], cached: [1] })
})

t.test('a read that failed, never ended, or was not there is an error', async t => {
  t.throws(() => passesOf([], 'abc'), /no direct read/)
  t.throws(() => passesOf(warm, 'abc'), /no direct read of the disk was measured/)
  t.throws(() => passesOf([...warm, ...lines([8, 'read=direct begin'])], 'abc'), /never ended/)
  const failed = lines([8, 'read=direct begin'], [9, 'read=direct failed'])
  t.throws(() => passesOf([...warm, ...failed], 'abc'), /went wrong/)
  t.throws(() => passesOf([...warm, ...lines([9, 'read=cached end'])], 'abc'), /went wrong/)
})

t.test("a guest's clock that is not the host's is an error", async t => {
  const slow = lines([10, 'read=direct begin', 1], [12, 'read=direct end', 3])
  t.throws(() => passesOf([...warm, ...slow], 'abc'), /2.00 s by the guest's clock, 4.00 s by the host's/)
})
