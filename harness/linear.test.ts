import t, { type Test } from 'tap'
import { takesLinearTime } from './linear.ts'

/** Whether it passes. */
function passes(act: (length: number) => void): boolean {
  let passed = false
  takesLinearTime({ ok: (value: boolean) => (passed = value) } as unknown as Test, 'act', act, 10_000)
  return passed
}

t.test('what is quadratic does not pass, what is linear does', async t => {
  // The end is tried from every blank.
  t.notOk(passes(length => / +$/.test(`${' '.repeat(length)}x`)))
  t.ok(passes(length => ' '.repeat(length).split('')))
})
