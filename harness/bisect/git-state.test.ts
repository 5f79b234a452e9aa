import t from 'tap'
import { gitState } from './git-state.ts'

const [A, B] = ['a'.repeat(40), 'b'.repeat(40)]

t.test('what git bisect answers', async t => {
  t.same(
    gitState({
      exitCode: 0,
      said: `Bisecting: 31 revisions left to test after this (roughly 5 steps)\n[${A}] x`,
      head: A,
    }),
    { is: 'testing', commit: A, left: 31, steps: 5 },
  )
  t.match(gitState({ exitCode: 0, said: `Bisecting: a merge base must be tested\n[${A}] x`, head: A }), {
    is: 'testing',
    commit: A,
  })
  t.same(gitState({ exitCode: 0, said: `${B} is the first bad commit\ncommit ${B}\n`, head: A }), {
    is: 'found',
    commit: B,
  })
  t.same(
    gitState({
      exitCode: 2,
      said: `There are only 'skip'ped commits left to test.\nThe first bad commit could be any of:\n${A}\n${B}\nWe cannot bisect more!`,
      head: A,
    }),
    { is: 'skipped', candidates: [A, B] },
  )
  t.match(gitState({ exitCode: 3, said: `The merge base ${A} is bad.\nThis means`, head: A }), {
    is: 'refused',
    why: /^The merge base a+ is bad\. This means$/,
  })
})
