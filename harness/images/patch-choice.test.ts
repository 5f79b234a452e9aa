import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { choosePatches, whyRefused } from './patch-choice.ts'

const edit = (from: string, to: string) => `--- a/driver.c\n+++ b/driver.c\n@@ -1 +1 @@\n-${from}\n+${to}\n`

t.test(
  'the first candidate that applies is taken, on top of those before; sources stay as they are',
  async t => {
    const dir = t.testdir({
      source: { 'driver.c': 'one\n' },
      'old.patch': edit('zero', 'two'),
      'new.patch': edit('one', 'two'),
      'unfit.patch': edit('nine', 'ten'),
      'third.patch': edit('two', 'three'),
    })
    const tree = { source: join(dir, 'source'), originals: join(dir, 'originals') }
    const file = (name: string) => join(dir, `${name}.patch`)
    const options = { cwd: dir, signal: new AbortController().signal, what: 'test' }
    const steps = [
      { what: 'observe', candidates: [file('old'), file('new')] },
      { what: 'fault', candidates: [file('unfit'), file('old')] },
      { what: 'none', candidates: [] },
      { what: 'third', candidates: [file('third')] },
    ]
    t.same(await choosePatches(tree, steps, options), {
      patches: [file('new'), file('third')],
      refused: [
        { what: 'fault', why: 'hunk 1 does not apply to driver.c' },
        { what: 'none', why: 'there is no patch for it' },
      ],
    })
    t.equal(readFileSync(join(dir, 'source/driver.c'), 'utf8'), 'one\n')
  },
)

t.test('why, in file and hunk', async t => {
  const failed = [
    'checking file a.c',
    'Hunk #1 succeeded at 3.',
    'checking file b.c',
    'Hunk #2 FAILED at 218.',
  ]
  t.equal(whyRefused(failed), 'hunk 2 does not apply to b.c')
  const missing = [
    "can't find file to patch at input line 3",
    '|--- a/gone/x.c',
    '|+++ b/gone/x.c',
    'Skipping patch.',
  ]
  t.equal(whyRefused(missing), 'there is no gone/x.c')
  const twice = ['checking file a.c', 'Reversed (or previously applied) patch detected!  Skipping patch.']
  t.equal(whyRefused(twice), 'it is in a.c already')
  t.equal(whyRefused(['patch: **** malformed patch at line 7: x']), 'it is malformed at line 7')
  t.equal(whyRefused(['patch: **** Only garbage was found in the patch input.']), 'there is no patch in it')
  t.equal(whyRefused(['what else']), 'what else')
  t.equal(whyRefused([]), 'patch said nothing')
})
