import t from 'tap'
import { NONE } from './fact.ts'
import { oopsDifferences, type OopsFact } from './oopses.ts'

const absent = { before: NONE, after: NONE }
const compare = (before: OopsFact[], after: OopsFact[]) =>
  oopsDifferences(before, after, absent).map(
    d => `${d.severity} ${d.about}: ${d.before.text} → ${d.after.text}`,
  )
const oops = (title: string, ...symbols: string[]) => ({
  title,
  callTrace: symbols.map(symbol => ({ symbol })),
})

t.test('appeared, went', async t => {
  const one = oops('null-deref in f', 'f', 'g', 'h', 'i')
  t.same(compare([], [{ ...one, address: 0x40n }]), [
    'behaviour null-deref: none → null-deref in f, at NULL + 0x40, from g ← h',
  ])
  t.same(compare([one], []), ['behaviour null-deref: null-deref in f, from g ← h → none'])
})

t.test('moved: one of its kind went, and one appeared', async t => {
  t.same(
    compare([oops('null-deref in f'), oops('warning in a')], [oops('null-deref in g'), oops('warning in a')]),
    ['behaviour null-deref: null-deref in f → null-deref in g'],
  )
})

t.test('the same on another way is wording; often is as good as once', async t => {
  const [a, b] = [oops('bug in f', 'f', 'g'), oops('bug in f', 'f', 'k')]
  t.same(compare([a], [b]), ['wording bug in f: bug in f, from g → bug in f, from k'])
  t.same(compare([a], [a, a]), [])
  t.same(compare([a], [oops('bug in f')]), [], 'a title alone says nothing of the way')
})

t.test('a wild address is chance', async t => {
  const wild = { ...oops('paging-fault in f', 'f'), address: 0xffff000012345678n }
  t.notMatch(compare([], [wild])[0], /0x/)
})
